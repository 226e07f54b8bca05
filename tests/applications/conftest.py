from tests.cohorts.conftest import in_admin

__all__ = ["in_admin"]
