"""Decisions: by whom, in which state, told once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from applications.actions import decisions, interviews, offers
from applications.actions.forms import InvitationForm, RecordForm
from applications.fee import agreement as fees
from applications.models import Application, Decision, Interview
from applications.roles import RoleName
from applications.states import ApplicationStatus as S
from applications.states import InterviewStatus
from funding.states import AgreementStatus
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.states import MessageStatus
from steppingup.steps.taking import ADDRESS, LINK, look_ahead, take_for_all
from tests.factories import review as make
from tests.factories.accounts import RoleAssignmentFactory, UserFactory, staff
from tests.factories.applications import WindowFactory, submitted
from tests.factories.cohorts import ParticipantFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def window():
    return make.window()


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def before(step, subject, by, **values):
    """What the page before the step lists: who would read what."""
    return look_ahead(step, [subject], by=by, values=lambda _: values).letters


def told(application: Application, kind: str) -> int:
    return Message.objects.about(application).filter(kind=f"applications.{kind}").count()


@pytest.mark.parametrize(
    ("decide", "state", "kind"),
    [
        (decisions.shortlist, S.SHORTLISTED, "shortlisted"),
        (decisions.hold, S.HELD, "held"),
        (decisions.turn_down, S.TURNED_DOWN, "turned_down"),
    ],
)
def test_a_decision_is_written_down_with_who_and_why_and_the_applicant_is_told(
    window, coordinator, decide, state, kind
):
    application = make.arrived(window)
    more = {"reason": "not_ready"} if decide is decisions.turn_down else {}
    decide(application=application, by=coordinator, note="The panel agreed.", **more)
    application = make.fresh(application)
    assert (application.status, application.decided_by) == (state, coordinator)
    decision = application.decisions.get()
    assert (decision.by, decision.note) == (coordinator, "The panel agreed.")
    message = Message.objects.about(application).get(kind=f"applications.{kind}")
    assert message.to == application.applicant
    assert "The panel agreed." not in message.text
    with pytest.raises(NotPossible):
        decide(application=application, by=coordinator, **more)
    assert told(application, kind) == 1


def test_what_is_shown_before_a_decision_is_what_is_sent(window, coordinator):
    application = make.arrived(window)
    shown = before(decisions.turn_down, application, coordinator, reason="not_ready")[0]
    decisions.turn_down(application=make.fresh(application), reason="not_ready", by=coordinator)
    sent = Message.objects.about(application).get()
    text = ADDRESS.sub(LINK, sent.text)
    assert (sent.subject, text, sent.to_email) == (shown.subject, shown.text, shown.to_email)
    assert "More experience of leading is needed first" in sent.text


def test_a_reason_that_is_not_so_is_refused_beside_its_field(coordinator):
    window = make.window(capacity=1)
    coordinator = make.coordinator(window)
    application = make.arrived(window)
    for reason, sentence in (
        ("places", "1 place is still free"),
        ("late", "which was in time"),
        ("interview", "No interview has been recorded"),
    ):
        with pytest.raises(NotPossible, match=sentence) as refused:
            decisions.turn_down(application=application, reason=reason, by=coordinator)
        assert refused.value.field == "reason"
    assert not Message.objects.exists()
    ParticipantFactory(cohort=window.cohort)
    decisions.turn_down(application=application, reason="places", by=coordinator)
    late = make.arrived(window)
    Application.objects.filter(pk=late.pk).update(submitted_at=window.closes_at + timedelta(hours=1))
    decisions.turn_down(application=make.fresh(late), reason="late", by=coordinator)


def test_the_waiting_list_says_that_no_place_is_left_only_while_that_is_so(coordinator):
    window = make.window(capacity=2)
    coordinator = make.coordinator(window)

    def written() -> str:
        waiting = make.waiting(window, coordinator)
        return Message.objects.filter(to=waiting.applicant, kind="applications.waiting").get().text

    assert "We cannot offer you a place" in written()
    make.offered(window, coordinator)
    make.offered(window, coordinator)
    assert "taken or offered to somebody" in written()
    for _ in range(2):
        ParticipantFactory(cohort=window.cohort)
    assert "There is no place left" in written()


def test_turning_down_needs_a_reason(window, coordinator):
    for reason in ("", "no idea"):
        with pytest.raises(NotPossible, match="Choose a reason"):
            decisions.turn_down(application=make.arrived(window), reason=reason, by=coordinator)


def test_nobody_decides_about_their_own_application_nor_without_the_role(window, coordinator):
    application = make.arrived(window, applicant=coordinator)
    provider = window.cohort.programme.provider
    for by in (coordinator, staff(RoleName.FINANCE, provider), make.assessor(window), staff(), UserFactory(), SYSTEM):
        with pytest.raises(NotAllowed):
            decisions.shortlist(application=application, by=by)
    assert make.fresh(application).status == S.SUBMITTED
    decisions.shortlist(application=application, by=make.coordinator(window))


def test_a_decision_taken_back_is_explained_and_told(window, coordinator):
    application = decisions.turn_down(application=make.arrived(window), reason="not_eligible", by=coordinator)
    with pytest.raises(NotPossible, match="Say why"):
        decisions.reconsider(application=application, note=" ", by=coordinator)
    decisions.reconsider(application=application, note="It had arrived in time.", by=coordinator)
    application = make.fresh(application)
    assert (application.status, application.reason, application.decided_at) == (S.IN_REVIEW, "", None)
    assert told(application, "reconsidered") == 1


def test_an_interview_that_was_held_stands_when_the_decision_after_it_is_taken_back(window, coordinator):
    application = make.interviewed(window, coordinator)
    decisions.turn_down(application=application, reason="interview", by=coordinator)
    decisions.reconsider(application=make.fresh(application), note="The scores were swapped.", by=coordinator)
    assert make.fresh(application).status == S.INTERVIEWED
    offers.make(application=make.fresh(application), by=coordinator)


@pytest.mark.requirement("B37")
def test_turning_down_frees_the_money_and_considering_again_stops_what_the_sponsor_was_to_read():
    window = WindowFactory()
    coordinator = make.coordinator(window)
    application = submitted(window)
    shown = before(decisions.turn_down, application, coordinator, reason="not_ready")
    application = make.fresh(application)
    assert [message.to_email for message in shown] == [
        application.applicant.email,
        application.fee_agreement.sponsor_email,
    ]
    decisions.turn_down(application=application, reason="not_ready", by=coordinator)
    assert make.fresh(application).fee_agreement.status == AgreementStatus.RELEASED
    again = before(decisions.reconsider, make.fresh(application), coordinator, note="Looked again.")
    assert {message.told for message in again} == {"The applicant"}
    decisions.reconsider(application=make.fresh(application), note="Looked again.", by=coordinator)
    assert make.fresh(application).fee_agreement.status == AgreementStatus.AGREED
    assert Message.objects.get(kind="funding.not_needed").status == MessageStatus.STOPPED
    fees.release(make.fresh(application), "x", by=coordinator)


def test_deciding_about_many_twice_tells_everybody_once(window, coordinator):
    found = [*(make.arrived(window) for _ in range(3)), make.waiting(window, coordinator)]
    first = take_for_all(decisions.shortlist, found, by=coordinator, values=lambda application: {})
    found = [make.fresh(application) for application in found]
    again = take_for_all(decisions.shortlist, found, by=coordinator, values=lambda application: {})
    assert [one.state for one in first] == ["done", "done", "done", "refused"]
    assert [one.state for one in again] == ["already", "already", "already", "refused"]
    assert Decision.objects.filter(step="shortlist", application__in=found[:3]).count() == 3
    assert Message.objects.filter(kind="applications.shortlisted").count() == 4


# -- interviews ------------------------------------------------------------------------------------


@pytest.mark.requirement("B24")
def test_the_interview_is_scored_on_the_same_criteria_as_the_review(window, coordinator):
    interview = make.invited(window, coordinator)
    first, second = make.criteria(window)
    given = {"outcome": "recommend", "by": coordinator}
    with pytest.raises(NotPossible, match="not started"):
        interviews.record(application=interview.application, scores={first.pk: (3, ""), second.pk: (4, "")}, **given)
    Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(minutes=1))
    interview.refresh_from_db()
    with pytest.raises(NotPossible, match=second.title):
        interviews.record(application=interview.application, scores={first.pk: (3, "")}, **given)
    with pytest.raises(NotPossible, match="from 0 to 5"):
        interviews.record(application=interview.application, scores={first.pk: (3, ""), second.pk: (6, "")}, **given)
    interviews.record(application=interview.application, scores={first.pk: (3, "Good"), second.pk: (4, "")}, **given)
    interview = make.fresh(interview)
    assert (interview.status, interview.total) == (InterviewStatus.HELD, 7)
    assert {score.criterion for score in interview.scores.all()} == {first, second}
    assert make.fresh(interview.application).status == S.INTERVIEWED


def test_the_invitation_gives_the_time_of_london_and_follows_every_change(window, coordinator):
    from datetime import UTC, datetime

    application = make.shortlisted(window, coordinator)
    interview = interviews.invite(
        application=application, starts_at=datetime(2099, 7, 1, 13, 30, tzinfo=UTC), place="Room 3", by=coordinator
    )
    first = Message.objects.about(application).get(kind="applications.interview_invited")
    assert "Wednesday 1 July 2099, 2:30pm" in first.text
    interviews.reschedule(
        application=interview.application,
        starts_at=datetime(2099, 12, 1, 13, 30, tzinfo=UTC),
        place="Room 4",
        by=coordinator,
    )
    moved = Message.objects.about(application).get(kind="applications.interview_changed")
    assert "1:30pm" in moved.text
    assert "Room 4" in moved.text
    interviews.cancel(application=make.fresh(interview.application), by=coordinator)
    assert make.fresh(application).status == S.SHORTLISTED
    assert told(application, "interview_cancelled") == 1
    interviews.invite(
        application=make.fresh(application),
        starts_at=timezone.now() + timedelta(days=1),
        place="Room 5",
        by=coordinator,
    )


def test_an_interview_lies_in_the_future(window, coordinator, time_machine):
    application = make.shortlisted(window, coordinator)
    now = timezone.now().replace(second=0, microsecond=0)
    time_machine.move_to(now, tick=False)
    given = {"application": application, "place": "Room 3", "by": coordinator}
    with pytest.raises(NotPossible, match="in the future"):
        interviews.invite(starts_at=now, **given)
    local = timezone.localtime(now)
    form = asked(application, day=local.date(), time=local.time())
    assert form.errors == {"day": ["Choose a day and time in the future."]}
    soon = now + timedelta(minutes=1)
    local = timezone.localtime(soon)
    form = asked(application, day=local.date(), time=local.time())
    assert form.is_valid()
    assert form.values()["starts_at"] == soon
    assert interviews.invite(starts_at=soon, **given).starts_at == soon


def asked(*applications, **values) -> InvitationForm:
    """The form of inviting, filled in."""
    data = {"minutes": 45, "pause": 15, "place": "Room 3"} | values
    return InvitationForm(data, subject=applications[0], subjects=applications)


@pytest.mark.parametrize("missing", ["day", "time"])
def test_a_day_without_a_time_of_an_interview_is_asked_again(window, coordinator, missing):
    given = {"day": "2037-03-02", "time": "10:00"} | {missing: ""}
    assert list(asked(make.shortlisted(window, coordinator), **given).errors) == [missing]


def test_two_who_are_invited_together_come_one_after_the_other(window, coordinator):
    one, another = (make.shortlisted(window, coordinator) for _ in range(2))
    form = asked(one, another, first_on="2037-03-02", begins="09:30", ends="16:30")
    assert form.is_valid()
    times = [timezone.localtime(form.values_for(subject)["starts_at"]) for subject in (one, another)]
    assert [f"{time:%Y-%m-%d %H:%M}" for time in times] == ["2037-03-02 09:30", "2037-03-02 10:30"]


def test_a_criterion_that_the_panel_did_not_score_is_named(window, coordinator):
    application = make.invited(window, coordinator).application
    first, second = make.criteria(window)
    form = RecordForm({f"score_{first.pk}": "3", "outcome": Interview.Outcome.RECOMMEND}, subject=application)
    assert form.errors == {f"score_{second.pk}": ["Choose a score for motivation."]}


def test_turning_down_cancels_the_interview(window, coordinator):
    interview = make.invited(window, coordinator)
    decisions.turn_down(application=interview.application, reason="not_eligible", by=coordinator)
    assert make.fresh(interview).status == InterviewStatus.CANCELLED


def test_a_role_that_has_ended_decides_nothing(window):
    provider = window.cohort.programme.provider
    person = UserFactory(is_staff=True)
    yesterday = timezone.localdate() - timedelta(days=1)
    RoleAssignmentFactory(user=person, role=RoleName.COORDINATOR, provider=provider, until=yesterday)
    with pytest.raises(NotAllowed):
        decisions.shortlist(application=make.arrived(window), by=person)


@pytest.mark.parametrize("minutes", [0, 4, 481, 10**9])
def test_an_interview_of_no_length_or_of_a_whole_day_is_refused(window, coordinator, minutes):
    application = make.shortlisted(window, coordinator)
    with pytest.raises(NotPossible, match="Enter the length as 5 to 480 minutes"):
        interviews.invite(
            application=application, starts_at=timezone.now() + timedelta(days=3), place="City Hall", minutes=minutes,
            panel="", by=coordinator,
        )  # fmt: skip
