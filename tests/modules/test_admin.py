"""What coordinators do about qualifications (B39 to B46, B6)."""

import csv
import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from cohorts.models import Partner
from modules.models import Course, Registration, SessionSpeaker
from modules.states import CourseStatus, RegistrationStatus
from steppingup.messaging.models import Message
from tests.factories.accounts import staff
from tests.factories.cohorts import ProgrammeFactory, SessionFactory
from tests.factories.modules import (
    CourseFactory,
    ModuleFactory,
    SpeakerFactory,
    achieved,
    catalogue,
    chosen,
    handed_in,
    partner_speaker,
    registered,
)
from tests.staff import choices, take_step, take_steps, with_second_factor

pytestmark = pytest.mark.django_db


def at(model: str, page: str = "changelist", *args) -> str:
    return reverse(f"admin:modules_{model}_{page}", args=args)


@pytest.fixture
def registration():
    return registered()


@pytest.fixture
def keeper(registration):
    return staff(provider=registration.enrolment.cohort.programme.provider)


@pytest.fixture
def desk(client, keeper):
    """The coordinator's browser."""
    return with_second_factor(client, keeper)


LISTS = ("registration", "coursechoice", "assignment", "course", "qualification", "module", "speaker")


def test_every_list_shows_ones_own_and_nothing_of_another_provider(desk, registration):
    chosen(registration, 5)
    handed_in(registration)
    other = registered()
    chosen(other, 5)
    handed_in(other)
    for model in LISTS:
        response = desk.get(at(model))
        assert response.status_code == 200, model
        assert other.enrolment.participant.full_name not in response.content.decode()
    assert desk.get(at("registration", "change", registration.pk)).status_code == 200
    for model, pk in (("registration", other.pk), ("coursechoice", other.choices.get().pk)):
        assert desk.get(at(model, "change", pk)).status_code == 404
        assert desk.post(at(model, "step", pk, "withdraw")).status_code == 404
    assert desk.get(at("assignment", "file", other.assignments.get().pk)).status_code == 404


def test_the_list_shows_credits_and_finds_who_is_overdue(desk, registration):
    choice = chosen(registration, 5)[0]
    take_step(desk, at("coursechoice", "step", choice.pk, "pass"), on=timezone.localdate().isoformat())
    text = desk.get(at("registration")).content.decode()
    assert "5 of 13" in text
    assert (
        registration.enrolment.participant.full_name
        not in desk.get(at("registration"), {"next": "overdue"}).content.decode()
    )
    Registration.objects.update(registered_on="2020-01-01", due_on="2020-07-01")
    assert (
        registration.enrolment.participant.full_name
        in desk.get(at("registration"), {"next": "overdue"}).content.decode()
    )
    rows = b"".join(desk.get(at("registration"), {"export": "csv"}).streaming_content).decode("utf-8-sig")
    row = next(csv.DictReader(io.StringIO(rows)))
    assert (row["Credits passed"], row["Overdue"]) == ("5", "Yes")


def test_a_result_says_who_will_be_told_before_it_is_recorded(desk, registration):
    choice = chosen(registration, 5)[0]
    address = at("coursechoice", "step", choice.pk, "pass")
    assert "Who will be told" in desk.post(address).content.decode()
    choice.refresh_from_db()
    assert choice.status == CourseStatus.TAKING
    take_step(desk, address, on=timezone.localdate().isoformat())
    choice.refresh_from_db()
    assert choice.status == CourseStatus.PASSED


def test_many_passes_at_once_are_confirmed_first(desk, registration):
    choices = chosen(registration, 5, 4, 4)
    selected = {"action": "step_pass", "_selected_action": [choice.pk for choice in choices]}
    text = desk.post(at("coursechoice"), selected).content.decode()
    assert "Going ahead: 3" in text
    assert not registration.choices.filter(status=CourseStatus.PASSED).exists()
    on = timezone.localdate().isoformat()
    done = take_steps(desk, "modules_coursechoice", "pass", [choice.pk for choice in choices], on=on)
    assert "was told" in done.content.decode()
    assert registration.choices.filter(status=CourseStatus.PASSED).count() == 3


@pytest.mark.requirement("B43")
def test_marking_with_the_file_at_hand(desk, registration):
    chosen_ones = chosen(registration, 5, 4, 4)
    made = handed_in(registration)
    assert "We counted 9 pages" in desk.get(at("assignment", "change", made.pk)).content.decode()
    assert b"".join(desk.get(at("assignment", "file", made.pk)).streaming_content).startswith(b"%PDF")
    refer = at("assignment", "step", made.pk, "refer")
    assert "Say what needs revising" in take_step(desk, refer, feedback="").content.decode()
    take_step(desk, at("assignment", "step", made.pk, "pass"), feedback="Clear.")
    for choice in chosen_ones:
        take_step(desk, at("coursechoice", "step", choice.pk, "pass"), on=timezone.localdate().isoformat())
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.ACHIEVED


