"""Sessions of which one register is taken: those of a joint day, and those of peer groups that sit in one room at one time."""

from cohorts.models.joint import is_open_together, others_of
from cohorts.models.session import Session


def groups_beside(session: Session) -> list[Session]:
    """The sessions of the cohort's other peer groups at the same time and place."""
    if session.peer_group_id is None or not (session.venue or session.online_link):
        return []
    same = Session.objects.going_ahead().filter(
        cohort=session.cohort_id,
        peer_group__isnull=False,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        venue=session.venue,
        online_link=session.online_link,
    )
    return list(same.exclude(pk=session.pk).for_steps().order_by("peer_group__name", "pk"))


def registered_with(session: Session) -> list[Session]:
    """The other sessions in whose register its people stand too; those of another provider only while the day is open to both."""
    joint = others_of(session) if is_open_together(session) else []
    return joint or groups_beside(session)
