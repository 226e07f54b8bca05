"""What the participant, the line manager and visitors see (B5, B6, B39 to B46)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from cohorts.models import Programme, Session
from modules.actions import assignments, courses, registrations, speakers
from modules.models import Assignment, Course, Qualification, Registration, SessionSpeaker
from modules.states import RegistrationStatus
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, SessionFactory
from tests.factories.modules import (
    ModuleFactory,
    QualificationFactory,
    SpeakerFactory,
    achieved,
    catalogue,
    chosen,
    handed_in,
    partner_speaker,
    passed,
    placed,
    registered,
)
from tests.files.uploads import pdf, upload
from tests.short_pages import whole
from tests.staff import take_step

pytestmark = pytest.mark.django_db


def at(name: str, enrolment, *more) -> str:
    return reverse(f"modules:{name}", args=[enrolment.pk, *more])


@pytest.fixture
def registration():
    return registered()


@pytest.fixture
def own(client, registration):
    """The participant's browser."""
    client.force_login(registration.enrolment.participant)
    return client


# -- as data -------------------------------------------------------------------------------------


@pytest.mark.requirement("B39", "B40", "B41", "B42", "B43", "B46")
def test_bristol_offers_the_ilm_certificate_and_more_than_thirty_courses():
    call_command("load_programmes", "bristol", verbosity=0)
    programme = Programme.objects.get(slug="stepping-up")
    ilm = programme.qualifications.get()
    assert (ilm.credits, ilm.least_courses, ilm.most_courses, ilm.months, ilm.by_levy) == (13, 3, 5, 6, True)
    assert (ilm.pages_in_words, ilm.hours_in_words) == ("9 to 10 pages", "4 to 6 hours of self-study a week")
    assert Course.objects.offered_by(programme.provider_id).count() >= 30
    counts = Course.objects.count(), Qualification.objects.count()
    call_command("load_programmes", "bristol", verbosity=0)
    assert counts == (Course.objects.count(), Qualification.objects.count())


# -- the participant -----------------------------------------------------------------------------


@pytest.mark.requirement("B39", "B40")
def test_reading_what_it_asks_and_registering(client):
    enrolment = ParticipantFactory(employer__is_levy_payer=True)
    qualification = QualificationFactory(programme=enrolment.cohort.programme)
    client.force_login(enrolment.participant)
    text = client.get(at("qualification", enrolment)).content.decode()
    for words in (
        "13 credits, from 3 to 5 courses",
        "9 to 10 pages",
        "4 to 6 hours of self-study a week",
        "6 months",
        "pays the apprenticeship levy",
    ):
        assert words in text
    address = at("register", enrolment)
    shown = client.post(address, {"filled": "yes", "qualification": qualification.pk}).content.decode()
    assert "Who will be told" in shown
    assert "pays the apprenticeship levy" in shown
    assert not Registration.objects.exists()
    assert take_step(client, address, qualification=qualification.pk).url == at("qualification", enrolment)
    assert Registration.objects.get().status == RegistrationStatus.REGISTERED


@pytest.mark.requirement("B40")
def test_the_levy_is_named_only_where_the_employer_pays_it(client):
    enrolment = ParticipantFactory(employer__is_levy_payer=False)
    QualificationFactory(programme=enrolment.cohort.programme)
    client.force_login(enrolment.participant)
    assert "apprenticeship levy" not in client.get(at("qualification", enrolment)).content.decode()


@pytest.mark.requirement("B41", "B42")
def test_choosing_with_a_running_check(own, registration):
    chosen(registration, 5, 2)
    small, four, six = catalogue(registration, 1, 4, 6)
    address = at("courses", registration.enrolment)
    text = own.get(address).content.decode()
    assert "Choose 6 more credits; you can take 3 more courses." in text
    found = own.get(address, {"credits": "6"}).content.decode()
    assert six.title in found
    assert small.title not in found
    response = own.post(at("choose", registration.enrolment, six.pk), follow=True)
    assert "You have chosen all your courses." in response.content.decode()
    response = own.post(at("choose", registration.enrolment, six.pk), follow=True)
    assert "You have chosen" in response.content.decode()
    assert registration.choices.count() == 3


def test_a_course_that_was_chosen_is_shown_as_it_was_then(own, registration):
    choice = chosen(registration, 5)[0]
    newer = Course.objects.get(pk=choice.course_id)
    newer.title, newer.credits = "Another title", 2
    newer.save()
    text = own.get(at("courses", registration.enrolment)).text
    assert choice.course.title in text
    assert "Another title" not in text


