"""What a letter says is so when it leaves: not after its step was taken back, not behind a later one, not at an old address."""

from datetime import timedelta

import pgtrigger
import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import enrolments
from cohorts.actions.enrolments import ComingBackForm
from funding.actions import liability
from funding.models import LiabilityCase
from funding.rules import AfterLeaving
from steppingup.accounts.actions.addresses import change_address
from steppingup.accounts.actions.merging import merge
from steppingup.history.lifecycle import NotPossible
from steppingup.history.patience import GRACE
from steppingup.messaging.actions import delivery, send_again
from steppingup.messaging.actions.again import later_letter, stop
from steppingup.messaging.models import Message
from steppingup.messaging.states import GONE, MessageStatus
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory
from tests.factories.funding import AgreementFactory, taken_up
from tests.funding.test_endings import under

pytestmark = pytest.mark.django_db
S = MessageStatus
WHY = "The wrong row."


@pytest.fixture
def place():
    return ParticipantFactory(cohort=RunningCohortFactory())


@pytest.fixture
def coordinator(place):
    return staff(RoleName.COORDINATOR, place.cohort.programme.provider)


def last(record) -> Taking:
    return Taking.objects.standing().on(record).first()


def become(status: str, rows) -> None:
    """They are where delivery has brought them."""
    sent_at = timezone.now() if status in GONE else None
    with pgtrigger.ignore():
        rows.update(status=status, sent_at=sent_at, sealed=None, next_attempt_at=timezone.now())


def corrections():
    return Message.objects.filter(kind="steps.taken_back")


@pytest.mark.parametrize("status", [status for status in S if status is not S.STOPPED])
def test_nothing_that_was_taken_back_leaves_afterwards_wherever_it_was(place, coordinator, status):
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    written = Message.objects.all()
    keys = set(written.values_list("pk", flat=True))
    become(status, written)
    take_back(taking=last(place), reason=WHY, by=coordinator)
    has_left = status in (*GONE, S.UNCERTAIN, S.SENDING, S.HANDING_OVER)
    assert {one.to_id for one in corrections()} == (
        {one.to_id for one in written.filter(pk__in=keys)} if has_left else set()
    )
    later = timezone.now() + 2 * GRACE
    with pgtrigger.ignore():  # an attempt that was under way has come to nothing
        Message.objects.filter(pk__in=keys, status__in=(S.SENDING, S.HANDING_OVER)).update(status=S.RETRY)
    assert not Message.objects.due(later).filter(pk__in=keys).exists()
    assert not Message.objects.to_post().filter(pk__in=keys).exists()
    delivery.give_up_late()
    for one in Message.objects.filter(pk__in=keys):
        assert send_again.refusal(coordinator, one), one.status


def test_an_email_that_was_stopped_does_not_leave_after_its_step_was_taken_back(place, coordinator):
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    one = Message.objects.get(to=place.participant)
    stop(message=one, by=coordinator)
    stopped = last(one)
    take_back(taking=last(place), reason=WHY, by=coordinator)
    with pytest.raises(NotPossible, match="has been taken back since, so what it says no longer holds"):
        take_back(taking=stopped, reason="Send it.", by=coordinator)
    one.refresh_from_db()
    assert one.status == S.STOPPED
    enrolments.withdraw(enrolment=place, reason="Moved after all.", by=coordinator)
    again = Message.objects.filter(to=place.participant, status=S.QUEUED).get()
    stop(message=again, by=coordinator)
    take_back(taking=last(again), reason="It is right.", by=coordinator)
    again.refresh_from_db()
    assert again.status == S.QUEUED
    stop(message=again, by=coordinator)
    enrolments.come_back(enrolment=place, by=coordinator)
    become(S.SENT, Message.objects.filter(kind="cohorts.came_back"))
    with pytest.raises(NotPossible, match="A later email about the same has left since: “"):
        take_back(taking=last(again), reason="Send it.", by=coordinator)


def test_what_waits_leaves_before_whatever_is_said_later_about_the_same(place, coordinator):
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    assert not Message.objects.due(timezone.now()).exists()
    form = ComingBackForm(subject=place, by=coordinator)
    assert "take back the step “Withdrawn” instead" in " ".join(form.warnings(place))
    enrolments.come_back(enrolment=place, by=coordinator)
    mine = Message.objects.due(timezone.now()).filter(to=place.participant)
    assert [one.kind for one in mine] == ["cohorts.withdrawn", "cohorts.came_back"]
    assert form.warnings(place) == []


