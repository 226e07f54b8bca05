from cohorts.admin import setup

__all__ = ["setup"]
