"""A review goes through a plan: each item is updated and decided about, and the minutes can be downloaded."""

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from pypdf import PdfReader

from applications.roles import RoleName
from representation.actions import meetings
from representation.models import ItemReference, PlanMeeting
from steppingup import clock
from steppingup.history.lifecycle import NotPossible
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def desk(client, keeper):
    return with_second_factor(client, keeper)


@pytest.fixture
def plan(provider):
    plan = make.plan(provider)
    for number in (1, 2, 3):
        make.item(plan, f"Outcome {number}", order=number)
    return plan


def again(meeting) -> PlanMeeting:
    return PlanMeeting.objects.for_steps().get(pk=meeting.pk)


@pytest.mark.requirement("R1", "R14")
def test_a_review_goes_through_the_items_one_by_one_and_is_closed_with_the_next_date(desk, provider, plan):
    group = make.group(provider)
    today = clock.today()
    opened = take_step(
        desk,
        reverse("admin:representation_actionplan_step", args=[plan.pk, "hold_review"]),
        held_on=today.isoformat(),
        group=group.pk,
        present="Hana Osei and six others",
    )
    meeting = plan.meetings.get()
    walk = desk.get(opened.url).content.decode()
    assert "0 of 3 items" in walk
    first, second, third = plan.items.in_order()
    address = reverse("admin:representation_planmeeting_item", args=[meeting.pk, first.pk])
    page = desk.get(address).content.decode()
    assert "Item 1 of 3" in page
    soon = (today + timedelta(days=90)).isoformat()
    given = {
        "status": "progressing",
        "words": "Two have one.",
        "evidence": "Minutes",
        "decision": "Ask for the others.",
        "next_on": soon,
    }
    answer = desk.post(address, given)
    assert answer.url == reverse("admin:representation_planmeeting_item", args=[meeting.pk, second.pk])
    first.refresh_from_db()
    assert (first.status, first.progress) == ("progressing", "Two have one.")
    last = desk.post(
        reverse("admin:representation_planmeeting_item", args=[meeting.pk, third.pk]),
        {"status": "not_stated", "decision": "Dropped."},
    )
    assert last.url == reverse("admin:representation_planmeeting_walk", args=[meeting.pk])
    assert "Go on with the next item" in desk.get(last.url).content.decode()
    take_step(desk, reverse("admin:representation_planmeeting_step", args=[meeting.pk, "close_review"]), next_on=soon)
    refused = desk.post(address, given | {"decision": "Something else."}).content.decode()
    assert "This review is closed." in refused
    printed = PdfReader(
        io.BytesIO(desk.get(reverse("admin:representation_planmeeting_minutes", args=[meeting.pk])).content)
    )
    text = " ".join(" ".join(page.extract_text() for page in printed.pages).split())
    for words in ("Hana Osei and six others", "Two have one.", "Ask for the others.", "Dropped.", "Next review"):
        assert words in text
    assert "Outcome 2" not in text  # it was not gone through


def test_saying_it_again_replaces_the_decision_and_keeps_what_was_reported(plan, keeper):
    meeting, item = make.meeting(plan), plan.items.in_order()[0]
    meetings.decide(meeting=meeting, item=item, status="progressing", words="One.", decision="Wait.", by=keeper)
    meetings.decide(meeting=meeting, item=item, decision="Do not wait.", by=keeper)
    kept = meeting.decisions.get()
    assert (kept.decision, kept.report.words) == ("Do not wait.", "One.")
    assert item.reports.count() == 1


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Say how far it has come"),
        ({"next_on": date(2020, 1, 1), "decision": "x"}, "Choose a day after this meeting"),
    ],
)
def test_nothing_and_a_day_that_has_been_are_refused(desk, plan, keeper, given, sentence):
    meeting, item = make.meeting(plan), plan.items.in_order()[0]
    with pytest.raises(NotPossible, match=sentence):
        meetings.decide(meeting=meeting, item=item, by=keeper, **given)
    page = desk.post(
        reverse("admin:representation_planmeeting_item", args=[meeting.pk, item.pk]),
        {"status": item.status, **{name: str(value) for name, value in given.items()}, "words": ""},
    )
    assert sentence in page.content.decode()


