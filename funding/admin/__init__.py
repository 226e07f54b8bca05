from funding.admin import bursaries  # noqa: F401
