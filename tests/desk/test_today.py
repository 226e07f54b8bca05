"""The admin's first page: what waits for whom, each number a link to the list it counts."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from applications.actions import reviews
from applications.roles import RoleName
from cohorts.actions import attendance
from cohorts.states import Mark
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import User
from steppingup.jobs import heartbeats
from steppingup.jobs.states import Part
from steppingup.messaging.models import Message
from tests.factories import review
from tests.factories.accounts import UserFactory, staff
from tests.factories.applications import started
from tests.factories.cohorts import ParticipantFactory, SessionFactory
from tests.factories.mentoring import mentor_for
from tests.factories.world import everything

pytestmark = pytest.mark.django_db


def waiting(client) -> dict[str, str]:
    """What stands on the page: the words of each entry and its link."""
    page = client.get("/admin/").text
    found = re.findall(r'<li><a href="([^"]+)"><b>(\d+)</b> <span>([^<]+)</span>', page)
    return {f"{number} {words}": url.replace("&amp;", "&") for url, number, words in found}


def test_every_number_leads_to_a_list_with_as_many_rows(in_admin):
    keeper = UserFactory(is_staff=True, is_superuser=True)
    everything(keeper)
    Message.objects.filter(pk=Message.objects.first().pk).update(status="failed")
    client = in_admin(keeper)
    found = waiting(client)
    assert len(found) >= 6
    for words, url in found.items():
        rows = client.get(url).context["cl"].result_count
        assert rows == int(words.split()[0]), f"{words}: {url} has {rows}"


def test_an_assessor_sees_the_reviews_that_wait_and_nothing_else(in_admin):
    window = review.window()
    by, assessor = review.coordinator(window), review.assessor(window)
    reviews.assign(application=review.arrived(window), assessor=assessor, by=by)
    assert list(waiting(in_admin(assessor))) == ["1 application is waiting for your scores"]
    other = staff(RoleName.ASSESSOR, window.cohort.programme.provider)
    assert "You are up to date" in in_admin(other).get("/admin/").text


def test_another_provider_s_work_does_not_wait_for_me(in_admin):
    everything(UserFactory(is_staff=True, is_superuser=True))
    assert not waiting(in_admin(staff()))


def test_whoever_missed_a_day_or_more_is_counted_once(in_admin):
    person = ParticipantFactory()
    halved = ParticipantFactory(cohort=person.cohort)
    for days, mark in ((3, Mark.ABSENT), (2, Mark.EXCUSED)):
        session = SessionFactory(cohort=person.cohort, starts_at=timezone.now() - timedelta(days=days))
        attendance.mark(session=session, marks={person.pk: mark, halved.pk: Mark.PRESENT}, by=SYSTEM)
    session = SessionFactory(cohort=person.cohort, starts_at=timezone.now() - timedelta(days=1))
    attendance.mark(session=session, marks={person.pk: Mark.PRESENT, halved.pk: Mark.PART}, by=SYSTEM)
    client = in_admin(staff(provider=person.cohort.programme.provider))
    assert "1 participant has missed a day or more" in waiting(client)


def test_a_coordinator_finds_everybody_who_belongs_to_the_provider_s_programmes():
    person = ParticipantFactory()
    programme = person.cohort.programme
    mentor = mentor_for(person)
    window = review.window()
    window.cohort.programme.provider = programme.provider
    window.cohort.programme.save()
    applicant, draft = review.arrived(window).applicant, started(window).applicant
    found = set(User.objects.visible_to(staff(provider=programme.provider)))
    assert {person.participant, person.line_manager, mentor.user, applicant} <= found
    assert draft not in found
    assert not {person.participant, mentor.user, applicant} & set(User.objects.visible_to(staff()))


def test_who_runs_the_platform_reads_what_is_silent_and_nobody_else_does(in_admin):
    keeper, coordinator = UserFactory(is_staff=True, is_superuser=True), staff()
    assert "<b>Worker</b> has never been heard from." in in_admin(keeper).get("/admin/").text
    assert "never been heard from" not in in_admin(coordinator).get("/admin/").text
    for part in Part:
        heartbeats.say_alive(part, "here")
    assert "been heard from" not in in_admin(keeper).get("/admin/").text
