"""The register of interest: confirmed by email, left by a link, told of each window once (B32)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from applications.actions.interest import HOURLY, tell_interested
from applications.models import Interest
from cohorts.states import COHORT
from steppingup.messaging.models import Message
from tests.factories.applications import WindowFactory
from tests.factories.cohorts import ProgrammeFactory, PublishedCohortFactory

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B32")]


@pytest.fixture
def programme():
    return ProgrammeFactory(slug="stepping-up")


def ask(client, programme, email="amara@example.org", name="Amara"):
    return client.post(reverse("applications:interest", args=[programme.path]), {"email": email, "name": name})


def link_in(message: Message, path: str) -> str:
    """The private link as the person gets it."""
    text = message.sealed["text"]
    return path + text.split(path)[1].split()[0]


def confirmed(client, programme, email="amara@example.org") -> Interest:
    ask(client, programme, email)
    asked = Message.objects.get(kind="applications.interest_confirm", to_email=email)
    client.post(link_in(asked, "/interest/confirm/"))
    return Interest.objects.get(programme=programme, email=email)


def open_window(programme, **fields):
    return WindowFactory(cohort=PublishedCohortFactory(programme=programme), **fields)


def kinds_to(email: str) -> list[str]:
    return sorted(Message.objects.filter(to_email=email).values_list("kind", flat=True))


def test_only_following_the_link_in_the_email_puts_somebody_on_the_list(client, programme):
    ask(client, programme)
    interest = Interest.objects.get()
    assert interest.confirmed_at is None
    link = link_in(Message.objects.get(), "/interest/confirm/")
    assert "One more click" in client.get(link).text  # a mail scanner opens links and confirms nothing
    assert Interest.objects.standing().count() == 0
    client.post(link)
    assert Interest.objects.standing().get().email == "amara@example.org"
    assert "You are on the list" in client.get(link).text


def test_the_answer_is_the_same_for_known_and_unknown_addresses(client, programme):
    confirmed(client, programme, "known@example.org")
    known, unknown = (ask(client, programme, email) for email in ("Known@Example.org", "new@example.org"))
    assert known.url == unknown.url
    assert "example.org" not in client.get(known.url).text
    assert Interest.objects.count() == 2
    assert kinds_to("known@example.org") == [
        "applications.interest_already",
        "applications.interest_confirm",
        "applications.interest_confirmed",
    ]


def test_nobody_can_flood_somebody_else_with_these_emails(client, programme):
    """Nor by writing their address in other ways, nor by asking for several programmes."""
    other = ProgrammeFactory(slug="another")
    for number in range(HOURLY + 4):
        ask(client, programme if number % 2 else other, f"Ada+{number}@example.org")
    assert Message.objects.count() == HOURLY


def test_whoever_asks_again_after_an_hour_gets_an_email_again(client, programme, time_machine):
    begun = timezone.now()
    time_machine.move_to(begun, tick=False)
    for _ in range(HOURLY):
        ask(client, programme)
    time_machine.move_to(begun + timedelta(minutes=59), tick=False)
    ask(client, programme)
    assert Message.objects.count() == HOURLY
    time_machine.move_to(begun + timedelta(minutes=61), tick=False)
    ask(client, programme)
    assert Message.objects.count() == HOURLY + 1


def test_nobody_writes_to_very_many_addresses_from_here(client, programme):
    answers = [ask(client, programme, f"person{number}@example.org") for number in range(32)]
    assert [answer.status_code for answer in answers] == [302] * 30 + [200] * 2
    assert "from your network" in answers[-1].text
    assert Message.objects.count() == 30


def test_every_email_to_the_list_carries_a_link_to_leave_and_leaving_is_at_once(client, programme):
    interest = confirmed(client, programme)
    open_window(programme)
    tell_interested()
    for kind in ("applications.interest_confirmed", "applications.window_opened"):
        message = Message.objects.get(kind=kind)
        assert "/interest/leave/" in message.sealed["text"]
        assert "/interest/leave/" not in message.text  # what staff read has no key in it
    link = link_in(Message.objects.get(kind="applications.interest_confirmed"), "/interest/leave/")
    client.get(link)
    assert Interest.objects.standing().exists()
    client.post(link)
    interest.refresh_from_db()
    assert interest.left_at is not None
    open_window(programme)
    assert tell_interested() == 0


def test_everybody_is_told_once_of_each_window_however_often_it_runs(client, programme):
    for email in ("a@example.org", "b@example.org"):
        confirmed(client, programme, email)
    ask(client, programme, "unconfirmed@example.org")
    window = open_window(programme)
    assert [tell_interested() for _ in range(3)] == [2, 0, 0]
    assert confirmed(client, programme, "late@example.org")
    assert tell_interested() == 1  # who joins while it is open is told too
    window.refresh_from_db()
    assert window.interest_told_at is not None
    open_window(programme)
    assert tell_interested() == 3
    assert kinds_to("unconfirmed@example.org") == ["applications.interest_confirm"]


def test_nobody_is_told_of_a_window_that_is_not_open_or_not_public(client, programme, time_machine):
    confirmed(client, programme)
    opens = timezone.now() + timedelta(days=2)
    window = open_window(programme, opens_at=opens, closes_at=opens + timedelta(days=5))
    assert tell_interested() == 0
    time_machine.move_to(opens, tick=False)
    COHORT.move(window.cohort, "unpublish")
    assert tell_interested() == 0
    COHORT.move(window.cohort, "publish")
    assert tell_interested() == 1
    assert "/check/" in Message.objects.get(kind="applications.window_opened").text


def test_a_link_of_another_purpose_leaves_nothing(client, programme):
    ask(client, programme)
    link = link_in(Message.objects.get(), "/interest/confirm/")
    assert client.post(link.replace("/confirm/", "/leave/")).status_code == 404
    assert client.get("/interest/confirm/made-up/").status_code == 404


def test_somebody_who_cannot_be_told_does_not_keep_the_others_waiting(client, programme, caplog):
    broken = confirmed(client, programme, "a@example.org")
    confirmed(client, programme, "b@example.org")
    Interest.objects.filter(pk=broken.pk).update(email="nonsense")
    open_window(programme)
    assert tell_interested() == 1
    assert "applications.window_opened" in kinds_to("b@example.org")
    assert f"Interest {broken.pk} could not be told" in caplog.text