def test_a_fee_that_is_waived_while_the_letter_that_it_is_owed_still_waits():
    agreement = taken_up(agreement=under(AfterLeaving.WHOLE, AgreementFactory(cohort=RunningCohortFactory(fee=1000))))
    enrolments.withdraw(
        enrolment=agreement.enrolment, reason="Ill.", by=staff(RoleName.COORDINATOR, agreement.provider)
    )
    others = Message.objects.filter(kind="cohorts.withdrawn", status=S.QUEUED)
    liability.decide(
        case=LiabilityCase.objects.get(),
        outcome="waived",
        reason="Illness.",
        by=staff(RoleName.FINANCE, agreement.provider),
    )
    due = Message.objects.due(timezone.now())
    to_sponsor = [one.kind for one in due.filter(to_email=agreement.sponsor_email, kind__contains="owed")]
    assert [*to_sponsor, due.last().kind][:1] == ["funding.still_owed"]
    assert due.filter(kind="funding.not_needed", pk__gt=due.get(kind="funding.still_owed").pk).exists()
    assert others.due(timezone.now()).count() == 0  # nobody else's


def test_a_letter_goes_to_the_address_that_somebody_has_when_it_leaves(place, coordinator, mailoutbox):
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    person = place.participant
    person.refresh_from_db()
    become(S.SENT, Message.objects.filter(to=person))
    change_address(user=person, email="new@example.org", by=UserFactory(is_superuser=True, is_staff=True))
    Message.objects.update(next_attempt_at=timezone.now())
    second = Message.objects.filter(to=person).get()
    assert second.to_email != "new@example.org"
    with pgtrigger.ignore():
        Message.objects.filter(pk=second.pk).update(status=S.FAILED, sent_at=None, last_error="No such address.")
    send_again(message=Message.objects.get(pk=second.pk), by=coordinator)
    delivery.deliver_one(second.pk)
    second.refresh_from_db()
    assert (second.to_email, second.status) == ("new@example.org", S.SENT)
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]]


def test_what_is_written_to_a_second_address_of_somebody_stays_with_it(place, coordinator, mailoutbox):
    """Whoever typed the second one reads the outbox, and does not learn the first from it."""
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    person = place.participant
    EmailAddress.objects.create(user=person, email="second@example.org", verified=True, primary=False)
    written = Message.objects.filter(to=person)
    written.update(to_email="second@example.org", next_attempt_at=timezone.now())
    delivery.deliver_one(written.get().pk)
    assert (written.get().to_email, written.get().status) == ("second@example.org", S.SENT)
    assert [mail.to for mail in mailoutbox] == [["second@example.org"]]


def test_whoever_has_another_address_by_now_is_told_once(place, coordinator):
    """Two letters of one step, under the old address and the new one."""
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    taking, person = last(place), place.participant
    become(S.SENT, Message.objects.all())
    first = Message.objects.get(to=person)
    other = Message.objects.exclude(to=person).first()
    Message.objects.filter(pk=other.pk).update(to=person, to_email="new@example.org")
    take_back(taking=taking, reason=WHY, by=coordinator)
    letter = corrections().get(to=person)
    assert first.subject in letter.subject
    assert letter.to_email == person.email


@pytest.mark.parametrize("keeps_address", [True, False])
def test_what_waits_for_an_account_that_was_merged_goes_where_its_owner_reads(
    place, coordinator, mailoutbox, keeps_address
):
    """The address that it was written to is a second one of theirs; unless it was given up with the account."""
    person, kept = place.participant, UserFactory(email="kept@example.org")
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    address = person.email
    superuser = UserFactory(is_superuser=True, is_staff=True)
    merge(kept=kept, gone=person, by=superuser, keeps_address=keeps_address)
    one = Message.objects.get(kind="cohorts.withdrawn")
    Message.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=1))
    delivery.deliver_one(one.pk)
    assert one.to == kept
    assert [mail.to for mail in mailoutbox] == [[address if keeps_address else "kept@example.org"]]


def test_before_an_old_email_is_sent_again_a_later_one_about_the_same_is_named(place, coordinator):
    enrolments.withdraw(enrolment=place, reason="Moved.", by=coordinator)
    one = Message.objects.get(to=place.participant)
    become(S.FAILED, Message.objects.filter(pk=one.pk))
    assert later_letter(one) is None
    enrolments.come_back(enrolment=place, by=coordinator)
    assert later_letter(one) is None  # it has not left
    become(S.SENT, Message.objects.filter(kind="cohorts.came_back"))
    form = send_again.form(subject=one, by=coordinator)
    assert "A later email about the same has left" in form.warnings(one)[0]
