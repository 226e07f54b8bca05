"""Sessions that are to be confirmed: shown in calendars as such, until somebody confirms them and everybody is told."""

from typing import Any

from django.db.models import Exists, OuterRef

from cohorts import notices
from cohorts.actions.sessions import RUN, require_no_guest
from cohorts.models import Cohort, Session
from cohorts.models.joint import guests_of
from cohorts.queries import unconfirmed
from steppingup.accounts.actors import Actor
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import StepForm, Table, Waiting, step

MEANING = (
    "Everybody taking part is told the dates in one email, and so are their line managers. On a joint day the sessions of the other cohorts "
    "are confirmed with it. From then on the programme’s notice holds for them."
)


def _require_unconfirmed(session: Session) -> None:
    refuse_if(session.cancelled_at, "This session was cancelled.", "state")
    refuse_if(not session.to_be_confirmed, "This session is confirmed.", "confirmed")
    require_no_guest(session)


@step(
    Session,
    "Confirm the session",
    past="Confirmed",
    meaning=MEANING,
    permission=RUN,
    policy=_require_unconfirmed,
    done=lambda session: not session.to_be_confirmed,
    waiting=Waiting(unconfirmed, "session is still to be confirmed", "sessions are still to be confirmed", 35),
)
def confirm(*, session: Session, by: Actor) -> Session:
    """The date holds: everybody who belongs to the session is told, and their line managers, unless it is over."""
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    _require_unconfirmed(found)  # asked under the lock: two presses at once would tell everybody twice
    _settle([found])
    return found


class DatesForm(StepForm):
    """Nothing to fill in: the dates to look at."""

    def table(self, subject: Any) -> Table:
        rows = list(unconfirmed(Session.objects.filter(cohort=subject)).select_related("peer_group"))
        return Table(
            f"{english.counted(len(rows), 'session')} to be confirmed",
            ("When", "Session", "Group", "Where"),
            [
                (english.span(one.starts_at, one.ends_at), one.title, str(one.peer_group or "Everybody"), one.place)
                for one in rows
            ],
        )


def has_unconfirmed() -> dict[str, Any]:
    """An annotation of cohorts, for pages with their buttons: is a session of it to be confirmed?"""
    return {"has_unconfirmed": Exists(unconfirmed(Session.objects.filter(cohort=OuterRef("pk"))))}


def _has_some(cohort: Any) -> bool:
    if hasattr(cohort, "has_unconfirmed"):
        return bool(cohort.has_unconfirmed)
    return unconfirmed(Session.objects.filter(cohort=cohort)).exists()


def _require_some(cohort: Cohort) -> None:
    refuse_if(not _has_some(cohort), "No session of this cohort is to be confirmed.", "confirmed")


@step(
    Cohort,
    "Confirm the dates",
    past="Dates confirmed",
    meaning=MEANING,
    permission=RUN,
    policy=_require_some,
    form=DatesForm,
)
def confirm_dates(*, cohort: Cohort, by: Actor) -> list[Session]:
    """All dates of the cohort that are to be confirmed hold: each participant is told theirs in one letter."""
    keys = list(unconfirmed(Session.objects.filter(cohort=cohort)).values_list("pk", flat=True))
    held = Session.objects.select_for_update(of=("self",)).for_steps().filter(pk__in=keys).order_by("starts_at", "pk")
    return _settle([one for one in held if one.to_be_confirmed and one.cancelled_at is None])


def _settle(sessions: list[Session]) -> list[Session]:
    """These hold, with the sessions of guests on a joint day. The caller holds their locks."""
    guests = [
        one.session for host in sessions for one in guests_of(host) if one.session and one.session.to_be_confirmed
    ]
    every = [*sessions, *guests]
    for one in every:
        one.to_be_confirmed = False
        one.save(update_fields=["to_be_confirmed"])
    notices.tell_of_dates(every)
    return sessions
