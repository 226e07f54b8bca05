"""Places on a cohort: taken, given up, corrected."""

from datetime import date
from typing import Any

from django import forms
from django.db import IntegrityError, transaction

from cohorts import notices
from cohorts.actions import belonging
from cohorts.actions.arranging import arrange_for, ask_the_manager
from cohorts.actions.belonging import GroupForm
from cohorts.actions.employing import EmployerForm, ManagerForm, host_too_near
from cohorts.agreements import in_words, unsigned_before_place
from cohorts.extensions import against_changing_employer, when_back, when_employer_changes, when_withdrawn
from cohorts.models import Cohort, Enrolment, PeerGroup
from cohorts.permissions import CohortPermission
from cohorts.planning.bank_holidays import DAY
from cohorts.progress.standing import standing_of_place
from cohorts.states import ENROLMENT, WITH_ORGANISATION, CohortStatus, EnrolmentStatus, Standing
from steppingup.accounts.actors import Actor, NotAllowed, System, require, require_colleague
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.naming import WhoseName, here, is_own_address
from steppingup.formats import english
from steppingup.formats.sameness import address
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if, required
from steppingup.history.patience import GRACE
from steppingup.steps.actions.back import letters_still_wait
from steppingup.steps.dates import EventDate, event_day, moment_of
from steppingup.steps.step import StepForm, Weight, step

RUN = CohortPermission.RUN_COHORTS
TAKES_PARTICIPANTS = (CohortStatus.PUBLISHED, CohortStatus.RUNNING)


class NoPlaceLeft(NotPossible):
    """The cohort is full."""


def _line_manager(
    *, name: str, email: str, participant: User, employer: Organisation | None, field: str = "email"
) -> User | None:
    """The account of the line manager, found by address or made. Without an address there is none.

    Raises NotPossible when it would be the participant."""
    email = address(email)
    if not email:
        return None
    refuse_if(
        is_own_address(participant, email),
        "A participant cannot be their own line manager. Enter the line manager's own email address.",
        "own_manager",
        field=field,
    )
    found = User.objects.with_address(email)
    if found is None:
        try:
            with transaction.atomic():  # a savepoint: a clash must not end the transaction of the place
                return User.objects.create_user(email, full_name=name.strip()[:150], organisation=employer)
        except IntegrityError:  # made a moment ago for another of their people
            found = User.objects.get(email=email)
    return found


@transaction.atomic
def enrol(
    *,
    cohort: Cohort,
    participant: User,
    employer: Organisation | None,
    line_manager_name: str,
    line_manager_email: str,
    job_title: str,
    by: Actor,
    standing: Standing = Standing.EMPLOYED,
) -> Enrolment:
    """Give a person one of the cohort's places, once what the rules ask for before it is signed (N12, B2). What has to be
    signed later is asked for. `standing` says how they work; only some have an employer.

    The cohort's row is locked while places are counted, so that nobody gets a place that is gone. The participant and
    the line manager (whose account is found by address or made) are welcomed by email.

    Raises NotAllowed unless the participant takes it themselves; NoPlaceLeft when the cohort is full; NotPossible when
    the cohort takes nobody, the person is on it already, or something is not signed."""
    if not isinstance(by, System) and by != participant:
        raise NotAllowed("People have to take a place themselves.")
    # The whole row, not `no_key`: everybody who wants a place here waits, and then counts (200 people, 20 places).
    locked = Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    refuse_if(
        locked.status not in TAKES_PARTICIPANTS,
        f"{locked} is not taking participants: it is “{locked.get_status_display().lower()}”.",
        "not_taking",
    )
    refuse_if(
        Enrolment.objects.filter(cohort=locked, participant=participant).exists(),
        f"{participant} already has, or had, a place on {locked}.",
        "enrolled_already",
    )
    if Enrolment.objects.filter(cohort=locked).holding_a_place().count() >= locked.capacity:
        raise NoPlaceLeft(f"All the places on {locked} are taken.", "no_place")
    if unsigned := unsigned_before_place(person=participant, cohort=locked, has_employer=standing.has_employer):
        raise NotPossible(f"First this has to be signed: {in_words(unsigned)}.", "unsigned")
    manager = _line_manager(
        name=line_manager_name, email=line_manager_email, participant=participant, employer=employer
    )
    typed = here(manager, by, name=line_manager_name, email=line_manager_email) if manager else ("", "")
    enrolment = Enrolment.objects.create(
        participant=participant,
        cohort=locked,
        standing=standing,
        employer=employer,
        line_manager=manager,
        # What was typed stands, so that nobody learns whose an address is.
        manager_name=typed[0],
        manager_email=typed[1],
        job_title=job_title.strip(),
    )
    notices.welcome(enrolment, cohort)
    notices.welcome_manager(enrolment)
    arrange_for(enrolment)
    return enrolment


