"""What a provider does not keep any longer goes, whole; the rest stays."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pgtrigger
import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from applications.actions import decisions, interviews, offers
from applications.models import (
    Application,
    EqualityQuestion,
    EqualityResponse,
    Interest,
    LateEntry,
    LineConsent,
)
from cohorts.actions import complaints
from cohorts.models import Cohort, Concern, DataComplaint
from funding.models import Statement
from representation.states import POOL_ENTRY
from steppingup.accounts.models import Organisation
from steppingup.files.actions.files import store
from steppingup.files.models import StoredFile
from steppingup.files.rules import CV
from steppingup.retention.actions.forgetting import forget_due
from steppingup.retention.actions.periods import numbers_due, set_periods
from steppingup.retention.kinds import all_kinds, months_before
from steppingup.retention.models import Removal
from steppingup.steps.taking import take
from tests.factories import applications as applying
from tests.factories import funding as money
from tests.factories import line as near
from tests.factories import mentoring, pool, review
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory
from tests.factories.events import BookingFactory, OccasionFactory
from tests.files.uploads import pdf, upload

pytestmark = pytest.mark.django_db

WORD = "Quillfeather"


def say(provider: Organisation, **others: int) -> None:
    """As we propose, but for these."""
    months = {kind.key: others.get(kind.key.partition(".")[2], kind.months) for kind in all_kinds()}
    set_periods(provider=provider, months=months, by=staff(provider=provider))


def later(**span: int) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(**span))


def at(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def everywhere(word: str) -> set[str]:
    """The tables and columns in which this word still stands, in whatever row."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed or model._meta.proxy:
                continue
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text LIKE %s", [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.add(model._meta.label)
    return found


def judged(of, by) -> Application:
    """With everything that there can be of it: a CV, statements, scores, an interview, an offer that was declined."""
    person = UserFactory(full_name="Ada Lovelace", email="ada@example.org")
    cv = store(upload=upload(pdf()), rule=CV, by=person)
    application = review.arrived(of, applicant=person, name=f"Ada {WORD}", phone="0117 900 100", cv=cv)
    application.statements.update(text=f"I am {WORD}, and I led.")
    application = review.reviewed(application, 3, 4, by=by)
    decisions.shortlist(application=application, by=by, note=f"{WORD} is strong.")
    application = review.fresh(application)
    interview = interviews.invite(
        application=application,
        starts_at=timezone.now() + timedelta(days=3),
        place="City Hall",
        panel="Ada and Sol",
        by=by,
    )
    type(interview).objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    interviews.record(
        application=review.fresh(application),
        scores={one.pk: (3, f"{WORD} spoke well.") for one in review.criteria(of)},
        outcome="recommend",
        by=by,
    )
    offer = offers.make(application=review.fresh(application), by=by)
    offers.decline(offer=offer, reason=f"{WORD} has another job.", by=person)
    return review.fresh(application)


@pytest.fixture
def window():
    return review.window()


@pytest.fixture
def by(window):
    return review.coordinator(window)


@pytest.fixture
def provider(window):
    return window.cohort.programme.provider


def test_nothing_goes_before_the_provider_has_said_how_long(window, by):
    application = judged(window, by)
    with later(days=5000):
        assert forget_due() == 0
    assert Application.objects.filter(pk=application.pk).exists()


def test_an_application_goes_with_everything_that_was_written_down_of_it(window, by, provider):
    application = judged(window, by)
    file = StoredFile.objects.get(pk=application.cv_id)
    on_disk = Path(settings.MEDIA_ROOT) / file.file.name
    assert on_disk.exists()
    assert len(everywhere(WORD)) > 6  # the application, its history, statements, scores, decisions, emails …
    say(provider)
    with later(days=300):
        assert forget_due() == 0
    with later(days=370):
        assert forget_due() == 1
        assert forget_due() == 0
    assert everywhere(WORD) == set()
    assert not StoredFile.objects.filter(pk=file.pk).exists()
    assert [(one.number, one.of) for one in Removal.objects.all()] == [(1, window.cohort)]