@pytest.mark.requirement("B41")
def test_a_dead_end_is_warned_about_before_it_is_chosen(own, registration):
    chosen(registration, 2, 2, 2)
    small, *_ = catalogue(registration, 1, 5, 4)
    address = at("choose", registration.enrolment, small.pk)
    text = own.post(address, follow=True).content.decode()
    assert "you could reach at most 12 of 13 credits" in text
    assert registration.choices.count() == 3
    own.post(address, {"anyway": "yes"})
    assert registration.choices.count() == 4


def test_dropping_a_course(own, registration):
    choice = chosen(registration, 5)[0]
    address = at("drop", registration.enrolment, choice.course_id)
    assert "Nobody will be told" in own.post(address).content.decode()
    take_step(own, address)
    assert not registration.choices.counting().exists()
    assert "This had already been done" in own.get(address, follow=True).content.decode()


@pytest.mark.requirement("B43", "B44")
def test_handing_in_says_how_many_pages_were_counted(own, registration):
    placement = placed(registration.enrolment)
    address = at("assignment", registration.enrolment)
    assert placement.title in own.get(address).content.decode()
    response = own.post(address, {"file": upload(pdf(11))})
    assert "This file has 11 pages. Upload one that has 9 to 10 pages." in response.content.decode()
    assert not Assignment.objects.exists()
    response = own.post(address, {"file": upload(b"PK nothing", "work.docx")})
    assert "Upload a PDF" in response.content.decode()
    response = own.post(address, {"file": upload(pdf(10)), "about_placement": "on"}, follow=True)
    assert "version 1, with 10 pages" in response.content.decode()
    assert Assignment.objects.get().placement == placement
    file = own.get(at("assignment_file", registration.enrolment, 1))
    assert b"".join(file.streaming_content).startswith(b"%PDF")


def test_feedback_is_shown_with_its_version(own, registration):
    keeper = staff(provider=registration.enrolment.cohort.programme.provider)
    made = handed_in(registration)
    assignments.refer_assignment(assignment=made, feedback="Say <b>what</b> you changed.", by=keeper)
    for name in ("qualification", "assignment"):
        text = own.get(at(name, registration.enrolment)).content.decode()
        assert "Say &lt;b&gt;what&lt;/b&gt; you changed." in text


def test_the_page_shows_the_credits_what_is_missing_and_what_became_of_it(own, registration):
    passed(registration, 5)
    chosen(registration, 4)
    catalogue(registration, 4)
    front = own.get(reverse("cohorts:participant", args=[registration.enrolment_id])).text
    assert f"5 of 13 credits passed, due on {english.day_date(registration.due_on)}" in front
    text = own.get(at("qualification", registration.enrolment)).content.decode()
    assert "of 13 credits" in text
    assert "passed, 4 more chosen" in text
    assert "Choose 4 more credits; you can take 3 more courses." in text
    achieved_one = achieved(registered())
    own.force_login(achieved_one.enrolment.participant)
    assert "Achieved" in own.get(at("qualification", achieved_one.enrolment)).content.decode()


@pytest.mark.requirement("B46")
@pytest.mark.parametrize(
    ("days", "words"), [(-1, "It was due on"), (0, "due today"), (10, "in 10 days"), (60, "Due on")]
)
def test_the_due_date_warns_when_it_is_near_or_over(own, registration, days, words):
    today = timezone.localdate()
    Registration.objects.update(registered_on=today - timedelta(days=100), due_on=today + timedelta(days=days))
    assert words in own.get(at("qualification", registration.enrolment)).content.decode()


def test_giving_up_and_taking_up_again_on_the_pages(own, registration):
    enrolment = registration.enrolment
    take_step(own, at("withdraw", enrolment))
    assert "You withdrew on" in own.get(at("qualification", enrolment)).content.decode()
    assert own.get(at("courses", enrolment)).status_code == 404
    take_step(own, at("resume", enrolment, registration.qualification.key))
    assert own.get(at("courses", enrolment)).status_code == 200