SAY_WHY = "Say why, so that we can explain it later."


class ReasonForm(StepForm):
    reason = forms.CharField(
        label="Why?",
        help_text="They will read this in their email.",
        widget=forms.Textarea,
        max_length=2000,
        error_messages={"required": SAY_WHY},
    )


class LeavingForm(ReasonForm):
    on = EventDate(
        label="What was their last day on the programme?", help_text="They are in the registers up to this day."
    )
    field_order = ("on", "reason")


@step(
    Enrolment,
    "Withdraw from the programme",
    past="Withdrawn",
    story="You left the programme",
    meaning="The place is free again. Mentoring ends, and a registration for a qualification is withdrawn. The days "
    "that were done are kept, and registers of days before they left can still be corrected.",
    permission=RUN,
    lifecycle=ENROLMENT,
    form=LeavingForm,
    grace=GRACE,
    undo="come_back",
    weight=Weight.DANGER,
    stands=standing_of_place,
)
def withdraw(*, enrolment: Enrolment, reason: str, by: Actor, on: date | None = None) -> Enrolment:
    """A participant leaves; the place is free again. `on` is their last day on the programme, today unless it is given. They
    and their line manager are told, and whoever else has to do with them: mentoring ends, a registration for a qualification
    is withdrawn. Days that were done stay.

    Raises NotPossible without a reason, when they have completed or left already, or for a day in the future, before they
    joined, or before the last day that is recorded for them."""
    reason = required(reason, SAY_WHY)
    # Under the lock that whoever marks or records a day takes: nothing is posted for a day after this one meanwhile.
    ENROLMENT.check(Enrolment.objects.locked(enrolment.pk), "withdraw")
    last_day = belonging.last_day_of(enrolment, on)
    ENROLMENT.move(enrolment, "withdraw", withdrawn_at=moment_of(last_day), withdrawal_reason=reason)
    notices.tell_participant(notices.WITHDRAWN, enrolment, reason=enrolment.withdrawal_reason)
    notices.tell_manager(notices.MANAGER_WITHDRAWN, enrolment)
    when_withdrawn(enrolment, by)
    return enrolment


class ComingBackForm(StepForm):
    on = EventDate(
        label="From which day do they take part again?",
        help_text="If they never left, the day that was recorded as their last.",
    )

    def warnings(self, subject: Enrolment) -> list[str]:
        if not letters_still_wait(subject, withdraw):
            return []
        return [
            "The emails about their leaving have not left yet, and do so now, before those about this. If they never left, take "
            "back the step “Withdrawn” instead: then nobody hears of it."
        ]


