"""The list of refusals that no test reaches (tests/plugins/refusals.py) is true."""

from collections.abc import Iterator

import pytest
from django.utils import timezone

from cohorts.actions import attendance
from cohorts.models import Cohort, Session
from cohorts.states import COHORT, CohortStatus
from steppingup.history.lifecycle import NotPossible
from tests.plugins.refusals import HELPERS, classes, places


@pytest.fixture
def reached(request: pytest.FixtureRequest) -> Iterator[set[tuple[str, int]]]:
    """What is reached from now on, beside what other tests have reached."""
    plugin = request.config.pluginmanager.get_plugin("refusals")
    before, plugin.reached = plugin.reached, set()
    yield plugin.reached
    plugin.reached |= before


def test_a_refusal_is_noted_at_the_place_in_the_code_that_makes_it(reached):
    with pytest.raises(NotPossible):
        COHORT.check(Cohort(status=CohortStatus.CANCELLED), "start")
    (place,) = [place for place in reached if place[0] == "steppingup/history/lifecycle.py"]
    spans = [(file, range(first, last + 1)) for (file, first), last in places({"NotPossible"})]
    assert any(file == place[0] and place[1] in lines for file, lines in spans)


def test_a_refusal_by_a_helper_is_noted_where_it_was_asked_for(reached):
    session = Session(cancelled_at=timezone.now())
    with pytest.raises(NotPossible, match="was cancelled"):
        attendance.require_due(session)
    spans = [(file, range(first, last + 1)) for (file, first), last in places(HELPERS)]
    in_the_register = [lines for file, lines in spans if file == "cohorts/actions/attendance.py"]
    assert any(("cohorts/actions/attendance.py", line) in reached for lines in in_the_register for line in lines)


def test_every_kind_of_refusal_is_looked_for():
    found = {one.__name__ for one in classes()}
    assert {"NotPossible", "NotAllowed", "NoPlaceLeft", "SameDay", "DeadEnd", "ChangedElsewhere"} <= found
    assert len(list(places(found | HELPERS))) > 200
