"""The pages of the directory, as people and staff go through them (C6)."""

import csv

import pytest
from django.urls import reverse

from cohorts.models import DirectoryAgreement, DirectoryBlock, DirectoryEntry, DirectoryLetter
from cohorts.states import Circle, DirectoryReach, SharingStatus
from steppingup.messaging.models import Message
from tests.factories.cohorts import ParticipantFactory
from tests.factories.directory import joined, opened, shared
from tests.factories.joint import Side
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C6")]
TYPED = {
    "name": "Amara O.", "job_title": "", "organisation": "The Acme Co. Limited", "place": "Leeds",
    "offers": "How we opened a ward.", "seeks": "", "takes_messages": "on", "email": "", "phone": "",
    "circle": Circle.PROGRAMME, "do": "preview",
}  # fmt: skip


@pytest.fixture
def nhs():
    side = Side("Leadership Academy", "Stepping Up", ("Amara Okafor", "Ben Otieno"))
    opened(side.programme, DirectoryReach.PROGRAMME)
    return side


@pytest.fixture
def amara(nhs):
    return nhs.people[0]


def of(enrolment, name):
    return reverse(f"cohorts:{name}", args=[enrolment.pk])


def test_somebody_joins_after_seeing_themselves_as_others_would(client, nhs, amara):
    client.force_login(amara.participant)
    assert of(amara, "own_entry") in client.get(of(amara, "participant")).text
    page = client.get(of(amara, "own_entry")).text
    assert "particular groups of people" in page
    assert "Nothing of your application shows" in page
    words = client.get(of(amara, "edit_entry"))
    assert words.context["form"].initial["name"] == "Amara Okafor"
    preview = client.post(of(amara, "edit_entry"), TYPED).text
    assert "As others see you" in preview
    assert "How we opened a ward." in preview
    assert not DirectoryEntry.objects.exists(), "nothing is kept before the button is pressed"
    again = client.post(of(amara, "edit_entry"), {**TYPED, "do": "again"}).text
    assert "How we opened a ward." in again, "nothing typed is lost"
    answer = client.post(of(amara, "edit_entry"), {**TYPED, "do": "confirmed"})
    assert answer.url == of(amara, "own_entry")
    entry = DirectoryEntry.objects.get()
    assert (entry.name, entry.job_title, entry.circle) == ("Amara O.", "", Circle.PROGRAMME)
    assert "Nobody else is here yet" in client.get(reverse("cohorts:directory")).text


def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(client, amara):
    client.force_login(amara.participant)
    page = client.post(of(amara, "edit_entry"), {**TYPED, "takes_messages": "", "phone": "1", "name": ""})
    assert set(page.context["form"].errors) == {"name", "phone"}
    assert "How we opened a ward." in page.text
    page = client.post(of(amara, "edit_entry"), {**TYPED, "takes_messages": ""})
    assert set(page.context["form"].errors) == {"takes_messages"}


def test_the_list_is_searched_and_filtered_as_people_see_the_same(client, nhs, amara):
    joined(amara)
    ben = joined(nhs.people[1], organisation="The Acme Co. Limited", place="Łódź Road, Leeds", name="Zoë O’Brien")
    joined(
        ParticipantFactory(cohort=nhs.cohort),
        name="Cy Young",
        organisation="Other",
        place="York",
        shows_programme=False,
    )
    client.force_login(amara.participant)

    def found(**asked):
        page = client.get(reverse("cohorts:directory"), asked)
        return [one.name for one in page.context["page_obj"]]

    assert found() == ["Cy Young", "Zoë O’Brien"]
    assert found(q="zoe obrien") == found(organisation="ACME") == found(place="lodz") == ["Zoë O’Brien"]
    assert found(programme=str(nhs.programme.pk)) == ["Zoë O’Brien"], "whoever does not show it is not found by it"
    assert found(q="nobody") == []
    assert (
        "Stepping Up"
        not in client.get(reverse("cohorts:directory"), {"q": "cy"})
        .text.split("list-tools__count")[1]
        .split("Download")[0]
        .split("footer")[0]
    )
    page = client.get(reverse("cohorts:directory_entry", args=[ben.pk])).text
    assert "The Acme Co. Limited" in page
    assert nhs.people[1].participant.email not in page