def test_an_item_of_another_plan_is_not_gone_through(desk, plan, provider, keeper):
    meeting, other = make.meeting(plan), make.item(make.plan(provider, "Another"))
    assert desk.get(reverse("admin:representation_planmeeting_item", args=[meeting.pk, other.pk])).status_code == 404
    with pytest.raises(NotPossible, match="another plan"):
        meetings.decide(meeting=meeting, item=other, decision="x", by=keeper)


def test_a_review_is_closed_and_opened_once(plan, provider, keeper):
    with pytest.raises(NotPossible, match="no items"):
        meetings.hold_review(plan=make.plan(provider, "Empty"), held_on=clock.today(), by=keeper)
    elsewhere = make.group(ProviderFactory())
    with pytest.raises(NotPossible, match="group of this provider"):
        meetings.hold_review(plan=plan, held_on=clock.today(), group=elsewhere, by=keeper)
    meeting = make.meeting(plan)
    with pytest.raises(NotPossible, match="is open"):
        meetings.reopen_review(meeting=meeting, by=keeper)
    with pytest.raises(NotPossible, match="comes after"):
        meetings.close_review(meeting=meeting, next_on=meeting.held_on, by=keeper)
    meetings.close_review(meeting=meeting, by=keeper)
    with pytest.raises(NotPossible, match="is closed"):
        meetings.close_review(meeting=again(meeting), by=keeper)
    item = plan.items.in_order()[0]
    with pytest.raises(NotPossible, match="is closed"):
        meetings.decide(meeting=again(meeting), item=item, decision="x", by=keeper)
    meetings.reopen_review(meeting=again(meeting), by=keeper)
    meetings.decide(meeting=again(meeting), item=item, decision="x", by=keeper)


@pytest.mark.requirement("R13")
def test_an_item_refers_to_evidence_case_studies_and_other_items(desk, plan, provider):
    first, second, _ = plan.items.in_order()
    address = reverse("admin:representation_actionitem_change", args=[first.pk])
    formset = {f"{name}-{count}_FORMS": "0" for name in ("leads", "reports") for count in ("TOTAL", "INITIAL")}
    given = {"section": "", "outcome": "Outcome 1", "order": "1", **formset}
    rows = [
        {"kind": "case_study", "words": "Case Study 2, in Appendix 3"},
        {"kind": "item", "other": str(second.pk)},
        {"kind": "evidence", "address": "https://example.org/report"},
    ]
    said = {f"references-{at}-{name}": value for at, row in enumerate(rows) for name, value in row.items()}
    said |= {"references-TOTAL_FORMS": "3", "references-INITIAL_FORMS": "0"}
    assert desk.post(address, given | said).status_code == 302
    assert [str(one) for one in ItemReference.objects.order_by("pk")] == [
        "Case Study 2, in Appendix 3",
        "Outcome 2",
        "https://example.org/report",
    ]
    elsewhere = make.item(make.plan(ProviderFactory()), "Theirs")
    wrong = {"references-0-kind": "item", "references-0-other": str(elsewhere.pk), "references-TOTAL_FORMS": "1"}
    page = desk.post(address, given | wrong | {"references-INITIAL_FORMS": "0"}).content.decode()
    assert "Select a valid choice" not in page
    assert not ItemReference.objects.filter(other=elsewhere).exists()
    empty = {"references-0-kind": "evidence", "references-TOTAL_FORMS": "1", "references-INITIAL_FORMS": "0"}
    assert "Say what it is called" in desk.post(address, given | empty).content.decode()
    itself = {"references-0-kind": "item", "references-0-other": str(first.pk), "references-TOTAL_FORMS": "1"}
    assert (
        "does not refer to itself"
        in desk.post(address, given | itself | {"references-INITIAL_FORMS": "0"}).content.decode()
    )
