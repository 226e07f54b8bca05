"""Personality-type tools on record: that they were taken, and never what came of them but in the participant's own journal (L10)."""

import pytest
from django.urls import reverse

from applications.roles import RoleName
from cohorts.actions import enrolments, journal
from cohorts.models import JournalEntry, SharedEntry
from cohorts.relations import LINE_MANAGER
from mentoring.relations import MENTOR
from representation.actions import tools
from representation.models import ToolResult, ToolTaken
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import tools as make
from tests.factories.accounts import UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory, day
from tests.staff import take_step, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("L10")]


class Scene:
    """A participant with a line manager and a mentor, and whoever runs the cohort."""

    def __init__(self) -> None:
        self.cohort = RunningCohortFactory()
        self.by = staff(RoleName.COORDINATOR, self.cohort.programme.provider)
        self.manager = UserFactory(full_name="Jo Maddern")
        self.person = ParticipantFactory(
            cohort=self.cohort, line_manager=self.manager, participant__full_name="Ada Osei"
        )
        self.user = self.person.participant
        self.mentor = make.mentor_of(self.person)

    def page(self) -> str:
        return reverse("representation:tools", args=[self.person.pk])

    def written(self, text: str = "I plan, and others leap.") -> JournalEntry:
        return tools.write_about(tool=make.taken(self.person), text=text, by=self.user)


@pytest.fixture
def scene():
    return Scene()


def test_staff_record_that_a_tool_was_taken_and_nothing_of_what_came_of_it(client, scene):
    written = Message.objects.count()
    desk = with_second_factor(client, scene.by)
    address = reverse("admin:cohorts_enrolment_step", args=[scene.person.pk, "record_tool"])
    take_step(
        desk, address, name="Insights", on=f"{day(-3):%d/%m/%Y}", arranged_by="Shropshire Council", paid_by="employer"
    )
    one = ToolTaken.objects.get()
    assert (one.name, one.taken_on, one.arranged_by, one.paid_by) == (
        "Insights",
        day(-3),
        "Shropshire Council",
        "employer",
    )
    assert one.recorded_by == scene.by
    assert Message.objects.count() == written
    assert {field.name for field in ToolTaken._meta.concrete_fields} == {
        *("id", "enrolment", "name", "taken_on", "arranged_by", "paid_by", "recorded_by", "recorded_at"),
    }


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"name": " "}, "Say which tool"), ({"on": day(1)}, "in the future"), ({"on": day(-3)}, "on record")],
)
def test_what_cannot_be_recorded_is_refused(scene, given, sentence):
    make.taken(scene.person)
    with pytest.raises(NotPossible, match=sentence):
        tools.record_tool(enrolment=scene.person, by=scene.by, **{"name": "Insights", "paid_by": "provider", **given})


def test_nothing_is_recorded_of_whoever_has_left(scene):
    gone = enrolments.withdraw(enrolment=scene.person, reason="A new job.", by=SYSTEM)
    with pytest.raises(NotPossible, match="have left"):
        tools.record_tool(enrolment=gone, name="Insights", paid_by="provider", by=scene.by)


def test_a_participant_sees_everything_that_is_on_record(client, scene):
    client.force_login(scene.user)
    assert client.get(scene.page()).status_code == 404
    make.taken(scene.person, arranged_by="Shropshire Council", recorded_by=scene.by)
    page = client.get(scene.page()).content.decode()
    for words in ("Insights", "Shropshire Council", "The programme", str(scene.by)):
        assert words in page
    front = client.get(reverse("cohorts:participant", args=[scene.person.pk])).content.decode()
    assert "Tools you have taken" in front


def test_only_they_write_what_they_took_from_it_and_nobody_reads_it(client, scene):
    one = make.taken(scene.person)
    address = reverse("representation:tool_write", args=[scene.person.pk, one.pk])
    client.force_login(scene.user)
    assert "Write what you took from it." in client.post(address, {"text": " "}).content.decode()
    page = client.post(address, {"text": "I plan, and others leap."}, follow=True).content.decode()
    assert "I plan, and others leap." in page
    assert client.get(address).status_code == 302  # once written it is changed in the journal
    for by in (scene.by, scene.manager, scene.mentor):
        with pytest.raises(NotAllowed):
            tools.write_about(tool=one, text="Theirs.", by=by)
    with pytest.raises(NotPossible, match="already"):
        tools.write_about(tool=one, text="Again.", by=scene.user)
    desk = with_second_factor(client, scene.by)
    for name in ("change", "history"):
        found = desk.get(reverse(f"admin:representation_tooltaken_{name}", args=[one.pk])).content.decode()
        assert "others leap" not in found


def test_another_participant_finds_neither(client, scene):
    one = make.taken(scene.person)
    client.force_login(ParticipantFactory(cohort=scene.cohort).participant)
    assert client.get(scene.page()).status_code == 404
    assert client.get(reverse("representation:tool_write", args=[scene.person.pk, one.pk])).status_code == 404


def test_it_is_shared_with_the_mentor_or_nobody_and_gone_at_once_when_it_is_taken_back(scene):
    entry = scene.written()
    assert [one.role for one in journal.not_yet(entry)] == [MENTOR.name]
    with pytest.raises(NotPossible, match="Choose who may read it"):
        journal.share(entry=entry, readers=[f"{LINE_MANAGER.name}-{scene.manager.pk}"], by=scene.user)
    journal.share(entry=entry, readers=[f"{MENTOR.name}-{scene.mentor.pk}"], by=scene.user)
    sharing = SharedEntry.objects.get()
    journal.open_entry(sharing=sharing, by=scene.mentor)
    journal.take_back(sharing=SharedEntry.objects.for_steps().get(), by=scene.user)
    with pytest.raises(NotAllowed):
        journal.open_entry(sharing=sharing, by=scene.mentor)


def test_another_entry_is_still_shared_with_the_line_manager(scene):
    entry = journal.write(enrolment=scene.person, title="Monday", text="Led it.", on=day(0), by=scene.user)
    assert {one.role for one in journal.not_yet(entry)} == {LINE_MANAGER.name, MENTOR.name}


def test_without_a_mentor_there_is_nobody_to_share_it_with(scene):
    make.no_mentor(scene.person)
    entry = scene.written()
    with pytest.raises(NotPossible, match="nobody to share it with"):
        journal.share(entry=entry, readers=[f"{LINE_MANAGER.name}-{scene.manager.pk}"], by=scene.user)


def test_what_is_deleted_from_the_journal_is_gone_and_the_record_stays(client, scene):
    entry = scene.written()
    journal.delete(entry=entry, by=scene.user)
    assert not ToolResult.objects.exists()
    client.force_login(scene.user)
    assert "Write what you took from it" in client.get(scene.page()).content.decode()


def test_staff_remove_a_record_and_what_was_written_stays_in_the_journal(client, scene):
    entry = scene.written()
    one = ToolTaken.objects.get()
    take_step(
        with_second_factor(client, scene.by),
        reverse("admin:representation_tooltaken_step", args=[one.pk, "remove_tool"]),
    )
    assert not ToolTaken.objects.exists()
    assert JournalEntry.objects.get() == entry


def test_the_list_of_staff_is_downloaded(client, scene):
    make.taken(scene.person)
    desk = with_second_factor(client, scene.by)
    page = reverse("admin:representation_tooltaken_changelist")
    assert "Ada Osei" in desk.get(page).content.decode()
    download = b"".join(desk.get(f"{page}?export=csv").streaming_content).decode()
    assert "The programme" in download