def test_a_stranger_a_colleague_and_the_line_manager_find_nothing(client, registration):
    enrolment, course = registration.enrolment, chosen(registration, 5)[0].course
    handed_in(registration)
    addresses = [
        at("qualification", enrolment),
        at("register", enrolment),
        at("withdraw", enrolment),
        at("resume", enrolment, registration.qualification.key),
        at("courses", enrolment),
        at("choose", enrolment, course.pk),
        at("drop", enrolment, course.pk),
        at("assignment", enrolment),
        at("assignment_file", enrolment, 1),
    ]
    keeper = staff(provider=enrolment.cohort.programme.provider)
    for person in (
        UserFactory(),
        ParticipantFactory(cohort=enrolment.cohort).participant,
        enrolment.line_manager,
        keeper,
    ):
        client.force_login(person)
        for address in addresses:
            assert client.get(address).status_code == 404, address
            assert client.post(address).status_code in (404, 405), address
    client.logout()
    assert all(client.get(address).status_code == 302 for address in addresses)


# -- the line manager ----------------------------------------------------------------------------


@pytest.mark.requirement("B31")
def test_the_line_manager_sees_credits_and_the_due_date_and_nothing_else(client, registration):
    choice = passed(registration, 5)[0]
    failed = chosen(registration, 4)[0]
    keeper = staff(provider=registration.enrolment.cohort.programme.provider)
    courses.record_fail(choice=failed, by=keeper)
    made = handed_in(registration)
    assignments.refer_assignment(assignment=made, feedback="Not yet.", by=keeper)
    client.force_login(registration.enrolment.line_manager)
    text = whole(client, reverse("cohorts:managed", args=[registration.enrolment_id]))
    assert registration.qualification.name in text
    assert "of 13 credits" in text
    for private in (choice.course.title, failed.course.title, "Not yet", "Not passed", "revise"):
        assert private not in text


def test_the_line_manager_is_not_told_that_somebody_gave_up(client, registration):
    registrations.give_up(registration=registration, by=registration.enrolment.participant)
    client.force_login(registration.enrolment.line_manager)
    text = whole(client, reverse("cohorts:managed", args=[registration.enrolment_id]))
    assert registration.qualification.name not in text


# -- modules and speakers ------------------------------------------------------------------------


@pytest.mark.requirement("B5", "B6")
def test_modules_with_key_speakers_from_partners_stand_on_both_pages(client):
    cohort = PublishedCohortFactory()
    keeper = staff(provider=cohort.programme.provider)
    session = SessionFactory(cohort=cohort)
    module = ModuleFactory(cohort=cohort, number=2, title="Leading change")
    module.sessions.add(session)
    speaker = partner_speaker(cohort.programme, name="Dr Efua Mensah", organisation__name="Avon Hospital")
    speakers.book(session=session, speaker=speaker, subject="Change that lasts", by=keeper)
    enrolment = ParticipantFactory(cohort=cohort)
    client.force_login(enrolment.participant)
    for address in (
        reverse("cohorts:programme", args=[cohort.programme.path]),
        reverse("modules:modules", args=[enrolment.pk]),
    ):
        text = client.get(address).content.decode()
        for words in ("Leading change", "Dr Efua Mensah", "Avon Hospital", "Change that lasts"):
            assert words in text


@pytest.mark.requirement("B6")
def test_a_speaker_from_elsewhere_is_refused_by_the_action_and_the_database():
    from django.db import IntegrityError, transaction

    session = SessionFactory()
    programme = session.cohort.programme
    keeper = staff(provider=programme.provider)
    speaker = SpeakerFactory(provider=programme.provider)
    with pytest.raises(NotPossible, match="is not a partner"):
        speakers.book(session=session, speaker=speaker, by=keeper)
    with pytest.raises(IntegrityError), transaction.atomic():
        SessionSpeaker.objects.create(session=session, speaker=speaker)
    with pytest.raises(NotPossible, match="is not among the speakers"):
        speakers.book(session=session, speaker=SpeakerFactory(), by=keeper)
    own = SpeakerFactory(provider=programme.provider, organisation=programme.provider)
    assert speakers.book(session=session, speaker=own, by=keeper).pk
    Session.objects.filter(pk=session.pk).update(cancelled_at=timezone.now())
    session.refresh_from_db()
    with pytest.raises(NotPossible, match="is cancelled"):
        speakers.book(session=session, speaker=own, by=keeper)


@pytest.mark.requirement("B39", "B41", "B43")
def test_the_programmes_page_says_what_the_optional_qualification_asks(client):
    qualification = QualificationFactory()
    text = client.get(reverse("cohorts:programme", args=[qualification.programme.path])).content.decode()
    for words in (qualification.name, "13 credits, from 3 to 5 courses", "9 to 10 pages", "within 6 months"):
        assert words in text
