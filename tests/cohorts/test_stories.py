"""Stories: shown in exactly the words that were agreed to, by whoever told them and nobody else, and gone once they are withdrawn (C7, L9, N21)."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import asking_for_stories, enrolments, stories
from cohorts.models import Enrolment, Story
from steppingup.accounts.actors import NotAllowed, OwnRecord
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories.accounts import RoleAssignmentFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, complete
from tests.factories.stories import SAID, again, agreed, told, worded
from tests.journeys.people import letters_to
from tests.staff import take_step, take_steps, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        self.person = complete(
            ParticipantFactory(cohort=self.cohort, participant__full_name="Amara Okafor"), by=self.by
        )
        self.listing = reverse("cohorts:stories", args=[self.cohort.programme.path])
        self.programme = reverse("cohorts:programme", args=[self.cohort.programme.path])

    def page_of(self, story: Story) -> str:
        return reverse("cohorts:story_page", args=[self.cohort.programme.path, story.reference])

    def agreed(self, **more) -> Story:
        return agreed(worded(told(self.person, **more), self.by))


@pytest.fixture
def scene():
    return Scene()


def letters(kind):
    return Message.objects.filter(kind=f"cohorts.story_{kind}")


@pytest.mark.requirement("C7", "L9")
def test_nothing_is_shown_before_the_yes_and_nothing_after_it_was_taken_back(client, scene):
    story = told(scene.person)
    for step in (lambda: story, lambda: worded(story, scene.by)):
        step()
        assert client.get(scene.page_of(story)).status_code == 404
        assert "No stories yet" in client.get(scene.listing).text
        assert scene.listing not in client.get(scene.programme).text
    assert letters("proposed").get().to == scene.person.participant
    story = agreed(again(story))
    assert "For ten years: not yet." in client.get(scene.page_of(story)).text
    assert "Amara Okafor" in client.get(scene.listing).text
    assert scene.listing in client.get(scene.programme).text
    stories.note_use(story=story, paper="Annual report, March 2020", by=scene.by)
    stories.withdraw(story=again(story), by=scene.person.participant)
    assert client.get(scene.page_of(story)).status_code == 404
    assert scene.page_of(story) not in client.get(scene.listing).text
    assert scene.listing not in client.get(scene.programme).text
    assert letters("withdrawn").get().to == scene.by
    assert "Annual report, March 2020" in letters_to(scene.by.email)[-1].body
    assert told(scene.person).status == "sent"  # and may tell another


@pytest.mark.requirement("C7")
def test_only_the_words_that_were_read_are_agreed_to_and_they_stay_as_they_were(scene):
    first = worded(told(scene.person), scene.by)
    read = first.fingerprint
    stories.ask_for_changes(story=first, wish="Say less of my age.", by=scene.person.participant)
    second = worded(again(first), scene.by, text="Shorter.")
    with pytest.raises(NotPossible, match="has changed since you opened"):
        stories.agree(story=second, words=read, by=scene.person.participant)
    story = agreed(second)
    assert story.agreed_to == story.fingerprint
    assert story.agreed_at
    for change in ({"worded_text": "Other."}, {"byline": "Somebody"}, {"agreed_to": "0"}):
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            Story.objects.filter(pk=story.pk).update(**change)


@pytest.mark.requirement("C7")
@pytest.mark.parametrize(
    ("named_as", "said"), [("full", "Amara Okafor, Ward manager"), ("first", "Amara"), ("nobody", "A graduate of ")]
)
def test_whoever_tells_it_is_named_as_they_wish_and_not_otherwise(client, scene, named_as, said):
    Enrolment.objects.filter(pk=scene.person.pk).update(job_title="Ward manager")
    story = scene.agreed(named_as=named_as)
    assert story.byline.startswith(said)
    shown = client.get(scene.page_of(story)).text
    assert said in shown
    assert ("Okafor" in shown) == (named_as == "full")


def test_somebody_who_is_still_on_it_is_no_graduate(scene):
    person = ParticipantFactory(cohort=scene.cohort)
    assert stories.byline_of(told(person, named_as="nobody")) == f"A participant of {scene.cohort.name}"
    person.job_title = ""
    person.participant.full_name = "Ben Adu"
    story = again(Story.objects.get(enrolment=person))
    story.enrolment, story.named_as = person, "full"
    assert stories.byline_of(story) == "Ben Adu"


@pytest.mark.requirement("L9")
def test_what_is_for_papers_alone_is_on_no_page_and_the_download_holds_only_what_was_agreed_to(client, scene):
    papers = scene.agreed(on_pages=False)
    assert client.get(scene.page_of(papers)).status_code == 404
    other = ParticipantFactory(cohort=scene.cohort)
    pages = agreed(worded(told(other, in_papers=False, title="For the page"), scene.by, text="Not for paper."))
    third = told(ParticipantFactory(cohort=scene.cohort), title="Not yet")
    with pytest.raises(NotPossible, match="It is not agreed to for papers."):
        stories.note_use(story=pages, paper="Report", by=scene.by)
    browser = with_second_factor(client, scene.by)
    page = reverse("admin:cohorts_story_changelist")
    given = b"".join(browser.get(page + "?export=csv").streaming_content).decode()
    assert "For ten years: not yet." in given
    assert "Not for paper." not in given
    assert third.text not in given
    moved = browser.get(reverse("admin:cohorts_cohort_moved_on", args=[scene.cohort.pk])).text
    assert reverse("admin:cohorts_story_change", args=[papers.pk]) in moved
    assert reverse("admin:cohorts_story_change", args=[third.pk]) not in moved
    narrowed = browser.get(page + "?use=pages").text
    assert "For the page" in narrowed
    assert "From ward to board" not in narrowed
    assert "Open the public page" in browser.get(reverse("admin:cohorts_story_change", args=[pages.pk])).text
    assert "Not shown" in browser.get(reverse("admin:cohorts_story_change", args=[papers.pk])).text
    taken = take_step(
        browser,
        reverse("admin:cohorts_story_step", args=[third.pk, "propose"]),
        worded_title="T",
        worded_text="Words.",
        worded_quote="",
    )
    assert taken.status_code == 302
    assert again(third).worded_text == "Words."


@pytest.mark.requirement("C7")
def test_staff_take_it_off_with_a_reason_and_it_needs_a_new_yes(client, scene):
    story = scene.agreed()
    with pytest.raises(NotPossible, match="Say why."):
        stories.take_off(story=story, reason=" ", by=scene.by)
    stories.take_off(story=again(story), reason="It names a colleague.", by=scene.by)
    assert client.get(scene.page_of(story)).status_code == 404
    assert "It names a colleague." in letters_to(scene.person.participant.email)[-1].body
    client.force_login(scene.person.participant)
    assert "It names a colleague." in client.get(reverse("cohorts:story", args=[scene.person.pk])).text
    worded(again(story), scene.by)
    assert client.get(scene.page_of(story)).status_code == 404
    assert client.get(scene.page_of(agreed(again(story)))).status_code == 200


def test_nobody_works_on_their_own_story_and_nobody_agrees_for_another(scene):
    story = told(scene.person)
    own = scene.person.participant
    RoleAssignmentFactory(user=own, role=RoleName.COORDINATOR, provider=scene.cohort.programme.provider)
    for act in (
        lambda: worded(story, own),
        lambda: stories.take_off(story=story, reason="x", by=own),
        lambda: stories.note_use(story=story, paper="x", by=own),
    ):
        with pytest.raises(OwnRecord):
            act()
    proposed = worded(story, scene.by)
    with pytest.raises(NotAllowed):
        stories.agree(story=proposed, words=proposed.fingerprint, by=scene.by)
    stranger = ParticipantFactory().participant
    for act in (
        lambda: stories.withdraw(story=proposed, by=stranger),
        lambda: stories.tell_story(enrolment=scene.person, by=stranger, **SAID),
    ):
        with pytest.raises(NotAllowed):
            act()
    stories.withdraw(story=proposed, by=scene.by)  # they rang
    assert not letters("withdrawn").exists()  # nothing had been shown


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": " "}, stories.NO_TITLE),
        ({"text": " "}, stories.NO_TEXT),
        ({"named_as": "x"}, stories.NO_NAMING),
        ({"on_pages": False, "in_papers": False}, stories.NO_USE),
    ],
)
def test_what_is_missing_is_said(scene, more, sentence):
    with pytest.raises(NotPossible) as why:
        told(scene.person, **more)
    assert str(why.value) == sentence


def test_one_at_a_time_and_not_after_leaving(client, scene):
    told(scene.person)
    with pytest.raises(NotPossible, match="A story is there already"):
        told(scene.person)
    left = ParticipantFactory(cohort=scene.cohort)
    enrolments.withdraw(enrolment=left, reason="Moved away.", by=scene.by)
    with pytest.raises(NotPossible, match="Only participants and graduates"):
        told(Enrolment.objects.for_steps().get(pk=left.pk))
    client.force_login(left.participant)
    assert client.get(reverse("cohorts:story", args=[left.pk])).status_code == 404


@pytest.mark.requirement("C7", "N21")
def test_on_ones_own_page_a_mistake_stands_beside_its_field_and_everything_can_be_done(client, scene):
    page = reverse("cohorts:story", args=[scene.person.pk])
    client.force_login(scene.person.participant)
    wrong = client.post(page, {"do": "tell", "title": "T", "text": "Told.", "named_as": "first"})
    assert stories.NO_USE in wrong.text
    assert "Told." in wrong.text
    client.post(page, {"do": "tell", "title": "T", "text": "Told.", "named_as": "first", "on_pages": "on"})
    story = again(Story.objects.get())
    assert "Nothing is shown before" in client.get(page).text
    worded(story, scene.by, text="Worded.")
    front = client.get(reverse("cohorts:participant", args=[scene.person.pk])).text
    assert "Read the wording of your story" in front
    assert stories.NO_WISH in client.post(page, {"do": "wish", "wish": " "}).text
    stale = client.post(page, {"do": "agree", "words": "0" * 64}).text
    assert stories.CHANGED in stale
    assert again(story).fingerprint in stale  # the next press agrees to what stands there now
    client.post(page, {"do": "wish", "wish": "Shorter."})
    assert "Shorter." in client.get(page).text
    worded(again(story), scene.by, text="Short.")
    client.post(page, {"do": "agree", "words": again(story).fingerprint})
    assert "See the public page" in client.get(page).text
    client.post(page, {"do": "withdraw"})
    assert again(story).status == "withdrawn"
    assert "Send your story" in client.get(page).text


@pytest.mark.requirement("C7", "N21")
def test_those_who_were_there_are_asked_once_in_a_while_and_may_leave_it(client, scene):
    still = ParticipantFactory(cohort=scene.cohort)
    for one in (scene.person, still):
        asking_for_stories.ask_for_story(enrolment=one, own_words="You said it in May.", by=scene.by)
    assert {one.to for one in letters("asked")} == {scene.person.participant, still.participant}
    assert all("You said it in May." in one.text for one in letters("asked"))
    client.force_login(scene.person.participant)
    front = reverse("cohorts:participant", args=[scene.person.pk])
    assert "Tell your story" in client.get(front).text
    with pytest.raises(NotPossible, match="was asked in the last 90 days"):
        asking_for_stories.ask_for_story(enrolment=scene.person, by=scene.by)
    Message.objects.update(created_at=timezone.now() - timedelta(days=91))
    assert "Tell your story" not in client.get(front).text
    asking_for_stories.ask_for_story(enrolment=scene.person, by=scene.by)
    told(scene.person)
    assert "Tell your story" not in client.get(front).text


def test_whoever_has_left_has_told_one_or_is_gone_is_not_asked(scene):
    left, gone = ParticipantFactory.create_batch(2, cohort=scene.cohort)
    enrolments.withdraw(enrolment=left, reason="A new job.", by=scene.by)
    type(gone.participant).objects.filter(pk=gone.participant_id).update(is_active=False)
    told(scene.person)
    for one, why in ((left, "neither takes part"), (gone, "account is closed"), (scene.person, "told a story already")):
        fresh = Enrolment.objects.for_steps().get(pk=one.pk)
        with pytest.raises(NotPossible, match=why):
            asking_for_stories.ask_for_story(enrolment=fresh, by=scene.by)
    own = ParticipantFactory(cohort=scene.cohort, participant=scene.by)
    with pytest.raises(OwnRecord, match="tell your own story"):
        asking_for_stories.ask_for_story(enrolment=own, by=scene.by)


def test_many_are_asked_at_once_from_the_list_and_whoever_was_asked_is_left_alone(client, scene):
    people = [scene.person, *ParticipantFactory.create_batch(2, cohort=scene.cohort)]
    asking_for_stories.ask_for_story(enrolment=people[1], by=scene.by)
    with_second_factor(client, scene.by)
    take_steps(client, "cohorts_enrolment", "ask_for_story", [one.pk for one in people], own_words="In May.")
    assert Counter(letters("asked").values_list("to", flat=True)) == {one.participant_id: 1 for one in people}
    assert letters("asked").filter(text__contains="In May.").count() == 2
