"""Who may do what about what comes after a programme."""

from cohorts.models import Destination, StepConfirmation, Story
from tests.factories.confirmations import SAM
from tests.factories.stories import SAID
from tests.sweeps.may import OF_COHORT, OF_PROVIDER, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now, put
from tests.sweeps.world import World

ALUMNI, DESTINATIONS = "cohorts.actions.alumni", "cohorts.actions.destinations"


def destination(w: World, **values: object) -> Destination:
    change(w.destination, **values)
    return Destination.objects.for_steps().get(pk=w.destination.pk)


def nobody_asked(w: World) -> Destination:
    """They have stepped up, and let nobody be asked."""
    StepConfirmation.objects.all().delete()
    return Destination.objects.for_steps().get(pk=w.stepped.pk)


STORIES = "cohorts.actions.stories"


def story(w: World, status: str, **more: object) -> dict[str, object]:
    put(w.story, status)
    return {"story": Story.objects.for_steps().get(pk=w.story.pk), **more}


TOLD = [
    Row("cohorts.actions.asking_for_stories.ask_for_story", OF_COHORT, lambda w: {"enrolment": w.enrolment}),
    Row(f"{STORIES}.tell_story", PARTICIPANT, lambda w: {"enrolment": w.enrolment, **SAID}),
    Row(
        f"{STORIES}.propose",
        OF_COHORT,
        lambda w: story(w, "sent", worded_title="From ward to board", worded_text="Now I chair it."),
    ),
    Row(f"{STORIES}.ask_for_changes", (*PARTICIPANT, *OF_COHORT), lambda w: story(w, "proposed", wish="Shorter.")),
    Row(f"{STORIES}.agree", PARTICIPANT, lambda w: story(w, "proposed", words=w.story.fingerprint)),
    Row(f"{STORIES}.withdraw", (*PARTICIPANT, *OF_COHORT), lambda w: story(w, "published")),
    Row(f"{STORIES}.take_off", OF_COHORT, lambda w: story(w, "published", reason="It names a colleague.")),
    Row(f"{STORIES}.note_use", OF_COHORT, lambda w: story(w, "published", paper="Annual report, March 2020")),
]
AFTERWARDS = [
    *TOLD,
    Row(f"{DESTINATIONS}.answer", PARTICIPANT, lambda w: {"destination": destination(w), "moves": ["same"]}),
    Row(f"{DESTINATIONS}.stop", (*PARTICIPANT, *OF_COHORT), lambda w: {"destination": destination(w)}),
    Row(
        f"{DESTINATIONS}.resume",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"destination": destination(w, stopped_at=now())},
    ),
    Row("cohorts.actions.confirmations.ask_employer", PARTICIPANT, lambda w: {"destination": nobody_asked(w), **SAM}),
    Row(
        "cohorts.actions.confirmations.withdraw_asking",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"destination": Destination.objects.for_steps().get(pk=w.stepped.pk)},
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