def test_steps_of_the_desk_that_were_taken_on_it_are_forgotten_too(window, by, provider):
    application = review.arrived(window, name=f"Ben {WORD}", applicant=UserFactory(full_name="Ben"))
    step = decisions.turn_down
    taken = take(step=step, subject=application, by=by, values={"reason": "not_ready", "note": f"{WORD}, later."})
    assert taken
    assert "steps.Change" in everywhere(WORD)
    say(provider)
    with later(days=370):
        assert forget_due() == 1
    assert everywhere(WORD) == set()


def test_who_has_a_place_and_who_is_still_waiting_stays(window, by, provider):
    offer = review.offered(window, by)
    offers.accept(offer=offer, by=offer.application.applicant)
    review.arrived(window)
    say(provider, **{"1_unsuccessful": 3})
    Cohort.objects.update(ends_on=timezone.localdate() + timedelta(days=400))
    with later(days=390):
        assert forget_due() == 0
    assert Application.objects.count() == 2


def test_another_provider_keeps_its_own(window, by, provider):
    far = review.window()
    for of in (window, far):
        decisions.turn_down(application=review.arrived(of), reason="not_ready", by=review.coordinator(of))
    say(provider)
    say(far.cohort.programme.provider, **{"1_unsuccessful": 24})
    with later(days=400):
        assert forget_due() == 1
    assert Application.objects.get().cohort == far.cohort


def _draft(of):
    return applying.started(of, UserFactory())


def _answers(of):
    application = review.arrived(of)
    question = EqualityQuestion.objects.get(key="sex")
    return EqualityResponse.objects.create(
        application=application, answers={"sex": {"question": question.pk, "answer": "female"}}
    )


def _interest(of):
    return Interest.objects.create(programme=of.cohort.programme, email="curious@example.org")


def _nomination(of):
    return applying.nominated(of.cohort)[0]


def _nominator(of):
    nomination, request, _ = applying.nominated(of.cohort)
    nomination.delete()
    return request


def _late(of):
    return LateEntry.objects.create(
        window=of,
        email="late@example.org",
        reason="Was ill.",
        until=of.closes_at + timedelta(days=1),
        given_by=UserFactory(),
    )


def _asked_later(of):
    line = near.line_of(of.cohort)
    consent = near.consent_of(line, UserFactory())
    LineConsent.objects.filter(pk=consent.pk).update(stopped_at=at(timezone.localdate() - timedelta(days=40), 12))
    return consent


def _wish(of):
    return mentoring.wish_of(ParticipantFactory(cohort=of.cohort), note="Somebody patient.")


def _booking(of):
    last = at(timezone.localdate() - timedelta(days=40), 12)
    occasion = OccasionFactory(programme=of.cohort.programme, starts_at=last - timedelta(hours=2), ends_at=last)
    return BookingFactory(occasion=occasion)


def _concern(of):
    closed = {"status": "closed", "closed_at": at(timezone.localdate() - timedelta(days=40), 12)}
    row = Concern.objects.create(provider=of.cohort.programme.provider, said={"what": "He shouted."})
    with pgtrigger.ignore():
        Concern.objects.filter(pk=row.pk).update(**closed)
    return row


def _left_the_pool(of):
    post = pool.post(of.cohort.programme.provider)
    entry = pool.reviewed(post, ParticipantFactory(cohort=of.cohort))
    left = at(timezone.localdate() - timedelta(days=40), 12)
    POOL_ENTRY.move(entry, "leave_pool", ended_at=left, is_seen=False)
    return entry


def _complaint(of):
    provider = of.cohort.programme.provider
    row = complaints.complain(provider=provider, kind="wrong", text="My name.", name="Ben", email="ben@example.org")
    closed = {"status": "closed", "closed_at": at(timezone.localdate() - timedelta(days=40), 12)}
    with pgtrigger.ignore():
        DataComplaint.objects.filter(pk=row.pk).update(**closed)
    return row


