"""Who may do what about what comes after a programme."""

from cohorts.models import Destination
from tests.sweeps.may import OF_COHORT, OF_PROVIDER, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

ALUMNI, DESTINATIONS = "cohorts.actions.alumni", "cohorts.actions.destinations"


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
    Row(
        f"{ALUMNI}.choose_as_graduate",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"enrolment": w.completed, "speaks": True},
    ),
    Row(f"{ALUMNI}.open_to_graduates", OF_PROVIDER, lambda w: {"offer": change(w.graduate_offer, opened_at=None)}),
    Row(f"{ALUMNI}.close_offer", OF_PROVIDER, lambda w: {"offer": w.graduate_offer}),
    Row(f"{ALUMNI}.reopen_offer", OF_PROVIDER, lambda w: {"offer": change(w.graduate_offer, closed_at=now())}),
    Row(
        f"{ALUMNI}.say_interest",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"enrolment": w.completed, "offer": w.graduate_offer},
    ),
    Row(
        f"{ALUMNI}.end_interest",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"enrolment": w.completed, "offer": w.other_offer},
    ),
    Row("cohorts.actions.leaving.record_death", OF_COHORT, lambda w: {"enrolment": w.alone}),
    Row(
        "cohorts.actions.hosts.lose_host",
        OF_COHORT,
        lambda w: {"placement": w.placement, "reason": "The museum has closed."},
    ),
]
