"""Two accounts of one person become one: what becomes of what, who may, what stands against it, and signing in afterwards."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.utils import timezone

from applications.actions import reviews
from applications.models import Application
from applications.states import APPLICATION
from cohorts.models import Enrolment
from mentoring.models import Mentor
from steppingup.accounts.actions import addresses, merging, people
from steppingup.accounts.actions.merging import FATES, Fate, merge, relations_to_people
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import RoleAssignment, User
from steppingup.desk.merging import probable_pairs
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.accounts.test_sign_in import code_in
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, RoleAssignmentFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory
from tests.factories.mentoring import MentorFactory, confirmed_pair
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def test_every_relation_to_a_person_says_what_becomes_of_it():
    assert {name for name, _, _ in relations_to_people()} == set(FATES)


@pytest.fixture
def place():
    return ParticipantFactory(participant__full_name="Zoë Ade", participant__email="zoe@example.org")


@pytest.fixture
def provider(place):
    return place.cohort.programme.provider


@pytest.fixture
def by(provider):
    return staff(provider=provider)


@pytest.fixture
def other(provider):
    """Zoë's second account, with an application for another cohort of the same provider."""
    cohort = PublishedCohortFactory(programme__provider=provider, fee=0)
    user = UserFactory(full_name="Zoe Ade", email="zoe.ade@example.org", phone="0117 496 0123")
    made = Application.objects.create(applicant=user, cohort=cohort, reference="SU-T99999")
    APPLICATION.move(made, "submit", submitted_at=timezone.now())
    return user


@pytest.fixture
def boss():
    return UserFactory(is_superuser=True, is_staff=True)


def test_what_refers_to_the_one_refers_to_the_other_afterwards(place, other, by):
    kept = place.participant
    mentor = MentorFactory(user=other, programme=place.cohort.programme)
    managed = ParticipantFactory(cohort=place.cohort, line_manager=other)
    epochs = kept.session_epoch
    merge(kept=kept, gone=other, by=by)
    assert Application.objects.get(reference="SU-T99999").applicant == kept
    assert Mentor.objects.get(pk=mentor.pk).user == kept
    assert Enrolment.objects.get(pk=managed.pk).line_manager == kept
    gone, kept = User.objects.get(pk=other.pk), User.objects.get(pk=kept.pk)
    assert (gone.is_active, gone.merged_into, gone.email) == (False, kept, f"merged-{gone.pk}@accounts.invalid")
    assert (kept.full_name, kept.phone, kept.session_epoch) == ("Zoë Ade", "0117 496 0123", epochs + 1)
    for name, model, column in relations_to_people():
        if FATES[name].fate == Fate.MOVES:
            assert not model._base_manager.filter(**{column: gone}).exists(), name
    with pytest.raises(NotPossible, match="already been merged"):
        merge(kept=kept, gone=gone, by=UserFactory(is_superuser=True, is_staff=True))


def test_people_sign_in_with_either_address_and_begin_no_third_account(client, mailbox, place, other, by):
    merge(kept=place.participant, gone=other, by=by)
    client.post("/account/sign-in/", {"email": "ZOE.ADE@example.org"})
    mail = mailbox()[-1]
    assert mail.to == ["zoe.ade@example.org"]
    client.post("/account/sign-in/code/", {"code": code_in(mail)})
    assert client.session["_auth_user_id"] == str(place.participant_id)
    assert people.begin_account(email="zoe.ade@example.org") == place.participant
    with pytest.raises(NotPossible, match="already has an account"):
        addresses.change_address(
            user=ParticipantFactory(cohort=place.cohort).participant, email="zoe.ade@example.org", by=by
        )


def test_an_address_that_is_set_free_begins_a_new_account(place, other, by):
    merge(kept=place.participant, gone=other, by=by, keeps_address=False)
    assert not EmailAddress.objects.filter(email="zoe.ade@example.org").exists()
    assert people.begin_account(email="zoe.ade@example.org") not in (place.participant, other)


@pytest.mark.parametrize("kept_has", [True, False])
def test_the_second_factors_of_the_account_that_stays_hold(place, other, by, kept_has):
    Authenticator.objects.create(user=other, type=Authenticator.Type.TOTP, data={"secret": "theirs"})
    if kept_has:
        Authenticator.objects.create(user=place.participant, type=Authenticator.Type.TOTP, data={"secret": "own"})
    merge(kept=place.participant, gone=other, by=by)
    found = Authenticator.objects.get()
    assert (found.user, found.data["secret"]) == (place.participant, "own" if kept_has else "theirs")


def test_a_role_that_both_hold_is_held_as_long_and_for_as_much_as_either_was(provider, boss):
    one, two = staff("assessor", provider), staff("finance", provider)
    today = timezone.localdate()
    RoleAssignment.objects.filter(user=one).update(until=today)
    more = RoleAssignmentFactory(user=two, role="assessor", provider=provider, until=today + timedelta(days=9))
    RoleAssignment.objects.get(user=one).cohorts.set([PublishedCohortFactory(programme__provider=provider)])
    merge(kept=one, gone=two, by=boss)
    roles = {role.role: role for role in RoleAssignment.objects.filter(user=one)}
    assert set(roles) == {"assessor", "finance"}
    assert roles["assessor"].until == more.until
    assert not roles["assessor"].is_limited


# -- who may -----------------------------------------------------------------------------------------


