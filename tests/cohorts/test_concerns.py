"""Concerns about conduct: anybody writes one, named or not, and nobody reads it but those to whom it was written."""

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import concerns
from cohorts.models import Concern, ConcernNote, ConcernReader
from cohorts.states.concerns import ConcernStatus
from cohorts.wiring.concerns import _hand_over
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.delivery import deliver_due
from steppingup.messaging.models import Message
from steppingup.steps.models import Taking
from tests.factories import mentoring
from tests.factories.accounts import ProviderFactory, RoleAssignmentFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
WORDS = "He shouted about Zanzibar"


@pytest.fixture
def enrolment():
    return ParticipantFactory()


@pytest.fixture
def provider(enrolment):
    return enrolment.cohort.programme.provider


@pytest.fixture
def contact(provider):
    return staff(RoleName.CONFIDANT, provider, full_name="Jo Maddern")


@pytest.fixture
def other(provider):
    return staff(RoleName.CONFIDANT, provider, full_name="Sam Lee")


@pytest.fixture
def concern(provider, contact):
    given = {"about": "Max", "wish": "That it stops", "name": "Amara Okafor", "email": "amara@example.org"}
    return concerns.raise_concern(provider=provider, what=WORDS, readers=[contact], **given)


def page(provider) -> str:
    return reverse("cohorts:concern", args=[provider.slug])


