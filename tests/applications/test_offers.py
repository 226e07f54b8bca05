"""Offers: made, accepted, declined, expired; the waiting list."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.actions import decisions, interviews, offers, signing
from applications.fee import agreement as fees
from applications.models import Application, Interview, Offer, Review
from applications.queries import place_on_waiting_list
from applications.states import ApplicationStatus as S
from applications.states import InterviewStatus, OfferStatus, ReviewStatus
from cohorts.actions import enrolments
from cohorts.actions.agreements import adopt_agreements, ask_to_sign
from cohorts.models import Agreement, Cohort, Enrolment, PeerGroup, Signature
from cohorts.states import ENROLMENT
from funding.states import AgreementStatus
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import add_rule, work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories import review as make
from tests.factories.accounts import UserFactory
from tests.factories.agreements import TEXT, anew, asked_by, page_of_link
from tests.factories.applications import WindowFactory, submitted
from tests.staff import take_step, with_second_factor
from tests.sweeps.ways import put

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def window():
    return make.window(capacity=2, commitment=TEXT)


@pytest.fixture
def coordinator(window):
    return make.coordinator(window)


def told(application: Application, kind: str) -> int:
    return Message.objects.about(application).filter(kind=f"applications.{kind}").count()


def test_an_offer_ends_with_the_last_second_of_its_last_day_in_london(window):
    with time_machine.travel(datetime(2027, 3, 20, 23, 30, tzinfo=LONDON), tick=False):
        end = timezone.localtime(offers.end_of_offer(window.cohort))
    # The clocks go forward in between, and the fourteenth day is a Saturday: nobody answers questions then.
    assert (end.year, end.month, end.day, end.hour, end.minute, end.second) == (2027, 4, 5, 23, 59, 59)


def test_accepting_signs_the_agreement_and_takes_a_place(window, coordinator):
    offer = make.offered(window, coordinator)
    applicant = offer.application.applicant
    offers.accept(offer=offer, legal_name="Amara  Ngozi Okafor", by=applicant)
    application = make.fresh(offer.application)
    assert application.status == S.ACCEPTED
    assert application.enrolment.participant == applicant
    signature = Signature.objects.get(agreement__enrolment=application.enrolment)
    assert (signature.name, signature.text, signature.role) == ("Amara Ngozi Okafor", TEXT, "participant")
    assert application.decided_by == coordinator


@pytest.mark.requirement("B36")
def test_the_fee_agreement_goes_with_the_place():
    window = WindowFactory()
    coordinator = make.coordinator(window)
    application = submitted(window)
    application = decisions.shortlist(application=application, by=coordinator)
    offer = _offer_after_interview(application, coordinator)
    offers.accept(offer=offer, legal_name="Amara Okafor", by=application.applicant)
    application = make.fresh(application)
    assert application.fee_agreement.enrolment == application.enrolment


def _offer_after_interview(application: Application, by) -> Offer:
    interview = interviews.invite(
        application=application, starts_at=timezone.now() + timedelta(days=1), place="City Hall", by=by
    )
    Interview.objects.filter(pk=interview.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    interview.refresh_from_db()
    scores = {c.pk: (3, "") for c in make.criteria(application.cohort.window)}
    interviews.record(application=interview.application, scores=scores, outcome="recommend", by=by)
    return offers.make(application=make.fresh(application), by=by)


@pytest.mark.requirement("B36")
def test_no_place_is_offered_while_the_fee_is_not_settled():
    window = WindowFactory()
    coordinator = make.coordinator(window)
    application = submitted(window)
    fees.release(application, "Changed our mind.", by=coordinator)
    application = decisions.shortlist(application=application, by=coordinator)
    with pytest.raises(NotPossible, match="fee has not been settled"):
        _offer_after_interview(application, coordinator)


def test_an_expired_offer_cannot_be_accepted_and_is_open_to_the_last_second(window, coordinator):
    offer = make.offered(window, coordinator)
    with time_machine.travel(offer.expires_at + timedelta(milliseconds=999), tick=False):
        assert offers.is_open(offer)
        assert offers.expire_due() == 0
    with time_machine.travel(offer.expires_at + timedelta(seconds=1), tick=False):
        assert not offers.is_open(offer)
        with pytest.raises(NotPossible, match="ended on"):
            offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
        assert offers.expire_due() == 1
        assert offers.expire_due() == 0
    assert make.fresh(offer).status == OfferStatus.EXPIRED
    assert make.fresh(offer.application).status == S.EXPIRED
    assert told(offer.application, "offer_expired") == 1


def test_accepting_twice_accepts_once(window, coordinator):
    offer = make.offered(window, coordinator)
    for _ in range(2):
        answered = offers.accept(offer=make.fresh(offer), legal_name="Amara Okafor", by=offer.application.applicant)
        assert answered.status == OfferStatus.ACCEPTED
    assert Enrolment.objects.filter(cohort=window.cohort).count() == 1


def test_nobody_else_answers_an_offer(window, coordinator):
    offer = make.offered(window, coordinator)
    for stranger in (coordinator, UserFactory()):
        with pytest.raises(NotAllowed):
            offers.accept(offer=offer, legal_name="Amara Okafor", by=stranger)
        with pytest.raises(NotAllowed):
            offers.decline(offer=offer, by=stranger)


def test_what_was_read_is_what_is_signed(window, coordinator):
    offer = make.offered(window, coordinator)
    read = signing.digest_of_texts(offer.application)
    with anew(window.cohort) as template:
        template.text = "Something else."
    adopt_agreements(cohort=make.fresh(window.cohort), by=coordinator)
    with pytest.raises(NotPossible, match="changed after you opened it"):
        offers.accept(offer=offer, legal_name="Amara Okafor", texts=read, by=offer.application.applicant)
    assert Message.objects.filter(to=offer.application.applicant, kind="cohorts.agreement_to_sign").exists()


def test_whoever_comes_after_the_last_place_is_on_the_waiting_list_and_told_kindly(coordinator, window):
    made = [make.offered(window, coordinator, value=value) for value in (3, 4, 5)]
    for offer in made[:2]:
        offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
    late = offers.accept(offer=made[2], legal_name="Amara Okafor", by=made[2].application.applicant)
    assert late.status == OfferStatus.NO_PLACE
    application = make.fresh(late.application)
    assert application.status == S.WAITING
    assert place_on_waiting_list(application) == 1
    assert told(application, "no_place") == 1


#: In the order of the waiting list: the totals of the reviews, that of the interview, the day of submission.
IN_ORDER = (
    ((8, 10), 4, 5),
    ((9, 9), 4, 6),
    ((9, 9), 3, 1),
    ((8, 10), None, 1),
    ((7, 10), 9, 1),
    ((), 9, 3),
    ((), None, 2),
)


@pytest.mark.parametrize("comes", [IN_ORDER, IN_ORDER[::-1], IN_ORDER[1::2] + IN_ORDER[::2]])
def test_the_waiting_list_goes_by_review_then_interview_then_submission(window, coordinator, comes):
    waits = {row: on_the_list(window, coordinator, *row) for row in comes}
    listed = Application.objects.filter(cohort=window.cohort).waiting_in_order()
    assert [one.pk for one in listed] == [waits[row].pk for row in IN_ORDER]
    assert [place_on_waiting_list(waits[row]) for row in IN_ORDER] == list(range(1, len(IN_ORDER) + 1))
    assert place_on_waiting_list(make.arrived(window)) is None


def on_the_list(window, by: User, totals: tuple[int, ...], interview: int | None, day: int) -> Application:
    """What decides the place, beside a review that is not finished and an interview that was cancelled."""
    application, now = make.arrived(window), timezone.now()
    for total in (*totals, None):
        review = Review.objects.create(application=application, assessor=make.assessor(window))
        if total is not None:
            put(review, ReviewStatus.SUBMITTED, total=total, submitted_at=now)
    meeting = {"application": application, "starts_at": now, "place": "City Hall"}
    put(Interview.objects.create(**meeting), InterviewStatus.CANCELLED, total=99)
    if interview is not None:
        put(Interview.objects.create(**meeting), InterviewStatus.HELD, total=interview, recorded_at=now, recorded_by=by)
    return put(application, S.WAITING, submitted_at=now - timedelta(days=30 - day), decided_at=now, decided_by=by)


def test_the_next_on_the_list_is_offered_a_place_that_becomes_free(window, coordinator):
    made = [make.offered(window, coordinator) for _ in range(2)]
    best, _ = make.waiting(window, coordinator, value=5), make.waiting(window, coordinator, value=1)
    with pytest.raises(NotPossible, match="No places are free"):
        offers.offer_next(cohort=window.cohort, by=coordinator)
    offers.decline(offer=made[0], reason="Another job", by=made[0].application.applicant)
    offer = offers.offer_next(cohort=window.cohort, by=coordinator)
    assert offer.application == best
    assert told(best, "offered") == 1


def test_a_participant_who_leaves_makes_room(window, coordinator):
    made = [make.offered(window, coordinator) for _ in range(2)]
    for offer in made:
        offers.accept(offer=offer, legal_name="Amara Okafor", by=offer.application.applicant)
    waiting = make.waiting(window, coordinator)
    gone = Enrolment.objects.filter(cohort=window.cohort).first()
    ENROLMENT.move(gone, "withdraw", withdrawn_at=timezone.now(), withdrawal_reason="Moved away")
    assert offers.offer_next(cohort=window.cohort, by=coordinator).application == waiting


def test_declining_gives_the_money_back():
    window = WindowFactory()
    coordinator = make.coordinator(window)
    application = submitted(window)
    offer = _offer_after_interview(decisions.shortlist(application=application, by=coordinator), coordinator)
    offers.decline(offer=offer, by=application.applicant)
    application = make.fresh(application)
    assert application.status == S.DECLINED
    assert application.fee_agreement.status == AgreementStatus.RELEASED


def test_an_unanswered_offer_is_reminded_of_three_days_before_it_ends_once(window, coordinator):
    offer = make.offered(window, coordinator)
    add_rule(kind="applications.offer_expires", days=3, when="before", scope=None)
    day = timezone.localdate(offer.expires_at)
    for _ in range(2):
        work_out_reminders(today=day - timedelta(days=4))
        assert told(offer.application, "offer_reminder") == 0
    for _ in range(2):
        work_out_reminders(today=day - timedelta(days=3))
        assert told(offer.application, "offer_reminder") == 1


# -- the page --------------------------------------------------------------------------------------


def test_the_applicant_reads_the_agreement_signs_and_has_a_place(window, coordinator, client):
    offer = make.offered(window, coordinator)
    client.force_login(offer.application.applicant)
    url = f"/applications/{offer.application_id}/offer/"
    page = client.get(url)
    assert TEXT in page.content.decode()
    assert make.fresh(offer).status == OfferStatus.MADE
    digest = page.context["form"].initial["texts"]
    wrong = client.post(url, {"legal_name": "Amara", "texts": digest})
    assert "your first name and your last name" in wrong.content.decode()
    assert 'value="Amara"' in wrong.content.decode()
    values = {"legal_name": "Amara Okafor", "agreed": "on", "texts": digest}
    for _ in range(2):
        done = client.post(url, values, follow=True)
        assert "You have a place" in done.content.decode()
    assert Enrolment.objects.filter(cohort=window.cohort).count() == 1


@pytest.mark.requirement("N12")
def test_a_place_waits_for_everybody_who_signs_before_it(client):
    window = make.window()
    asked_by(window.cohort, key="contract", title="Learning contract", employer_signs=True)
    offer = make.offered(window, make.coordinator(window))
    applicant, url = offer.application.applicant, f"/applications/{offer.application_id}/offer/"
    client.force_login(applicant)
    page = client.get(url)
    assert "Still to be signed: “Learning contract” (the employer)" in page.text
    assert "Sign and accept the place" not in page.text
    given = {"legal_name": "Amara Okafor", "agreed": "on", "texts": page.context["form"].initial["texts"]}
    waits = client.post(url, given, follow=True).text
    assert "You have signed. Somebody else has to sign too" in waits
    assert make.fresh(offer).status == OfferStatus.MADE
    with pytest.raises(NotPossible, match="First this has to be signed: “Learning contract” .the employer"):
        offers.accept(offer=make.fresh(offer), by=applicant)
    agreement = Agreement.objects.for_steps().get(person=applicant)
    ask_to_sign(
        agreement=agreement, role="employer", name="Mo Patel", email="mo@example.org", by=make.coordinator(window)
    )
    assert agreement.employer == offer.application.employer
    signed = client.post(page_of_link(agreement), {"name": "Mo Patel", "agreed": "on"}, follow=True).text
    assert "You signed it on" in signed
    told_of_it = Message.objects.get(kind="cohorts.agreement_signed", to=applicant)
    assert "so you can take your place" in told_of_it.text
    assert url in told_of_it.text
    ready = client.get(url)
    assert "Accept the place" in ready.text
    assert "You have a place" in client.post(url, {"texts": ready.context["form"].initial["texts"]}, follow=True).text
    agreement.refresh_from_db()
    assert agreement.enrolment == Enrolment.objects.get(participant=applicant)


def test_without_anything_to_sign_a_place_is_accepted_with_one_press(client):
    window = make.window()
    offer = make.offered(window, make.coordinator(window))
    client.force_login(offer.application.applicant)
    url = f"/applications/{offer.application_id}/offer/"
    page = client.get(url)
    assert "legal name" not in page.text
    assert "You have a place" in client.post(url, {"texts": page.context["form"].initial["texts"]}, follow=True).text


def test_the_applicant_may_decline_and_need_not_say_why(window, coordinator, client):
    offer = make.offered(window, coordinator)
    client.force_login(offer.application.applicant)
    url = f"/applications/{offer.application_id}/offer/decline/"
    assert "Who will be told" in client.post(url).content.decode()
    assert make.fresh(offer).status == OfferStatus.MADE
    done = client.get(take_step(client, url).url)
    assert "Somebody else can have the place now" in done.content.decode()
    assert make.fresh(offer).status == OfferStatus.DECLINED
    assert told(offer.application, "offer_declined") == 1


def test_somebody_elses_offer_does_not_exist(window, coordinator, client):
    offer = make.offered(window, coordinator)
    client.force_login(UserFactory())
    for way in ("", "decline/"):
        assert client.get(f"/applications/{offer.application_id}/offer/{way}").status_code == 404


def test_an_offer_that_cannot_be_ended_does_not_keep_the_others_waiting(window, coordinator, caplog):
    broken, other, third = (make.offered(window, coordinator) for _ in range(3))
    User.objects.filter(pk=broken.application.applicant_id).update(email="nonsense")  # nothing can be sent there
    late = max(offer.expires_at for offer in (broken, other, third)) + timedelta(seconds=1)
    assert offers.expire_due(now=late) == 2
    assert make.fresh(broken).status == OfferStatus.MADE
    assert {make.fresh(offer).status for offer in (other, third)} == {OfferStatus.EXPIRED}
    assert f"Offer {broken.pk} could not be ended" in caplog.text


def test_an_offer_that_is_answered_while_others_are_ended_is_neither_ended_nor_counted(
    window, coordinator, monkeypatch
):
    first, second = (make.offered(window, coordinator) for _ in range(2))
    late = max(first.expires_at, second.expires_at) + timedelta(seconds=1)
    tell = offers.notices.tell_of_expiring

    def told_and_meanwhile(offer: Offer) -> None:
        tell(offer)
        offers.decline(offer=second, by=second.application.applicant)

    monkeypatch.setattr(offers.notices, "tell_of_expiring", told_and_meanwhile)
    assert offers.expire_due(now=late) == 1
    assert [make.fresh(offer).status for offer in (first, second)] == [OfferStatus.EXPIRED, OfferStatus.DECLINED]
    assert told(second.application, "offer_expired") == 0


def test_somebody_with_one_name_signs_with_it_and_others_with_their_whole_name(window, coordinator):
    offer = make.offered(window, coordinator)
    application = offer.application
    with pytest.raises(NotPossible, match="full legal name"):
        offers.accept(offer=offer, legal_name="Amara", by=application.applicant)
    Application.objects.filter(pk=application.pk).update(full_name="Suharto")
    offer = Offer.objects.select_related("application__applicant").get(pk=offer.pk)
    offers.accept(offer=offer, legal_name="Suharto", by=application.applicant)
    assert Signature.objects.get(agreement__enrolment=make.fresh(application).enrolment).name == "Suharto"


def _moved_by_staff(application: Application, coordinator: User) -> None:
    group = PeerGroup.objects.create(cohort=application.cohort, name="Avon")
    enrolments.place_in_group(enrolment=make.fresh(application).enrolment, peer_group=group, by=coordinator)


def _begun(application: Application, coordinator: User) -> None:
    Taking.objects.update(at=timezone.now() - timedelta(days=2))
    Cohort.objects.filter(pk=application.cohort_id).update(starts_on=timezone.localdate())


@pytest.mark.parametrize(
    ("happens", "says"), [(_moved_by_staff, "Something has been done since then"), (_begun, "this was longer ago")]
)
def test_applicants_are_not_led_to_take_back_what_they_cannot(client, window, coordinator, happens, says):
    application = make.offered(window, coordinator).application
    me = with_second_factor(client, application.applicant)
    offers.accept(offer=application.offers.get(), legal_name="Amara Okafor", by=application.applicant)
    address = reverse("applications:application", args=[application.pk])
    assert "was that a mistake?" in me.get(address).text
    happens(application, coordinator)
    assert "was that a mistake?" not in me.get(address).text
    link = reverse("applications:take_back", args=[application.pk])  # from a page left open
    text = me.post(link, {"reason": ""}, follow=True).text
    assert says in text
    assert str(coordinator) not in text
    assert make.fresh(application).status == S.ACCEPTED
    taking = Taking.objects.get(step="applications.offer.accept")
    with pytest.raises(NotPossible, match=says):
        take_back(taking=taking, by=User.objects.get(pk=application.applicant_id))
