"""Put right after an interview: somebody did not come, or did after all; scores are corrected, and the original is kept."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from applications.actions import after_interview, interviews
from applications.models import Interview, InterviewCorrection
from applications.states import ApplicationStatus as S
from applications.states import InterviewStatus
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.steps.actions.back import latest_on, take_back
from tests.factories import review as make
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window, full_name="Cora Okafor")


def begun(window, coordinator) -> Interview:
    interview = make.invited(window, coordinator)
    Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    return make.fresh(interview)


def test_whoever_did_not_come_is_asked_what_happened_and_can_be_invited_again(window, coordinator):
    interview = begun(window, coordinator)
    after_interview.miss(application=interview.application, by=coordinator, note="Waited half an hour.")
    application = make.fresh(interview.application)
    assert (application.status, make.fresh(interview).status) == (S.SHORTLISTED, InterviewStatus.MISSED)
    letter = Message.objects.about(application).get(kind="applications.interview_missed")
    assert "we have noted that you did not come" in letter.text
    assert application.decisions.latest("pk").note == "Waited half an hour."
    interviews.invite(
        application=application, starts_at=timezone.now() + timedelta(days=2), place="Here", by=coordinator
    )
    assert make.fresh(application).interviews.count() == 2


def test_that_somebody_did_come_after_all_is_put_right_and_no_letter_leaves(window, coordinator):
    interview = begun(window, coordinator)
    after_interview.miss(application=interview.application, by=coordinator)
    application = make.fresh(interview.application)
    take_back(taking=latest_on(application, coordinator), reason="She was in the other room.", by=coordinator)
    application = make.fresh(application)
    assert (application.status, make.fresh(interview).status) == (S.INTERVIEW, InterviewStatus.ARRANGED)
    assert Message.objects.get(kind="applications.interview_missed").status == MessageStatus.STOPPED  # it had not left


def test_an_interview_that_has_not_begun_or_is_not_arranged_cannot_be_missed(window, coordinator):
    interview = make.invited(window, coordinator)
    with pytest.raises(NotPossible, match="has not started yet"):
        after_interview.miss(application=interview.application, by=coordinator)
    with pytest.raises(NotPossible, match="has not started yet"):
        after_interview.miss.run(application=interview.application, by=coordinator)
    interviews.cancel(application=interview.application, by=coordinator)
    cancelled = make.fresh(interview.application)
    with pytest.raises(NotPossible, match="No interview has been arranged"):
        after_interview.miss(application=cancelled, by=coordinator)
    with pytest.raises(NotPossible, match="already taken place or been cancelled"):
        after_interview.miss.run(application=cancelled, by=coordinator)


def test_a_corrected_score_shows_what_stood_before_who_corrected_it_and_why(in_admin, window, coordinator):
    application = make.interviewed(window, coordinator, value=3)
    first = make.criteria(window)[0]
    browser, page = in_admin(coordinator), f"/admin/applications/application/{application.pk}/"
    shown = browser.get(f"{page}step/correct_interview/")
    begins = {name: shown.context["form"][name].value() for name in shown.context["form"].fields}
    sent = {name: "" if value is None else value for name, value in begins.items()}
    assert sent[f"score_{first.pk}"] == 3
    refused = browser.post(f"{page}step/correct_interview/", {**sent, "filled": "yes"})
    assert "Say why it is corrected." in refused.text
    unchanged = browser.post(f"{page}step/correct_interview/", {**sent, "reason": "Typed it wrongly.", "filled": "yes"})
    assert "Nothing has changed." in unchanged.text
    take_step(
        browser, f"{page}step/correct_interview/", **{**sent, f"score_{first.pk}": 4, "reason": "Typed it wrongly."}
    )
    interview = make.fresh(application).interviews.get()
    assert interview.scores.get(criterion=first).value == 4
    assert interview.total == 3 * len(make.criteria(window)) + 1
    text = browser.get(f"{page}change/").text
    assert f"{first}: was 3, corrected to 4 by Cora Okafor on" in text
    assert "because: Typed it wrongly." in text
    assert make.fresh(application).status == S.INTERVIEWED
    assert application.decisions.latest("pk").step == "correct_interview"


def test_a_correction_is_checked_like_the_record_and_is_itself_never_changed(window, coordinator):
    application = make.interviewed(window, coordinator)
    first = make.criteria(window)[0]
    given = {"application": application, "by": coordinator, "reason": "Mixed up."}
    with pytest.raises(NotPossible, match="Say why"):
        after_interview.correct(**{**given, "reason": " "}, scores={}, outcome="reserve")
    with pytest.raises(NotPossible, match="Choose scores from 0"):
        after_interview.correct(**given, scores={first.pk: (99, "")}, outcome="reserve")
    with pytest.raises(NotPossible, match="Choose what the panel recommends"):
        after_interview.correct(**given, scores={}, outcome="perhaps")
    waits = make.invited(window, coordinator).application
    for action in (after_interview.correct, after_interview.correct.run):
        with pytest.raises(NotPossible, match="No interview has been recorded"):
            action(**{**given, "application": waits}, scores={}, outcome="reserve")
    after_interview.correct(**given, scores={first.pk: (5, "Better.")}, outcome="not_now", note="Heard twice.")
    assert {one.what for one in InterviewCorrection.objects.all()} >= {"score", "comment", "outcome", "note"}
    with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
        InterviewCorrection.objects.update(before="6")
    taking = latest_on(make.fresh(application), coordinator)
    take_back(taking=taking, reason="It was right.", by=coordinator)
    assert make.fresh(application).interviews.get().scores.get(criterion=first).value == 3
    assert not InterviewCorrection.objects.exists()
