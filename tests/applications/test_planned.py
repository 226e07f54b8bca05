"""Decisions set over days are sent at once; until then nobody is told, and applicants see nothing of them."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from applications.actions import applications, decisions, planned
from applications.models import PlannedDecision
from applications.states import ApplicationStatus as S
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make

pytestmark = pytest.mark.django_db
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def test_what_is_set_changes_nothing_that_the_applicant_sees_and_is_sent_for_all_at_once(
    in_admin, client, window, coordinator
):
    first, second = make.arrived(window, name="Amara"), make.arrived(window, name="Blessing")
    client.force_login(first.applicant)
    page = reverse("applications:application", args=[first.pk])
    before = TOKEN.sub("", client.get(page).text)
    planned.plan(application=first, what="turn_down", reason="not_ready", note="Close.", by=coordinator)
    planned.plan(application=second, what="hold", by=coordinator)
    planned.plan(application=second, what="shortlist", by=coordinator)  # another day, another mind
    assert make.fresh(first).status == S.SUBMITTED
    assert not Message.objects.exists()
    assert TOKEN.sub("", client.get(page).text) == before
    browser = in_admin(coordinator)
    assert "Set, not sent yet" in browser.get(f"/admin/applications/application/{first.pk}/change/").text
    ranking = browser.get(reverse("admin:applications_application_ranking", args=[window.cohort_id])).text
    assert "Set, not sent: Turn down" in ranking
    assert "applications have decisions that have not been sent" in browser.get("/admin/").text
    url, ids = "/admin/applications/application/steps/send_planned/", f"{first.pk},{second.pk}"
    looked = browser.post(url, {"ids": ids, "filled": "yes"})
    assert "Applications are open until" in looked.text
    assert "Turn down: More experience of leading is needed first, set by" in looked.text
    digests = ",".join(f"{one['pk']}:{one['digest']}" for one in looked.context["possible"])
    browser.post(url, {"ids": ids, "filled": "yes", "digests": digests, "confirm": "yes"}, follow=True)
    assert [make.fresh(one).status for one in (first, second)] == [S.TURNED_DOWN, S.SHORTLISTED]
    assert first.decisions.get().note == "Close."
    assert Message.objects.count() == 2
    assert not PlannedDecision.objects.exists()
    take_back(taking=Taking.objects.standing().on(first).first(), reason="Too soon.", by=coordinator)
    assert make.fresh(first).status == S.SUBMITTED
    assert PlannedDecision.objects.get().application == first


def test_what_could_not_be_decided_cannot_be_set(window, coordinator):
    application = make.arrived(window)
    for values, sentence in (
        ({"what": "promote"}, "Choose the decision"),
        ({"what": "turn_down"}, "Choose a reason"),
        ({"what": "turn_down", "reason": "places"}, "still free"),
        ({"what": "offer"}, "you cannot offer a place"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            planned.plan(application=application, by=coordinator, **values)
    assert not PlannedDecision.objects.exists()
    with pytest.raises(NotPossible, match="No decision has been set"):
        planned.send_planned(application=application, by=coordinator)
    over = make.offered(window, coordinator).application
    over.status = S.DECLINED
    with pytest.raises(NotPossible, match="there is nothing to decide"):
        planned.plan(application=over, what="hold", by=coordinator)


def test_what_was_set_goes_once_it_cannot_be_sent_any_more_and_comes_back_with_the_step(window, coordinator):
    decided, withdrawn, kept = (make.arrived(window) for _ in range(3))
    for application in (decided, withdrawn, kept):
        planned.plan(application=application, what="shortlist", by=coordinator)
    decisions.turn_down(application=decided, reason="not_ready", by=coordinator)
    applications.withdraw(application=withdrawn, by=withdrawn.applicant)
    decisions.hold(application=kept, by=coordinator)  # from the reserve somebody may still be shortlisted
    assert PlannedDecision.objects.get().application == kept
    take_back(taking=Taking.objects.standing().on(decided).first(), reason="Too soon.", by=coordinator)
    assert {one.application for one in PlannedDecision.objects.all()} == {decided, kept}


def test_what_is_set_can_be_dropped_and_after_closing_nothing_warns(window, coordinator):
    application = make.arrived(window)
    planned.plan(application=application, what="hold", by=coordinator)
    with time_machine.travel(window.closes_at + timedelta(hours=1), tick=False):
        assert planned.SendForm({}, subject=application).warnings(application) == []
    planned.drop_plan(application=application, by=coordinator)
    assert not PlannedDecision.objects.exists()
    assert not Message.objects.exists()
