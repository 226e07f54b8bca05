"""After beginning: the reminder before closing, withdrawing from everything at once, two clicks in the same instant."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as actions
from applications.actions import offers
from applications.models import Application, Interview, Offer, Review, Window
from applications.pages.timeline import events_of
from applications.states import APPLICATION, ApplicationStatus, InterviewStatus, OfferStatus, ReviewStatus
from cohorts.models import Cohort
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message, ReminderRule
from steppingup.messaging.reminders import add_rule, work_out_reminders
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import WindowFactory, completed, started, submitted
from tests.racing import at_once

pytestmark = pytest.mark.django_db


def reminders() -> list[str]:
    found = Message.objects.filter(kind="applications.draft_closing").order_by("pk")
    return [message.to_email for message in found]


def test_who_has_not_submitted_hears_a_week_before_closing_what_is_left_once():
    add_rule(kind="applications.not_submitted", days=7, when=ReminderRule.When.BEFORE, until=0)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    window = WindowFactory(closes_at=midnight + timedelta(days=20))
    application = started(window)
    submitted(window)
    closing = timezone.localdate(window.last_moment)
    for day in (8, 7, 7, 6, 0):
        work_out_reminders(today=closing - timedelta(days=day))
        assert len(reminders()) == (0 if day == 8 else 1)
    assert reminders() == [application.applicant.email]
    text = Message.objects.get(kind="applications.draft_closing").text
    assert "- Your CV" in text
    assert "- Who agrees the fee" in text


@pytest.mark.parametrize("status", [ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED])
def test_withdrawing_ends_reviews_interviews_and_offers_that_are_open(status):
    application, staff = submitted(), UserFactory()
    review = Review.objects.create(application=application, assessor=UserFactory(), assigned_by=staff)
    decided = {"decided_at": timezone.now(), "decided_by": staff}
    APPLICATION.move(application, "shortlist", **decided)
    APPLICATION.move(application, "invite")
    interview = Interview.objects.create(
        application=application, starts_at=timezone.now() + timedelta(days=3), place="Room 1"
    )
    offer = None
    if status == ApplicationStatus.OFFERED:
        APPLICATION.move(application, "record_interview")
        APPLICATION.move(application, "offer")
        offer = Offer.objects.create(application=application, expires_at=timezone.now() + timedelta(days=14))
    actions.withdraw(application=application, by=application.applicant)
    for row in filter(None, (review, interview, offer)):
        row.refresh_from_db()
    assert review.status == ReviewStatus.REMOVED
    assert interview.status == InterviewStatus.CANCELLED
    if status == ApplicationStatus.OFFERED:
        assert offer.status == OfferStatus.CLOSED


def test_a_draft_is_left_and_not_withdrawn():
    application = started()
    with pytest.raises(NotPossible):
        actions.withdraw(application=application, by=application.applicant)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_in_the_same_instant_submit_once_and_send_one_message():
    application = completed()

    def click() -> None:
        mine = Application.objects.get(pk=application.pk)
        actions.submit(application=mine, by=mine.applicant, notice_read=True)

    answers = at_once([click] * 4)
    assert [type(answer) for answer in answers if answer] == [NotPossible] * 3
    assert Message.objects.filter(kind="applications.submitted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_begin_make_one_application():
    window, person = WindowFactory(), UserFactory()

    assert len(set(at_once([lambda: actions.start(cohort=window.cohort, by=person).pk] * 4))) == 1


@pytest.mark.journey
def test_what_was_typed_when_the_session_ended_is_offered_back(page, client, site, transactional_db, axe):
    application = started()
    address = f"/applications/{application.pk}/answers/statement-motivation/"

    def sign_in() -> None:
        client.force_login(application.applicant)
        page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])

    sign_in()
    page.goto(address)
    page.fill("textarea", "What I typed while my session ended.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/account/sign-in/**")
    sign_in()
    page.goto(address)
    assert page.input_value("textarea") == ""
    axe(page)
    page.get_by_role("button", name="Put it back").click()
    assert page.input_value("textarea") == "What I typed while my session ended."
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(f"**/applications/{application.pk}/")
    assert page.evaluate("localStorage.length") == 0
    page.goto(address)
    assert page.get_by_role("button", name="Put it back").count() == 0


def test_who_got_no_place_is_led_to_the_cohort_that_is_open_now_unless_they_have_begun(client):
    closed = WindowFactory(opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() + timedelta(hours=1))
    application = started(closed)
    open_now = WindowFactory(cohort__programme=closed.cohort.programme, questions=False)
    Window.objects.filter(pk=closed.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    client.force_login(application.applicant)
    page = reverse("applications:application", args=[application.pk])
    start = reverse("applications:start", args=[open_now.cohort_id])
    assert start in client.get(page).text
    started(open_now, application.applicant)
    assert start not in client.get(page).text


def test_the_timeline_says_that_the_programme_began_once_it_has():
    window = make.window()
    offer = make.offered(window, make.coordinator(window))
    offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
    application = make.fresh(offer.application)
    assert events_of(application)[-1]["title"] == "The programme begins"
    Cohort.objects.filter(pk=window.cohort_id).update(starts_on=timezone.localdate() - timedelta(days=400))
    events = events_of(Application.objects.get(pk=application.pk))
    began = next(event for event in events if event["title"] == "The programme began")
    assert began["when"] == timezone.localdate() - timedelta(days=400)
    assert events[-1]["title"] == "You accepted the place"
