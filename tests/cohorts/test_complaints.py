"""Complaints about data: written here or told to staff, acknowledged within 30 days, answered, and removed after their time."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import complaints
from cohorts.models import DataComplaint, DataComplaintNote
from cohorts.states.complaints import ComplaintStatus
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.retention.actions.forgetting import forget_due
from steppingup.retention.models import RetentionPeriod
from tests.factories.accounts import OrganisationFactory, ProviderFactory, UserFactory, staff
from tests.factories.cohorts import RunningCohortFactory, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
WORDS = {"kind": "seen", "text": "My file lay open.", "name": "Amara Okafor"}


@pytest.fixture
def provider():
    return ProviderFactory(name="Harbour Council")


@pytest.fixture
def by(provider):
    return staff(RoleName.COORDINATOR, provider)


def page(provider):
    return reverse("cohorts:complaint", args=[provider.slug])


def test_anybody_complains_and_is_told_at_once_that_it_has_arrived(client, provider):
    assert page(provider) in client.get(reverse("provider_privacy", args=[provider.slug])).text
    assert page(provider) in client.get(reverse("privacy")).text
    sent = client.post(page(provider), {**WORDS, "email": "amara@example.org"}, follow=True)
    one = DataComplaint.objects.get()
    assert one.reference in sent.text
    assert (one.status, one.acknowledged_on, one.entered_by) == (ComplaintStatus.ACKNOWLEDGED, day(0), None)
    told = Message.objects.get()
    assert told.to_email == "amara@example.org"
    assert one.reference in told.text
    assert "My file lay open" not in told.text


def test_what_is_missing_gets_a_sentence_and_what_was_typed_is_still_there(client, provider):
    shown = client.post(page(provider), {"wish": "Close the file"}).text
    for sentence in ("Choose what it is about.", "Write what happened.", "Write your name."):
        assert sentence in shown
    assert "Close the file" in shown
    assert "say how else you can be reached" in client.post(page(provider), WORDS).text
    assert not DataComplaint.objects.exists()
    with pytest.raises(NotPossible, match="is not an email address"):
        complaints.complain(provider=provider, email="amara", **WORDS)


def test_whoever_is_signed_in_finds_their_name_filled_in(client, provider):
    user = UserFactory(full_name="Amara Okafor", email="amara@example.org")
    client.force_login(user)
    shown = client.get(page(provider)).text
    assert 'value="Amara Okafor"' in shown
    assert 'value="amara@example.org"' in shown


def test_one_that_came_by_letter_waits_for_an_acknowledgement_and_says_by_when(client, provider, by):
    client = with_second_factor(client, by)
    step = reverse("admin:accounts_organisation_step", args=[provider.pk, "enter_complaint"])
    given = {**WORDS, "contact": "3 Quay Street", "received_on": day(-40).isoformat()}
    done = take_step(client, step, **given)
    one = DataComplaint.objects.get()
    assert done.url == reverse("admin:cohorts_datacomplaint_change", args=[one.pk])
    assert (one.status, one.entered_by) == (ComplaintStatus.RECEIVED, by)
    assert not Message.objects.exists()
    assert "complaint about data is to be acknowledged" in client.get(reverse("admin:index")).text
    shown = client.get(done.url).text
    assert "too late" in shown
    assert ComplaintStatus.RECEIVED.label in shown
    assert "(&#x27;" not in shown
    complaints.acknowledge(complaint=one, by=by)
    one.refresh_from_db()
    assert (one.status, one.acknowledged_on) == (ComplaintStatus.ACKNOWLEDGED, day(0))
    with pytest.raises(NotPossible, match="today or an earlier day"):
        complaints.enter_complaint(provider=provider, by=by, **WORDS, contact="x", received_on=day(1))


def test_it_is_looked_into_answered_and_opened_again(client, provider, by):
    one = complaints.complain(provider=provider, email="amara@example.org", **WORDS)
    complaints.note_complaint(complaint=one, text="Asked the archive.", by=by)
    assert DataComplaintNote.objects.get().by == by
    with pytest.raises(NotPossible, match="Write the note"):
        complaints.note_complaint(complaint=one, text=" ", by=by)
    complaints.answer(complaint=one, outcome="We have locked the room.", by=by)
    told = Message.objects.latest("pk")
    assert "What came of your complaint" in told.subject
    # What is in it is kept out of the list of emails.
    assert "locked the room" not in told.text
    complaints.reopen(complaint=one, by=by)
    one.refresh_from_db()
    assert (one.status, one.closed_at) == (ComplaintStatus.ACKNOWLEDGED, None)
    page_of = with_second_factor(client, by).get(reverse("admin:cohorts_datacomplaint_change", args=[one.pk])).text
    assert "Asked the archive." in page_of


def test_an_organisation_that_runs_no_programme_gets_none(client, admin_user):
    other = OrganisationFactory()
    assert client.get(page(other)).status_code == 404
    with pytest.raises(NotPossible, match="runs no programmes"):
        complaints.enter_complaint(provider=other, by=admin_user, **WORDS, contact="x", received_on=day(0))


def test_too_many_from_one_network_wait_an_hour(client, provider):
    for _ in range(10):
        client.post(page(provider), {**WORDS, "email": "amara@example.org"})
    assert "Wait an hour" in client.post(page(provider), {**WORDS, "email": "amara@example.org"}).text
    assert DataComplaint.objects.count() == 10


def test_answered_ones_are_removed_after_the_time_that_the_provider_says(provider, by):
    one = complaints.complain(provider=provider, email="amara@example.org", **WORDS)
    complaints.note_complaint(complaint=one, text="Asked.", by=by)
    complaints.answer(complaint=one, outcome="Done.", by=by)
    other = complaints.complain(provider=provider, email="ben@example.org", **WORDS)
    RetentionPeriod.objects.create(provider=provider, kind="cohorts.complaints", months=24)
    forget_due()
    assert DataComplaint.objects.count() == 2
    with time_machine.travel(timezone.localtime() + timedelta(days=800)):
        forget_due()
    assert list(DataComplaint.objects.all()) == [other]
    assert not Message.objects.filter(to_email="amara@example.org").exists()


def test_whoever_looks_after_one_cohort_neither_reads_nor_enters_complaints(client, provider, by):
    one = complaints.enter_complaint(provider=provider, by=by, **WORDS, contact="x", received_on=day(0))
    limited = staff(RoleName.COORDINATOR, provider)
    limited.role_assignments.get().cohorts.set([RunningCohortFactory(programme__provider=provider)])
    client = with_second_factor(client, limited)
    assert client.get(reverse("admin:cohorts_datacomplaint_change", args=[one.pk])).status_code == 404
    page = client.get(reverse("admin:accounts_organisation_change", args=[provider.pk]))
    assert "Enter a complaint about data" not in page.text
