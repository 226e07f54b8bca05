"""What the equality lead keeps on the desk. The modules register themselves where they are imported."""

from representation.desk import groups, leads, meetings, plans, readings

__all__ = ["groups", "leads", "meetings", "plans", "readings"]
