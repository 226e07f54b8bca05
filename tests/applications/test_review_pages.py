"""The admin's pages of review and selection: who sees what, and that pressing twice does nothing twice."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from applications.actions import decisions, reviews
from applications.models import (
    Application,
    EligibilityAnswer,
    EligibilityQuestion,
    EqualityResponse,
    Review,
)
from applications.roles import RoleName
from applications.states import ApplicationStatus as S
from applications.states import ReviewStatus, Verdict
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.staff import take_step

pytestmark = pytest.mark.django_db
LIST = "/admin/applications/application/"
REVIEWS = "/admin/applications/review/"


@pytest.fixture
def window():
    return make.window(capacity=3, reserve=1)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window, full_name="Cora Coordinator")


@pytest.fixture
def browser(in_admin, coordinator):
    return in_admin(coordinator)


def page(application: Application) -> str:
    return f"{LIST}{application.pk}/change/"


# -- the queue -------------------------------------------------------------------------------------


def test_the_queue_shows_how_far_the_reviews_are(browser, window, coordinator):
    application = make.reviewed(make.arrived(window, name="Amara Okafor"), 2, 4, by=coordinator)
    make.arrived(window, name="Blessing Adeyemi")
    text = browser.get(LIST).content.decode()
    rows = dict(
        re.findall(r'data-label="Name"><span><a[^>]*>([^<]+)<.*?data-label="Reviews"[^>]*>([^<]+)<', text, re.S)
    )
    assert rows == {"Amara Okafor": "2 of 2", "Blessing Adeyemi": "0 of 2"}
    assert '<td data-label="Mean" class="su-number">6</td>' in text
    assert '<td data-label="Spread" class="su-number">4</td>' in text
    assert f'href="{page(application)}"' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("reviews=done", {"Amara"}),
        ("reviews=missing", {"Dana"}),
        ("reviews=none", {"Blessing", "Chen", "Dana"}),
        ("reviews=unassigned", {"Blessing"}),
        ("status=turned_down", {"Chen"}),
        ("reason=not_eligible", {"Chen"}),
        ("reason=late", set()),
        ("meaning=not_eligible", {"Chen"}),
        ("meaning=own", set()),
        ("q=bless", {"Blessing"}),
        ("o=-7", {"Amara", "Blessing", "Chen", "Dana"}),
        ("o=8.-6.5", {"Amara", "Blessing", "Chen", "Dana"}),
        ("cohort=nonsense", {"Amara", "Blessing", "Chen", "Dana"}),
    ],
)
def test_the_queue_is_searched_filtered_and_exported_as_filtered(browser, window, coordinator, query, found):
    make.reviewed(make.arrived(window, name="Amara"), 2, 4, by=coordinator)
    make.arrived(window, name="Blessing")
    decisions.turn_down(application=make.arrived(window, name="Chen"), reason="not_eligible", by=coordinator)
    waits = make.arrived(window, name="Dana")
    for _ in range(window.assessors_each):
        reviews.assign(application=waits, assessor=make.assessor(window), by=coordinator)
    text = browser.get(f"{LIST}?{query}").content.decode()
    assert set(re.findall(r'data-label="Name"><span><a[^>]*>([^<]+)<', text)) == found
    download = b"".join(browser.get(f"{LIST}?{query}&export=csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(download)))
    assert {row["Name"] for row in rows} == found
    for row in rows:
        if row["Name"] == "Amara":
            assert [float(row[f"{c.title} (mean score)"]) for c in make.criteria(window)] == [3, 3]
            assert (row["Reviews done"], float(row["Mean of totals"])) == ("2", 6)


def test_strangers_find_nothing(in_admin, window):
    application = make.arrived(window)
    provider = window.cohort.programme.provider
    ways = (page(application), f"{LIST}{application.pk}/step/shortlist/", f"{LIST}ranking/{window.cohort_id}/")
    for person in (staff(), staff(RoleName.FINANCE, provider), staff(RoleName.EQUALITY, provider)):
        for way in ways:
            assert in_admin(person).get(way).status_code in (403, 404), (person, way)
    for way in ways:
        assert in_admin(make.assessor(window)).get(way).status_code in (403, 404)
    assert application.full_name not in in_admin(staff()).get(LIST).content.decode()


def test_drafts_are_nobodys_business(browser, window):
    draft = Application.objects.create(
        applicant=UserFactory(), cohort=window.cohort, reference="SU-DRAFT", full_name="Not Yet"
    )
    assert "Not Yet" not in browser.get(LIST).content.decode()
    assert browser.get(page(draft)).status_code == 404


def test_the_filters_name_no_employer_of_applicants_elsewhere(in_admin, window, coordinator):
    make.arrived(window, employer=OrganisationFactory(name="Employer of our own"))
    make.arrived(make.window(), employer=OrganisationFactory(name="Employer of others"))
    page = in_admin(coordinator).get(LIST).text
    assert "Employer of our own" in page
    assert "Employer of others" not in page


# -- one application -------------------------------------------------------------------------------


def test_the_page_offers_only_what_is_possible_now(browser, window, coordinator):
    application = make.arrived(window)
    text = browser.get(page(application)).content.decode()
    for name in ("shortlist", "hold", "turn_down", "assign"):
        assert f"/step/{name}/" in text
    for name in ("invite", "offer", "record_interview", "put_on_waiting_list", "reconsider"):
        assert f"/step/{name}/" not in text
    mine = make.arrived(window, applicant=coordinator)
    assert "/step/" not in browser.get(page(mine)).content.decode()
    assert browser.get(f"{LIST}{mine.pk}/step/shortlist/").status_code == 404


def test_equality_answers_are_nowhere_on_it(browser, window):
    application = make.arrived(window)
    EqualityResponse.objects.create(application=application, answers={"ethnicity": "Marker-of-an-answer"})
    assert "Marker-of-an-answer" not in browser.get(page(application)).content.decode()


def test_a_step_is_shown_first_and_done_once(browser, window):
    application = make.arrived(window)
    url = f"{LIST}{application.pk}/step/shortlist/"
    shown = browser.post(url).content.decode()
    assert "Who will be told" in shown
    assert application.applicant.email in shown
    assert make.fresh(application).status == S.SUBMITTED
    for _ in range(2):
        take_step(browser, url, note="")
    assert make.fresh(application).status == S.SHORTLISTED
    assert Message.objects.about(application).count() == 1


def test_the_reason_is_read_before_it_is_sent(browser, window):
    application = make.arrived(window)
    url = f"{LIST}{application.pk}/step/turn_down/"
    assert "Choose a reason for turning" in browser.post(url, {"reason": "", "filled": "yes"}).content.decode()
    shown = browser.post(url, {"reason": "not_ready", "note": "Close.", "filled": "yes"}).content.decode()
    assert "More experience of leading is needed first" in shown
    assert make.fresh(application).status == S.SUBMITTED
    take_step(browser, url, reason="not_ready", note="Close.")
    assert make.fresh(application).reason == "not_ready"


def test_a_whole_selection_in_the_admin(browser, window, coordinator):
    """Assign, shortlist, invite, record, offer: each page opens and does what it says."""
    application = make.arrived(window)
    assessor = make.assessor(window)
    base = f"{LIST}{application.pk}/step/"
    take_step(browser, f"{base}assign/", assessor=assessor.pk)
    make.scored(Review.objects.get(application=application))
    take_step(browser, f"{base}shortlist/")
    when = timezone.localtime() + timedelta(days=2)
    meeting = {"day": f"{when:%Y-%m-%d}", "time": "14:30", "minutes": "45", "place": "Room 3", "panel": "Ada"}
    assert "2:30pm" in browser.post(f"{base}invite/", {**meeting, "filled": "yes"}).content.decode()
    take_step(browser, f"{base}invite/", **meeting)
    interview = application.interviews.get()
    assert browser.get(f"{base}move_interview/").status_code == 200
    application.interviews.update(starts_at=timezone.now() - timedelta(hours=1))
    given = {f"score_{c.pk}": "4" for c in make.criteria(window)}
    record = f"{base}record_interview/"
    assert "Choose a score for" in browser.post(record, {"outcome": "recommend", "filled": "yes"}).content.decode()
    take_step(browser, record, **given, outcome="recommend", note="")
    interview.refresh_from_db()
    assert interview.total == 8
    assert "places are free" in browser.get(f"{base}offer/").content.decode()
    take_step(browser, f"{base}offer/")
    assert make.fresh(application).status == S.OFFERED
    text = browser.get(page(application)).content.decode()
    for words in ("Cora Coordinator", "Room 3", "Recommended for a place", "Offered a place", "I led on"):
        assert words in text


def test_taking_off_and_opening_again(browser, window, coordinator):
    application = make.arrived(window)
    review = reviews.assign(application=application, assessor=make.assessor(window), by=coordinator)
    url = f"{REVIEWS}{review.pk}/step"
    assert f"{url}/remove/" in browser.get(page(application)).content.decode()
    assert review.assessor.email in browser.post(f"{url}/remove/").content.decode()
    make.scored(review)
    assert take_step(browser, f"{url}/reopen/", reason="Once more, please.").url == page(application)
    assert make.fresh(review).status == ReviewStatus.ASSIGNED
    take_step(browser, f"{url}/remove/")
    assert make.fresh(review).status == ReviewStatus.REMOVED


@pytest.mark.requirement("B16")
def test_an_answer_that_we_said_we_would_look_at_is_found_and_marked(browser, window):
    question = EligibilityQuestion.objects.create(
        rule_set=window.cohort.rule_set, text="Have you led a team?", if_no=Verdict.ASK
    )
    plain, asked = make.arrived(window, name="Plain Yes"), make.arrived(window, name="Not Quite")
    EligibilityAnswer.objects.create(application=plain, question=question, answer="yes")
    EligibilityAnswer.objects.create(application=asked, question=question, answer="no")
    text = browser.get(f"{LIST}?next=look").content.decode()
    assert "Not Quite" in text
    assert "Plain Yes" not in text
    assert "1 answer to look at" in browser.get(page(asked)).content.decode()
    assert "to look at" not in browser.get(page(plain)).content.decode()
    assert "application has an answer to look at" in browser.get("/admin/").content.decode()


@pytest.mark.requirement("B16")
def test_an_answer_is_settled_by_a_person_with_a_reason_and_can_be_looked_at_again(browser, window, coordinator):
    question = EligibilityQuestion.objects.create(rule_set=window.cohort.rule_set, text="Led?", if_no=Verdict.ASK)
    asked = make.arrived(window)
    EligibilityAnswer.objects.create(application=asked, question=question, answer="no")
    url, waiting = f"{LIST}{asked.pk}/step", Application.objects.with_answers_to_look_at()
    assert "Say what you found." in take_step(browser, f"{url}/mark_as_looked_at/", reason=" ").text
    with pytest.raises(NotPossible, match="Say what you found"):
        decisions.mark_as_looked_at(application=asked, reason=" ", by=coordinator)
    take_step(browser, f"{url}/mark_as_looked_at/", reason="Led a choir for years.")
    assert not waiting.exists()
    text = browser.get(page(asked)).text
    assert "No, looked at on" in text
    assert f"{url}/mark_as_looked_at/" not in text
    decision = asked.decisions.get()
    assert (decision.by, decision.note) == (coordinator, "Led a choir for years.")
    assert "Led a choir" in text
    take_step(browser, f"{url}/look_again/")
    assert waiting.get() == asked
    assert asked.decisions.count() == 2
    assert not Message.objects.exists()
