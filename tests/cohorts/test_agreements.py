"""Agreements: what the rules ask to be signed, by whom and before what; signing by account and by link."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import agreements as actions
from cohorts.actions import enrolments
from cohorts.actions.arranging import arrange, arrange_for
from cohorts.agreements import digest_of, text_of, unsigned_before_place
from cohorts.models import Agreement, Signature
from cohorts.states import Signatory, SignedHow
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.agreements import asked_by, link_for, page_of_link
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory
from tests.factories.contracts import cohort_with_a_contract, contract_of, fill, place_with_a_contract, told
from tests.staff import take_step

pytestmark = pytest.mark.django_db
P, E, H, PROVIDER = Signatory.PARTICIPANT, Signatory.EMPLOYER, Signatory.HOST, Signatory.PROVIDER


@pytest.fixture
def cohort():
    return cohort_with_a_contract()


@pytest.fixture
def place(cohort):
    return place_with_a_contract(cohort)


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider, full_name="Cora Coordinator")


# -- who is asked ----------------------------------------------------------------------------------


@pytest.mark.requirement("B9", "N12")
def test_everybody_who_signs_is_asked_once(place):
    assert told("agreement_to_sign", place.participant.email) == 1
    assert told("agreement_asked", place.line_manager.email) == 1
    assert arrange_for(place) == []
    assert Message.objects.filter(kind__startswith="cohorts.agreement").count() == 2
    assert contract_of(place).missing == (P, E, PROVIDER)


def test_rules_that_ask_for_nothing_leave_a_place_as_it_is():
    place = ParticipantFactory()
    assert arrange_for(place) == []
    assert not Agreement.objects.exists()
    assert unsigned_before_place(person=place.participant, cohort=place.cohort) == []


def test_what_may_be_left_unsigned_does_not_keep_anybody_from_a_place():
    cohort, person = PublishedCohortFactory(), UserFactory()
    asked_by(cohort, title="Photographs", is_required=False)
    assert unsigned_before_place(person=person, cohort=cohort) == []
    assert ParticipantFactory(cohort=cohort, participant=person).pk


def test_what_others_sign_before_the_place_is_said_by_role():
    cohort, person = PublishedCohortFactory(), UserFactory()
    asked_by(cohort, employer_signs=True)
    ((_, roles),) = unsigned_before_place(person=person, cohort=cohort)
    assert roles == (P, E)
    assert unsigned_before_place(person=person, cohort=cohort, role=PROVIDER) == []
    (agreement,) = arrange(person=person, cohort=cohort, employer=None)
    actions.sign(agreement=agreement, name="Ada Osei Mensah", by=person)
    ((_, roles),) = unsigned_before_place(person=person, cohort=cohort)
    assert roles == (E,)


# -- on the pages ----------------------------------------------------------------------------------


@pytest.mark.requirement("B9")
def test_a_contract_goes_from_the_participant_over_the_employer_to_the_provider(client, place, coordinator, in_admin):
    agreement = contract_of(place)
    client.force_login(place.participant)
    home = client.get(reverse("cohorts:participant", args=[place.pk])).text
    assert f"Sign “{agreement.template}”" in home
    url = reverse("cohorts:sign", args=[agreement.pk])
    assert url in home
    page = client.get(url).text
    assert f"Amara Okafor of {place.employer} and {place.cohort.programme.provider}." in page
    assert not Signature.objects.exists()
    wrong = client.post(url, fill(agreement, "Amara")).text
    assert "your first name and your last name" in wrong
    assert 'value="Amara"' in wrong
    assert "Tick the box" in client.post(url, {"name": "Amara Okafor"}).text
    for _ in range(2):  # the second press changes nothing
        assert "You signed it on" in client.post(url, fill(agreement), follow=True).text
    assert "Sign “" not in client.get(reverse("cohorts:participant", args=[place.pk])).text
    # The employer, without an account, by the link.
    client.logout()
    by_link = page_of_link(agreement)
    assert f"the employer, {place.employer}" in client.get(by_link).text
    assert client.get(f"{by_link}agreement.pdf").status_code == 404
    done = client.post(by_link, fill(agreement, "Mo Manager"), follow=True).text
    assert "You signed it on" in done
    assert "Download it (PDF)" in done
    assert client.get(f"{by_link}agreement.pdf")["Content-Type"] == "application/pdf"
    assert told("agreement_copy", place.line_manager.email) == 1
    assert told("agreement_signed", place.participant.email) == 1
    # A coordinator signs for the provider.
    shown = take_step(
        in_admin(coordinator),
        reverse("admin:cohorts_agreement_step", args=[agreement.pk, "countersign"]),
        name="Cora Coordinator",
    )
    assert shown.status_code == 302
    signed = contract_of(place)
    assert signed.missing == ()
    assert {one.how for one in signed.signatures.all()} == {SignedHow.ACCOUNT, SignedHow.LINK}
    assert len({one.digest for one in signed.signatures.all()}) == 1
    assert "Everybody has signed it now." in Message.objects.filter(kind="cohorts.agreement_signed").latest("pk").text


def test_a_line_manager_with_an_account_signs_on_their_own_page(client, place):
    client.force_login(place.line_manager)
    page = client.get(reverse("cohorts:managed", args=[place.pk])).text
    url = reverse("cohorts:sign", args=[contract_of(place).pk])
    assert f"Sign “{contract_of(place).template}”" in page
    assert url in page
    name = place.line_manager.full_name
    client.post(url, fill(contract_of(place), f"{name} Hall"))
    signature = Signature.objects.get()
    assert (signature.role, signature.organisation) == (E, str(place.employer))
    assert "Sign “" not in client.get(reverse("cohorts:managed", args=[place.pk])).text


def test_nobody_else_finds_it(client, place):
    url, pdf = (reverse(f"cohorts:{name}", args=[contract_of(place).pk]) for name in ("sign", "agreement_pdf"))
    for user in (UserFactory(), ParticipantFactory(cohort=place.cohort).participant, staff()):
        client.force_login(user)
        assert {client.get(url).status_code, client.get(pdf).status_code} == {404}
        with pytest.raises(NotAllowed):
            actions.sign(agreement=contract_of(place), name="Some Body", by=user)


def test_a_text_that_changed_since_it_was_read_is_read_again(client, place, coordinator):
    client.force_login(place.participant)
    agreement = contract_of(place)
    given = fill(agreement)
    enrolments.change_employer(enrolment=place, employer=OrganisationFactory(name="Elsewhere Ltd"), by=coordinator)
    new = contract_of(place)
    assert new != agreement
    assert "does not hold any more" in client.post(reverse("cohorts:sign", args=[agreement.pk]), given).text
    again = client.post(reverse("cohorts:sign", args=[new.pk]), given).text
    assert "changed after you opened it" in again
    assert digest_of(new) in again
    assert "Elsewhere Ltd" in text_of(new)


# -- links -----------------------------------------------------------------------------------------


def test_a_link_that_was_replaced_has_expired_or_is_not_needed_any_more_says_so(client, place, coordinator):
    agreement, first = contract_of(place), page_of_link(contract_of(place))
    holder = link_for(agreement)
    actions.ask_to_sign(agreement=agreement, role=E, name="Hal Head", email="hal@example.org", by=coordinator)
    assert "A newer link was sent since" in client.get(first).text
    assert client.post(first, fill(agreement, "Mo Manager")).status_code == 410
    with pytest.raises(NotPossible, match="replaced or has expired"):
        actions.sign(agreement=agreement, name="Mo Manager", by=holder)
    second = page_of_link(agreement, days=9)
    with time_machine.travel(timezone.localtime() + timedelta(days=10), tick=False):
        assert client.get(second).status_code == 410
    enrolments.withdraw(enrolment=place, reason="A new job", by=coordinator)
    assert "It is not needed any more" in client.get(second).text
    assert not Signature.objects.exists()


def test_another_line_manager_is_asked_and_the_link_of_the_first_stops_working(client, place, coordinator):
    first, before = page_of_link(contract_of(place)), place.line_manager
    enrolments.change_line_manager(enrolment=place, name="Nia Next", email="nia@example.org", by=coordinator)
    assert client.get(first).status_code == 410
    assert told("agreement_asked", "nia@example.org") == 1
    client.force_login(before)
    assert client.get(reverse("cohorts:sign", args=[contract_of(place).pk])).status_code == 404


def test_a_participant_is_not_asked_to_sign_for_their_employer(place, coordinator):
    with pytest.raises(NotPossible, match="somebody else’s address"):
        actions.ask_to_sign(
            agreement=contract_of(place), role=E, name="Amara", email=place.participant.email.upper(), by=coordinator
        )


def test_somebody_without_a_line_manager_waits_until_staff_ask(cohort, coordinator, in_admin):
    place = ParticipantFactory(cohort=cohort, line_manager=None)
    arrange_for(place)
    assert list(Agreement.objects.waits_for_nobody()) == [contract_of(place)]
    assert "nobody is asked" in in_admin(coordinator).get(reverse("admin:index")).text
    url = reverse("admin:cohorts_agreement_step", args=[contract_of(place).pk, "ask_to_sign"])
    take_step(in_admin(coordinator), url, role=E, name="Hal Head", email="hal@example.org")
    assert told("agreement_asked", "hal@example.org") == 1
    assert not Agreement.objects.waits_for_nobody().exists()
