"""Who may do what about what comes after a programme."""

from cohorts.models import Destination
from tests.sweeps.may import OF_COHORT, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

DESTINATIONS = "cohorts.actions.destinations"


def destination(w: World, **values: object) -> Destination:
    change(w.destination, **values)
    return Destination.objects.for_steps().get(pk=w.destination.pk)


AFTERWARDS = [
    Row(f"{DESTINATIONS}.answer", PARTICIPANT, lambda w: {"destination": destination(w), "moves": ["same"]}),
    Row(f"{DESTINATIONS}.stop", (*PARTICIPANT, *OF_COHORT), lambda w: {"destination": destination(w)}),
    Row(
        f"{DESTINATIONS}.resume",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"destination": destination(w, stopped_at=now())},
    ),
    Row(f"{DESTINATIONS}.ask_once_more", OF_COHORT, lambda w: {"destination": destination(w)}),
    Row("cohorts.actions.leaving.record_death", OF_COHORT, lambda w: {"enrolment": w.alone}),
    Row(
        "cohorts.actions.hosts.lose_host",
        OF_COHORT,
        lambda w: {"placement": w.placement, "reason": "The museum has closed."},
    ),
]
