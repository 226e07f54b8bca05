"""A crawl as each person: nobody finds a word of an entry, note, plan, concern, report or paper but whom the table names
(`texts_about_people.py`), whatever they open, search, download or are sent (B53)."""

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import connection, transaction
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from cohorts.actions import journal
from cohorts.models import Concern, Conversation, Enrolment, Goal, JournalEntry, PeerGroup, SharedEntry, ThreeWayReview
from mentoring.models import Pair
from tests.factories.accounts import UserFactory
from tests.factories.cohorts import ParticipantFactory
from tests.factories.conversations import talked
from tests.factories.journal import entry_of, opened, shared_with
from tests.sweeps.access_table import ROWS
from tests.sweeps.journals import GOAL, OWN_GOAL, PRIVATE, SHARED, TAKEN_BACK, TALK
from tests.sweeps.marked import OURS
from tests.sweeps.test_providers_apart import said
from tests.sweeps.texts_about_people import TALK_BEFORE, TEXTS, bring_in
from tests.sweeps.visits import signed_in_before, visit
from tests.sweeps.world import World

WORDS = tuple(text.word for text in TEXTS)
#: Those of the journal, the plan and conversations stand nowhere but in these tables.
KEPT_APART = (PRIVATE, SHARED, TAKEN_BACK, GOAL, OWN_GOAL, TALK, TALK_BEFORE)
OWN_TABLES = ("cohorts_journalentry", "cohorts_conversation", "cohorts_goal", "cohorts_goalaction")
#: Whom the cast does not have.
FORMER = ("former_manager", "former_mentor", "peer", "other_group", "host")
#: Those who come near enough to look for it.
NEAR = (
    *("visitor", "participant", "other_participant", "manager", "other_manager", "mentor", "other_mentor"),
    *("coordinator", "limited_coordinator", "far_coordinator", "equality", "finance", "assessor"),
    *("superuser", "confidant", *FORMER),
)
#: Addresses with a secret: whoever has it is whom it was sent to.
BY_LINK = {row.name: row for row in ROWS if row.anybody}
ROOMS = ("cohorts:", "mentoring:", "modules:", "representation:", "jobs:", "home", "calendar")


def _former(world: World) -> None:
    """People who were the line manager and the mentor, and to whom an entry was shared and not taken back; peers; a host."""
    people, enrolment = world.people, world.enrolment
    manager, mentor = enrolment.line_manager, world.mentor_row.user
    for name in FORMER:
        people[name] = UserFactory(full_name=name.replace("_", " ").title())
    Enrolment.objects.filter(pk=enrolment.pk).update(line_manager=people["former_manager"])
    earlier = JournalEntry.objects.get(pk=world.shared_entry.pk)
    opened(shared_with(earlier))
    talked(Enrolment.objects.for_steps().get(pk=enrolment.pk), by=people["former_manager"], agreed=TALK_BEFORE)
    Enrolment.objects.filter(pk=enrolment.pk).update(line_manager=manager)
    assert world.mentor_row.user == mentor
    SharedEntry.objects.create(entry=earlier, reader=people["former_mentor"], role="mentor", **_read())
    SharedEntry.objects.create(entry=earlier, reader=people["peer"], role="peer", **_read())
    groups = [world.own_group, PeerGroup.objects.create(cohort=world.running, name="Two")]
    ParticipantFactory(cohort=world.running, participant=people["peer"], peer_group=groups[0])
    ParticipantFactory(cohort=world.running, participant=people["other_group"], peer_group=groups[1])
    host = people["host"]
    host.organisation = world.placement.host
    host.save(update_fields=["organisation"])
    world.enrolment.placements.update(host_contact=f"Host, {host.email}")
    taken = opened(shared_with(entry_of(world.enrolment, TAKEN_BACK, TAKEN_BACK)))
    journal.take_back(sharing=taken, by=world.participant)


def _read() -> dict[str, object]:
    return {"first_read_at": timezone.now(), "read_at": timezone.now()}


@pytest.fixture(scope="module")
def crawled(whole_world: World) -> Iterator[World]:
    with transaction.atomic():
        world = World(dict(whole_world.people), {}, whole_world.things)
        _former(world)
        bring_in(world)
        for who in NEAR:
            world.client(who)
        clients = {who: client for who, client in world.clients.items() if who != "visitor"}
        with signed_in_before(clients, {who: world.people[who] for who in clients}):
            yield world
        transaction.set_rollback(True)


