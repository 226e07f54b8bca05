"""What people are reminded of: a session that is coming (requirement of the year, 3.13), and an agreement that they have not
signed."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cohorts import agreement_notices, directory, directory_notices, notices
from cohorts.actions.conversations import about
from cohorts.actions.internal import UNANSWERED as INTERNAL_UNANSWERED
from cohorts.actions.reviews import holds
from cohorts.assessing.own import standing_of, with_assessments
from cohorts.assessing.windows import asking
from cohorts.models import (
    Agreement,
    Cohort,
    Destination,
    Enrolment,
    InternalMentor,
    Pause,
    Session,
    SigningRequest,
    StepConfirmation,
    ThreeWayReview,
)
from cohorts.models.confirmations import DAYS_TO_ANSWER
from cohorts.notices import confirmations as confirmation_notices
from cohorts.notices import conversations as talks
from cohorts.notices import destinations as destination_notices
from cohorts.notices.internal import INTERNAL_LINK, of_question
from cohorts.notices.internal import REMINDER as INTERNAL_REMINDER
from cohorts.notices.reviews import REMINDER as REVIEW_REMINDER
from cohorts.notices.reviews import to_party as of_review
from cohorts.progress.conversations import KIND as CONVERSATION_DUE
from cohorts.progress.conversations import silent_since
from cohorts.states import COHORT_OVER, CohortStatus, Signatory
from steppingup import clock
from steppingup.accounts.models import TokenLink, User
from steppingup.formats import english
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import ReminderRule
from steppingup.messaging.notices import Notice
from steppingup.messaging.reminders import HELD_WHILE, ReminderItem, ReminderKind, add_reminder_kind


def on_a_pause(notice: Notice) -> bool:
    """Is it for somebody about a cohort that they take no part in at present?"""
    cohorts = [one.pk for one in notice.around if isinstance(one, Cohort)]
    if not cohorts or not isinstance(notice.to, User):
        return False
    own = Pause.objects.filter(enrolment__participant=notice.to, enrolment__cohort__in=cohorts)
    return own.on(clock.today()).exists()


def sessions_due(kind: MessageKind, rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each participant of each session that begins between two days and has not begun yet."""
    coming = Session.objects.going_ahead().filter(starts_at__gt=clock.now(), starts_at__date__range=(start, end))
    for session in coming.exclude(cohort__status=CohortStatus.CANCELLED).for_steps():
        for notice in notices.to_those_who_come(kind, session):
            yield ReminderItem(timezone.localdate(session.starts_at), notice)


