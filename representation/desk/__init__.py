"""What the equality lead keeps on the desk. The modules register themselves where they are imported."""

from representation.desk import groups, heads, leads, meetings, plans, pool, readings

__all__ = ["groups", "heads", "leads", "meetings", "plans", "pool", "readings"]
