"""Every lifecycle: what is not in its table is refused, by the action and by the database."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from django.db import Error, transaction

from steppingup.history.lifecycle import Lifecycle, NotPossible
from steppingup.messaging.models import Message
from tests.sweeps.states_table import IDS, SUBJECTS, WAYS, ways_of
from tests.sweeps.ways import ANYWHERE, Subject, Way, put
from tests.sweeps.world import World

LIFECYCLES = sorted(Lifecycle.registry)

#: What the triggers say: of the lifecycle, or of a row that is frozen altogether.
REFUSALS = ("Invalid transition", "Cannot update")


def test_every_lifecycle_stands_in_the_table_and_every_move_has_a_way():
    assert set(SUBJECTS) == set(Lifecycle.registry)
    for name, subject in SUBJECTS.items():
        moves = Lifecycle.registry[name].moves
        assert {move for move, _, _ in ways_of(name)} == set(moves), name
        assert set(subject.ways) <= {key for move, step, _ in ways_of(name) for key in (move, step)}, name


def forbidden(lifecycle: Lifecycle, move: str, way: Way) -> Iterator[str]:
    """The states in which this action must not move the thing."""
    begins_with = lifecycle.moves[way.inside or move]
    allowed = {*lifecycle.moves[move].sources, *begins_with.sources, *way.other}
    return (state for state in lifecycle.states.values if state not in allowed)


def refused(world: World, subject: Subject, way: Way, state: str) -> str:
    """What went wrong; nothing when the action refused, the thing is as it was, and nobody was told anything."""
    quiet = way.quiet == ANYWHERE or state in way.quiet
    with transaction.atomic():
        thing = put(getattr(world, subject.thing), state, **subject.also(world, state))
        told = Message.objects.count()
        try:
            with transaction.atomic():
                way.call(world, thing)
        except NotPossible:
            said = True
        else:
            said = quiet
        told = Message.objects.count() - told
        after = type(thing).objects.get(pk=thing.pk).status
        transaction.set_rollback(True)
    if after != state:
        return f"“{state}” became “{after}”"
    if told and not quiet:
        return f"in “{state}” {told} were told"
    return "" if said else f"in “{state}” nobody said that it is not possible"


@pytest.mark.parametrize(("name", "move", "step", "way"), WAYS, ids=IDS)
def test_an_action_refuses_the_states_that_its_move_does_not_begin_in(world, name, move, step, way):
    lifecycle, subject = Lifecycle.registry[name], SUBJECTS[name]
    wrong = [refused(world, subject, way, state) for state in forbidden(lifecycle, move, way)]
    assert not [one for one in wrong if one]


@pytest.mark.parametrize(("name", "move", "step", "way"), WAYS, ids=IDS)
def test_the_same_action_makes_the_move_where_it_is_allowed(world, name, move, step, way):
    """Otherwise the refusals above might be refusals of something else."""
    lifecycle, subject, reached = Lifecycle.registry[name], SUBJECTS[name], {}
    if way.inside:
        return
    for state in sorted(lifecycle.moves[move].sources):
        with transaction.atomic():
            thing = put(getattr(world, subject.thing), state, **subject.also(world, state))
            try:
                with transaction.atomic():
                    way.call(world, thing)
            except NotPossible as sentence:
                reached[state] = str(sentence)
            else:
                reached[state] = type(thing).objects.get(pk=thing.pk).status
            transaction.set_rollback(True)
    target = lifecycle.moves[move].target
    moved = [state for state, end in reached.items() if end == target or (way.quiet == ANYWHERE and end != state)]
    moved += [state for state, end in reached.items() if way.stays and end == state]
    assert moved, reached


#: Moves of an application that decide nothing, or whose moment the application keeps itself.
NO_DECISION = {"submit", "start_review", "withdraw"}


@pytest.mark.parametrize("name", sorted(set(Lifecycle.registry["application"].moves) - NO_DECISION))
def test_every_decision_about_an_application_is_written_down(world, name):
    lifecycle, subject = Lifecycle.registry["application"], SUBJECTS["application"]
    way, written = next(way for move, _, way in ways_of("application") if move == name), []
    for state in sorted(lifecycle.moves[name].sources):
        with transaction.atomic():
            thing = put(getattr(world, subject.thing), state, **subject.also(world, state))
            with suppress(NotPossible), transaction.atomic():
                way.call(world, thing)
            written += thing.decisions.values_list("step", flat=True)
            transaction.set_rollback(True)
    assert set(written) == {"reconsider" if name.startswith("reconsider") else name}


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_database_refuses_every_move_that_is_not_in_the_table(world, name):
    lifecycle, subject = Lifecycle.registry[name], SUBJECTS[name]
    pairs = {(source, step.target) for step in lifecycle.moves.values() for source in step.sources}
    went_through, held_back = [], []
    for before in lifecycle.states.values:
        for after in lifecycle.states.values:
            if before == after:
                continue
            with transaction.atomic():
                thing = put(getattr(world, subject.thing), before, **subject.also(world, before))
                error = moved_by_hand(thing, after, subject.also(world, after))
                transaction.set_rollback(True)
            if (before, after) not in pairs and not any(word in error for word in REFUSALS):
                went_through.append((before, after, error))
            if (before, after) in pairs and "Invalid transition" in error:
                held_back.append((before, after, error))
    assert not went_through
    assert not held_back


def moved_by_hand(thing, state: str, values: dict) -> str:
    """Change the row without any of our code. What the database said; nothing when it let it pass."""
    try:
        with transaction.atomic():
            type(thing).objects.filter(pk=thing.pk).update(status=state, **values)
    except Error as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", LIFECYCLES)
def test_the_database_lets_a_row_begin_in_the_first_state_only(world, name):
    lifecycle = Lifecycle.registry[name]
    thing = getattr(world, SUBJECTS[name].thing)
    for state in lifecycle.states.values:
        if state != lifecycle.initial:
            copy = type(thing).objects.get(pk=thing.pk)
            copy.pk, copy.status = None, state
            with pytest.raises(Error, match="annot insert"), transaction.atomic():
                copy.save(force_insert=True)