@step(
    Enrolment,
    "Take back onto the programme",
    past="Back on the programme",
    story="You came back to the programme",
    meaning="They left, and take part again from that day on. Days that they did before still count; sessions while they were "
    "away are not theirs. Mentoring and a registration for a qualification do not come back by themselves.",
    permission=RUN,
    guard=lambda by, enrolment: require_colleague(
        by, enrolment.participant, "You cannot take yourself back. Ask a colleague."
    ),
    lifecycle=ENROLMENT,
    form=ComingBackForm,
    undo="withdraw",
    stands=standing_of_place,
)
def come_back(*, enrolment: Enrolment, by: Actor, on: date | None = None) -> Enrolment:
    """Whoever has left takes part again from that day (today) on, as long as there is a place. What lies between is kept as
    time away. They and their line manager are told.

    Raises NotPossible when they have not left, for a day in the future or before the one on which they left, and NoPlaceLeft
    when the cohort is full."""
    # The whole row, as whoever takes a place does: the last one goes to one of the two.
    cohort = Cohort.objects.select_for_update(of=("self",)).get(pk=enrolment.cohort_id)
    ENROLMENT.check(Enrolment.objects.locked(enrolment.pk), "come_back")
    refuse_if(
        cohort.status not in TAKES_PARTICIPANTS, "This cohort is over, so nobody can come back to it.", "not_taking"
    )
    if Enrolment.objects.filter(cohort=cohort).holding_a_place().count() >= cohort.capacity:
        raise NoPlaceLeft(f"All the places on {cohort} are taken.", "no_place")
    away_from = belonging.away_from(enrolment)
    last_day = away_from - DAY
    on = event_day(on, not_before=last_day, because=f"They left on {english.day_date(last_day)}.")
    ENROLMENT.move(enrolment, "come_back", withdrawn_at=None, withdrawal_reason="")
    belonging.leave_a_gap(enrolment, away_from, on)
    notices.tell_participant(notices.CAME_BACK, enrolment, from_on=on)
    notices.tell_manager(notices.MANAGER_CAME_BACK, enrolment, from_on=on)
    when_back(enrolment, by)
    return enrolment


def _not_ones_own(by: Actor, enrolment: Enrolment) -> None:
    require_colleague(by, enrolment.participant, "You cannot choose your own line manager. Ask a colleague.")


def require_on_the_programme(enrolment: Enrolment) -> None:
    refuse_if(
        enrolment.status != EnrolmentStatus.ENROLLED,
        "This is possible only while somebody is on the programme.",
        "state",
    )


@step(
    Enrolment,
    "Change the line manager",
    past="Line manager changed",
    meaning="The new line manager gets a welcome email, and sees days, attendance and dates from that day on. The previous "
    "one no longer sees anything.",
    permission=RUN,
    guard=_not_ones_own,
    policy=require_on_the_programme,
    form=ManagerForm,
    undo="change_line_manager",
)
def change_line_manager(
    *,
    enrolment: Enrolment,
    name: str,
    email: str,
    by: Actor,
    whose_name: str = WhoseName.TYPED,
    from_on: date | None = None,
) -> Enrolment:
    """Somebody else is the line manager from that day (today) on: they are welcomed, the one before no longer sees the
    participant (B31). `whose_name` says whether the name that was typed stands here, or that of the account with this address.
    For the same person from an earlier day, only the day is put right.

    Raises NotPossible without an address, where nothing would change, or a day that cannot be."""
    # Two coordinators at once would each welcome their own manager, and one of them would never see the participant.
    locked = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    manager = _line_manager(name=name, email=email, participant=locked.participant, employer=locked.employer)
    if manager is None:
        raise NotPossible("Enter the new line manager's email address.", "required", field="email")
    refuse_if(
        belonging.is_so_since(locked, from_on, line_manager=manager),
        f"{locked.manager} is already the line manager.",
        "same",
        field="email",
    )
    _manages_from(enrolment, from_on, manager, here(manager, by, name=name, email=email, whose_name=whose_name))
    return enrolment


def _manages_from(enrolment: Enrolment, from_on: date | None, manager: User, typed: tuple[str, str]) -> None:
    """Whose day alone is put right keeps the name and the address that were given, and is not welcomed again."""
    last = enrolment.memberships.latest("starts_on")
    is_new = manager.pk != last.line_manager_id
    called, at = typed if is_new else (last.manager_name, last.manager_email)
    belonging.change_from(enrolment, from_on, line_manager=manager, manager_name=called, manager_email=at)
    if is_new:
        notices.welcome_manager(enrolment)
        ask_the_manager(enrolment)


