"""From one programme to the next: what graduates hear of it, who sees that they are graduates, and how many went on (C3)."""

import csv

import pytest
from django.urls import reverse

from applications.actions import following_on
from applications.actions.interest import tell_interested
from applications.desk.windows import register_in_words
from applications.models import Application, Interest, Window
from applications.queries import graduate_of, of_graduates, who_went_on
from applications.states import ApplicationStatus
from applications.wiring import publishing
from cohorts.actions import completion
from cohorts.actions.programmes import upload
from cohorts.models import CompletionRule, NextProgramme, Programme
from cohorts.programme_files import writing
from cohorts.states import Selection
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import applications as applying
from tests.factories import review
from tests.factories.accounts import ProviderFactory, UserFactory
from tests.factories.cohorts import ParticipantFactory, PlanFactory, ProgrammeFactory, PublishedCohortFactory, complete
from tests.staff import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("C3")]


@pytest.fixture
def by():
    return UserFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def before():
    return ProgrammeFactory(name="Stepping Up")


@pytest.fixture
def window(before):
    """Of the programme that comes next, open now."""
    programme = ProgrammeFactory(name="Ready Now", provider=before.provider)
    cohort = PublishedCohortFactory(programme=programme, plan=PlanFactory(programme=programme))
    return applying.WindowFactory(cohort=cohort)


@pytest.fixture
def after(before, window):
    return NextProgramme.objects.create(programme=before, to=window.cohort.programme, words="for band 8a and above")


@pytest.fixture
def graduate(before, by, after):
    enrolment = ParticipantFactory(cohort__programme=before, participant__full_name="Amara Okafor")
    return complete(enrolment, by=by)


def hear(graduate, programme):
    return following_on.hear_of(enrolment=graduate, programme=programme, by=graduate.participant)


def told():
    return [str(one.to_email) for one in Message.objects.filter(kind="applications.window_opened")]


def test_the_letter_about_completing_says_what_comes_next(before, after, by):
    enrolment = ParticipantFactory(cohort__programme=before)
    rule = CompletionRule.objects.create(cohort=enrolment.cohort, minimum=1)
    completion.waive(enrolment=enrolment, rule=rule, reason="Agreed.", by=by)
    completion.complete(enrolment=enrolment, by=by)
    letter = Message.objects.get(kind="cohorts.completed", to=enrolment.participant)
    assert "Ready Now" in letter.text
    assert "for band 8a and above" in letter.text
    assert after.to.path in letter.text


def test_a_graduate_is_told_of_an_opening_once_and_only_if_they_asked(graduate, window):
    tell_interested()
    assert told() == [], "nobody is told who did not ask"
    hear(graduate, window.cohort.programme)
    for _ in range(2):
        tell_interested()
    assert told() == [graduate.participant.email]


def test_whoever_was_on_the_register_before_is_told_once_all_the_same(graduate, window):
    Interest.objects.create(programme=window.cohort.programme, email=graduate.participant.email)
    hear(graduate, window.cohort.programme)
    tell_interested()
    assert told() == [graduate.participant.email]
    assert Interest.objects.get().graduate == graduate


def test_they_take_it_back_on_their_page_and_by_the_link_in_the_letter(client, graduate, window):
    client.force_login(graduate.participant)
    front = client.get(reverse("cohorts:participant", args=[graduate.pk])).text
    page = reverse("applications:comes_next", args=[graduate.pk])
    assert page in front
    shown = client.get(page).text
    assert "for band 8a and above" in shown
    assert "Applications are open." in shown
    choose = reverse("applications:hear_of_next", args=[graduate.pk, window.cohort.programme.pk])
    assert "We will write to you when" in client.post(choose, {"wants": "yes"}, follow=True).text
    assert "You asked us to write to you" in client.get(page).text
    tell_interested()
    link = Message.objects.get(kind="applications.window_opened").whole["text"]
    assert "/interest/leave/" in link
    assert "We will not write to you" in client.post(choose, {"wants": "no"}, follow=True).text
    assert not Interest.objects.standing().exists()
    other = ProgrammeFactory()
    assert client.post(reverse("applications:hear_of_next", args=[graduate.pk, other.pk])).status_code == 404


def test_nobody_is_asked_for_anybody_else_or_before_they_have_completed(graduate, window, before, by):
    with pytest.raises(NotAllowed):
        following_on.hear_of(enrolment=graduate, programme=window.cohort.programme, by=by)
    still = ParticipantFactory(cohort__programme=before)
    with pytest.raises(NotPossible, match="have completed"):
        hear(still, window.cohort.programme)
    with pytest.raises(NotPossible, match="does not lead on"):
        hear(graduate, ProgrammeFactory())


