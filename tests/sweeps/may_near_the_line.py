"""Who may let people near the line be asked; what they agree to and answer is theirs alone."""

from typing import Any

import pgtrigger

from applications.models import Application, LineAnswer, LineConsent
from steppingup.clock import now
from tests.factories.review import fresh
from tests.sweeps.line import with_a_ranking
from tests.sweeps.may import APPLICANT, OF_COHORT, Row
from tests.sweeps.world import World

LINE = "applications.actions.line"


def near(w: World) -> dict[str, Any]:
    LineConsent.objects.all().delete()
    with pgtrigger.ignore():
        Application.objects.filter(pk=w.offered.pk).update(mean_total=80, reviews_given=2)
    return {"application": fresh(w.offered)}


def agreed(w: World, **more: Any) -> dict[str, Any]:
    LineConsent.objects.filter(pk=w.line_consent.pk).update(**more)
    return {"consent": LineConsent.objects.for_steps().get(pk=w.line_consent.pk)}


NEAR_THE_LINE = [
    Row(f"{LINE}.ask_near_line", OF_COHORT, lambda w: {"cohort": with_a_ranking(w), "width": 10}),
    Row(f"{LINE}.stop_asking_near_line", OF_COHORT, lambda w: {"cohort": w.offer_cohort}),
    Row(f"{LINE}.agree", APPLICANT, near),
    Row(f"{LINE}.take_consent_back", APPLICANT, agreed),
    Row(f"{LINE}.stop", APPLICANT, agreed),
    Row(f"{LINE}.resume", APPLICANT, lambda w: agreed(w, stopped_at=now())),
    Row(
        f"{LINE}.answer",
        APPLICANT,
        lambda w: {"answer": LineAnswer.objects.for_steps().get(pk=w.line_answer.pk), "moves": ["same"]},
    ),
]
