"""A participant goes on with another cohort of the programme: somebody who defers, or for whom other dates are possible.

It stays one place, with its agreement, fee, mentor, assignment and days; only the dates, and the people around, are others."""

from datetime import date
from typing import Any

from django.db.models import Max

from cohorts import notices
from cohorts.actions import belonging
from cohorts.actions.arranging import arrange_for
from cohorts.actions.belonging import FROM
from cohorts.actions.enrolments import RUN, TAKES_PARTICIPANTS, NoPlaceLeft, require_on_the_programme
from cohorts.extensions import against_transferring, when_transferred
from cohorts.models import Agreement, Attendance, Cohort, Enrolment
from cohorts.planning.bank_holidays import DAY
from cohorts.progress import NONE, progress_of
from cohorts.progress.standing import standing_of_place
from steppingup.accounts.actors import Actor, require, require_colleague
from steppingup.formats import english
from steppingup.history.lifecycle import refuse, refuse_if
from steppingup.steps.dates import event_day
from steppingup.steps.step import ChosenFrom, StepForm, step


def cohorts_for(enrolment: Enrolment) -> Any:
    """Other cohorts of the programme that take people, the first to start first."""
    others = Cohort.objects.filter(programme=enrolment.cohort.programme_id, status__in=TAKES_PARTICIPANTS)
    return others.exclude(pk=enrolment.cohort_id).order_by("starts_on", "pk")


def days_that_count(enrolment: Enrolment, new: Cohort) -> str:
    """A sentence: which of the days that count now would not count by the plan of another cohort."""
    there = {part.key: part.days for part in new.plan.components.all()}
    lost = [
        f"{part.component.said(less)} of {part.component}"
        for part in progress_of(enrolment).in_quarters().components
        if (less := part.counted - min(part.counted, there.get(part.component.key, NONE)))
    ]
    if not lost:
        return "All the days that were done still count."
    return f"The plan of {new} has no room for {english.listed(lost)}, so that much does not count there. All other days do."


def free_places(cohort: Cohort) -> int:
    return cohort.capacity - cohort.enrolments.holding_a_place().count()


class TransferForm(StepForm):
    """To which cohort, and from which day on."""

    cohort = ChosenFrom(
        Cohort,
        cohorts_for,
        lambda cohort: (
            f"{cohort}, from {english.day_date(cohort.starts_on)}: {english.counted(free_places(cohort), 'place')} free"
        ),
        label="To which cohort?",
        help_text="Cohorts of the same programme. Before you go on, you see which days count there.",
        within=RUN,
        empty_label="Choose",
        error_messages={"required": "Choose the cohort."},
    )
    from_on = FROM

    def warnings(self, subject: Enrolment) -> list[str]:
        new, old = self.cleaned_data["cohort"], subject.cohort
        said = [] if new.plan_id == old.plan_id else [days_that_count(subject, new)]
        planned, here = new.plan.days_in_words, old.plan.days_in_words
        if planned != here:
            said.append(f"{new} asks for {planned}, {old} for {here}. What was signed stays as it was signed.")
        said += [
            f"The rule “{waiver.rule}” was waived for {subject.participant}. {new} has its own rules, so waive it there again if "
            "it should be."
            for waiver in subject.waivers.select_related("rule__component")
        ]
        if subject.peer_group:
            said.append(f"They leave the peer group {subject.peer_group}. Choose one of the new cohort afterwards.")
        return said


def _require_place(new: Cohort, participant_id: int) -> None:
    refuse_if(
        new.status not in TAKES_PARTICIPANTS,
        f"{new} is not taking participants: it is “{new.get_status_display().lower()}”.",
        "not_taking",
        field="cohort",
    )
    refuse_if(
        new.enrolments.filter(participant=participant_id).exists(),
        f"They already have, or had, a place on {new}.",
        "enrolled_already",
        field="cohort",
    )
    if free_places(new) <= 0:
        raise NoPlaceLeft(f"All the places on {new} are taken.", "no_place", field="cohort")


def _day_of(enrolment: Enrolment, from_on: date | None) -> date:
    """The first day on the other cohort. Raises NotPossible for one in the future, or up to the last mark on this one."""
    marked = Attendance.objects.filter(enrolment=enrolment, session__cohort=enrolment.cohort_id)
    last = marked.aggregate(last=Max("session__starts_at__date"))["last"]
    since = belonging.on_this_cohort_since(enrolment)
    if last and last >= since:
        return event_day(
            from_on,
            not_before=last + DAY,
            because=f"They are marked in a register of {enrolment.cohort} on {english.day_date(last)}, so they go on after it.",
            field="from_on",
        )
    because = f"They have been on {enrolment.cohort} since {english.day_date(since)}."
    return event_day(from_on, not_before=since, because=because, field="from_on")


@step(
    Enrolment,
    "Move to another cohort",
    past="Moved to another cohort",
    story="You moved to another cohort",
    meaning="This is also how somebody defers. From that day on they are in the registers and calendar of the other cohort, and complete by its rules. The days that "
    "they did, what they signed, their mentor, assignment and qualification stay; agreements that only the other cohort has are asked for. Registers of days before it stay as they were. They "
    "and their line manager are told, and finance where a fee was asked for or agreed.",
    permission=RUN,
    guard=lambda by, enrolment: require_colleague(
        by, enrolment.participant, "You cannot move yourself. Ask a colleague."
    ),
    policy=require_on_the_programme,
    form=TransferForm,
    undo="transfer",
    stands=standing_of_place,
)
def transfer(*, enrolment: Enrolment, cohort: Cohort, by: Actor, from_on: date | None = None) -> Enrolment:
    """From that day (today) on a participant is on another cohort of the programme, as long as there is a place. They and their
    line manager are told, and finance where there is a fee.

    Raises NotAllowed for whoever may not run that cohort; NoPlaceLeft when it is full; NotPossible for a cohort of another
    programme, one that takes nobody or that they were on, and for a day in the future or not after their last mark.

    Days count there for the parts of its plan with the same key; both are told which do not."""
    require(by, RUN, cohort)
    # The whole rows, as whoever takes a place does, in the order of their keys: two who change places wait for each other.
    locked = {
        one.pk: one
        for one in Cohort.objects.select_for_update(of=("self",))
        .filter(pk__in=(enrolment.cohort_id, cohort.pk))
        .order_by("pk")
    }
    old, new = enrolment.cohort, locked[cohort.pk]
    require_on_the_programme(Enrolment.objects.locked(enrolment.pk))
    refuse_if(new.pk == old.pk, f"They are on {new} already.", "same", field="cohort")
    refuse_if(
        new.programme_id != old.programme_id,
        f"{new} belongs to another programme, so the days that they did could not be counted there.",
        "other_programme",
        field="cohort",
    )
    _require_place(new, enrolment.participant_id)
    for sentence in against_transferring(enrolment, new):
        refuse(sentence, "fee", field="cohort")
    counting = days_that_count(enrolment, new)
    on = belonging.change_from(enrolment, _day_of(enrolment, from_on), cohort=new, peer_group=None)
    Agreement.objects.standing().filter(enrolment=enrolment).update(cohort=new)
    arrange_for(enrolment)
    when_transferred(enrolment, old, by)
    more = {"old_cohort": old.name, "from_on": on, "days_that_count": counting}
    notices.tell_participant(notices.TRANSFERRED, enrolment, **more)
    notices.tell_manager(notices.MANAGER_TRANSFERRED, enrolment, **more)
    return enrolment