def test_whoever_is_plainly_ruled_out_is_not_told(graduate, window):
    hear(graduate, window.cohort.programme)
    place = ParticipantFactory(cohort=window.cohort, participant=graduate.participant)
    assert not Interest.objects.to_tell_of(window).exists(), "they are on it already"
    place.delete()
    assert Interest.objects.to_tell_of(window).exists()
    applying.started(window, graduate.participant)
    assert not Interest.objects.to_tell_of(window).exists(), "they have begun to apply"
    Application.objects.all().delete()
    window.cohort.rule_set.selection = Selection.NOMINATION
    assert not Interest.objects.to_tell_of(window).exists(), "only an employer can put them forward"


def test_the_page_before_publishing_says_how_many_graduates_are_told(graduate, window):
    hear(graduate, window.cohort.programme)
    words = "(1 graduate of programmes that lead on to this one)"
    assert words in publishing(window.cohort)
    assert words in register_in_words(Window.objects.get(pk=window.pk))


def test_coordinators_see_that_an_applicant_is_a_graduate_and_assessors_do_not(client, graduate, window, by):
    application = review.arrived(window, applicant=graduate.participant)
    assert graduate_of(application) == [graduate]
    desk = with_second_factor(client, by)
    page = desk.get(reverse("admin:applications_application_change", args=[application.pk])).text
    assert "Graduate of" in page
    assert str(graduate.cohort) in page
    assessor = review.assessor(window)
    given = review.reviews.assign(application=application, assessor=assessor, by=by)
    reads = with_second_factor(client, assessor)
    blind = reads.get(reverse("admin:applications_review_change", args=[given.pk]))
    assert blind.status_code == 200
    assert "Graduate of" not in blind.text
    assert str(graduate.cohort) not in blind.text


def test_coordinators_find_graduates_in_the_list_and_in_the_file(client, graduate, window, by, before):
    one, other = review.arrived(window, applicant=graduate.participant), review.arrived(window, name="Nils Berg")
    desk, listed = with_second_factor(client, by), reverse("admin:applications_application_changelist")
    page = desk.get(listed, {"graduates": "yes"}).text
    assert (one.reference in page, other.reference in page) == (True, False)
    lines = b"".join(desk.get(f"{listed}?export=csv").streaming_content).decode("utf-8-sig").splitlines()
    rows = {row["Reference"]: row["Graduate of"] for row in csv.DictReader(lines)}
    assert rows == {one.reference: str(graduate.cohort), other.reference: ""}


def test_another_providers_graduate_is_known_as_one_only_if_they_asked_to_be_told(graduate, by, before):
    elsewhere = ProgrammeFactory(provider=ProviderFactory(), name="Moving Up")
    cohort = PublishedCohortFactory(programme=elsewhere, plan=PlanFactory(programme=elsewhere))
    NextProgramme.objects.create(programme=before, to=elsewhere)
    application = review.arrived(applying.WindowFactory(cohort=cohort), applicant=graduate.participant)
    assert graduate_of(application) == []
    assert not of_graduates(Application.objects.all()).exists()
    assert f"0 of 1 graduate asked to hear of Moving Up ({elsewhere.provider})." in who_went_on(before)
    hear(graduate, elsewhere)
    assert graduate_of(application) == [graduate]
    assert of_graduates(Application.objects.all()).get() == application
    assert f"1 of 1 graduate asked to hear of Moving Up ({elsewhere.provider})." in who_went_on(before)


def test_the_programme_counts_who_went_on(client, graduate, window, before, by):
    for _ in range(2):
        complete(ParticipantFactory(cohort=graduate.cohort), by=by)
    assert who_went_on(before) == ["0 of 3 graduates applied to Ready Now, and 0 have a place."]
    review.arrived(window, applicant=graduate.participant)
    assert Application.objects.get().status == ApplicationStatus.SUBMITTED
    ParticipantFactory(cohort=window.cohort, participant=graduate.participant)
    sentence = "1 of 3 graduates applied to Ready Now, and 1 has a place."
    assert who_went_on(before) == [sentence]
    desk = with_second_factor(client, by)
    assert sentence in desk.get(reverse("admin:cohorts_programme_change", args=[before.pk])).text


def test_what_comes_next_is_written_into_the_file_and_read_from_it(after, before, by):
    text = writing.as_text(writing.programme(before), before.name)
    assert f'programme = "{after.to.path}"' in text
    after.delete()
    upload(programme=before, text=text, by=by)
    again = NextProgramme.objects.get(programme=before)
    assert (again.to, again.words) == (after.to, "for band 8a and above")
    again.delete()
    Programme.objects.filter(pk=after.to_id).update(is_published=False)
    with pytest.raises(NotPossible, match="is here already"):
        upload(programme=before, text=text, by=by)
    assert not NextProgramme.objects.exists(), "one that is not on the site is left out"
