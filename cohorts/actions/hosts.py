"""Another host of an assignment from some day on; what was before stays as it was (B8)."""

from datetime import date
from typing import Any

from cohorts.actions.arranging import arrange_for
from cohorts.actions.belonging import joined_on
from cohorts.actions.placements import require_not_left, why_not_host
from cohorts.models import Enrolment, Hosting, Placement, Supervisor
from cohorts.models.hosting import HOSTED_BY
from cohorts.permissions import CohortPermission
from steppingup import clock
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse, refuse_if
from steppingup.steps.dates import EventDate, event_day
from steppingup.steps.step import ChosenFrom, StepForm, step


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
    refuse_if(
        not placement.hostings.since(on).exclude(host=host, host_contact=host_contact).exists(),
        f"{host} is already the host.",
        "same",
        field="host",
    )
    refuse(why_not_host(placement.enrolment, host, on, placement.component), "host", field="host")
    _write(placement, on, first, host=host, host_contact=host_contact)
    if placement.host_id != host.pk:  # whoever looked after them at the host of before has nothing more to see
        Supervisor.objects.filter(placement=placement, ended_at=None).update(ended_at=clock.now())
    # After the hostings: the database finds the columns as the last of them has them, and has nothing to add.
    placement.host, placement.host_contact = host, host_contact
    placement.save(update_fields=list(HOSTED_BY))
    arrange_for(placement.enrolment)
    return placement
