"""The people of a demonstration, and the year that they have lived.

An app above all others, because it calls the actions of every one. Nothing imports it: its commands use it, and its pages are there in a demonstration only.
"""
