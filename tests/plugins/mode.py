"""Loaded before Django's settings: whoever runs pytest, by whatever command, runs it in test mode."""

import os

os.environ["MODE"] = "test"
