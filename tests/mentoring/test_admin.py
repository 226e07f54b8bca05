"""The coordinator's side: matching page, mentors, import."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.roles import RoleName
from mentoring.models import Mentor, Pair
from steppingup.accounts.models import User
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.mentoring import MentorFactory, ThemeFactory, confirmed_pair, mentor_for
from tests.staff import take_step, take_steps, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort():
    return RunningCohortFactory()


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider)


@pytest.fixture
def admin_client(client, coordinator):
    with_second_factor(client, coordinator)
    return client


def match_url(cohort):
    return reverse("admin:mentoring_pair_match", args=[cohort.pk])


def text_of(response, status=200):
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.requirement("B13")
def test_match_move_and_confirm_on_the_pages(admin_client, cohort):
    assert "no participants yet" in text_of(admin_client.get(match_url(cohort)))
    ben = ParticipantFactory(cohort=cohort, participant__full_name="Ben Hughes")
    assert "Not matched yet." in text_of(admin_client.get(match_url(cohort)))
    ann, dee = (mentor_for(ben, user__full_name=name) for name in ("Ann Lee", "Dee Fox"))
    own = mentor_for(ben, user__full_name="Own House", organisation=ben.employer)
    started = admin_client.post(match_url(cohort))
    job = Job.objects.get()
    assert started.url == job.get_absolute_url()
    assert "under way" in text_of(admin_client.get(match_url(cohort)))
    jobs.run(job.pk)
    pair = Pair.objects.get()
    shown = text_of(admin_client.get(match_url(cohort)))
    assert "Ann Lee" in shown
    assert "has not said what they are looking for yet" in shown
    move = reverse("admin:mentoring_pair_step", args=[pair.pk, "move"])
    choices = text_of(admin_client.get(move))
    assert "Dee Fox" in choices
    assert "Own House" not in choices
    assert "from another organisation" in text_of(take_step(admin_client, move, mentor=own.pk))
    assert "Choose one of the mentors." in text_of(take_step(admin_client, move, mentor="9" * 30))
    assert take_step(admin_client, move, mentor=dee.pk).url == match_url(cohort)
    assert not Message.objects.exists()
    confirm = reverse("admin:mentoring_pair_confirm_all", args=[cohort.pk])
    told = text_of(admin_client.post(confirm))
    assert "Your mentor is Dee Fox" in told
    assert "You are the mentor of Ben Hughes" in told
    assert not Message.objects.exists()
    done = take_steps(admin_client, "mentoring_pair", "confirm", [pair.pk for pair in Pair.objects.proposed()])
    assert "2 people were told" in text_of(done)
    assert Message.objects.count() == 2
    assert Pair.objects.confirmed().get().mentor == dee
    assert ann.pairs.confirmed().count() == 0


def test_ending_needs_a_reason_and_goes_back_to_the_matching(admin_client, cohort):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    end = reverse("admin:mentoring_pair_step", args=[pair.pk, "end"])
    assert "Both will read this" in text_of(admin_client.get(end))
    assert "Say why" in text_of(take_step(admin_client, end, reason=""))
    assert take_step(admin_client, end, reason="Done.").url == match_url(cohort)
    pair.refresh_from_db()
    assert pair.end_reason == "Done."


def test_a_session_is_recorded_for_a_pair_and_a_second_on_one_day_is_asked_about(admin_client, cohort):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    url = reverse("admin:mentoring_pair_step", args=[pair.pk, "record"])
    given = {"on": day(-1).isoformat(), "minutes": "60", "mode": "video"}
    take_step(admin_client, url, **given)
    again = take_step(admin_client, url, **given)
    assert "has already been recorded" in again.context["form"].errors["is_another"][0]
    take_step(admin_client, url, **given, is_another="on")
    assert pair.sessions.count() == 2


def test_a_mentor_is_chosen_by_hand_for_who_has_none(admin_client, cohort):
    ben = ParticipantFactory(cohort=cohort)
    ann = mentor_for(ben)
    choose = reverse("admin:mentoring_pair_choose", args=[ben.pk])
    assert ann.user.full_name in text_of(admin_client.get(choose))
    assert take_step(admin_client, choose, mentor=ann.pk).url == match_url(cohort)
    assert Pair.objects.proposed().get().mentor == ann
    assert admin_client.get(choose).status_code == 302


def test_who_does_not_run_this_cohorts_mentoring_sees_nothing(client, cohort):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    urls = [
        match_url(cohort),
        reverse("admin:mentoring_pair_confirm_all", args=[cohort.pk]),
        reverse("admin:mentoring_pair_step", args=[pair.pk, "move"]),
        reverse("admin:mentoring_pair_choose", args=[pair.enrolment_id]),
        reverse("admin:mentoring_pair_change", args=[pair.pk]),
        reverse("admin:mentoring_pair_step", args=[pair.pk, "end"]),
        reverse("admin:mentoring_mentor_change", args=[pair.mentor_id]),
    ]
    for stranger in (staff(), staff(RoleName.FINANCE, cohort.programme.provider)):
        with_second_factor(client, stranger)
        assert {client.get(url).status_code for url in urls} <= {403, 404}
        assert {client.post(url, {"reason": "x"}).status_code for url in urls} <= {403, 404}
    with_second_factor(client, UserFactory())
    assert {client.get(url).status_code for url in urls} <= {302, 403, 404}
    assert Pair.objects.confirmed().count() == 1


# -- mentors -------------------------------------------------------------------------------------


def test_mentors_are_searched_filtered_and_exported_as_filtered(admin_client, cohort):
    theme = ThemeFactory(programme=cohort.programme, name="Leading change")
    ann = MentorFactory(programme=cohort.programme, user__full_name="Ann Lee", capacity=2)
    ann.themes.set([theme])
    full = confirmed_pair(ParticipantFactory(cohort=cohort)).mentor
    MentorFactory(user__full_name="Foreign House")
    url = reverse("admin:mentoring_mentor_changelist")
    shown = text_of(admin_client.get(url))
    assert "0 of 2" in shown
    assert "1 of 1" in shown
    assert "Foreign House" not in shown
    for query, expected in (
        ("?q=Ann", {ann}),
        (f"?theme={theme.pk}", {ann}),
        ("?places=free", {ann}),
        ("?places=full", {full}),
        (f"?organisation__id__exact={ann.organisation_id}", {ann}),
    ):
        export = b"".join(admin_client.get(f"{url}{query}&export=csv").streaming_content).decode("utf-8-sig")
        assert {row["Email"] for row in csv.DictReader(io.StringIO(export))} == {m.user.email for m in expected}


@pytest.mark.requirement("B13")
def test_the_form_of_a_mentor_refuses_what_a_pair_stands_against(admin_client, cohort):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    url = reverse("admin:mentoring_mentor_change", args=[pair.mentor_id])
    values = {"organisation": pair.enrolment.employer_id, "capacity": "0", "job_title": "Head", "is_available": "on"}
    refused = text_of(admin_client.post(url, values))
    assert "End that pair, or drop the proposal, first." in refused
    assert "has 1 participant already" in refused
    other = OrganisationFactory()
    assert admin_client.post(url, {**values, "organisation": other.pk, "capacity": "4"}).status_code == 302
    pair.mentor.refresh_from_db()
    assert (pair.mentor.organisation, pair.mentor.capacity) == (other, 4)


def test_a_mentor_is_added_by_e_mail_and_never_twice(admin_client, cohort):
    known = UserFactory(email="ann@example.org", full_name="Ann Lee")
    url = reverse("admin:mentoring_mentor_add")
    theme = ThemeFactory(programme=cohort.programme)
    values = {
        "programme": cohort.programme_id,
        "email": "Ann@example.org",
        "full_name": "Somebody Else",
        "organisation": OrganisationFactory().pk,
        "capacity": "2",
        "themes": [theme.pk],
        "is_available": "on",
    }
    assert admin_client.post(url, values).status_code == 302
    mentor = Mentor.objects.get()
    assert (mentor.user, mentor.user.full_name, mentor.capacity) == (known, "Ann Lee", 2)
    assert list(mentor.themes.all()) == [theme]
    assert "is already a mentor on" in text_of(admin_client.post(url, values))


HEAD = "email,Name,ORGANISATION,Job title,Area,Themes,Capacity\n"


def upload(client, cohort, text, encoding="utf-8", name="mentors.csv"):
    file = SimpleUploadedFile(name, text.encode(encoding))
    values = {"owner": cohort.programme_id, "import_file": file, "format": "0", "resource": "0"}
    return client.post(reverse("admin:mentoring_mentor_import"), values)


def confirm(client, response):
    return client.post(reverse("admin:mentoring_mentor_process_import"), response.context["confirm_form"].initial)


def test_mentors_come_from_a_file_after_a_preview_and_never_twice(admin_client, cohort):
    OrganisationFactory(name="Severn Housing")
    for name in ("Leading change", "Networks"):
        ThemeFactory(programme=cohort.programme, name=name)
    text = HEAD + (
        "zoe@example.org,Zoë Newman,severn housing,Head of Parks,Easton,leading change; Networks,2\n"
        ",,,,,,\n"
        "otto@example.org,Otto Other,Severn Housing,,,,\n"
    )
    preview = upload(admin_client, cohort, text, encoding="cp1252")
    assert "Zoë Newman" in text_of(preview)
    assert not Mentor.objects.exists()
    assert not User.objects.filter(email="zoe@example.org").exists()
    assert confirm(admin_client, preview).status_code == 302
    zoe = Mentor.objects.get(user__email="zoe@example.org")
    assert (zoe.capacity, zoe.area, zoe.themes.count()) == (2, "Easton", 2)
    zoe.about, zoe.area = "I listen.", "Clifton"
    zoe.save()
    confirm(
        admin_client, upload(admin_client, cohort, HEAD + "ZOE@example.org,ZOE  NEWMAN,Severn Housing,,,Networks,3\n")
    )
    zoe.refresh_from_db()
    assert (zoe.capacity, zoe.area, zoe.about, zoe.themes.count()) == (3, "Clifton", "I listen.", 1)
    assert zoe.user.full_name == "Zoë Newman"
    assert Mentor.objects.count() == 2
    assert User.objects.filter(email__iexact="zoe@example.org").count() == 1


def test_every_line_that_cannot_be_imported_says_why_and_nothing_is(admin_client, cohort):
    OrganisationFactory(name="Severn Housing")
    ThemeFactory(programme=cohort.programme, name="Networks")
    text = HEAD + (
        "zoe@example.org,Zoe,Severn Homes,,,Leading charge,many\n"
        "nonsense,,Severn Housing,,,,\n"
        "ann@example.org,Ann,Severn Housing,,,,\n"
        "ann@example.org,Ann,Severn Housing,,,,\n"
    )
    response = upload(admin_client, cohort, text)
    shown = text_of(response)
    for sentence in (
        "There is no organisation called “Severn Homes”",
        "There is no theme called “Leading charge”",
        "“many” is not valid. Enter a whole number from 0 to 20",
        "“nonsense” is not an email address",
        "This is empty, and every row needs one.",
        "“ann@example.org” is already in line 4.",
    ):
        assert sentence in shown
    assert response.context.get("confirm_form") is None
    assert not Mentor.objects.exists()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("a,b\n1,2\n", "Missing: Email, Name, Organisation"), ("", "no rows"), (HEAD + ",,,,,,\n", "no rows")],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(admin_client, cohort, text, sentence):
    assert sentence.lower() in text_of(upload(admin_client, cohort, text or "\n")).lower()


@pytest.mark.requirement("B13")
def test_a_file_cannot_move_a_mentor_to_the_organisation_of_the_mentee(admin_client, cohort):
    pair = confirmed_pair(ParticipantFactory(cohort=cohort))
    row = f"{pair.mentor.user.email},{pair.mentor.called},{pair.enrolment.employer.name},,,,\n"
    assert "End that pair" in text_of(upload(admin_client, cohort, HEAD + row))
    pair.mentor.refresh_from_db()
    assert pair.mentor.organisation != pair.enrolment.employer


def test_nobody_imports_into_another_providers_programme(admin_client, cohort):
    other = RunningCohortFactory()
    OrganisationFactory(name="Severn Housing")
    response = upload(admin_client, other, HEAD + "zoe@example.org,Zoe,Severn Housing,,,,\n")
    sent = response.context["confirm_form"].initial
    assert sent["owner"] == cohort.programme_id
    admin_client.post(reverse("admin:mentoring_mentor_process_import"), {**sent, "owner": other.programme_id})
    assert not Mentor.objects.exists()
