"""One person has longer than everybody else: they alone, until their own moment, and everything that says a date says theirs."""

import re
from datetime import datetime, time, timedelta
from itertools import product

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as actions
from applications.actions import offers
from applications.actions.applications import check_open
from applications.actions.decisions import reason_given
from applications.actions.late import give_longer, give_time
from applications.actions.offers import is_open
from applications.models import Application, Draft, LateEntry, Window
from applications.reminders import _unsubmitted
from applications.states import ApplicationStatus, OfferStatus
from steppingup.accounts.models import User
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import applications as applying
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import PublishedCohortFactory
from tests.staff import take_step

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B33")]
WHY = "She was in hospital."


@pytest.fixture
def window():
    return WindowFactory(cohort=PublishedCohortFactory(fee=0))


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def end_of(window: Window, days: int):
    """The last day so many days after the window closes."""
    return timezone.localdate(window.closes_at) + timedelta(days=days)


def give(window: Window, email: str, by: User, days: int = 3) -> LateEntry:
    return give_time(window=window, email=email, last_day=end_of(window, days), reason=WHY, by=by)


def test_open_for_each_person_until_their_own_second_and_for_nobody_else(window, coordinator):
    """Every moment around every closing, for everybody: with an account, without one then, with another case of the address."""
    people = {days: UserFactory(email=f"p{days}@example.org") for days in (0, 1, 3)}
    for days, person in people.items():
        if days:
            give(window, person.email.upper(), coordinator, days)
    give(window, "new@example.org", coordinator, 2)
    people[2] = UserFactory(email="new@example.org")
    closings = {
        days: timezone.make_aware(datetime.combine(end_of(window, days) + timedelta(days=1), time.min)) if days else window.closes_at
        for days in people
    }  # fmt: skip
    for closing, off in product(closings.values(), (-1, 0, 1)):
        with time_machine.travel(closing + timedelta(seconds=off), tick=False):
            for days, person in people.items():
                try:
                    check_open(window.cohort, person)
                    is_open = True
                except NotPossible:
                    is_open = False
                assert is_open == (timezone.now() < closings[days]), (days, closing, off)


def test_whoever_was_let_in_begins_writes_and_submits_after_closing(client, window, coordinator):
    late, other = UserFactory(), UserFactory()
    give(window, late.email, coordinator)
    begins = reverse("applications:start", args=[window.cohort_id])
    with time_machine.travel(window.closes_at + timedelta(hours=1), tick=True):
        client.force_login(other)
        assert "Applications have closed" in client.get(begins).text
        client.force_login(late)
        shown = client.get(begins).text
        own = LateEntry.objects.get().last_moment
        assert f"Applications close on <strong>{when(own)}</strong>" in shown
        client.post(begins)
        application = Application.objects.get(applicant=late)
        page = client.get(reverse("applications:application", args=[application.pk])).text
        assert when(own) in page
        assert "was not submitted" not in page
        client.post(reverse("applications:part", args=[application.pk, "details"]), {"full_name": "Ada", "later": "1"})
        assert application.part_drafts.exists()
        applying.completed(window, late, settle=False)
        actions.submit(application=application, notice_read=True, by=late)
        assert Message.objects.filter(kind="applications.submitted", text__contains=when(own)).exists()
        application.refresh_from_db()
        assert application.status == ApplicationStatus.SUBMITTED
        with pytest.raises(NotPossible, match="in time"):
            reason_given(application, "late")


def test_the_reminder_comes_before_the_persons_own_date(window, coordinator):
    mine, theirs = applying.started(window), applying.started(window)
    entry = give(window, mine.applicant.email, coordinator)
    rule = ReminderRule(days=1)
    found = {}
    for day in (timezone.localdate(window.last_moment), timezone.localdate(entry.last_moment)):
        with time_machine.travel(window.closes_at - timedelta(hours=1)):
            items = list(_unsubmitted(rule, day, day))
        found[day] = {item.about.pk for item in items if item.anchor == day}
    assert found[timezone.localdate(entry.last_moment)] == {mine.pk}
    assert theirs.pk in found[timezone.localdate(window.last_moment)]


def test_the_list_of_drafts_says_until_when_and_leads_to_more_time(in_admin, window, coordinator):
    draft = applying.started(window, UserFactory(full_name="Ben Okri"))
    browser, listing = in_admin(coordinator), reverse("admin:applications_draft_changelist")
    assert when(window.last_moment) in browser.get(listing).text
    asked = browser.get(reverse("admin:applications_draft_time", args=[draft.pk]))
    assert f'value="{draft.applicant.email}"' in asked.text
    step = reverse("admin:applications_window_step", args=[window.pk, "give_time"])
    given = {"email": draft.applicant.email, "last_day": end_of(window, 3).isoformat(), "reason": WHY}
    take_step(browser, step, **given)
    own = LateEntry.objects.get()
    shown = browser.get(listing).text
    assert when(own.last_moment) in shown
    assert "more time given" in shown
    assert WHY in browser.get(reverse("admin:applications_window_change", args=[window.pk])).text
    letter = Message.objects.get(kind="applications.more_time")
    assert (letter.to, when(own.last_moment) in letter.text) == (draft.applicant, True)
    take_back(taking=Taking.objects.on(window).first(), reason="The wrong person.", by=coordinator)
    assert not LateEntry.objects.exists()
    assert not Draft.objects.with_own_closing().get().own_window.is_longer


