"""Three-way reviews: written by the participant or the coordinator, signed by all three, each by a link (B52)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import review_signing, reviews
from cohorts.desk.reviews import how_long
from cohorts.models import Enrolment, ReviewSignature, ThreeWayReview
from cohorts.models.agreements import fingerprint
from cohorts.states import Signatory
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.reviews import WORDS, link_of, to_sign, written
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B52")]
THREE = (Signatory.PARTICIPANT, Signatory.EMPLOYER, Signatory.PROVIDER)


@pytest.fixture
def person():
    manager = UserFactory(full_name="Jo Maddern")
    cohort = RunningCohortFactory()
    return ParticipantFactory(cohort=cohort, participant__full_name="Ada Osei", line_manager=manager)


@pytest.fixture
def coordinator(person):
    return staff(RoleName.COORDINATOR, person.cohort.programme.provider, full_name="Cleo Coordinator")


def at(name, *args):
    return reverse(f"cohorts:{name}", args=args)


def sent(kind):
    return Message.objects.filter(kind=f"cohorts.{kind}")


def fresh(review):
    return ThreeWayReview.objects.for_steps().get(pk=review.pk)


def sign_all(review):
    for role, name in zip(THREE, ("Ada Osei", "Jo Maddern", "Cleo Coordinator"), strict=True):
        review_signing.sign(review=fresh(review), name=name, by=link_of(review, role))
    return fresh(review)


def test_the_participant_writes_it_and_asks_and_each_of_the_three_signs_by_a_link(client, person, coordinator):
    client.force_login(person.participant)
    take_step(client, at("review_prepare", person.pk), on=day(-1).strftime("%-d %B %Y"), **WORDS)
    review = ThreeWayReview.objects.get()
    page = at("review", review.pk)
    assert "Nobody is asked to sign it yet" in client.get(page).text
    client.force_login(person.line_manager)
    assert client.get(page).status_code == 404, "not before it is sent"
    client.force_login(person.participant)
    take_step(client, at("review_send", review.pk), staff=coordinator.pk)
    assert {one.to for one in sent("review_to_sign")} == {person.participant, person.line_manager, coordinator}
    assert not any("The pilot." in one.text for one in sent("review_to_sign"))
    client.logout()
    for role, name in zip(THREE, ("Ada Osei", "Jo Maddern", "Cleo Coordinator"), strict=True):
        own = at("review_by_link", link_of(review, role).link.raw)
        text = client.get(own).text
        assert f"This page is for {name}" in text
        assert "Tick the box to say that you have read it." in client.post(own, {"name": name}).text
        assert "Enter your full legal name" in client.post(own, {"name": name.split()[0], "agreed": "on"}).text
        assert "Your name is kept" in client.post(own, {"name": name, "agreed": "on"}, follow=True).text
    review = fresh(review)
    assert review.state == "Signed by all three"
    assert sent("review_signed").count() == 3
    signature = review.signatures.first()
    assert signature.digest == fingerprint(review.text)
    assert "The pilot." in signature.text


def test_what_is_missing_gets_a_sentence(person):
    for name, sentence in reviews.MISSING.items():
        with pytest.raises(NotPossible, match=sentence):
            written(person, **{name: " "})


def test_other_words_ask_for_new_signatures_and_those_of_before_stay(person, coordinator):
    review = to_sign(person, coordinator)
    review_signing.sign(review=review, name="Jo Maddern", by=link_of(review, Signatory.EMPLOYER))
    read = fingerprint(fresh(review).text)
    with pytest.raises(NotPossible, match="Nothing has changed"):
        reviews.change(review=fresh(review), by=coordinator, on=review.on, **WORDS)
    with pytest.raises(NotPossible, match="Check the year"):
        reviews.change(review=fresh(review), by=person.participant, on=day(-2600), **WORDS)
    reviews.change(review=fresh(review), by=person.participant, on=review.on, **{**WORDS, "agreed": "Sam leads it."})
    review = fresh(review)
    assert review.missing == THREE
    assert review.signatures.count() == 1
    assert sent("review_changed").count() == 3
    with pytest.raises(NotPossible, match="The words were changed after you opened the page"):
        review_signing.sign(review=review, name="Jo Maddern", digest=read, by=link_of(review, Signatory.EMPLOYER))
    sign_all(review)
    assert ReviewSignature.objects.count() == 4


def test_what_all_have_signed_is_frozen_in_the_database_too(person, coordinator):
    review = sign_all(to_sign(person, coordinator))
    for act in (
        lambda: reviews.change(review=review, by=coordinator, on=day(0), **WORDS),
        lambda: reviews.call_off(review=review, by=coordinator),
        lambda: reviews.send(review=review, staff=coordinator, by=coordinator),
    ):
        with pytest.raises(NotPossible, match="All three have signed it"):
            act()
    for values in ({"agreed": "Nothing."}, {"on": day(0)}, {"round": 7}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ThreeWayReview.objects.filter(pk=review.pk).update(**values)
    with pytest.raises(DatabaseError), transaction.atomic():
        ReviewSignature.objects.update(name="Somebody Else")


def test_signing_again_changes_nothing(person, coordinator):
    review = to_sign(person, coordinator)
    for _ in range(2):
        review_signing.sign(review=fresh(review), name="Ada Osei", by=person.participant)
    assert fresh(review).standing[0].how == "account"
    assert len(fresh(review).standing) == 1


def test_nobody_else_reads_or_signs_it_and_a_former_line_manager_no_more(client, person, coordinator):
    """Somebody else's line manager, a peer, a mentor's stranger, a coordinator elsewhere, the former line manager."""
    review = to_sign(person, coordinator)
    former, by_link = person.line_manager, link_of(review, Signatory.EMPLOYER)
    others = ParticipantFactory(cohort=person.cohort, line_manager=UserFactory())
    page = at("review", review.pk)
    for who in (others.participant, others.line_manager, staff(), UserFactory()):
        client.force_login(who)
        assert client.get(page).status_code == 404
        assert client.get(at("managed_reviews", person.pk)).status_code == 404
        with pytest.raises(NotAllowed):
            review_signing.sign(review=fresh(review), name="Some Body", by=who)
        with pytest.raises(NotAllowed):
            reviews.change(review=fresh(review), by=who, on=day(0), **WORDS)
    with pytest.raises(NotAllowed):
        reviews.call_off(review=fresh(review), by=person.line_manager)
    client.force_login(former)
    assert client.get(page).status_code == 200
    after = UserFactory(full_name="Nia New")
    Enrolment.objects.filter(pk=person.pk).update(line_manager=after)
    assert client.get(page).status_code == 404
    client.logout()
    assert client.get(at("review_by_link", by_link.link.raw)).status_code == 410
    with pytest.raises(NotAllowed):
        review_signing.sign(review=fresh(review), name="Jo Maddern", by=by_link)
    # Whoever comes after is asked anew, and nobody writes to the one before.
    client.force_login(after)
    assert client.get(page).status_code == 404
    reviews.send(review=fresh(review), staff=coordinator, by=coordinator)
    assert "Read and sign" in client.get(at("managed", person.pk)).text
    assert client.get(page).status_code == 200
    before = Message.objects.filter(to=former).count()
    reviews.change(review=fresh(review), by=coordinator, on=day(0), **WORDS)
    assert Message.objects.filter(to=former).count() == before


def test_nobody_signs_for_the_provider_who_is_in_it_otherwise(person, coordinator):
    review = written(person)
    Enrolment.objects.filter(pk=person.pk).update(line_manager=coordinator)
    with pytest.raises(NotPossible, match="Nobody who runs the cohort could sign it"):
        reviews.send(review=fresh(review), staff=coordinator, by=person.participant)
    other = staff(RoleName.COORDINATOR, person.cohort.programme.provider)
    with pytest.raises(NotPossible, match="Choose who signs for the provider"):
        reviews.send(review=fresh(review), staff=coordinator, by=other)


def test_a_link_that_was_replaced_signs_nothing(person, coordinator):
    review = to_sign(person, coordinator)
    earlier = link_of(review, Signatory.EMPLOYER)
    reviews.send(review=fresh(review), staff=coordinator, by=coordinator)
    with pytest.raises(NotPossible, match="This link has been replaced"):
        review_signing.sign(review=fresh(review), name="Jo Maddern", by=earlier)


def test_it_is_not_signed_before_it_is_sent_nor_once_it_is_called_off(client, person, coordinator):
    review = written(person)
    with pytest.raises(NotPossible, match="Nobody is asked to sign it yet"):
        review_signing.sign(review=review, name="Ada Osei", by=person.participant)
    reviews.send(review=review, staff=coordinator, by=coordinator)
    by_link = link_of(review, Signatory.EMPLOYER)
    reviews.call_off(review=fresh(review), by=person.participant)
    assert client.get(at("review_by_link", by_link.link.raw)).status_code == 410
    with pytest.raises(NotPossible, match="was called off"):
        review_signing.sign(review=fresh(review), name="Ada Osei", by=person.participant)


def test_without_a_line_manager_or_a_place_there_is_none(person, coordinator):
    Enrolment.objects.filter(pk=person.pk).update(line_manager=None)
    person.refresh_from_db()
    with pytest.raises(NotPossible, match="who would sign it"):
        written(person)
    review = ThreeWayReview.objects.create(enrolment=person, on=day(0), **WORDS)
    Enrolment.objects.filter(pk=person.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    person.refresh_from_db()
    with pytest.raises(NotPossible, match="is not on the programme now"):
        written(person)
    with pytest.raises(NotPossible, match="is not on the programme now"):
        reviews.call_off(review=fresh(review), by=coordinator)


def test_the_coordinator_prepares_one_signs_for_the_provider_and_sees_how_long_it_takes(client, person, coordinator):
    with_second_factor(client, coordinator)
    client.force_login(coordinator)
    written(person, by=coordinator)
    review = ThreeWayReview.objects.for_steps().get()
    page = reverse("admin:cohorts_threewayreview_change", args=[review.pk])
    assert "Ask for signatures" in client.get(page).text
    reviews.send(review=review, staff=coordinator, by=coordinator)
    assert how_long(subject=person.cohort, viewer=coordinator) == {"signed": 0, "waits": 1, "median": ""}
    assert "Cleo Coordinator" in client.get(page).text
    sign_all(review)
    ThreeWayReview.objects.filter(pk=review.pk).update(sent_at=timezone.now() - timedelta(days=3))
    assert how_long(subject=person.cohort, viewer=coordinator) == {"signed": 1, "waits": 0, "median": "3 days"}
    assert how_long(subject=person.cohort, viewer=staff()) is None
    listing = reverse("admin:cohorts_threewayreview_changelist")
    assert "3 days" in client.get(listing).text
    assert "The pilot." in b"".join(client.get(f"{listing}?export=csv")).decode()


def test_whoever_has_not_signed_is_reminded_and_nobody_else(person, coordinator):
    review = to_sign(person, coordinator)
    review_signing.sign(review=fresh(review), name="Ada Osei", by=person.participant)
    review.parties.update(asked_at=timezone.now() - timedelta(days=5))
    work_out_reminders()
    assert {one.to for one in sent("review_reminder")} == {person.line_manager, coordinator}
    work_out_reminders()
    assert sent("review_reminder").count() == 2