ROWS = {
    "applications.2_drafts": _draft,
    "applications.3_equality": _answers,
    "applications.4_interest": _interest,
    "applications.5_nominations": _nomination,
    "applications.6_nominators": _nominator,
    "applications.7_late": _late,
    "applications.8_line": _asked_later,
    "cohorts.bookings": _booking,
    "cohorts.complaints": _complaint,
    "cohorts.concerns": _concern,
    "mentoring.wishes": _wish,
    "representation.pool": _left_the_pool,
}


@pytest.mark.parametrize("key", ROWS)
def test_each_kind_goes_when_its_months_are_over_and_no_day_before(window, provider, key):
    row = ROWS[key](window)
    kind = next(one for one in all_kinds() if one.key == key)
    day = timezone.localdate() - timedelta(days=40)
    Cohort.objects.filter(pk=window.cohort_id).update(starts_on=day - timedelta(days=1), ends_on=day)
    noon = at(day, 12)
    type(window).objects.filter(pk=window.pk).update(closes_at=noon, opens_at=noon - timedelta(days=9))
    Application.objects.update(changed_at=noon)
    Interest.objects.update(registered_at=noon)
    say(provider)
    model = type(row)
    first = next(
        day + timedelta(days=n) for n in range(900) if months_before(day + timedelta(days=n), kind.months) > day
    )
    with time_machine.travel(at(first, 3) - timedelta(days=2)):
        forget_due()
        assert model.objects.filter(pk=row.pk).exists()
    with time_machine.travel(at(first, 3) + timedelta(days=1)):
        forget_due()
        assert not model.objects.filter(pk=row.pk).exists()


def test_every_kind_is_tried():
    tried = {*ROWS, "applications.1_unsuccessful", "funding.statements"}
    assert {kind.key for kind in all_kinds()} == tried


def test_what_was_told_of_a_withdrawal_goes_and_what_was_decided_stays(provider):
    case, _, evidence = money.told_case()
    theirs = case.agreement.cohort.programme.provider
    case_model = type(case)
    case_model.objects.filter(pk=case.pk).update(status="waived", ended_at=timezone.now())
    say(theirs, statements=2)
    with later(days=20):
        assert forget_due() == 0
    with later(days=80):
        assert forget_due() == Statement.objects.count() + 1 == 1
    assert case_model.objects.filter(pk=case.pk).exists()


@pytest.mark.parametrize(
    ("day", "months", "found"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-03-31", 1, "2024-02-29"),
        ("2026-01-15", 1, "2025-12-15"),
        ("2026-12-31", 12, "2025-12-31"),
        ("2026-05-31", 3, "2026-02-28"),
        ("2026-05-31", 0, "2026-05-31"),
    ],
)
def test_months_are_those_of_the_calendar(day, months, found):
    assert months_before(date.fromisoformat(day), months).isoformat() == found


def test_how_many_answered_the_equality_questions_is_said_nowhere(in_admin, window, by, provider):
    """Neither before they go nor after: who keeps people would learn how many answered, and of a small cohort who."""
    _answers(window)
    ended = timezone.localdate() - timedelta(days=500)
    Cohort.objects.filter(pk=window.cohort_id).update(starts_on=ended, ends_on=ended)
    months = {kind.key: kind.months for kind in all_kinds()}
    assert "applications.3_equality" not in numbers_due(provider, months)
    say(provider, **{"1_unsuccessful": 84})
    page = in_admin(by).get(reverse("admin:accounts_organisation_change", args=[provider.pk])).text
    assert "Equality answers" in page
    assert "to go tonight" not in page
    assert forget_due() == 0
    assert not EqualityResponse.objects.exists()
    assert not Removal.objects.exists()
