"""The days of the programme, each part of the plan as it is recorded: sessions, an assignment with a host, a mentor, one’s own log."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from applications.dry_run import cast as who
from applications.dry_run.report import Mend
from applications.dry_run.signing import sign_all
from applications.dry_run.stage import Stage
from cohorts.actions import attendance, cohorts, enrolments, placements, sessions, staying, study, supervising
from cohorts.actions.days import done_of, free_of
from cohorts.models import Component, Enrolment, PeerGroup, Placement, Session
from cohorts.permissions import CohortPermission
from cohorts.planning import Pattern
from cohorts.states import Mark, Recording, SignedBefore
from mentoring.actions import matching, mentors
from mentoring.actions import sessions as meetings
from mentoring.models import Pair
from mentoring.states import Mode
from steppingup.formats.english import counted

QUARTER = Decimal("0.25")
#: A day is looked for so far ahead; after that it is said that there is none.
FURTHEST = 400
#: Of one meeting with a mentor.
LEAST_MINUTES, MOST_MINUTES = 5, 180


def place_of(stage: Stage) -> Enrolment:
    """The participant’s place, as it is now."""
    return Enrolment.objects.for_steps().get(participant=stage.cast.applicant, cohort=stage.cohort)


def take_part(stage: Stage) -> None:
    """All that the plan asks for. Raises Stopped where it cannot be done."""
    _prepare(stage)
    begins = timezone.make_aware(datetime.combine(stage.cohort.starts_on, time(8, 30)))
    stage.act(
        who.COORDINATOR,
        "Starts the cohort",
        lambda: cohorts.start(cohort=stage.cohort, by=stage.cast.coordinator),
        at=begins,
    )
    parts = list(stage.cohort.plan.components.order_by("order", "pk"))
    for part in parts:
        if part.recording == Recording.HOST:
            _find_a_host(stage, part)
        if part.recording == Recording.PAIR:
            _find_a_mentor(stage, part)
    _look_at_pages(stage)
    joined = place_of(stage).enrolled_at
    coming = Session.objects.filter(cohort=stage.cohort, starts_at__gt=joined).going_ahead()
    for session in coming.order_by("starts_at", "pk"):
        _meet(stage, session)
    for part in parts:
        if act := LOGS.get(Recording(part.recording)):
            act(stage, part)


def _look_at_pages(stage: Stage) -> None:
    """Those of everybody who has to do with the place."""
    place = place_of(stage)
    own = reverse("cohorts:participant", args=[place.pk])
    stage.look(who.PARTICIPANT, "Opens their page", own, stage.cast.applicant)
    if place.line_manager is not None:
        managed = reverse("cohorts:managed", args=[place.pk])
        stage.look(who.MANAGER, "Opens the page of whom they manage", managed, place.line_manager)
    if Pair.objects.filter(enrolment=place).exists():
        stage.look(who.MENTOR, "Opens the page of those they mentor", reverse("mentoring:mentees"), stage.cast.mentor)


# -- before it begins ------------------------------------------------------------------------------


def _prepare(stage: Stage) -> None:
    """Groups, dates and what is signed before the start."""
    cohort = stage.cohort
    if cohort.plan.components.filter(in_groups=True).exists():
        group = PeerGroup.objects.create(cohort=cohort, name="Make-believe group")
        stage.act(
            who.COORDINATOR,
            "Puts them in a peer group",
            lambda: enrolments.place_in_group(enrolment=place_of(stage), peer_group=group, by=stage.cast.coordinator),
        )
    page = Mend(f"{reverse('admin:cohorts_session_add')}?cohort={stage.copies.cohort.pk}", CohortPermission.RUN_COHORTS)
    last = cohort.sessions.going_ahead().order_by("starts_at").last()
    first_on = last.over_on + timedelta(days=1) if last else cohort.starts_on
    pattern = Pattern(first_on, 2, 2, time(9, 30), time(16, 30))
    if sessions.drafts_for(cohort, pattern):
        what = "Makes the sessions that are not planned yet, two weeks apart"
        made = stage.act(
            who.COORDINATOR,
            what,
            lambda: sessions.draft_from_plan(cohort=stage.cohort, pattern=pattern, by=stage.cast.coordinator),
        )
        stage.lack(
            who.COORDINATOR,
            "Plans the dates",
            f"{counted(len(made or ()), 'session has', 'sessions have')} no date yet.",
            page,
        )
    sign_all(stage, SignedBefore.START)


# -- sessions --------------------------------------------------------------------------------------


def _meet(stage: Stage, session: Session) -> None:
    place, cast = place_of(stage), stage.cast
    if session.asks:
        _say_needs(stage, session)
    marks = {place.pk: Mark.PRESENT}
    stage.act(
        who.COORDINATOR,
        f"Takes the register of “{session}”",
        lambda: attendance.mark(session=_afresh(session), marks=marks, by=cast.coordinator),
        at=session.ends_at + timedelta(minutes=10),
    )


def _afresh(session: Session) -> Session:
    return Session.objects.for_steps().get(pk=session.pk)


def _say_needs(stage: Stage, session: Session) -> None:
    needs: dict[str, Any] = {"diet": "Vegetarian", "access": "A room on the ground floor", "room": ""}
    if session.nights:
        needs["stays"] = True
    stage.act(
        who.PARTICIPANT,
        f"Says what they need for “{session}”",
        lambda: staying.confirm_needs(
            enrolment=place_of(stage), session=_afresh(session), by=stage.cast.applicant, **needs
        ),
        at=session.starts_at - timedelta(days=21),
    )


# -- an assignment ---------------------------------------------------------------------------------


def _find_a_host(stage: Stage, part: Component) -> None:
    host = stage.cast.other_side(part.counterpart, stage.cast.elsewhere)
    given: dict[str, Any] = {
        "kind": Placement.Kind.PROJECT,
        "title": f"Make-believe {part.word}",
        "host_contact": "Make-believe Host",
        "by": stage.cast.coordinator,
    }
    stage.act(
        who.COORDINATOR,
        f"Gives them a {part.word}",
        lambda: placements.set_placement(enrolment=place_of(stage), host=host, component=part, **given),
    )
    sign_all(stage, SignedBefore.ASSIGNMENT)


def _work(stage: Stage, part: Component) -> None:
    """Day by day, as far as days are free."""

    def record(on: date, days: Decimal) -> None:
        place = place_of(stage)
        placement = Placement.objects.get(enrolment=place, component=part)
        placement.enrolment = place
        placements.record_day(placement=placement, on=on, days=days, what="Make-believe work", by=stage.cast.applicant)
        if part.host_confirms:
            supervising.confirm_days(placement=placement, by=stage.cast.coordinator)

    _day_by_day(stage, part, f"Records days of “{part}”", record)


def _study(stage: Stage, part: Component) -> None:
    def record(on: date, days: Decimal) -> None:
        hours = days * part.minutes_per_day / 60
        study.record_study(
            enrolment=place_of(stage),
            on=on,
            hours=hours,
            what="Make-believe reading",
            component=part,
            by=stage.cast.applicant,
        )

    _day_by_day(stage, part, f"Logs hours of “{part}”", record)


def _day_by_day(stage: Stage, part: Component, what: str, record: Callable[[date, Decimal], None]) -> None:
    """All of a part, a free day after the other: one line for all of it."""

    def all_of_it() -> None:
        for on, days in _free_days(stage, part):
            stage.wait_until(timezone.make_aware(datetime.combine(on, time(18))))
            record(on, days)

    stage.act(who.PARTICIPANT, what, all_of_it)


def _free_days(stage: Stage, part: Component) -> list[tuple[date, Decimal]]:
    """On which days how much of a part can be done, in quarters of its unit, until it is done: from their first day on."""
    place, found = place_of(stage), []
    on = max(
        stage.cohort.starts_on, timezone.localdate(place.enrolled_at)
    )  # nothing is recorded of a day before they came
    left = _quarters(part.in_units(part.days - done_of(place, part)))
    for _ in range(FURTHEST):
        if left <= 0:
            break
        on = stage.working_day(timezone.make_aware(datetime.combine(on, time(12))))
        units = min(_quarters(part.in_units(free_of(place, on))), left)
        if units > 0:
            found.append((on, part.in_days(units)))
            left -= units
        on += timedelta(days=1)
    return found


def _quarters(units: Decimal) -> Decimal:
    return (units / QUARTER).to_integral_value(ROUND_FLOOR) * QUARTER


# -- a mentor --------------------------------------------------------------------------------------


def _find_a_mentor(stage: Stage, part: Component) -> None:
    cast = stage.cast
    home = cast.other_side(part.counterpart, cast.of_mentor)

    def pair() -> Pair:
        who_is_it: dict[str, Any] = {
            "email": cast.mentor.email,
            "full_name": cast.mentor.full_name,
            "organisation": home,
        }
        programme = stage.cohort.programme
        mentor, _ = mentors.put(programme=programme, by=cast.coordinator, capacity=5, **who_is_it)
        made = matching.pair_by_hand(enrolment=place_of(stage), mentor=mentor, component=part, by=cast.coordinator)
        return matching.confirm(pair=Pair.objects.for_steps().get(pk=made.pk), by=cast.coordinator)

    stage.act(who.COORDINATOR, f"Finds a mentor for “{part}”", pair)


def _meet_the_mentor(stage: Stage, part: Component) -> None:
    def all_of_it() -> None:
        pair = Pair.objects.for_steps().get(enrolment=place_of(stage), component=part)
        for on, days in _free_days(stage, part):
            whole = int((days * part.minutes_per_day).to_integral_value(ROUND_CEILING))
            while whole > 0:
                minutes = max(min(whole, MOST_MINUTES), LEAST_MINUTES)
                stage.wait_until(timezone.make_aware(datetime.combine(on, time(18))))
                meetings.record(
                    pair=pair, on=on, minutes=minutes, mode=Mode.FACE_TO_FACE, by=stage.cast.applicant, is_another=True
                )
                whole -= minutes

    stage.act(who.MENTOR, f"Meets them for “{part}”", all_of_it)


LOGS = {Recording.HOST: _work, Recording.PAIR: _meet_the_mentor, Recording.OWN: _study}