def test_any_that_still_matters_is_taken_back_and_not_only_the_last(in_admin, window, coordinator):
    """Three people have more time: the first and the second are taken back, the third keeps theirs."""
    drafts = [applying.started(window, UserFactory(full_name=name)) for name in ("Ada One", "Bo Two", "Cy Three")]
    entries = [give(window, draft.applicant.email, coordinator, days) for days, draft in enumerate(drafts, 3)]
    browser, page = in_admin(coordinator), reverse("admin:applications_window_change", args=[window.pk])
    address = re.compile(r'href="(/admin/steps/taking/\d+/step/take_back/)">Take it back')
    assert len(address.findall(browser.get(page).text)) == 3
    for entry in entries[:2]:
        mine = Taking.objects.get(changes__table="applications_lateentry", changes__key=entry.pk)
        link = next(one for one in address.findall(browser.get(page).text) if f"/{mine.pk}/" in one)
        take_step(browser, link, reason="The wrong person.")
        assert not LateEntry.objects.filter(pk=entry.pk).exists()
    assert list(LateEntry.objects.all()) == entries[2:]
    assert [draft.own_window.is_longer for draft in Application.objects.order_by("pk")] == [False, False, True]
    LateEntry.objects.update(until=timezone.now() - timedelta(hours=1))  # it is over, so it matters no more
    assert not address.findall(browser.get(page).text)


def test_more_time_that_somebody_has_submitted_in_stays(coordinator):
    free = WindowFactory(cohort=PublishedCohortFactory(fee=0))
    draft, by = applying.completed(free, settle=False), make.coordinator(free)
    give(free, draft.applicant.email, by)
    with time_machine.travel(free.closes_at + timedelta(hours=1)):
        actions.submit(application=draft, by=draft.applicant, notice_read=True)
        with pytest.raises(NotPossible, match="otherwise it would count as late"):
            take_back(taking=Taking.objects.on(free).first(), reason="No.", by=by)
    assert LateEntry.objects.exists()


def test_the_sponsor_who_has_not_answered_is_told_the_new_date(coordinator):
    paid = WindowFactory(cohort=PublishedCohortFactory(fee=1000))
    draft = applying.sponsor_asked(applying.completed(paid, settle=False))
    entry = give(paid, draft.applicant.email, make.coordinator(paid))
    told = Message.objects.filter(to_email=f"sponsor{draft.pk}@example.org").latest("pk")
    assert when(entry.last_moment) in told.text
    assert when(paid.last_moment) in told.text


def test_an_offer_is_open_for_longer_for_one_person_and_says_so(window, coordinator):
    offer = make.offered(window, coordinator)
    application, before = offer.application, offer.expires_at
    for day, sentence in (
        (timezone.localdate(before), "already"),
        (window.cohort.starts_on, "The cohort begins on"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            give_longer(application=application, last_day=day, reason=WHY, by=coordinator)
    last_day = timezone.localdate(before) + timedelta(days=3)
    give_longer(application=application, last_day=last_day, reason=WHY, by=coordinator)
    offer.refresh_from_db()
    assert timezone.localdate(offer.expires_at) == last_day
    assert offer.last_day in Message.objects.get(kind="applications.offer_longer").text
    with time_machine.travel(before + timedelta(hours=1)):
        assert is_open(offer)
        offers.expire_due()
        offer.refresh_from_db()
        assert offer.status == OfferStatus.MADE
    assert application.decisions.get(step="give_longer").note == WHY
    take_back(taking=Taking.objects.on(application).first(), reason="The wrong person.", by=coordinator)
    offer.refresh_from_db()
    assert offer.expires_at == before
    with pytest.raises(NotPossible, match="No offer is open"):
        give_longer(application=make.arrived(window), last_day=last_day, reason=WHY, by=coordinator)


def test_what_makes_no_sense_is_refused_beside_its_field_and_an_address_gives_nothing_away(window, coordinator):
    arrived = make.arrived(window)
    known = UserFactory()
    for email, days, sentence in (
        (known.email, 0, "already"),
        ("nobody@example.org", 0, "already"),
        (known.email, 60, "The cohort begins on"),
        ("nobody@example.org", 60, "The cohort begins on"),
        (arrived.applicant.email, 3, "has submitted an application already"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            give(window, email, coordinator, days if days else -1)
    with pytest.raises(NotPossible, match="That day is over"):
        give_time(
            window=window, email=known.email, last_day=timezone.localdate() - timedelta(1), reason=WHY, by=coordinator
        )
    with pytest.raises(NotPossible, match="Say why"):
        give_time(window=window, email=known.email, last_day=end_of(window, 3), reason=" ", by=coordinator)
    Window.objects.filter(pk=window.pk).update(opens_at=timezone.now() + timedelta(days=1))
    with pytest.raises(NotPossible, match="have not opened yet"):
        give(Window.objects.get(), known.email, coordinator)
    hidden = WindowFactory()
    hidden.cohort.programme.is_published = False
    with pytest.raises(NotPossible, match="the cohort and its programme have to be on the site"):
        give(hidden, known.email, make.coordinator(hidden))
    assert not Message.objects.filter(kind="applications.more_time").exists()
