"""Reports on an assignment: asked of participant and host half-way and at the end, by the clock; given by each, or by staff for the host
(B10, B54)."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Q, Sum

from cohorts.actions.supervising import supervisor_of
from cohorts.models import Pause, Placement, PlacementReport
from cohorts.models.reports import LONGEST
from cohorts.notices import reports as notices
from cohorts.notices.supervising import HOST_LINK
from cohorts.permissions import CohortPermission
from cohorts.states import CohortStatus, EnrolmentStatus
from cohorts.states.reports import Goes, Moment, Side
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, may, require_colleague
from steppingup.accounts.models import TokenLink, User
from steppingup.history.lifecycle import refuse_if, required
from steppingup.steps.step import StepForm, step

RUN = CohortPermission.RUN_COHORTS
#: Whoever has not answered is asked once more after so long.
AGAIN = timedelta(days=7)
NO_TEXT, NO_ANSWER = "Write a few lines.", "Say how it goes."


# -- asked for ---------------------------------------------------------------------------------------


def _is_midway(placement: Any, done: Decimal, today: date) -> bool:
    """Half of its days are done, or half of its time is over."""
    if done * 2 >= placement.component.days:
        return True
    if not placement.starts_on or not placement.ends_on:
        return False
    middle: date = placement.starts_on + (placement.ends_on - placement.starts_on) / 2
    return today >= middle


def _is_over(placement: Any, done: Decimal, today: date) -> bool:
    return done >= placement.component.days or bool(placement.ends_on and placement.ends_on < today)


def due_of(placement: Any, done: Decimal, today: date) -> Moment | None:
    """What is to be looked at now. At the end nobody is asked about half-way any more."""
    if _is_over(placement, done, today):
        return Moment.END
    return Moment.MIDWAY if done > 0 and _is_midway(placement, done, today) else None


def _under_way() -> Iterator[tuple[Any, Moment]]:
    rows = Placement.objects.filter(
        enrolment__status=EnrolmentStatus.ENROLLED, enrolment__cohort__status=CohortStatus.RUNNING
    )
    paused = set(Pause.objects.on(clock.today()).values_list("enrolment", flat=True))
    of = "enrolment__cohort__programme__provider"
    found = rows.select_related("component", "host", "enrolment__participant", of, "enrolment__cohort__plan")
    for one in found.annotate(recorded=Sum("days__days", filter=Q(days__removed_at=None))).order_by("pk"):
        if one.enrolment_id not in paused and (moment := due_of(one, one.recorded or Decimal(0), clock.today())):
            yield one, moment


def ask_for_reports() -> int:
    """By the clock, in the morning: both sides of each assignment that is half-way or over, once; and once more after a week. Returns how
    many were written to."""
    told = 0
    for placement, moment in _under_way():
        for side in Side:
            with transaction.atomic():
                told += _ask(placement, moment, side)
    return told


def _ask(placement: Placement, moment: Moment, side: Side) -> bool:
    report, is_new = PlacementReport.objects.get_or_create(placement=placement, moment=moment, side=side)
    report.placement = placement
    is_late = report.given_at is None and report.reminded_at is None and clock.now() - report.asked_at >= AGAIN
    if not is_new and not is_late:
        return False
    supervisor = supervisor_of(placement) if side == Side.HOST else None
    is_told = notices.ask(report, supervisor)
    if is_late and is_told:  # whoever is named later is asked then
        report.reminded_at = clock.now()
        report.save(update_fields=["reminded_at"])
    return is_told


# -- given -------------------------------------------------------------------------------------------


def _require_own_side(by: Actor, report: PlacementReport) -> None:
    """The participant for theirs; for the host's whoever has the link, or whoever runs the cohort."""
    enrolment = report.placement.enrolment
    if report.side == Side.PARTICIPANT:
        if not isinstance(by, User) or by.pk != enrolment.participant_id:
            raise NotAllowed(f"Only {enrolment.participant} writes this report.")
        return
    if isinstance(by, LinkHolder):
        found: Any = by.link.target
        if by.link.purpose == HOST_LINK and found and found.placement_id == report.placement_id and not found.ended_at:
            refuse_if(
                not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
                "This link has been replaced or has expired. Please use the link in our latest email.",
                "link",
            )
            return
    elif may(by, RUN, report):
        require_colleague(by, enrolment.participant, "You cannot write for your own host. Ask a colleague.")
        return
    raise NotAllowed(f"{by} does not write for the host.")


@transaction.atomic
def give_report(*, report: PlacementReport, goes: str, text: str, by: Actor, more: str = "") -> PlacementReport:
    """What one side says; saying it again, while they are on the programme, replaces it.

    Raises NotAllowed for anybody else, and NotPossible without words, for whoever has left, and by a link that does not work any more."""
    _require_own_side(by, report)
    found = PlacementReport.objects.select_for_update(of=("self",)).for_steps().get(pk=report.pk)
    enrolment = found.placement.enrolment
    refuse_if(
        enrolment.status == EnrolmentStatus.WITHDRAWN, f"{enrolment.participant} is no longer on the programme.", "left"
    )
    found.goes, found.text, found.more = Goes(goes), required(text, NO_TEXT, "text"), more.strip()
    found.given_at, found.given_by = clock.now(), _called(by)[:150]
    found.save(update_fields=["goes", "text", "more", "given_at", "given_by"])
    return found


def _called(by: Actor) -> str:
    if isinstance(by, LinkHolder):
        found: Any = by.link.target
        return str(found.name)
    return str(by)


def _text(label: str, hint: str = "", *, needed: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST,
        required=needed,
        widget=forms.Textarea(attrs={"rows": 5, "class": "govuk-textarea"}),
        error_messages={"required": NO_TEXT, "max_length": f"Keep it to {LONGEST:,} characters."},
    )


class ReportForm(StepForm):
    """How it goes, what there is to say, and what would help, or what came of it; begins with what was said before."""

    goes = forms.ChoiceField(
        label="How does it go?",
        choices=Goes.choices,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), NO_ANSWER),
    )
    text = _text("What goes well, and what does not?", needed=True)
    more = _text("What would help?", "Leave it empty if nothing comes to mind.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        report: PlacementReport = self.subject
        if report.is_end:
            self.fields["goes"].label = "How did it go?"
            self.fields["text"].label = "What was done, and what was learned?"
            self.fields["more"].label = "What has changed because of it?"
            self.fields[
                "more"
            ].help_text = "For the host, for the participant or for the people they work with. Leave it empty if it is too early to say."
        if report.given_at:
            self.initial = {**{name: getattr(report, name) for name in ("goes", "text", "more")}, **self.initial}


@step(
    PlacementReport,
    "Write what the host said",
    name="write_for_host",
    noun="report",
    past="Written for the host",
    meaning="For a host who told you on the telephone, say. The participant reads it on their page. Nobody is written to.",
    permission=RUN,
    guard=_require_own_side,
    policy=lambda report: refuse_if(report.side != Side.HOST, "Participants write their own.", "own_words"),
    form=ReportForm,
)
def write_for_host(*, report: PlacementReport, goes: str, text: str, by: Actor, more: str = "") -> PlacementReport:
    """As `give_report`, for the host."""
    return give_report(report=report, goes=goes, text=text, more=more, by=by)
