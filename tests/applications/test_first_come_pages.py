"""What people read where places go in the order of submission: applicants before and after, and staff."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions import applications as applying
from applications.actions import places
from applications.models import Application, Window
from applications.states import ApplicationStatus as S
from cohorts.states import Selection
from steppingup.messaging.models import Message
from tests.applications.test_first_come import draft, fresh, in_order, sent
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.applications import WindowFactory, completed
from tests.factories.cohorts import PublishedCohortFactory
from tests.staff import posted

pytestmark = pytest.mark.django_db
#: What nobody is promised where nobody is scored: readers, a shortlist, an interview, a decision.
PROMISES = re.compile(
    r"interview|shortlist|people (?:will )?read|is read by|who read|our decision|be compared with", re.I
)


@pytest.fixture
def window() -> Window:
    return make.first_come(capacity=2)


def text(page) -> str:
    """The page as it reads, without tags."""
    main = re.search(r"<main.*?</main>", page.text, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", main[0] if main else page.text).replace("&nbsp;", " ").split())


@pytest.mark.requirement("N17", "N18")
def test_applicants_are_promised_no_readers_and_no_interview(client, window):
    read = {}
    unsure, sure = draft(window, unsure=True), draft(window)
    for one in (unsure, sure, draft(window)):
        client.force_login(one.applicant)
        read[f"task list {one.pk}"] = text(client.get(reverse("applications:application", args=[one.pk])))
        for part in ("access", "details", "support", "cv"):
            read[f"{part} {one.pk}"] = text(client.get(reverse("applications:part", args=[one.pk, part])))
        client.post(reverse("applications:submit", args=[one.pk]), {"notice_read": "on", "is_true": "on"})
        for name in ("submitted", "application"):
            read[f"{name} {one.pk}"] = text(client.get(reverse(f"applications:{name}", args=[one.pk])))
    places.fill(window.cohort, now=timezone.now() + timedelta(days=40))
    client.force_login(unsure.applicant)
    read["passed on"] = text(client.get(reverse("applications:application", args=[unsure.pk])))
    client.force_login(UserFactory())
    read["programme"] = text(client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])))
    about = [one.applicant for one in (unsure, sure)]
    read |= {f"{one.kind} {one.pk}": one.text for one in Message.objects.filter(to__in=about, kind__startswith="app")}
    assert {name.partition(" ")[0] for name in read} >= {"applications.numbered", "applications.passed_on"}
    assert {name: PROMISES.findall(words) for name, words in read.items() if PROMISES.search(words)} == {}


@pytest.mark.requirement("N19")
def test_pages_say_how_many_places_are_left_and_that_a_cohort_is_full(client, window):
    slug, person = window.cohort.programme.path, UserFactory()
    pages = {
        "programme": reverse("cohorts:programme", args=[slug]),
        "start": reverse("applications:start", args=[window.cohort_id]),
    }
    client.force_login(person)
    assert "2 places of 2 are left." in text(client.get(pages["programme"]))
    assert "First come, first served: places go in the order" in text(client.get(pages["start"]))
    mine = draft(window)
    found = in_order(window, False)
    client.force_login(mine.applicant)
    assert "1 place of 2 is left." in text(client.get(reverse("applications:application", args=[mine.pk])))
    found += in_order(window, False)
    client.force_login(person)
    for page in pages.values():
        said = text(client.get(page))
        assert f"All 2 places on {window.cohort.name} are taken" in said
        assert "Tell me when applications open" in said
    answer = client.post(pages["start"], follow=True)
    assert f"All 2 places on {window.cohort.name} are taken" in text(answer)
    assert not Application.objects.filter(applicant=person).exists()
    client.force_login(mine.applicant)
    assert "you can join the waiting list" in text(client.get(reverse("applications:application", args=[mine.pk])))
    assert "See your application for" in text(client.get(pages["programme"]))
    client.force_login(person)
    applying.withdraw(application=found[0], by=found[0].applicant)
    assert "1 place of 2 is left." in text(client.get(pages["start"]))


@pytest.mark.requirement("N19")
def test_whoever_waits_or_finds_it_full_is_offered_the_next_cohort(client, window):
    late = draft(window)
    in_order(window, False, False)
    cohort = PublishedCohortFactory(programme=window.cohort.programme, fee=0, name="Spring")
    WindowFactory(cohort=cohort)
    waiting = sent(late)
    client.force_login(waiting.applicant)
    for name in ("submitted", "application"):
        assert "Apply for Spring" in text(client.get(reverse(f"applications:{name}", args=[waiting.pk])))
    client.force_login(UserFactory())
    assert "apply for Spring" in text(client.get(reverse("applications:start", args=[window.cohort_id])))


def test_after_submitting_the_place_can_be_taken_at_once(client, window):
    one = draft(window)
    client.force_login(one.applicant)
    page = client.post(
        reverse("applications:submit", args=[one.pk]), {"notice_read": "on", "is_true": "on"}, follow=True
    )
    assert "A place is yours to take" in text(page)
    assert reverse("applications:offer", args=[one.pk]) in page.text
    client.post(
        reverse("applications:offer", args=[one.pk]), {"legal_name": "Amara Okafor", "agreed": "on"}, follow=True
    )
    assert fresh(one).status == S.ACCEPTED


def test_staff_see_the_order_and_what_is_left_to_settle(in_admin, window):
    by = make.coordinator(window)
    first, second, third = in_order(window, True, False, False)
    desk = in_admin(by)
    page = desk.get(reverse("admin:applications_application_change", args=[first.pk])).text
    assert "Order of submission" in page
    assert "An answer to the conditions is to be looked at." in page
    for name in ("shortlist", "hold", "assign", "invite", "put_on_waiting_list"):
        assert f"/step/{name}/" not in page, name
    said = desk.get(reverse("admin:applications_application_ranking", args=[window.cohort_id])).text
    assert f"Order of submission: {window.cohort}" in said
    assert [said.index(one.reference if one == third else one.full_name) > 0 for one in (first, second, third)]
    assert ">Mean</th>" not in said
    assert "Shortlist</option>" not in said
    listed = reverse("admin:applications_application_changelist")
    assert "no. 1" in desk.get(listed, {"cohort": window.cohort_id}).text
    held = desk.get(listed, {"place": "held"}).text
    assert (first.reference in held, second.reference in held) == (True, False)
    export = b"".join(desk.get(listed, {"export": "csv"})).decode()
    assert "Number in order" in export


def test_nobody_is_turned_down_for_a_score_where_nobody_is_scored(in_admin, window):
    by = make.coordinator(window)
    one = in_order(window, True)[0]
    page = in_admin(by).get(reverse("admin:applications_application_step", args=[one.pk, "turn_down"])).text
    assert "scored higher" not in page
    assert "conditions are not met" in page


def test_the_order_of_submission_is_chosen_on_the_page_of_the_rules_and_comes_along_with_a_copy(in_admin):
    window = make.window()
    rules, by = window.cohort.rule_set, make.coordinator(window)
    desk, page = in_admin(by), reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])
    data = posted(desk.get(page)) | {"selection": Selection.FIRST_COME, "hold_days": 0}
    assert "Enter 1 or more" in desk.post(page, data).text
    desk.post(page, data | {"hold_days": 5, "closes_when_full": ""})
    rules.refresh_from_db()
    assert (rules.selection, rules.hold_days, rules.closes_when_full) == (Selection.FIRST_COME, 5, False)
    assert sent(completed(window)).number == 1


def test_letters_say_the_number_and_the_days_of_the_hold(window):
    first, second = in_order(window, True, False)
    held = Message.objects.get(to=first.applicant, kind="applications.numbered").text
    assert "You are number 1 in the order of submission." in held
    assert "We hold a place for you until the end of" in held
    offered = Message.objects.get(to=second.applicant, kind="applications.numbered")
    assert "then the place passes to the next in order" in offered.text
    assert offered.subject.startswith("A place is yours to take")
