from cohorts.admin import completion, people, running, setup

__all__ = ["completion", "people", "running", "setup"]
