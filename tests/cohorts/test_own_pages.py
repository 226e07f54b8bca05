"""What participants and line managers see, and what they do not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.actions import attendance, enrolments
from cohorts.states import Mark
from steppingup.accounts.actors import SYSTEM
from tests.factories.accounts import UserFactory, staff
from tests.factories.agreements import signed
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.short_pages import whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def participant():
    return ParticipantFactory()


def seen(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.requirement("B4", "B7")
def test_a_participant_sees_days_by_part_what_is_next_and_their_dates(client, participant):
    cohort = participant.cohort
    past = SessionFactory(cohort=cohort, title="First meeting", starts_at=timezone.now() - timedelta(days=40))
    SessionFactory(cohort=cohort, title="Second meeting", venue="City Hall", what_to_bring="A pen")
    red = cohort.peer_groups.create(name="Red")
    SessionFactory(cohort=cohort, title="Of another group", peer_group=red)
    attendance.mark(session=past, marks={participant.pk: Mark.PART}, by=SYSTEM)
    signature = signed(participant, "Amara O.", "I **take part**.")
    client.force_login(participant.participant)
    page = seen(whole(client, reverse("cohorts:participant", args=[participant.pk])))
    assert '<span class="big-number__figure">½</span> <span class="big-number__of">of 8 days</span>' in page
    for words in ("First meeting", "You were there for half of it", "Second meeting", "City Hall", "Bring: A pen"):
        assert words in page
    assert "Of another group" not in page
    assert participant.line_manager.email in page
    assert "Learning agreement" in client.get(reverse("cohorts:agreements", args=[participant.pk])).text
    agreement = client.get(reverse("cohorts:sign", args=[signature.agreement_id]))
    assert "<strong>take part</strong>" in agreement.text


def test_whoever_has_left_sees_what_was_and_no_date_that_is_to_come(client, participant):
    SessionFactory(cohort=participant.cohort, title="Before", starts_at=timezone.now() - timedelta(days=4))
    SessionFactory(cohort=participant.cohort, title="Afterwards")
    enrolments.withdraw(enrolment=participant, reason="A new job.", by=SYSTEM)
    client.force_login(participant.participant)
    page = seen(whole(client, reverse("cohorts:participant", args=[participant.pk])))
    assert "Before" in page
    assert "Afterwards" not in page
    assert "What is next" not in page


def test_strangers_get_404_and_visitors_are_asked_to_sign_in(client, participant):
    names = (
        "participant",
        "days",
        "calendar",
        "people",
        "agreements",
        "assignment",
        "certificate_page",
        "certificate_file",
    )
    names = (*names, "managed", "managed_days", "managed_calendar", "managed_assignment")
    addresses = [reverse(f"cohorts:{name}", args=[participant.pk]) for name in names]
    for address in (*addresses, reverse("cohorts:team"), reverse("cohorts:own_programmes")):
        assert client.get(address).status_code == 302
    for stranger in (UserFactory(), ParticipantFactory(cohort=participant.cohort).participant):
        client.force_login(stranger)
        assert {client.get(address).status_code for address in addresses} == {404}
    client.force_login(staff(provider=participant.cohort.programme.provider))
    assert client.get(addresses[0]).status_code == 404


@pytest.mark.requirement("B31")
def test_a_line_manager_sees_their_own_people_and_only_days_attendance_and_dates(client, participant):
    colleague = ParticipantFactory(cohort=participant.cohort)
    past = SessionFactory(cohort=participant.cohort, title="First", starts_at=timezone.now() - timedelta(days=2))
    attendance.mark(session=past, marks={participant.pk: Mark.ABSENT}, by=SYSTEM)
    client.force_login(participant.line_manager)
    team = seen(client.get(reverse("cohorts:team")).text)
    assert str(participant.participant) in team
    assert "at 0 of 1 sessions" in team
    assert str(colleague.participant) not in team
    page = seen(whole(client, reverse("cohorts:managed", args=[participant.pk])))
    assert "Absent" in page
    assert participant.participant.email not in page
    assert client.get(reverse("cohorts:managed", args=[colleague.pk])).status_code == 404
    assert client.get(reverse("cohorts:participant", args=[participant.pk])).status_code == 404


@pytest.mark.requirement("B30", "B31")
def test_a_line_manager_sees_where_they_are_welcome(client, participant):
    SessionFactory(cohort=participant.cohort, title="Presentations", open_to_managers=True)
    client.force_login(participant.line_manager)
    assert "Line managers are welcome" in whole(client, reverse("cohorts:managed", args=[participant.pk]))


def test_somebody_who_manages_nobody_is_told_so_kindly(client):
    client.force_login(UserFactory())
    assert "Nobody here yet" in client.get(reverse("cohorts:team")).text
