"""The succession pool: nobody is in it without knowing, what is said of them lapses, and a choice is made by a panel (L2, L3)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import pool, posts
from representation.models import PoolEntry, PoolReview, PostViewer, SuccessionDecision
from representation.pool_notices import VIEWER_LINK
from representation.retention import ended
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import pool as make
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.factories.modules import placed
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L2")]

CHOICE = {
    "decided_on": day(0),
    "panel": "Hana Osei\nSam Marsh",
    "mixed_how": "Two departments, and somebody from outside.",
    "reasons": "The plan for the first year.",
}


class Scene:
    """A post, somebody who keeps its pool, and a participant with an assignment."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.provider = self.cohort.programme.provider
        self.by = staff(RoleName.EQUALITY, self.provider)
        self.person = ParticipantFactory(cohort=self.cohort, participant__full_name="Ada Osei")
        self.user = self.person.participant
        self.post = make.post(self.provider)

    def asked(self) -> PoolEntry:
        return posts.ask_into_pool(post=self.post, enrolment=self.person, message="You led it well.", by=self.by)

    def page(self) -> str:
        return reverse("representation:pool", args=[self.person.pk])


@pytest.fixture
def scene():
    return Scene()


def test_answers_to_letters_go_to_the_provider_whose_lists_of_emails_do_not_show_who_was_asked(scene):
    type(scene.provider).objects.filter(pk=scene.provider.pk).update(reply_to="pool@council.example")
    scene.post = type(scene.post).objects.get(pk=scene.post.pk)
    scene.asked()
    posts.name_viewer(post=scene.post, name="Nell Avery", email="nell@council.example", by=scene.by)
    letters = Message.objects.filter(kind__startswith="representation.pool_")
    assert [(one.provider, one.reply_to) for one in letters] == [(None, "pool@council.example")] * 2


def test_nobody_is_in_the_pool_before_they_say_yes_themselves(client, scene):
    client.force_login(scene.user)
    assert client.get(scene.page()).status_code == 404
    entry = scene.asked()
    assert [one.to for one in Message.objects.filter(kind="representation.pool_asked")] == [scene.user]
    assert not PoolEntry.objects.to_review().exists()
    shown = client.get(scene.page()).text
    assert "Until you say yes, you are not in the pool" in shown
    assert "You led it well." in shown
    assert (
        "Say whether you want to be in a succession pool"
        in client.get(reverse("cohorts:participant", args=[scene.person.pk])).text
    )
    ParticipantFactory(cohort=scene.cohort)  # whom they could ask
    for by in (scene.by, UserFactory()):
        with pytest.raises(NotAllowed):
            pool.join_pool(entry=entry, by=by)
    pool.join_pool(entry=entry, is_seen=True, by=scene.user)
    assert make.fresh(entry).how_it_stands == "Not reviewed yet"
    with pytest.raises(NotPossible, match="who was not asked about this post yet"):
        scene.asked()


def test_whoever_keeps_the_pool_is_asked_by_somebody_else(scene):
    own = ParticipantFactory(cohort=scene.cohort, participant=scene.by)
    with pytest.raises(NotPossible, match="Somebody else asks you"):
        posts.ask_into_pool(post=scene.post, enrolment=own, by=scene.by)
    entry = make.in_pool(scene.post, own)
    with pytest.raises(NotAllowed):
        pool.review_readiness(entry=entry, readiness="now", words="Me.", review_by=day(9), by=scene.by)
    reviewed = make.reviewed(make.post(scene.provider, "Chief of Staff"), own)
    with pytest.raises(NotPossible, match="Somebody else records"):
        posts.record_choice(post=reviewed.post, entry=reviewed, by=scene.by, **CHOICE)


def test_they_see_everything_that_is_held_about_them_and_who_may_see_it(client, scene):
    entry = make.reviewed(scene.post, scene.person, "now")
    placement = placed(scene.person)
    make.viewer(scene.post)
    other = placed(ParticipantFactory(cohort=scene.cohort))
    with pytest.raises(NotPossible, match="Choose one of your own assignments"):
        pool.show_evidence(entry=entry, placement=other, words="Not mine.", by=scene.user)
    with pytest.raises(NotPossible, match="Write what you did"):
        pool.show_evidence(entry=entry, placement=placement, words=" ", by=scene.user)
    pool.show_evidence(entry=entry, placement=placement, words="I led six people.", by=scene.user)
    with pytest.raises(NotPossible, match="no other assignment to show"):
        pool.show_evidence(entry=entry, placement=placement, words="Again.", by=scene.user)
    posts.record_choice(post=scene.post, entry=entry, by=scene.by, **CHOICE)
    client.force_login(scene.user)
    shown = client.get(scene.page()).text
    for words in (
        "Ready now",
        "Led the project well.",
        placement.title,
        "I led six people.",
        "Mel Manager",
        "The plan for the first year.",
    ):
        assert words in shown
    assert "They see your name" in shown
    pool.choose_who_sees(entry=entry, is_seen=False, by=scene.user)
    assert "They do not see you." in client.get(scene.page()).text
    client.force_login(UserFactory())
    assert client.get(scene.page()).status_code == 404