def test_a_visitor_writes_without_a_name_and_nothing_says_who_it_was(client, provider, contact, other, enrolment):
    client.force_login(enrolment.participant)
    shown = client.get(page(provider)).text
    assert "Jo Maddern" in shown
    assert "Sam Lee" in shown
    done = client.post(page(provider), {"what": WORDS, "about": "Sam Lee", "readers": [contact.pk]})
    assert done.url == reverse("cohorts:concern_sent", args=[provider.slug])
    assert "with the people that you ticked" in client.get(done.url).text
    one = Concern.objects.get()
    assert one.words["what"] == WORDS
    assert (one.whose, one.email) == ("Somebody who did not give their name", "")
    assert [row.user for row in one.readers.all()] == [contact]
    assert [message.to for message in Message.objects.all()] == [contact]
    with connection.cursor() as cursor:  # nothing about it in any column of any row that was written
        for table in ("cohorts_concern", "cohorts_concernreader", "cohorts_concernnote", "messaging_message"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            text = cursor.fetchone()[0]
            assert "Zanzibar" not in text, table
            assert enrolment.participant.email not in text, table


def test_whoever_gives_an_address_hears_that_it_was_received_and_what_came_of_it(client, concern, contact):
    deliver_due()
    assert sorted(one.to[0] for one in mail.outbox) == sorted(["amara@example.org", contact.email])
    assert not [one for one in mail.outbox if "Zanzibar" in one.body]
    browser = with_second_factor(client, contact)
    one = reverse("admin:cohorts_concern_change", args=[concern.pk])
    for words in (WORDS, "That it stops", "Amara Okafor (amara@example.org)", "Max"):
        assert words in browser.get(one).text
    assert "concern was written to you" in browser.get("/admin/").text
    url = reverse("admin:cohorts_concern_step", args=[concern.pk, "look_at"])
    assert take_step(browser, url, words="I shall ring you.").status_code == 302
    take_step(browser, reverse("admin:cohorts_concern_step", args=[concern.pk, "note_concern"]), text="Spoke with Max.")
    take_step(browser, reverse("admin:cohorts_concern_step", args=[concern.pk, "close"]), words="He has apologised.")
    shown = browser.get(one).text
    for words in ("Spoke with Max.", "I shall ring you.", "He has apologised.", "Closed"):
        assert words in shown
    mail.outbox.clear()
    deliver_due()
    assert ["I shall ring you." in mail.outbox[0].body, "He has apologised." in mail.outbox[1].body] == [True, True]
    assert not [one for one in Message.objects.all() if "apologised" in one.text]  # what was said is not kept there
    concern.refresh_from_db()
    concerns.reopen(concern=concern, by=contact)
    assert concern.status == ConcernStatus.LOOKED_AT
    assert (
        "Zanzibar" not in browser.get(f"{reverse('admin:cohorts_concern_changelist')}?export=csv").getvalue().decode()
    )


def test_whoever_gave_no_address_cannot_be_told_and_the_page_says_so(client, provider, contact):
    one = concerns.raise_concern(provider=provider, what=WORDS, readers=[contact])
    browser = with_second_factor(client, contact)
    url = reverse("admin:cohorts_concern_step", args=[one.pk, "look_at"])
    assert "did not say who they are" in browser.post(url, {"filled": "yes"}).text
    assert take_step(browser, url).status_code == 302


def somebody(who: str, provider, enrolment):
    """Everybody who might like to know."""
    people = {
        "coordinator": lambda: staff(provider=provider),
        "finance officer": lambda: staff("finance", provider),
        "equality lead": lambda: staff("equality", provider),
        "assessor": lambda: staff("assessor", provider),
        "coordinator elsewhere": staff,
        "contact elsewhere": lambda: staff(RoleName.CONFIDANT),
        "contact to whom it was not written": lambda: staff(RoleName.CONFIDANT, provider),
        "administrator of the whole site": lambda: UserFactory(is_staff=True, is_superuser=True),
        "participant": lambda: enrolment.participant,
        "mentor": lambda: mentoring.confirmed_pair(enrolment).mentor.user,
        "line manager": lambda: enrolment.line_manager,
    }
    return people[who]()


EVERYBODY_ELSE = (
    *("coordinator", "finance officer", "equality lead", "assessor", "coordinator elsewhere", "contact elsewhere"),
    *("contact to whom it was not written", "administrator of the whole site", "participant", "mentor", "line manager"),
)


@pytest.mark.parametrize("who", EVERYBODY_ELSE)
def test_nobody_else_reads_it_or_finds_that_there_is_one(concern, contact, provider, enrolment, who):
    concerns.look_at(concern=concern, by=contact, words="Zanzibar again")
    person = somebody(who, provider, enrolment)
    for model in (Concern, ConcernReader, ConcernNote):
        assert not model.objects.visible_to(person).exists()
    assert not Message.objects.visible_to(person).filter(kind__startswith="cohorts.concern").exists()
    assert not Taking.objects.visible_to(person).filter(step__contains="concern").exists()
    for step in (concerns.close, concerns.look_at):
        with pytest.raises(NotAllowed):
            step(concern=concern, by=person)
    with pytest.raises(NotAllowed):
        concerns.note_concern(concern=concern, text="I too.", by=person)
    with pytest.raises(NotAllowed):
        concerns.let_read(concern=concern, reader=person, by=person)
    browser = with_second_factor(Client(), person)
    pages = [
        *(reverse(f"admin:cohorts_concern_{name}", args=[concern.pk]) for name in ("change", "history")),
        reverse("admin:cohorts_concern_step", args=[concern.pk, "close"]),
        reverse("admin:cohorts_concern_changelist"),
        f"{reverse('admin:cohorts_concern_changelist')}?q={concern.reference}",
        reverse("admin:messaging_message_changelist"),
        reverse("admin:steps_taking_changelist"),
        reverse("admin:index"),
        reverse("admin:accounts_user_change", args=[contact.pk]),
    ]
    for address in pages:
        text = browser.get(address, follow=True).text
        assert "Zanzibar" not in text, address
        assert pages[0] not in text, address
        assert "?q=" in address or concern.reference not in text, address


def test_no_longer_after_the_role_has_ended(concern, contact):
    assert Concern.objects.visible_to(contact).exists()
    contact.role_assignments.all().delete()
    assert not Concern.objects.visible_to(type(contact).objects.get(pk=contact.pk)).exists()


def test_whoever_manages_the_one_who_writes_is_not_offered(client, provider, contact, enrolment):
    RoleAssignmentFactory(user=enrolment.line_manager, role=RoleName.CONFIDANT, provider=provider)
    assert enrolment.line_manager in concerns.confidants_of(provider)
    client.force_login(enrolment.participant)
    assert str(enrolment.line_manager) not in client.get(page(provider)).text
    with pytest.raises(NotPossible, match="at least one person"):
        concerns.raise_concern(
            provider=provider, what=WORDS, readers=[enrolment.line_manager], by=enrolment.participant
        )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"what": " "}, "Write what happened."),
        ({"readers": []}, "Choose at least one person who may read it."),
        ({"email": "nowhere"}, "email address"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(client, provider, contact, given, sentence):
    data = {"what": WORDS, "readers": [contact.pk], "wish": "That it stops", **given}
    shown = client.post(page(provider), data).text
    assert sentence in shown
    assert "That it stops" in shown
    assert not Concern.objects.exists()


def test_the_action_asks_for_the_same(provider, contact):
    for given, sentence in (({"what": " "}, "Write what happened"), ({"email": "nowhere"}, "is not an email address")):
        with pytest.raises(NotPossible, match=sentence):
            concerns.raise_concern(**{"provider": provider, "what": WORDS, "readers": [contact], **given})


def test_nobody_floods_it(client, provider, contact):
    data = {"what": WORDS, "readers": [contact.pk]}
    for _ in range(10):
        assert client.post(page(provider), data).status_code == 302
    assert "Wait an hour" in client.post(page(provider), data).text
    assert Concern.objects.count() == 10


def test_where_nobody_is_named_the_page_says_what_else_to_do(client):
    provider = ProviderFactory(reply_to="team@example.org")
    shown = client.get(page(provider)).text
    assert "has not named anybody yet" in shown
    assert "team@example.org" in shown
    assert client.post(page(provider), {"what": WORDS}).status_code == 200
    assert provider.name in client.get(reverse("cohorts:concerns")).text
    assert reverse("cohorts:concerns") in client.get("/").text


def test_a_reader_lets_another_contact_read_it_and_nobody_else(client, concern, contact, other):
    coordinator = staff(provider=concern.provider)
    with pytest.raises(NotPossible, match="confidential contacts"):
        concerns.let_read(concern=concern, reader=coordinator, by=contact)
    browser = with_second_factor(client, contact)
    url = reverse("admin:cohorts_concern_step", args=[concern.pk, "let_read"])
    assert take_step(browser, url, reader=other.pk).status_code == 302
    assert Concern.objects.visible_to(other).get() == concern
    with pytest.raises(NotPossible, match="Nobody else is named"):
        concerns.let_read(concern=concern, reader=other, by=contact)


def test_a_closed_one_is_read_by_no_further_colleague(concern, contact, other):
    concerns.close(concern=concern, by=contact)
    with pytest.raises(NotPossible, match="is closed"):
        concerns.let_read(concern=concern, reader=other, by=contact)


def test_who_follows_in_the_role_reads_what_was_open(concern, contact, other):
    rows = list(ConcernReader.objects.filter(user=contact))
    _hand_over(rows, other, UserFactory())
    assert not Concern.objects.visible_to(contact).exists()
    assert Concern.objects.visible_to(other).get() == concern
    _hand_over(list(ConcernReader.objects.filter(user=other)), None, UserFactory())
    assert not ConcernReader.objects.exists()
