"""What participant, mentor, line manager and strangers see."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cohorts.models import DayEntry
from mentoring.actions import matching, sessions, wishes
from mentoring.models import MentoringSession, MentoringWish
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from steppingup.steps.models import Taking
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.cohorts import ParticipantFactory, complete, day
from tests.factories.mentoring import ThemeFactory, confirmed_pair, coordinator_of, mentor_for, wish_of
from tests.short_pages import whole
from tests.staff import take_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    return confirmed_pair(ParticipantFactory(participant__full_name="Amara Okafor"))


def page_of(client, user, url):
    client.force_login(user)
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def form(on=None, **values):
    on = on or day(-1)
    return {"on_0": on.day, "on_1": on.month, "on_2": on.year, "minutes": "90", "mode": "video", **values}


@pytest.mark.requirement("L8")
def test_a_participant_says_what_they_seek_and_can_say_it_differently(client):
    enrolment = ParticipantFactory()
    theme = ThemeFactory(programme=enrolment.cohort.programme, name="Leading change")
    foreign = ThemeFactory()
    own = reverse("mentoring:mentor", args=[enrolment.pk])
    url = reverse("mentoring:wish", args=[enrolment.pk])
    assert "You have not told us yet" in page_of(client, enrolment.participant, own)
    assert "Choose at least one theme" in client.post(url, {}).content.decode()
    assert "Choose from the list" in client.post(url, {"themes": [foreign.pk]}).content.decode()
    client.post(url, {"themes": [theme.pk], "area": "Bedminster"})
    client.post(url, {"themes": [theme.pk], "area": "Clifton", "note": "Mornings."})
    wish = MentoringWish.objects.get()
    assert (list(wish.themes.all()), wish.area, wish.note) == ([theme], "Clifton", "Mornings.")
    assert "Leading change; you can meet in Clifton" in page_of(client, enrolment.participant, own)


def test_a_wish_is_the_participants_own(pair):
    foreign = ThemeFactory()
    values = {"enrolment": pair.enrolment, "area": "x", "note": ""}
    with pytest.raises(NotAllowed):
        wishes.wish(by=pair.mentor.user, themes=[], **values)
    with pytest.raises(NotPossible, match="your own programme"):
        wishes.wish(by=pair.enrolment.participant, themes=[foreign], **values)


def test_the_mentor_sees_what_they_seek_only_once_it_is_confirmed(client):
    enrolment = ParticipantFactory(participant__full_name="Amara Okafor")
    wish_of(enrolment, note="I was the first in my family.")
    mentor, coordinator = mentor_for(enrolment), coordinator_of(enrolment)
    pair = matching.pair_by_hand(enrolment=enrolment, mentor=mentor, by=coordinator)
    url = reverse("mentoring:mentees")
    before = page_of(client, mentor.user, url)
    assert "Amara" not in before
    assert "first in my family" not in before
    client.force_login(enrolment.participant)
    assert mentor.user.full_name not in whole(client, reverse("cohorts:participant", args=[enrolment.pk]))
    matching.confirm(pair=pair, by=coordinator)
    after = page_of(client, mentor.user, url)
    assert "first in my family" in after
    assert enrolment.participant.email in after


@pytest.mark.requirement("B14")
def test_a_session_is_recorded_on_the_page_warned_of_and_removed(client, pair):
    client.force_login(pair.enrolment.participant)
    url = reverse("mentoring:record", args=[pair.enrolment_id])
    key = client.get(url).context["form"]["submission"].value()
    for _ in range(2):
        assert client.post(url, form(submission=key)).status_code == 302
    assert MentoringSession.objects.get().minutes == 90
    client.force_login(pair.mentor.user)
    url = reverse("mentoring:mentor_record", args=[pair.pk])
    response = client.post(url, form(minutes="60"))
    assert "has already been recorded" in response.content.decode()
    assert 'value="60"' in response.content.decode()
    again = response.context["form"]["submission"].value()
    assert client.post(url, form(minutes="60", ask="is_another", submission=again or "")).status_code == 200
    client.post(url, form(minutes="60", ask="is_another", is_another="on"))
    assert MentoringSession.objects.count() == 2
    shown = page_of(client, pair.mentor.user, reverse("mentoring:mentees"))
    assert "2 sessions, 2 hours 30 minutes: about ¼ of 2 days" in shown
    session = MentoringSession.objects.first()
    take_step(client, reverse("mentoring:mentor_remove", args=[pair.pk, session.pk]))
    assert DayEntry.objects.standing().count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on_0": "31", "on_1": "2"}, "There is no 31 February"),
        ({"minutes": "lots"}, "whole number"),
        ({"minutes": "700"}, "600 minutes or less"),
        ({"mode": ""}, "Choose how you met."),
        ({"on_2": "2015"}, "The programme started on"),
        ({"on_2": "1920"}, "The year 1920 cannot be right here."),
    ],
)
def test_what_cannot_be_recorded_gets_a_sentence_and_keeps_what_was_typed(client, pair, wrong, sentence):
    client.force_login(pair.mentor.user)
    response = client.post(reverse("mentoring:mentor_record", args=[pair.pk]), {**form(), **wrong})
    text = response.content.decode()
    assert response.status_code == 200
    assert sentence in text
    assert "There is a problem" in text
    assert not MentoringSession.objects.exists()


@pytest.mark.requirement("B31")
def test_the_line_manager_sees_that_there_is_a_mentor_and_the_days(client, pair):
    sessions.record(pair=pair, on=day(-1), minutes=420, mode="phone", by=pair.mentor.user)
    wish_of(pair.enrolment, note="My manager does not listen.")
    client.force_login(pair.enrolment.line_manager)
    text = whole(client, reverse("cohorts:managed", args=[pair.enrolment_id]))
    assert "has a mentor from another organisation. 1 of 2 days recorded" in text
    assert pair.mentor.user.full_name not in text
    assert "does not listen" not in text


def test_of_whoever_has_completed_the_line_manager_reads_what_was(client, pair):
    complete(pair.enrolment)
    client.force_login(pair.enrolment.line_manager)
    text = whole(client, reverse("cohorts:managed", args=[pair.enrolment_id]))
    assert "had a mentor from another organisation. 0 of 2 days recorded." in text
    assert "so far" not in text


def test_strangers_find_nothing(client, pair):
    other = confirmed_pair()
    session = sessions.record(pair=pair, on=day(-1), minutes=60, mode="phone", by=pair.mentor.user)
    urls = [
        reverse("mentoring:profile", args=[pair.mentor_id]),
        reverse("mentoring:mentor_record", args=[pair.pk]),
        reverse("mentoring:mentor_remove", args=[pair.pk, session.pk]),
        reverse("mentoring:wish", args=[pair.enrolment_id]),
        reverse("mentoring:record", args=[pair.enrolment_id]),
        reverse("mentoring:remove", args=[pair.enrolment_id, session.pk]),
    ]
    for stranger in (UserFactory(), other.mentor.user, other.enrolment.participant, pair.enrolment.line_manager):
        client.force_login(stranger)
        assert {client.get(url).status_code for url in urls} == {404}
        assert {client.post(url, form()).status_code for url in urls} == {404}
    client.force_login(other.mentor.user)
    mixed = reverse("mentoring:mentor_remove", args=[other.pk, session.pk])
    assert client.post(mixed).status_code == 404
    client.logout()
    assert {client.get(url).status_code for url in urls} == {302}
    assert MentoringSession.objects.standing().count() == 1


def test_a_mentor_changes_what_they_offer_within_what_is_promised(client, pair):
    theme = ThemeFactory(programme=pair.mentor.programme)
    url = reverse("mentoring:profile", args=[pair.mentor_id])
    client.force_login(pair.mentor.user)
    values = {"about": "I listen.", "themes": [theme.pk], "area": "Easton", "capacity": "0", "is_available": "no"}
    assert "have 1 participant already" in client.post(url, values).content.decode()
    client.post(url, {**values, "capacity": "3"})
    pair.mentor.refresh_from_db()
    assert (pair.mentor.about, pair.mentor.capacity, pair.mentor.is_available) == ("I listen.", 3, False)
    assert pair.mentor.organisation != OrganisationFactory()
    assert list(pair.mentor.themes.all()) == [theme]


def test_only_mentors_have_the_page(client, pair):
    url = reverse("mentoring:mentees")
    assert "My mentees" in page_of(client, pair.mentor.user, "/")
    assert "My mentees" not in page_of(client, pair.enrolment.participant, "/")
    assert client.get(url).status_code == 404


def test_mentors_take_back_what_they_did_a_moment_ago_themselves(client, pair):
    """A session that was recorded by mistake, and one that was removed by mistake; nobody else's, and not after a day."""
    mentor, home = pair.mentor.user, reverse("mentoring:mentees")
    assert "If it was a mistake" not in page_of(client, mentor, home)
    session = sessions.record(pair=pair, on=day(-1), minutes=60, mode="video", by=mentor)
    sessions.remove(session=session, by=mentor)
    link = reverse("mentoring:mentor_take_back", args=[Taking.objects.latest("pk").pk])
    shown = page_of(client, mentor, home)
    assert "“Session removed”, with Amara Okafor" in shown
    assert link in shown
    for somebody in (pair.enrolment.participant, UserFactory()):
        client.force_login(somebody)
        assert client.get(link).status_code == 404
    client.force_login(mentor)
    assert take_step(client, link).url == home
    assert MentoringSession.objects.get(removed_at=None) == session
    assert sum(DayEntry.objects.values_list("days", flat=True)) > 0
    # Then what came before it; and then there is nothing left.
    first = reverse("mentoring:mentor_take_back", args=[Taking.objects.filter(by=mentor).earliest("pk").pk])
    assert first in page_of(client, mentor, home)
    take_step(client, first)
    assert not MentoringSession.objects.exists()
    assert sum(DayEntry.objects.values_list("days", flat=True)) == 0
    assert "If it was a mistake" not in page_of(client, mentor, home)
    sessions.record(pair=pair, on=day(-1), minutes=60, mode="video", by=mentor)
    Taking.objects.update(at=timezone.now() - timedelta(days=2))
    assert "If it was a mistake" not in page_of(client, mentor, home)


def test_who_has_not_said_what_they_seek_is_reminded_once(pair):
    make_usual_rules()
    silent, spoken = (ParticipantFactory(cohort=pair.enrolment.cohort, enrolled_at=timezone.now()) for _ in range(2))
    wish_of(spoken)
    Message.objects.all().delete()
    assert work_out_reminders(today=day(6)) == 0
    assert work_out_reminders(today=day(7)) == 1
    assert work_out_reminders(today=day(9)) == 0
    assert Message.objects.get().to == silent.participant