@pytest.mark.requirement("B46")
def test_more_time_withdrawing_and_undoing_by_buttons(desk, registration):
    def step(name, **data):
        return take_step(desk, at("registration", "step", registration.pk, name), **data)

    assert "is the current due date" in step("extend", due_on="2020-01-01", reason="Ill").content.decode()
    step("extend", due_on="2040-01-01", reason="Ill in May")
    text = desk.get(at("registration", "change", registration.pk)).content.decode()
    assert "1 January 2040: Ill in May" in text
    step("withdraw", reason="Asked for it.")
    step("resume")
    achieved(registration)
    step("reopen", reason="The wrong person.")
    registration.refresh_from_db()
    assert registration.status == RegistrationStatus.REGISTERED


def test_the_cohorts_page_counts(desk, registration):
    text = desk.get(
        reverse("admin:cohorts_cohort_tab", args=[registration.enrolment.cohort_id, "qualification"])
    ).content.decode()
    assert "Working towards it" in text
    handed_in(registration)
    today = re.sub(r"<[^>]+>|\s+", " ", desk.get(reverse("admin:index")).content.decode())
    assert re.search(r"\b1 +assignment to mark", today)


# -- the catalogue -------------------------------------------------------------------------------

HEAD = "code,title,level,credits,guided_hours\n"


def read_in(desk, content: bytes, name: str = "courses.csv"):
    return desk.post(
        at("course", "import"), {"import_file": SimpleUploadedFile(name, content), "resource": "0", "format": ""}
    )


def confirm(desk, response):
    return desk.post(at("course", "process_import"), response.context["confirm_form"].initial, follow=True)


@pytest.mark.requirement("B42")
def test_a_catalogue_is_looked_at_before_it_is_read_in_and_never_doubled(desk, registration):
    provider = registration.enrolment.cohort.programme.provider
    elsewhere = CourseFactory(code="A1", title="Theirs")
    csv_file = (HEAD + "A1,Leading change,5,5,20\nA2,Managing projects,5,4,\n").encode("utf-8-sig")
    preview = read_in(desk, csv_file)
    assert "Leading change" in preview.content.decode()
    assert not Course.objects.filter(provider=provider).exists()
    assert "2 new, 0 changed, 0 unchanged" in confirm(desk, preview).content.decode()
    changed = (HEAD + "A1,Leading change,5,6,20\nA2,Managing projects,5,4,\n").encode()
    assert "0 new, 1 changed, 1 unchanged" in confirm(desk, read_in(desk, changed)).content.decode()
    assert Course.objects.filter(provider=provider).count() == 2
    assert Course.objects.get(provider=provider, code="A1").credits == 6
    elsewhere.refresh_from_db()
    assert elsewhere.title == "Theirs"


@pytest.mark.requirement("B42")
def test_a_workbook_and_a_download_can_be_read_in(desk, registration):
    provider = registration.enrolment.cohort.programme.provider
    book, out = Workbook(), io.BytesIO()
    for row in (["Code", "Title", "Level", "Credits", "Guided hours"], ["8607", "Leading change", 5, 5.0, None]):
        book.active.append(row)
    book.save(out)
    confirm(desk, read_in(desk, out.getvalue(), "courses.xlsx"))
    course = Course.objects.get(provider=provider)
    assert (course.code, course.credits, course.guided_hours, course.is_offered) == ("8607", 5, None, True)
    download = b"".join(desk.get(at("course"), {"export": "csv"}).streaming_content)
    assert "0 new, 0 changed, 1 unchanged" in confirm(desk, read_in(desk, download)).content.decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (HEAD + "A1,Leading change,5,many,20\n", "“many” is not valid. Enter a whole number from 1 to 999, such as 4."),
        (HEAD + ",No code,5,5,20\nA2,Leading,5,few,20\n", "“few” is not valid."),
        (HEAD + "A1,,5,5,20\n", "This is empty, and every row needs one."),
        (HEAD + "A1,Leading change,5,0,20\n", "“0” is not valid."),
        (HEAD + "A1,Leading,5,5,\nA1,Change,5,5,\n", "“A1” is already in line 2."),
        ("code,name\nA1,Leading\n", "Missing: title, level, credits."),
    ],
)
def test_what_is_wrong_is_said_by_row_and_nothing_is_read_in(desk, registration, content, words):
    response = read_in(desk, content.encode())
    assert words in response.content.decode()
    assert "confirm_form" not in response.context
    assert not Course.objects.exists()


