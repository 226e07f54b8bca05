"""Programmes, admission rules and plans as TOML files: read into rows, and written from them."""