def test_nobody_merges_what_they_do_not_wholly_see(place, other, by, provider):
    kept = place.participant
    elsewhere = make.arrived(make.window(), applicant=other)
    for who in (by, staff("assessor", provider), staff(), kept):
        with pytest.raises(NotAllowed, match="Only the people who run this site"):
            merge(kept=kept, gone=other, by=who)
    boss = UserFactory(is_superuser=True, is_staff=True)
    merge(kept=kept, gone=other, by=boss)
    assert Application.objects.get(pk=elsewhere.pk).applicant == kept


def test_accounts_of_staff_are_merged_by_those_who_run_the_site(place, by, provider):
    with pytest.raises(NotAllowed):
        merge(kept=place.participant, gone=staff("assessor", provider), by=by)


# -- what stands against it --------------------------------------------------------------------------


def test_two_records_of_a_kind_stand_against_it(place, other, boss):
    ParticipantFactory(cohort=place.cohort, participant=other)
    with pytest.raises(NotPossible, match="Both accounts have a place for"):
        merge(kept=place.participant, gone=other, by=boss)
    with pytest.raises(NotPossible, match="same account"):
        merge(kept=other, gone=other, by=boss)
    with pytest.raises(NotPossible, match="runs this site"):
        merge(kept=other, gone=boss, by=boss)


def test_whoever_manages_mentors_or_scores_the_other_is_somebody_else(place, boss):
    manager = UserFactory()
    Enrolment.objects.filter(pk=place.pk).update(line_manager=manager)
    with pytest.raises(NotPossible, match="is or was the line manager of"):
        merge(kept=place.participant, gone=manager, by=boss)
    pair = confirmed_pair()
    with pytest.raises(NotPossible, match="mentors or mentored"):
        merge(kept=pair.mentor.user, gone=pair.enrolment.participant, by=boss)
    window = make.window()
    application = make.arrived(window)
    assessor = make.assessor(window)
    reviews.assign(application=application, assessor=assessor, by=boss)
    with pytest.raises(NotPossible, match="was asked to score"):
        merge(kept=assessor, gone=application.applicant, by=boss)


# -- finding them, and the pages ---------------------------------------------------------------------


def test_pairs_are_found_by_a_name_as_people_see_it_and_something_else_in_common():
    home = OrganisationFactory()
    one = UserFactory(full_name="Zoë O’Brien", phone="+44 (0)117 496 0123", email="zoe@example.org")
    two = UserFactory(full_name="ZOE OBRIEN", phone="0117 4960123", email="z.obrien@example.com")
    UserFactory(full_name="Zoe O'Brien", email="other@example.net")  # nothing but the name
    three = UserFactory(full_name="Jo Lee", organisation=home, email="jo.lee@gmail.com")
    four = UserFactory(full_name="Joanne Lee", organisation=home, email="jolee+work@googlemail.com")
    found = probable_pairs(User.objects.all())
    assert [(pair.one, pair.other) for pair in found] == [(three, four), (one, two)]
    assert found[1].why == "the same name and the same telephone number"
    assert "the same mailbox" in found[0].why


def test_the_pages_say_what_becomes_of_what_and_tell_the_person_at_both_addresses(in_admin, place, other, by):
    kept = place.participant
    User.objects.filter(pk=kept.pk).update(phone=other.phone)
    browser = in_admin(by)
    page = browser.get("/admin/accounts/user/pairs/")
    assert "They have the same name and the same telephone number" in page.text
    address = f"/admin/accounts/user/{kept.pk}/merge/{other.pk}/"
    assert address in page.text
    asked = browser.get(address)
    assert other.email in asked.text
    step = f"/admin/accounts/user/{kept.pk}/step/merge_accounts/"
    shown = browser.post(step, {"email": other.email, "keeps_address": "yes", "filled": "yes"})
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", shown.text))
    for words in ("1 application moves to the account that stays", "both are signed out on every device", other.email):
        assert words in text
    assert take_step(browser, step, email=other.email, keeps_address="yes").status_code == 302
    told = Message.objects.filter(subject__contains="one").values_list("to_email", flat=True)
    assert set(told) == {kept.email, other.email}
    assert Application.objects.get(reference="SU-T99999").applicant == kept


def test_the_pages_show_nothing_of_people_whom_their_reader_does_not_keep(in_admin, place, by):
    stranger = UserFactory(full_name="Zoe Ade", email="zoe@example.com", phone="0117 496 0123")
    User.objects.filter(pk=place.participant_id).update(phone=stranger.phone)
    make.arrived(make.window(), applicant=stranger)
    browser = in_admin(by)
    assert "example.com" not in browser.get("/admin/accounts/user/pairs/").text
    assert browser.get(f"/admin/accounts/user/{place.participant_id}/merge/{stranger.pk}/").status_code == 404
    step = f"/admin/accounts/user/{place.participant_id}/step/merge_accounts/"
    refused = [
        browser.post(step, {"email": email, "keeps_address": "yes", "filled": "yes"}).text.replace(email, "")
        for email in (stranger.email, "nobody@example.com")
    ]
    assert "There is no account with this address among the people whom you keep." in refused[0]
    assert re.sub(r'"[^"]*"', "", refused[0]) == re.sub(r'"[^"]*"', "", refused[1])


def test_what_only_the_database_knows_against_it_is_a_sentence_too(boss, monkeypatch):
    application = make.arrived(window := make.window())
    assessor = make.assessor(window)
    reviews.assign(application=application, assessor=assessor, by=boss)
    monkeypatch.setattr(merging, "why_not", lambda kept, gone: "")
    with pytest.raises(NotPossible, match="The database does not let these two become one person"):
        merge(kept=application.applicant, gone=assessor, by=boss)