def test_a_file_that_cannot_be_read_gets_a_sentence(desk):
    assert "Save it again as" in read_in(desk, b"\xff\xfe\x00rubbish\x81").content.decode()
    assert "Save it again as" in read_in(desk, b"no workbook", "courses.xlsx").content.decode()
    assert "Upload a CSV file" in read_in(desk, b"x", "courses.pdf").content.decode()
    lost = {"import_file_name": "gone", "original_file_name": "a.csv", "format": "0", "resource": "0"}
    older = read_in(desk, "code,title,level,credits\nC1,Café,5,3\n".encode("cp1252")).content.decode()
    assert "Café" in older
    response = desk.post(at("course", "process_import"), lost, follow=True)
    assert "Upload it again." in response.content.decode()


def test_the_provider_of_an_import_cannot_be_chosen_freely(desk, registration):
    other = CourseFactory().provider
    preview = read_in(desk, (HEAD + "A9,Leading change,5,5,20\n").encode())
    data = {**preview.context["confirm_form"].initial, "owner": other.pk}
    desk.post(at("course", "process_import"), data)
    assert not Course.objects.filter(code="A9").exists()


def test_somebody_without_the_permission_reads_nothing_in(client, registration, settings):
    with_second_factor(client, staff("assessor", provider=registration.enrolment.cohort.programme.provider))
    assert client.get(at("course", "import")).status_code == 403
    assert client.get(at("registration")).status_code == 403


# -- modules and speakers ------------------------------------------------------------------------


def talk_form(speaker, session, subject="Change"):
    return {
        "provider": speaker.provider_id,
        "name": speaker.name,
        "post": speaker.post,
        "organisation": speaker.organisation_id,
        "talks-TOTAL_FORMS": "1",
        "talks-INITIAL_FORMS": "0",
        "talks-0-session": session.pk,
        "talks-0-subject": subject,
        "talks-0-speaker": speaker.pk,
    }


@pytest.mark.requirement("B6")
def test_a_talk_of_somebody_who_is_no_partner_is_refused_with_a_sentence(desk, registration):
    programme = registration.enrolment.cohort.programme
    session = SessionFactory(cohort=registration.enrolment.cohort)
    partner = partner_speaker(programme)
    desk.post(at("speaker", "change", partner.pk), talk_form(partner, session))
    assert SessionSpeaker.objects.get().subject == "Change"
    outsider = SpeakerFactory(provider=programme.provider, organisation=registration.enrolment.employer)
    Partner.objects.create(
        programme=ProgrammeFactory(provider=programme.provider), organisation=registration.enrolment.employer
    )
    response = desk.post(at("speaker", "change", outsider.pk), talk_form(outsider, session))
    assert "is not a partner of" in response.content.decode()
    assert SessionSpeaker.objects.count() == 1


def test_a_modules_sessions_are_those_of_its_cohort(desk, registration):
    cohort = registration.enrolment.cohort
    own, other = SessionFactory(cohort=cohort), SessionFactory(cohort__programme=cohort.programme)
    module = ModuleFactory(cohort=cohort)
    data = {"cohort": cohort.pk, "number": 1, "title": "Leading", "summary": "", "sessions": [other.pk]}
    assert "Choose sessions of" in desk.post(at("module", "add"), {**data, "number": 2}).content.decode()
    page = desk.get(at("module", "change", module.pk)).content.decode()
    assert choices(page, "sessions") == {str(own.pk)}
    assert "This cannot be chosen" in desk.post(at("module", "change", module.pk), data).content.decode()


def test_the_page_before_a_course_is_dropped_shows_the_email_that_is_sent(desk, registration):
    choice = chosen(registration, 5, 4, 4)[0]
    address = at("coursechoice", "step", choice.pk, "drop")
    shown = desk.post(address).context["told"]
    assert [letter.to_email for letter in shown] == [registration.enrolment.participant.email]
    assert "Choose 5 more credits" in shown[0].text
    take_step(desk, address)
    assert "Choose 5 more credits" in Message.objects.latest("pk").text
    assert registration.choices.counting().count() == 2


def test_staff_choose_a_course_for_somebody_and_are_warned_of_a_dead_end(desk, registration):
    chosen(registration, 2, 2, 2)
    small, *_ = catalogue(registration, 1, 5, 4)
    address = at("registration", "step", registration.pk, "choose_course")
    assert "at most 12 of 13 credits" in take_step(desk, address, course=small.pk).content.decode()
    take_step(desk, address, course=small.pk, anyway="on")
    assert registration.choices.counting().count() == 4
    assert Message.objects.latest("pk").to == registration.enrolment.participant