def test_evidence_is_removed_by_its_writer_alone(scene):
    entry = make.in_pool(scene.post, scene.person)
    other = make.in_pool(make.post(scene.provider, "Another"), scene.person)
    placement = placed(scene.person)
    found = make.shown(entry, placement)
    make.shown(other, placement)
    with pytest.raises(NotAllowed):
        pool.remove_evidence(entry=entry, evidence=found, by=scene.by)
    with pytest.raises(NotPossible, match="not shown here"):
        pool.remove_evidence(entry=other, evidence=found, by=scene.user)
    pool.remove_evidence(entry=entry, evidence=found, by=scene.user)
    with pytest.raises(NotPossible, match="Nothing is shown"):
        pool.remove_evidence(entry=entry, evidence=found, by=scene.user)


def test_what_is_said_of_readiness_lapses_and_is_not_counted_then(client, scene):
    entry = make.in_pool(scene.post, scene.person)
    for words, review_by, sentence in (
        ("", day(9), "Say why"),
        ("Led it.", day(0), "still to come"),
        ("Led it.", day(800), "within the next two years"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            pool.review_readiness(entry=entry, readiness="now", words=words, review_by=review_by, by=scene.by)
    pool.review_readiness(entry=entry, readiness="now", words="Led it.", review_by=day(90), by=scene.by)
    assert [one.to for one in Message.objects.filter(kind="representation.pool_reviewed")] == [scene.user]
    assert "Led it." not in Message.objects.get(kind="representation.pool_reviewed").text
    rows = PoolEntry.objects.all()
    assert (rows.counted().count(), rows.lapsed().count(), rows.shown().count(), rows.to_review().count()) == (
        1,
        0,
        1,
        0,
    )
    PoolEntry.objects.update(review_by=day(-1))
    assert (rows.counted().count(), rows.lapsed().count(), rows.shown().count(), rows.to_review().count()) == (
        0,
        1,
        0,
        1,
    )
    assert make.fresh(entry).how_it_stands == "Lapsed"
    client.force_login(scene.user)
    assert "lapsed on" in client.get(scene.page()).text
    browser = with_second_factor(type(client)(), scene.by)
    given = browser.get(reverse("admin:representation_post_changelist") + "?export=csv")
    header, row = b"".join(given.streaming_content).decode().strip().splitlines()[-2:]
    assert header.split(",")[-2:] == ["Not reviewed yet", "Lapsed"]
    assert row.split(",")[-5:] == ["0", "0", "0", "0", "1"]
    pool.leave_pool(entry=entry, by=scene.user)
    with pytest.raises(NotPossible, match="not in the pool"):
        pool.review_readiness(entry=entry, readiness="now", words="Led it.", review_by=day(90), by=scene.by)
    assert PoolReview.objects.count() == 1


def test_they_leave_at_any_time_and_are_told_when_somebody_takes_them_out(scene):
    entry = make.reviewed(scene.post, scene.person)
    pool.leave_pool(entry=entry, by=scene.user)
    assert not Message.objects.exists()
    assert (entry.status, entry.is_seen) == ("left", False)
    again = make.reviewed(scene.post, scene.person)
    pool.take_out(entry=again, by=scene.by)
    assert [one.to for one in Message.objects.filter(kind="representation.pool_taken_out")] == [scene.user]
    with pytest.raises(NotAllowed):
        pool.leave_pool(entry=make.in_pool(scene.post, scene.person), by=UserFactory())
    assert entry in ended(scene.provider, day(1))
    assert not ended(scene.provider, day(0)).exists()


def test_a_link_shows_those_of_its_post_who_agreed_to_be_seen(client, scene):
    shown = make.reviewed(scene.post, scene.person, "soon")
    make.shown(shown, placed(scene.person))
    for name, made in (
        ("Hidden One", lambda one: make.reviewed(scene.post, one, is_seen=False)),
        ("Lapsed One", lambda one: make.reviewed(scene.post, one, days=-1)),
        ("Asked One", lambda one: make.asked(scene.post, one)),
        ("Elsewhere One", lambda one: make.reviewed(make.post(scene.provider, "Another"), one)),
    ):
        made(ParticipantFactory(cohort=scene.cohort, participant__full_name=name))
    for email, sentence in (("nonsense", "not an email address"), (" ", "not an email address")):
        with pytest.raises(NotPossible, match=sentence):
            posts.name_viewer(post=scene.post, name="Mel", email=email, by=scene.by)
    viewer = posts.name_viewer(post=scene.post, name="Mel", email="mel@example.org", by=scene.by)
    with pytest.raises(NotPossible, match="named for this post already"):
        posts.name_viewer(post=scene.post, name="Mel", email="mel@example.org", by=scene.by)
    first = TokenLink.issue(purpose=VIEWER_LINK, target=viewer, email=viewer.email, days=3)[1]
    page = client.get(reverse("representation:pool_viewer", args=[first])).text
    assert "Ada Osei" in page
    assert "I led six people." in page
    assert "Led the project well." not in page
    for name in ("Hidden", "Lapsed", "Asked", "Elsewhere"):
        assert f"{name} One" not in page
    posts.send_viewer_link(viewer=viewer, by=scene.by)
    assert client.get(reverse("representation:pool_viewer", args=[first])).status_code == 404
    assert Message.objects.filter(kind="representation.pool_viewer", to_email="mel@example.org").count() == 2
    last = TokenLink.issue(purpose=VIEWER_LINK, target=viewer, email=viewer.email, days=3)[1]
    posts.end_viewer(viewer=viewer, by=scene.by)
    gone = client.get(reverse("representation:pool_viewer", args=[last]))
    assert "You are not named for this post any more." in gone.text
    assert "Ada Osei" not in gone.text
    PostViewer.objects.update(ended_at=None)
    kept = TokenLink.issue(purpose=VIEWER_LINK, target=viewer, email=viewer.email, days=3)[1]
    PostViewer.objects.update(ended_at=clock.now())
    assert client.get(reverse("representation:pool_viewer", args=[kept])).status_code == 410
    for step in (posts.send_viewer_link, posts.end_viewer):
        with pytest.raises(NotPossible, match="not named for this post any more"):
            step(viewer=PostViewer.objects.for_steps().get(), by=scene.by)


@pytest.mark.requirement("L3")
def test_a_successor_is_chosen_by_a_panel_of_two_mixed_or_with_the_reason_why_not(scene):
    entry = make.reviewed(scene.post, scene.person)
    lapsed = make.reviewed(scene.post, ParticipantFactory(cohort=scene.cohort), days=-1)
    for more, sentence in (
        ({"panel": "Hana Osei\n hana osei "}, "at least two people"),
        ({"panel": "Hana Osei\nHana Osei, head of HR"}, "at least two people"),
        ({"panel": "Osei, Hana\nHana Osei (HR)"}, "at least two people"),
        ({"panel": f"Hana Osei, HR\n{scene.person.participant}, graduate"}, "Nobody chooses themselves"),
        ({"mixed_how": " "}, "how the panel was mixed"),
        ({"reasons": " "}, "why this person"),
        ({"decided_on": day(1)}, "still to come"),
        ({"other": "Ola Kent"}, "one of them"),
        ({"entry": None}, "one of them"),
        ({"entry": lapsed}, "not lapsed"),
    ):
        with pytest.raises(NotPossible, match=sentence):
            posts.record_choice(**{"post": scene.post, "entry": entry, "by": scene.by, **CHOICE, **more})
    made = posts.record_choice(post=scene.post, other="Ola Kent", by=scene.by, **CHOICE)
    assert (made.chosen, made.entry, made.is_mixed) == ("Ola Kent", None, False)
    with pytest.raises(Exception, match="frozen"):
        SuccessionDecision.objects.update(reasons="Others.")


@pytest.mark.requirement("L3")
def test_the_page_cautions_where_whoever_holds_the_post_chooses_their_successor(client, scene):
    scene.post.holder_chooses = True
    scene.post.save()
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:representation_post_step", args=[scene.post.pk, "record_choice"])
    assert "checked" in browser.get(url).text.split('name="holder_sat"')[1].split(">")[0]
    given = {
        "other": "Ola Kent",
        **CHOICE,
        "decided_on_0": day(0).day,
        "decided_on_1": day(0).month,
        "decided_on_2": day(0).year,
    }
    shown = browser.post(url, {**given, "holder_sat": "on", "filled": "yes"}).text
    assert "People tend to choose somebody like themselves" in shown
    assert "The panel was not mixed" in shown
    shown = browser.post(url, {**given, "is_mixed": "on", "filled": "yes"}).text
    assert "sat on the panel that chose their successor" not in shown


def test_asking_is_a_step_of_the_desk_until_everybody_is_asked(client, scene):
    browser = with_second_factor(client, scene.by)
    url = reverse("admin:representation_post_step", args=[scene.post.pk, "ask_into_pool"])
    assert take_step(browser, url, enrolment=scene.person.pk, message="").status_code == 302
    with pytest.raises(NotPossible, match="nobody left to ask"):
        scene.asked()
    coordinator = with_second_factor(type(client)(), staff(RoleName.COORDINATOR, scene.provider))
    assert coordinator.get(reverse("admin:representation_post_changelist")).status_code == 403
    assert (
        coordinator.get(reverse("admin:representation_poolentry_change", args=[PoolEntry.objects.get().pk])).status_code
        == 403
    )