def needs_unconfirmed(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was asked to confirm by one of these days what they need for a session to come, and has not."""
    coming = Session.objects.going_ahead().filter(starts_at__gt=clock.now(), needs_by__range=(start, end))
    asked = coming.asking().exclude(needs_asked_at=None).exclude(cohort__status__in=COHORT_OVER)
    for session in asked.for_steps():
        for notice in notices.to_those_unconfirmed(notices.NEEDS_REMINDER, session):
            yield ReminderItem(session.needs_by or start, notice)


def to_assess(
    kind: MessageKind, is_opening: bool, rule: ReminderRule, start: date, end: date
) -> Iterable[ReminderItem]:
    """Whoever is asked where they see themselves, since or until one of these days, and has not finished saying it."""
    people = with_assessments(Enrolment.objects.for_steps().filter(asking()))
    for enrolment in people:
        standing = standing_of(enrolment)
        if standing is None or standing.waits is None:
            continue
        on = standing.waits.opens if is_opening else standing.waits.closes
        if start <= on <= end:
            yield ReminderItem(on, notices.of_assessment(kind, enrolment, standing.waits.moment, standing.waits.closes))


def directory_unconfirmed(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each graduate whose entry in the directory ends on one of these days unless they confirm it."""
    for entry, by in directory.to_confirm(start, end):
        if entry.hidden_at is None and entry.enrolment.participant.is_active:
            yield ReminderItem(by, directory_notices.to_confirm(entry, by))


def unsigned_by_participants(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was asked to sign on one of these days, and has not."""
    waits = Agreement.objects.to_sign(Signatory.PARTICIPANT).filter(asked_at__date__range=(start, end))
    for agreement in waits.for_steps():
        notice = agreement_notices.to_participant(agreement_notices.TO_SIGN_REMINDER, agreement)
        yield ReminderItem(timezone.localdate(agreement.asked_at), notice)


def unsigned_by_others(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was asked by a link to sign for the employer or the host, and has not; with a new link."""
    for role in (Signatory.EMPLOYER, Signatory.HOST):
        waits = Agreement.objects.to_sign(role)
        asked = SigningRequest.objects.filter(role=role, agreement__in=waits, asked_at__date__range=(start, end))
        for request in asked.with_agreements():
            notice = agreement_notices.to_signatory(agreement_notices.ASKED_REMINDER, request)
            yield ReminderItem(timezone.localdate(request.asked_at), notice)


def without_a_conversation(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever has not talked with their line manager since one of these days, and the line manager, by a link (B52)."""
    people = Enrolment.objects.on_the_programme().filter(line_manager__is_active=True, cohort__starts_on__lte=end)
    rows = {one.pk: one for one in people.exclude(cohort__status__in=COHORT_OVER).for_steps()}
    for pk, since in silent_since(list(rows.values())).items():
        if start <= since <= end:
            one, words = rows[pk], english.day_date(since)
            yield ReminderItem(since, talks.to_participant(talks.DUE, one, since=words))
            yield ReminderItem(since, talks.to_manager(talks.DUE_TO_MANAGER, one, since=words, about=about(one)))


def destinations_unanswered(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was asked on one of these days where they are now, and has neither answered nor asked to be left alone."""
    found = Destination.objects.unanswered().filter(asked_at__date__range=(start, end))
    for destination in found.for_steps():
        notice = destination_notices.of(destination_notices.REMINDER, destination)
        yield ReminderItem(timezone.localdate(destination.asked_at), notice)


def confirmations_unanswered(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Whoever was asked to confirm a step up, has said nothing, and can until one of these days."""
    before = timedelta(days=DAYS_TO_ANSWER)
    found = StepConfirmation.objects.unanswered().filter(asked_at__date__range=(start - before, end - before))
    for confirmation in found.for_steps():
        yield ReminderItem(
            confirmation.until,
            confirmation_notices.of_question(confirmation_notices.REMINDER, confirmation),
        )


def unsigned_reviews(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each of the three who was asked on one of these days to sign a review, and has not."""
    for review in ThreeWayReview.objects.to_sign().for_steps().prefetch_related("parties__user"):
        for party in review.parties.all():
            on = timezone.localdate(party.asked_at)
            if start <= on <= end and party.role in review.missing and holds(party, review):
                party.review = review
                yield ReminderItem(on, of_review(REVIEW_REMINDER, party))


def internal_unanswered(rule: ReminderRule, start: date, end: date) -> Iterable[ReminderItem]:
    """Each colleague who was asked on one of these days to mentor at work, and has said nothing; with a new link. Whoever was asked again
    since by hand has as long from then."""
    found = InternalMentor.objects.unanswered().filter(asked_at__date__range=(start, end))
    kind = ContentType.objects.get_for_model(InternalMentor)
    again = TokenLink.objects.filter(purpose=INTERNAL_LINK, content_type=kind, created_at__date__gt=end)
    for mentor in found.exclude(pk__in=again.values("object_id")).for_steps():
        yield ReminderItem(timezone.localdate(mentor.asked_at), of_question(INTERNAL_REMINDER, mentor))


HELD_WHILE.append(on_a_pause)


def _of_session(key: str, kind: MessageKind, days: int, until: int) -> None:
    due, usual = partial(sessions_due, kind), (days, ReminderRule.When.BEFORE, until)
    add_reminder_kind(ReminderKind(key, kind.title, "the session", kind.key, due, usual))


# A week before, as long as it is not tomorrow already, and the day before.
_of_session("cohorts.session", notices.SESSION_REMINDER, 7, -2)
_of_session("cohorts.session_tomorrow", notices.SESSION_TOMORROW, 1, -1)
add_reminder_kind(
    ReminderKind(
        "cohorts.needs_unconfirmed",
        "A participant has not confirmed what they need",
        "it is to be confirmed",
        notices.NEEDS_REMINDER.key,
        needs_unconfirmed,
        (3, ReminderRule.When.BEFORE, 0),
    )
)
for key, title, since, kind, is_opening, usual in (
    (
        "cohorts.assessment_asked",
        "A participant is asked where they see themselves",
        "they are asked",
        notices.ASSESSMENT_ASKED,
        True,
        (0, ReminderRule.When.AFTER, 14),
    ),
    (
        "cohorts.assessment_due",
        "A participant has not said where they see themselves",
        "the last day to say it",
        notices.ASSESSMENT_REMINDER,
        False,
        (3, ReminderRule.When.BEFORE, 0),
    ),
):
    add_reminder_kind(ReminderKind(key, title, since, kind.key, partial(to_assess, kind, is_opening), usual))
add_reminder_kind(
    ReminderKind(
        "cohorts.directory_unconfirmed",
        "A graduate has not confirmed their entry in the directory",
        "the entry ends",
        directory_notices.CONFIRM.key,
        directory_unconfirmed,
        (30, ReminderRule.When.BEFORE, 0),
    )
)
add_reminder_kind(
    ReminderKind(
        CONVERSATION_DUE,
        "A participant and their line manager have not talked for long",
        "their last conversation",
        talks.DUE.key,
        without_a_conversation,
        (42, ReminderRule.When.AFTER, 84),
    )
)
add_reminder_kind(
    ReminderKind(
        "cohorts.destination_unanswered",
        "A graduate has not said where they are now",
        "they were asked",
        destination_notices.REMINDER.key,
        destinations_unanswered,
        (14, ReminderRule.When.AFTER, 45),
    )
)
add_reminder_kind(
    ReminderKind(
        "cohorts.confirmation_unanswered",
        "An employer has not said whether a step up is right",
        "the last day to answer",
        confirmation_notices.REMINDER.key,
        confirmations_unanswered,
        (14, ReminderRule.When.BEFORE, -3),
    )
)
add_reminder_kind(
    ReminderKind(
        "cohorts.review_unsigned",
        "Somebody has not signed a three-way review",
        "they were asked to sign",
        REVIEW_REMINDER.key,
        unsigned_reviews,
        (4, ReminderRule.When.AFTER, 30),
    )
)
add_reminder_kind(
    ReminderKind(
        INTERNAL_UNANSWERED,
        "A colleague who was asked to mentor at work has not answered",
        "they were asked",
        INTERNAL_REMINDER.key,
        internal_unanswered,
        (7, ReminderRule.When.AFTER, 30),
    )
)
for key, title, since, kind, due in (
    (
        "cohorts.agreement_unsigned",
        "A participant has not signed an agreement",
        "the participant was asked to sign",
        agreement_notices.TO_SIGN_REMINDER,
        unsigned_by_participants,
    ),
    (
        "cohorts.agreement_unsigned_by_others",
        "An employer or a host has not signed an agreement",
        "they were asked to sign",
        agreement_notices.ASKED_REMINDER,
        unsigned_by_others,
    ),
):
    add_reminder_kind(ReminderKind(key, title, since, kind.key, due, (7, ReminderRule.When.AFTER, 60)))