@step(
    Enrolment,
    "Change the employer",
    past="Employer changed",
    meaning="They work for somebody else, or for themselves, from that day on. What was signed and invoiced stays with whoever "
    "signed it. A new line manager is welcomed, and finance is told where money was agreed. Where there is no employer any more, "
    "the line manager until then no longer sees anything.",
    permission=RUN,
    guard=lambda by, enrolment: require_colleague(
        by, enrolment.participant, "You cannot change your own employer. Ask a colleague."
    ),
    policy=require_on_the_programme,
    form=EmployerForm,
    undo="change_employer",
)
def change_employer(
    *,
    enrolment: Enrolment,
    employer: Organisation | None,
    by: Actor,
    standing: Standing | str = Standing.EMPLOYED,
    from_on: date | None = None,
    manager_name: str = "",
    manager_email: str = "",
    whose_name: str = WhoseName.TYPED,
) -> Enrolment:
    """Another employer from that day (today) on, or none, by how they work then (B2); with an address, another line manager too.
    Whatever hangs on the employer is handed over by the apps that keep it. For the same from an earlier day, only the day is put
    right.

    Raises NotPossible where nothing would change, for a day that cannot be, where an employer is missing or there can be none, and
    while the host of the assignment or the mentor is from the new employer's organisation."""
    standing = Standing(standing)
    refuse_if(standing.has_employer and employer is None, "Choose the new employer.", "required", field="employer")
    refuse_if(
        standing not in WITH_ORGANISATION and employer is not None,
        f"Somebody who {standing.in_sentence()} has no employer. Leave this empty, or choose another way of working.",
        "works_alone",
        field="employer",
    )
    locked = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)
    is_so = belonging.is_so_since(locked, from_on, employer=employer, standing=standing)
    already = f"{employer} is already the employer." if standing.has_employer else "That is so already."
    refuse_if(is_so, already, "same", field="employer")
    refuse(host_too_near(locked, employer, from_on), "host", field="employer")
    for sentence in against_changing_employer(locked, employer):
        refuse(sentence, "mentor", field="employer")
    belonging.change_from(enrolment, from_on, employer=employer, standing=standing, **_manager_left(standing))
    given: Any = {"name": manager_name, "email": manager_email, "participant": locked.participant, "employer": employer}
    if manager := _line_manager(**given, field="manager_email"):
        typed = here(manager, by, name=manager_name, email=manager_email, whose_name=whose_name)
        _manages_from(enrolment, from_on, manager, typed)
    if (employer and employer.pk, standing) != (locked.employer_id, locked.standing):
        arrange_for(enrolment)
        when_employer_changes(enrolment, employer, by)
    return enrolment


def _manager_left(standing: Standing) -> dict[str, Any]:
    """Whoever works for nobody has no line manager until one is named."""
    none = {"line_manager": None, "manager_name": "", "manager_email": ""}
    return {} if standing in WITH_ORGANISATION else none


@step(
    Enrolment,
    "Move to another peer group",
    past="Moved to another peer group",
    meaning="From that day on they are in the registers of the new group. Registers of days before it stay as they were. "
    "Nobody is told.",
    permission=RUN,
    form=GroupForm,
    undo="place_in_group",
    bulk=True,
)
def place_in_group(
    *, enrolment: Enrolment, peer_group: PeerGroup | None, by: Actor, from_on: date | None = None
) -> Enrolment:
    """From that day (today) on a participant is in a peer group of their own cohort, or in none (B11).

    Raises NotPossible for a group of another cohort, and for a day in the future, before joining or after leaving."""
    refuse_if(
        peer_group is not None and peer_group.cohort_id != enrolment.cohort_id,
        f"“{peer_group}” belongs to another cohort.",
        "other_cohort",
        field="peer_group",
    )
    Enrolment.objects.locked(enrolment.pk)
    belonging.change_from(enrolment, from_on, peer_group=peer_group)
    return enrolment


@transaction.atomic
def correct(*, enrolment: Enrolment, job_title: str, by: Actor) -> Enrolment:
    """Put a participant's job title right."""
    require(by, RUN, enrolment)
    enrolment.job_title = job_title.strip()[:150]
    enrolment.save(update_fields=["job_title"])
    return enrolment
