"""Notes of staff on a participant: who writes and reads them, and who never does."""

import pytest
from django.urls import reverse

from cohorts.actions import notes
from cohorts.models import StaffNote
from cohorts.states.notes import NoteKind
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.history.lifecycle import NotPossible
from tests.factories import mentoring
from tests.factories.accounts import RoleAssignmentFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, day
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
SECRET = "Rang in tears about Zanzibar"


@pytest.fixture
def enrolment():
    return ParticipantFactory()


@pytest.fixture
def coordinator(enrolment):
    return staff(provider=enrolment.cohort.programme.provider)


@pytest.fixture
def browser(client, coordinator):
    return with_second_factor(client, coordinator)


@pytest.fixture
def note(enrolment, coordinator):
    return notes.write_note(enrolment=enrolment, text=SECRET, on=day(-1), by=coordinator)


def test_it_is_written_read_corrected_and_removed_where_the_participant_stands(browser, enrolment):
    page = reverse("admin:cohorts_enrolment_change", args=[enrolment.pk])
    write = reverse("admin:cohorts_enrolment_step", args=[enrolment.pk, "write_note"])
    assert write in browser.get(page).text
    done = take_step(browser, write, kind="call", on=day(-1).strftime("%d/%m/%Y"), text=SECRET)
    assert done.status_code == 302, done.text
    note = StaffNote.objects.get()
    assert SECRET in browser.get(page).text
    assert SECRET in browser.get(reverse("admin:accounts_user_change", args=[enrolment.participant_id])).text
    one = reverse("admin:cohorts_staffnote_change", args=[note.pk])
    assert one in browser.get(page).text
    correct = reverse("admin:cohorts_staffnote_step", args=[note.pk, "correct_note"])
    assert SECRET in browser.get(correct).text
    take_step(browser, correct, kind="call", on=day(-1).strftime("%d/%m/%Y"), text="Rang about a placement")
    assert "Rang about a placement" in browser.get(one).text
    assert "Zanzibar" in browser.get(one).text  # what it said before
    done = take_step(browser, reverse("admin:cohorts_staffnote_step", args=[note.pk, "remove_note"]))
    assert done.url == page
    assert "Rang about a placement" not in browser.get(page).text


def test_it_is_found_by_its_words_and_downloaded_for_whoever_asks(browser, note, enrolment):
    listed = reverse("admin:cohorts_staffnote_changelist")
    assert SECRET in browser.get(listed, {"q": "zanzibar"}).text
    assert "Zanzibar" not in browser.get(listed, {"q": "elsewhere"}).content.decode().replace('value="elsewhere"', "")
    table = browser.get(listed, {"q": str(enrolment.participant), "export": "csv"}).getvalue().decode()
    assert SECRET in table


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"text": " "}, "Write the note"), ({"on": day(2)}, "Enter today or a day before it")],
)
def test_what_is_no_note_is_refused(enrolment, coordinator, given, sentence):
    with pytest.raises(NotPossible, match=sentence):
        notes.write_note(**{"enrolment": enrolment, "text": SECRET, "on": day(0), "by": coordinator, **given})


def test_a_correction_says_something_else(note, coordinator):
    with pytest.raises(NotPossible, match="Nothing has changed"):
        notes.correct_note(note=note, kind=NoteKind.CALL, on=note.on, text=SECRET, by=coordinator)


def near(who: str, enrolment):
    """The same person as staff of the cohort, and as something else to the participant."""
    if who == "participant":
        return enrolment.participant
    if who == "mentor":
        return mentoring.confirmed_pair(enrolment).mentor.user
    manager = enrolment.line_manager
    if who == "former line manager":  # as the record has it from now on
        enrolment.line_manager = UserFactory()
        enrolment.save()
    return manager


@pytest.mark.parametrize("who", ["participant", "line manager", "former line manager", "mentor"])
def test_whoever_is_something_else_to_them_neither_reads_nor_writes_it_whatever_role_they_hold(
    client, note, enrolment, who
):
    person = near(who, enrolment)
    person.is_staff = True
    person.save()
    RoleAssignmentFactory(user=person, provider=enrolment.cohort.programme.provider)
    person = type(person).objects.get(pk=person.pk)
    browser = with_second_factor(client, person)
    pages = [
        reverse("admin:cohorts_enrolment_change", args=[enrolment.pk]),
        reverse("admin:cohorts_staffnote_changelist"),
        reverse("admin:accounts_user_change", args=[enrolment.participant_id]),
    ]
    for page in pages:
        assert "Zanzibar" not in browser.get(page, follow=True).text, page
    one = [note.pk]
    for name in ("change", "history"):
        assert "Zanzibar" not in browser.get(reverse(f"admin:cohorts_staffnote_{name}", args=one), follow=True).text
    assert not StaffNote.objects.visible_to(person).exists()
    with pytest.raises(OwnRecord):
        notes.write_note(enrolment=enrolment, text="I too.", on=day(0), by=person)
    with pytest.raises(OwnRecord):
        notes.correct_note(note=note, text="Else.", on=day(0), kind=NoteKind.CALL, by=person)


def test_staff_of_others_and_roles_without_the_cohort_do_not(note, enrolment):
    provider = enrolment.cohort.programme.provider
    others = [staff(), staff("equality", provider), staff("finance", provider), staff("assessor", provider)]
    for person in others:
        assert not StaffNote.objects.visible_to(person).exists()
        with pytest.raises(NotAllowed):
            notes.write_note(enrolment=enrolment, text="I too.", on=day(0), by=person)


def test_nobody_outside_finds_a_word_of_it(client, note, enrolment):
    pages = {
        enrolment.participant: [("cohorts:participant", enrolment.pk), ("cohorts:own_programmes",)],
        enrolment.line_manager: [("cohorts:managed", enrolment.pk), ("cohorts:team",)],
    }
    for person, addresses in pages.items():
        client.force_login(person)
        for name, *args in addresses:
            assert "Zanzibar" not in client.get(reverse(name, args=args), follow=True).text


def test_it_can_be_taken_back(note, coordinator):
    from steppingup.steps.actions.back import latest_on, take_back

    notes.remove_note(note=note, by=coordinator)
    assert not StaffNote.objects.exists()
    taking = latest_on(note.enrolment, coordinator)
    take_back(taking=taking, reason="The wrong one.", by=coordinator)
    assert StaffNote.objects.get().text == SECRET