def addresses(world: World) -> Iterator[str]:
    """Every page of the table of access, and of entries every address there is, opened and not."""
    yield from (row.at(world) for row in ROWS if row.name.startswith(ROOMS) and row.name not in BY_LINK)
    for entry in JournalEntry.objects.all():
        own = [entry.enrolment_id, entry.pk]
        yield from (reverse(f"cohorts:journal_{name}", args=own) for name in ("entry", "change", "share"))
        for file in entry.files.all():
            yield reverse("cohorts:journal_file", args=[*own, file.pk])
    for goal in Goal.objects.select_related("entry"):
        own = [goal.entry.enrolment_id, goal.pk]
        yield from (reverse(f"cohorts:{name}", args=own) for name in ("goal", "plan_change", "plan_reach"))
        for action in goal.actions.all():
            yield reverse("cohorts:plan_change_action", args=[*own, action.pk])
    for sharing in SharedEntry.objects.all():
        yield reverse("cohorts:shared_entry", args=[sharing.pk])
        yield from (reverse("cohorts:shared_file", args=[sharing.pk, file.pk]) for file in sharing.entry.files.all())
    yield from (reverse("cohorts:review", args=[one.pk]) for one in ThreeWayReview.objects.all())
    for one in Conversation.objects.all():
        for name in ("conversation", "managed_conversation"):
            yield reverse(f"cohorts:{name}_change", args=[one.enrolment_id, one.pk])
    for one in Enrolment.objects.filter(participant__in=[world.people["peer"], world.people["other_group"]]):
        yield reverse("cohorts:peer_group", args=[one.pk])
        yield reverse("cohorts:peer_paper", args=[one.pk, world.peer_paper.pk])
    for name in ("journal", "plan"):
        yield from (f"{reverse(f'cohorts:{name}', args=[world.enrolment.pk])}?q={word}" for word in WORDS)


def of_the_desk(world: World) -> Iterator[str]:
    """Lists of staff, what is searched in them, what is downloaded, and the pages and history of the participant's own records."""
    for model, page in admin.site._registry.items():
        if page.__module__.split(".")[0] not in OURS:
            continue
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        listing = reverse(f"{name}_changelist")
        yield listing
        yield f"{listing}?export=csv"
    for word in WORDS:
        yield f"{reverse('admin:search')}?s={word[:9]}"
    of_people = (world.enrolment, world.participant, world.running, world.pair, world.other_pair)
    places = (world.placement, world.shared_entry)
    texts = (
        world.looking_back,
        world.coaching,
        world.internal_mentor,
        world.stepped,
        world.own_report,
        world.staff_note,
        world.pool_entry,
    )
    in_confidence = (world.reply, world.make_up, world.complaint, Concern.objects.latest("pk"))
    for record in (*of_people, *places, *texts, *in_confidence):
        name = f"admin:{record._meta.app_label}_{record._meta.model_name}"
        for kind in ("change", "history"):
            try:
                yield reverse(f"{name}_{kind}", args=[record.pk])
            except NoReverseMatch:
                break


@pytest.mark.requirement("B53")
@pytest.mark.parametrize("who", NEAR)
def test_everybody_finds_what_is_theirs_to_read_and_not_a_word_more(crawled, who):
    client, found = crawled.client(who), set()
    is_staff = who != "visitor" and crawled.people[who].is_staff
    for address in [*addresses(crawled), *(of_the_desk(crawled) if is_staff else ())]:
        text = said(visit(client, "get", address))
        # A page repeats what was looked for in it.
        found |= {word for word in WORDS if word in text and f"={word}" not in address and word[:9] not in address}
    assert found == {text.word for text in TEXTS if who in text.readers}


@pytest.mark.requirement("B53")
@pytest.mark.parametrize("name", sorted(BY_LINK))
def test_whoever_holds_a_link_reads_what_it_is_about_and_not_a_word_more(crawled, name):
    text = said(visit(crawled.client("visitor"), "get", BY_LINK[name].at(crawled)))
    assert {word for word in WORDS if word in text} == {text.word for text in TEXTS if name in text.readers}


@pytest.mark.requirement("B53")
@pytest.mark.parametrize("who", NEAR)
def test_pressing_read_opens_only_what_is_shared(crawled, who):
    for sharing in SharedEntry.objects.all():
        answer = visit(crawled.client(who), "post", reverse("cohorts:open_entry", args=[sharing.pk]))
        is_theirs = who != "visitor" and sharing.ended_at is None and crawled.people[who].pk == sharing.reader_id
        assert (answer.outcome == "away") == (is_theirs and who not in FORMER), (who, sharing.pk, answer.outcome)


@pytest.mark.requirement("B53")
def test_no_table_but_their_own_has_a_word_of_an_entry(crawled):
    """No history, no record of steps, no message, no job."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [name for (name,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" one WHERE one::text ~ %s', ["|".join(KEPT_APART)])
            found = cursor.fetchone()[0]
            assert bool(found) == (table in OWN_TABLES), table
    assert not Pair.objects.filter(mentor__user=crawled.people["former_mentor"]).exists()
