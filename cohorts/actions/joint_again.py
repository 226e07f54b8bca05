"""The same joint day for next year's cohorts, and what becomes of joint days when a cohort is cancelled (C5)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from cohorts import notices
from cohorts.actions.copying import shifted
from cohorts.actions.joint import STAYING, guests_end, invite_cohort
from cohorts.actions.sessions import RUN, require_no_guest
from cohorts.models import Cohort, JointInvitation, Session
from cohorts.models.joint import guests_of
from cohorts.planning import checks
from cohorts.planning.checks import Meeting
from cohorts.states import COHORT_OVER, JOINT, CohortStatus, JointStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, require
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if
from steppingup.history.previews import note
from steppingup.steps.step import ChosenFrom, StepForm, Table, step

#: The same day of the week, a year later.
YEAR = timedelta(weeks=52)


def part_with(cohort: Cohort, by: Actor) -> None:
    """A cohort is cancelled: its joint days end for its guests, and its hosts are told that it does not come."""
    sessions = Session.objects.going_ahead().filter(cohort=cohort, starts_at__gt=clock.now())
    for session in sessions.for_steps():
        guests_end(session, "The cohort that hosts it was cancelled.")
    for one in JointInvitation.objects.open().filter(cohort=cohort, host_session__starts_at__gt=clock.now()):
        accepted = one.status == JointStatus.ACCEPTED
        JOINT.move(one, "withdraw" if accepted else "decline", reason="The cohort was cancelled.")
        told = JointInvitation.objects.for_steps().get(pk=one.pk)
        if accepted:
            notices.tell_host(notices.JOINT_LEFT, told, reason="The cohort was cancelled.", becomes="")
        else:
            notices.tell_host(notices.JOINT_DECLINED, told, reason="The cohort was cancelled.")


# -- next year -----------------------------------------------------------------------------------


def successors(session: Session) -> Any:
    """Later cohorts of the host's own programme that may have it, the next first."""
    later = Cohort.objects.filter(programme=session.cohort.programme_id, starts_on__gt=session.cohort.starts_on)
    return later.exclude(status__in=COHORT_OVER).select_related("programme__provider").order_by("starts_on", "pk")


def next_of(cohort: Cohort, on: date) -> Cohort | None:
    """The guest's next cohort on the site, of the same programme, that is not over by then."""
    later = Cohort.objects.filter(
        programme=cohort.programme_id,
        programme__is_published=True,
        starts_on__gt=cohort.starts_on,
        ends_on__gte=on,
        status__in=(CohortStatus.PUBLISHED, CohortStatus.RUNNING),
    )
    return later.select_related("programme__provider").order_by("starts_on", "pk").first()


def _require_repeatable(session: Session) -> None:
    require_no_guest(session)
    refuse_if(session.cancelled_at, "This session was cancelled.", "cancelled")
    refuse_if(
        not session.invitations.exclude(session=None).exists(),
        "No other cohort took part in this session.",
        "no_guests",
    )
    refuse_if(
        not successors(session).exists(),
        "There is no later cohort of your programme yet. Copy this one for another year first.",
        "no_successor",
    )


class RepeatForm(StepForm):
    """Which cohort of one's own, and when."""

    cohort = ChosenFrom(Cohort, successors, within=RUN, label="For which cohort of yours?")
    on = DayInput(label="On which day?", error_messages={"required": "Enter the day."})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        which: Any = self.fields["cohort"]
        self.fields["cohort"].initial = which.queryset.first()
        self.fields["on"].initial = timezone.localdate(self.subject.starts_at) + YEAR

    def table(self, subject: Session) -> Table:
        on = self.cleaned_data["on"]
        rows: list[tuple[str, ...]] = [
            (str(one.cohort), str(next_of(one.cohort, on) or "None on the site yet")) for one in took_part(subject)
        ]
        return Table("Who is invited", ("Took part", "Its next cohort"), rows)

    def warnings(self, subject: Session) -> list[str]:
        starts_at, ends_at = times_on(subject, self.cleaned_data["on"])
        return checks.warnings(Meeting(self.cleaned_data["cohort"], None, starts_at, ends_at, subject.venue))


def took_part(session: Session) -> list[JointInvitation]:
    """Those who were guests at a session: those who still are, where some have left."""
    return guests_of(session) or list(session.invitations.exclude(session=None).select_related("cohort__programme"))


def times_on(session: Session, on: date) -> tuple[datetime, datetime]:
    shift = on - timezone.localdate(session.starts_at)
    return shifted(session.starts_at, shift), shifted(session.ends_at, shift)


@step(
    Session,
    "Repeat the joint day next year",
    name="repeat",
    past="Repeated. Those who run the other cohorts are asked",
    meaning="Your next cohort gets the same session, at the same time of day and place, and the next cohorts of those who took part are invited. "
    "Each of them answers anew.",
    permission=RUN,
    policy=_require_repeatable,
    form=RepeatForm,
    undo="cancel",
)
def repeat(*, session: Session, cohort: Cohort, on: date, by: Actor) -> Session:
    """The same joint day for the cohorts that come after. Returns the host's new session.

    Raises NotAllowed for whoever may not run that cohort; NotPossible for one that does not come after, a day that is past, a plan
    without the same part, and when its people are due elsewhere."""
    require(by, RUN, cohort)
    if not successors(session).filter(pk=cohort.pk).exists():
        raise NotPossible(f"“{cohort}” is no later cohort of your programme.", "not_later", field="cohort")
    refuse_if(on <= clock.today(), "Enter a day that is to come.", "past", field="on")
    component = session.component.same_in(cohort.plan_id)
    if component is None:
        raise NotPossible(f"The plan of {cohort} has no “{session.component}”.", "no_such_part", field="cohort")
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=cohort.pk)
    starts_at, ends_at = times_on(session, on)
    refuse(checks.why_not(Meeting(cohort, None, starts_at, ends_at)), "overlap", field="on")
    same = {name: getattr(session, name) for name in ("title", "venue", "online_link", "what_to_bring", *STAYING)}
    days = session.days
    new = Session.objects.create(
        cohort=cohort, component=component, days=days, starts_at=starts_at, ends_at=ends_at, **same
    )
    for one in took_part(session):
        if later := next_of(one.cohort, on):
            invite_cohort(session=new, cohort=later, message="As last year.", by=by)
        else:
            note(f"{one.cohort.programme} has no later cohort on the site yet. Invite it once it has one.")
    note(f"It is on {english.span(starts_at, ends_at)}.")
    return new
