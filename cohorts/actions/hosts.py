"""Another host of an assignment from some day on; what was before stays as it was (B8)."""

from datetime import date
from typing import Any

from cohorts.actions.arranging import arrange_for
from cohorts.actions.belonging import joined_on
from cohorts.actions.hosted_days import end_supervision
from cohorts.actions.placements import require_not_left, why_not_host
from cohorts.models import Enrolment, Hosting, Placement
from cohorts.models.hosting import HOSTED_BY
from cohorts.notices import choosing as notices
from cohorts.permissions import CohortPermission
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if, required
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import ChosenFrom, StepForm, Weight, step

SAY_WHY = "Say in a few words why the host cannot go on."


class HostForm(StepForm):
    """Where the assignment is from then on, and whom to ask for there."""

    host = ChosenFrom(
        Organisation,
        lambda placement: Organisation.objects.order_by("name"),
        label="Host",
        empty_label="Choose",
        error_messages={"required": "Choose the host."},
    )
    host_contact = NameInput(
        label="Whom to ask for there",
        help_text="A name, with an email address or a telephone number. Leave it empty if that is not known yet.",
        max_length=150,
        required=False,
    )
    from_on = EventDate(label="From which day?", help_text="Days before it stay with the host of then.")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in HOSTED_BY:
            self.fields[name].initial = getattr(self.subject, name)

    def warnings(self, subject: Placement) -> list[str]:
        """The days that would read as worked at the new host."""
        on = self.cleaned_data["from_on"]
        days = list(subject.days.filter(removed_at=None, on__gte=on))
        if not days or self.cleaned_data["host"] == subject.host:
            return []
        number = english.counted(len(days), "recorded day")
        return [f"{number} from {english.day_date(on)} on will be with the new host. They go on counting."]


def _first_day(placement: Placement) -> tuple[date, str]:
    """The first day of which a host can be said, and what happened on it."""
    if placement.starts_on:
        first = min(placement.starts_on, clock.today())
        return first, f"The assignment began on {english.day_date(placement.starts_on)}."
    first = joined_on(placement.enrolment)
    return first, f"{placement.enrolment.participant} joined on {english.day_date(first)}."


def _write(placement: Placement, on: date, first: date, **hosted_by: Any) -> None:
    """From this day on these; what was said of later days is replaced."""
    span, *later = list(placement.hostings.since(on))
    for one in later:
        one.delete()
    begins = on if on > first else None
    if span.starts_on is None and begins or span.starts_on and span.starts_on < on:
        span.ends_on = on
        span.save()
        span = Hosting(placement=placement, starts_on=on)
    span.ends_on = None
    for name, value in hosted_by.items():
        setattr(span, name, value)
    before = placement.hostings.filter(ends_on=span.starts_on, **hosted_by).first() if span.starts_on else None
    if before:  # as it was before that day: one span again
        if span.pk:
            span.delete()
        before.ends_on, span = None, before
    span.save()


@step(
    Placement,
    "Change the host",
    past="Host changed",
    meaning="The assignment is with this host from that day on. Days before it stay with the host of then. Nobody is told of the "
    "change; what has to be signed with the new host is asked for.",
    permission=CohortPermission.RUN_COHORTS,
    guard=lambda by, placement: require_colleague(
        by, placement.enrolment.participant, "You cannot change your own host. Ask a colleague."
    ),
    policy=lambda placement: require_not_left(placement.enrolment),
    form=HostForm,
    undo="change_host",
)
def change_host(
    *, placement: Placement, host: Organisation, by: Actor, host_contact: str = "", from_on: date | None = None
) -> Placement:
    """Another host, or another person to ask for, from that day (today) on.

    Raises NotPossible when nothing would change, for a day that cannot be, and where on any day since then the host would be of
    the organisation of the employer or the mentor."""
    require_not_left(Enrolment.objects.locked(placement.enrolment_id))
    first, because = _first_day(placement)
    on = event_day(from_on, not_before=first, because=because, field="from_on")
    host_contact = host_contact.strip()
    same = not placement.hostings.since(on).exclude(host=host, host_contact=host_contact).exists()
    refuse_if(
        same and placement.lost_on is None,
        f"{host} is already the host.",
        "same",
        field="host",
    )
    refuse(why_not_host(placement.enrolment, host, on, placement.component), "host", field="host")
    _write(placement, on, first, host=host, host_contact=host_contact)
    if placement.host_id != host.pk:
        end_supervision(placement)
    # After the hostings: the database finds the columns as the last of them has them, and has nothing to add.
    placement.host, placement.host_contact = host, host_contact
    placement.lost_on, placement.lost_because = None, ""  # whoever takes it up is there
    placement.save(update_fields=[*HOSTED_BY, "lost_on", "lost_because"])
    arrange_for(placement.enrolment)
    return placement


# -- a host that cannot go on ------------------------------------------------------------------------


def _require_host(placement: Placement) -> None:
    refuse_if(
        placement.enrolment.status != EnrolmentStatus.ENROLLED,
        f"{placement.enrolment.participant} is not on the programme.",
        "state",
    )
    refuse_if(placement.lost_on, "It is recorded already that this host cannot go on.", "lost")


class LostForm(StepForm):
    on = EventDate(label="From which day is there no host any more?", help_text="Days before it stay as they are.")
    reason = NameInput(
        label="Why?",
        help_text="In a few words, such as “The museum has closed”. The participant reads it.",
        max_length=300,
        error_messages={"required": SAY_WHY},
    )


@step(
    Placement,
    "The host cannot go on",
    name="lose_host",
    past="The host cannot go on",
    story="Your host cannot go on",
    meaning="The assignment has no host from that day on. Days that were recorded before it, and those that the host has confirmed, stand. "
    "The supervisor’s link stops working. The participant is told that you look for another host, and stands in the list of who is stuck "
    "until you have found one: then change the host.",
    permission=CohortPermission.RUN_COHORTS,
    guard=lambda by, placement: require_colleague(
        by, placement.enrolment.participant, "You cannot change your own host. Ask a colleague."
    ),
    policy=_require_host,
    form=LostForm,
    weight=Weight.DANGER,
)
def lose_host(*, placement: Placement, reason: str, by: Actor, on: date | None = None) -> Placement:
    """The host has closed, say. What was worked there counts; another host takes the assignment up (`change_host`).

    Raises NotPossible without a reason, for a day in the future or before the assignment began, and where a day is recorded since then."""
    reason = required(reason, SAY_WHY)
    _require_host(placement)
    Enrolment.objects.locked(placement.enrolment_id)
    first, because = _first_day(placement)
    day = event_day(on, not_before=first, because=because)
    later = placement.days.standing().filter(on__gte=day).order_by("on").first()
    if later:
        raise NotPossible(
            f"{english.day_date(later.on)} is recorded as worked there. Enter a day after it, or remove it first.",
            "worked",
            field="on",
        )
    end_supervision(placement)
    placement.lost_on, placement.lost_because = day, reason
    placement.save(update_fields=["lost_on", "lost_because"])
    notices.tell_lost(placement)
    return placement
