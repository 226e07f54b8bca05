"""Pauses: a participant takes no part for a while, and keeps the place (B55)."""

from datetime import date
from typing import Any

from cohorts.actions.belonging import joined_on
from cohorts.models import DayEntry, Enrolment, Pause, PlacementDay, Session
from cohorts.notices import pausing as notices
from cohorts.permissions import CohortPermission
from cohorts.progress.span import last_day_of
from cohorts.progress.standing import standing_of_place
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, require_colleague
from steppingup.formats import english
from steppingup.formats.date_fields import DayInput
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import StepForm, step

RUN = CohortPermission.RUN_COHORTS
BACK_AFTER = "The day on which they are back must come after the first day of the pause."


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant, "You cannot decide about your own pause. Ask a colleague.")


def _require_on_it(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        f"{enrolment.participant} is not on the programme, so there is nothing to pause.",
        "not_on_it",
    )


def open_pause(enrolment: Enrolment) -> Pause | None:
    """The one that lasts, or is to come."""
    return enrolment.pauses.since(clock.today()).order_by("starts_on").first()


class PauseForm(StepForm):
    """From when until when."""

    starts_on = DayInput(
        label="First day of the pause",
        help_text="It may lie in the past.",
        error_messages={"required": "Enter the first day of the pause."},
    )
    ends_on = DayInput(
        label="Back on (optional)",
        help_text="The first day on which they take part again. Leave it empty while nobody knows.",
        required=False,
    )

    def warnings(self, subject: Enrolment) -> list[str]:
        """What they will not be at."""
        from_on, back_on = self.cleaned_data.get("starts_on"), self.cleaned_data.get("ends_on")
        number = _sessions_in(subject, from_on, back_on) if from_on else 0
        if not number:
            return []
        return [
            f"{english.counted(number, 'session')} in this time will not be theirs. Agree later how they make up for it."
        ]


def _sessions_in(enrolment: Enrolment, from_on: date, back_on: date | None) -> int:
    due = Session.objects.for_enrolment(enrolment).going_ahead().filter(starts_at__date__gte=from_on)
    return (due.filter(starts_at__date__lt=back_on) if back_on else due).count()


def _require_free(enrolment: Enrolment, from_on: date, back_on: date | None, but: Pause | None = None) -> None:
    """Raises NotPossible where the days are in another pause, or were done."""
    refuse_if(back_on and back_on <= from_on, BACK_AFTER, "order", field="ends_on")
    joined = joined_on(enrolment)
    refuse_if(
        from_on < joined,
        f"{enrolment.participant} joined on {english.day_date(joined)}. Enter that day or a later one.",
        "too_early",
        field="starts_on",
    )
    others = enrolment.pauses.since(from_on).exclude(pk=but.pk if but else 0)
    other = (others.filter(starts_on__lt=back_on) if back_on else others).first()
    if other:
        raise NotPossible(
            f"There is a pause on some of these days already: {other.in_words}.", "paused", field="starts_on"
        )
    done = DayEntry.objects.standing().filter(enrolment=enrolment)
    to_count = PlacementDay.objects.waiting().filter(
        placement__enrolment=enrolment
    )  # once their host has confirmed them
    found = {on for rows in (done, to_count) for on in rows.filter(on__gte=from_on).values_list("on", flat=True)}
    days = sorted(on for on in found if not back_on or on < back_on)
    refuse_if(
        days,
        f"Days were done in this time: {english.listed(english.day_date(day) for day in days[:3])}"
        f"{f' and {len(days) - 3} more' if len(days) > 3 else ''}. Begin the pause after them, or take them back first.",
        "days_done",
        field="starts_on",
    )


def _require_no_pause(enrolment: Enrolment) -> None:
    _require_on_it(enrolment)
    if found := open_pause(enrolment):
        raise NotPossible(f"There is one already: {found.in_words}. Change when they are back.", "paused")


@step(
    Enrolment,
    "Record a pause",
    past="Pause recorded",
    story="Your pause was recorded",
    meaning="Their place is kept. In this time no session is theirs, nobody reminds them, and no days count; their last day moves by as "
    "many days. We do not ask or keep why.",
    permission=RUN,
    guard=_not_ones_own,
    policy=_require_no_pause,
    form=PauseForm,
    undo="end_pause",
    stands=standing_of_place,
)
def pause(*, enrolment: Enrolment, starts_on: date, by: Actor, ends_on: date | None = None) -> Pause:
    """A participant takes no part from this day until the day before `ends_on` (open where it is not known). They and their line
    manager are told; why is neither asked nor kept.

    Raises NotPossible for whoever is not on the programme, days before they joined, days in another pause, and days on which
    something was done."""
    _require_no_pause(Enrolment.objects.locked(enrolment.pk))
    _require_free(enrolment, starts_on, ends_on)
    made = Pause.objects.create(enrolment=enrolment, starts_on=starts_on, ends_on=ends_on)
    notices.tell_of_pause(made, notices.PAUSED, notices.MANAGER_PAUSED, last_day_of(enrolment))
    return made


def _require_pause(enrolment: Enrolment) -> Pause:
    found = open_pause(enrolment)
    if found is None:
        raise NotPossible(f"{enrolment.participant} is on no pause.", "not_paused")
    return found


class BackForm(StepForm):
    ends_on = DayInput(
        label="Back on",
        help_text="The first day on which they take part again.",
        error_messages={"required": "Enter the day on which they are back."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = open_pause(self.subject) if self.subject else None
        self.fields["ends_on"].initial = found and (found.ends_on or clock.today())


@step(
    Enrolment,
    "Say when they are back",
    name="end_pause",
    past="End of the pause recorded",
    story="The end of your pause was recorded",
    meaning="From this day on sessions are theirs again. Their last day moves by as many days as the pause lasted.",
    permission=RUN,
    guard=_not_ones_own,
    policy=lambda enrolment: _require_pause(enrolment) and None,
    form=BackForm,
    undo="pause",
)
def end_pause(*, enrolment: Enrolment, ends_on: date, by: Actor) -> Pause:
    """The day on which the participant is back, for the pause that lasts or is to come: said for the first time, or put right.

    Raises NotPossible where there is none, for a day that is not after its first, and where it would last over days that were done."""
    Enrolment.objects.locked(enrolment.pk)
    found = _require_pause(enrolment)
    refuse_if(found.ends_on == ends_on, "They are back on this day already.", "same_day", field="ends_on")
    _require_free(enrolment, found.starts_on, ends_on, found)
    found.ends_on = ends_on
    found.save(update_fields=["ends_on"])
    notices.tell_of_pause(found, notices.PAUSE_ENDS, notices.MANAGER_PAUSE_ENDS, last_day_of(enrolment))
    return found


@step(
    Enrolment,
    "Remove the pause",
    name="remove_pause",
    past="Pause removed",
    story="Your pause was removed",
    meaning="As if there had been none: for one that did not come about after all.",
    permission=RUN,
    guard=_not_ones_own,
    policy=lambda enrolment: _require_pause(enrolment) and None,
    undo="pause",
)
def remove_pause(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """The pause that lasts or is to come did not come about. Raises NotPossible where there is none."""
    Enrolment.objects.locked(enrolment.pk)
    found = _require_pause(enrolment)
    notices.tell_of_pause(found, notices.NO_PAUSE, notices.MANAGER_NO_PAUSE, last_day_of(enrolment))
    found.delete()
    return enrolment