def test_whoever_is_not_in_it_is_shown_the_way_in_and_nobody_elses_entry(client, nhs, amara):
    ben = joined(nhs.people[1])
    client.force_login(amara.participant)
    page = client.get(reverse("cohorts:directory")).text
    assert of(amara, "own_entry") in page
    assert "Ben Otieno" not in page
    for name in ("entry", "write", "report", "block"):
        assert client.get(reverse(f"cohorts:directory_{name}", args=[ben.pk])).status_code == 404


def test_a_message_is_written_answered_blocked_and_reported(client, nhs, amara):
    joined(amara)
    ben = joined(nhs.people[1])
    client.force_login(amara.participant)
    page = reverse("cohorts:directory_write", args=[ben.pk])
    empty = client.post(page, {"text": "", "shares_address": "no"})
    assert "Write your message." in empty.text
    sent = client.post(page, {"text": "Shall we compare notes?", "shares_address": "no"}, follow=True)
    assert "on its way to Ben Otieno" in sent.text
    letter = DirectoryLetter.objects.get()
    client.force_login(nhs.people[1].participant)
    answer = client.get(reverse("cohorts:directory_letter", args=[letter.pk])).text
    assert "Answer Amara Okafor" in answer
    report = client.post(
        reverse("cohorts:directory_report_letter", args=[letter.pk]), {"reason": "Adverts."}, follow=True
    )
    assert "have your report" in report.text
    client.post(reverse("cohorts:directory_block_letter", args=[letter.pk]))
    assert "You cannot answer" in client.get(reverse("cohorts:directory_letter", args=[letter.pk])).text
    page = client.get(reverse("cohorts:directory")).text
    assert "People you have blocked" in page
    client.post(reverse("cohorts:directory_unblock", args=[DirectoryBlock.objects.get().pk]))
    assert "Amara Okafor" in client.get(reverse("cohorts:directory")).text


def test_leaving_says_whom_it_no_longer_reaches_and_what_was_held_can_be_taken_away(client, nhs, amara):
    joined(amara)
    joined(nhs.people[1])
    client.force_login(amara.participant)
    rows = list(
        csv.reader(b"".join(client.get(of(amara, "directory_held")).streaming_content).decode("utf-8-sig").splitlines())
    )
    assert ["Name", "Amara Okafor"] in rows
    reached = "1 person of Stepping Up (Leadership Academy)"
    assert reached in client.get(of(amara, "leave_directory")).text
    assert reached in client.post(of(amara, "leave_directory"), follow=True).text
    assert client.get(of(amara, "directory_held")).status_code == 404
    assert client.get(of(amara, "leave_directory")).status_code == 404


def test_two_desks_agree_hide_and_show_on_their_pages(client, nhs):
    care = Side("Care Skills", "Moving Up", ("Chidi Nwosu", "Dalia Haddad"))
    opened(care.programme)
    browser = with_second_factor(client, nhs.coordinator)
    url = reverse("admin:cohorts_programme_step", args=[nhs.programme.pk, "share_directory"])
    take_step(browser, url, other=care.programme.pk, message="Shall we?")
    agreement = DirectoryAgreement.objects.get()
    assert "waits for an answer" in browser.get(reverse("admin:cohorts_programme_change", args=[nhs.programme.pk])).text
    browser = with_second_factor(client, care.coordinator)
    assert "asks to share the directory" in browser.get(reverse("admin:index")).text
    take_step(browser, reverse("admin:cohorts_directoryagreement_step", args=[agreement.pk, "agree"]))
    agreement.refresh_from_db()
    assert agreement.status == SharingStatus.SHARED
    entry = joined(care.people[0])
    assert "Chidi Nwosu" in browser.get(reverse("admin:cohorts_directoryentry_changelist")).text
    take_step(
        browser, reverse("admin:cohorts_directoryentry_step", args=[entry.pk, "hide"]), reason="Another’s number."
    )
    client.force_login(care.people[0].participant)
    assert "It is hidden." in client.get(of(care.people[0], "own_entry")).text
    assert "is hidden" in client.get(reverse("cohorts:directory")).text
    assert Message.objects.filter(kind="cohorts.directory_hidden", to=care.people[0].participant).exists()


def test_other_providers_people_are_shown_with_where_they_belong(client, nhs, amara):
    care = Side("Care Skills", "Moving Up", ("Chidi Nwosu", "Dalia Haddad"))
    shared(nhs, care)
    joined(amara)
    joined(care.people[0])
    client.force_login(amara.participant)
    assert "Moving Up, 2020 (Care Skills)" in client.get(reverse("cohorts:directory")).text
    choice = client.get(of(amara, "edit_entry")).text
    assert "now Moving Up (Care Skills)" in choice
