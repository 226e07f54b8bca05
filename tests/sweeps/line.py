"""Those near the line of a round, in the world of the sweeps: the applicant agreed to be asked, and was."""

from typing import Any

import pgtrigger

from applications.line_notices import LINE_LINK
from applications.models import Application, Line, LineAnswer
from cohorts.models import Cohort
from steppingup import clock
from steppingup.accounts.models import TokenLink
from tests.factories.line import consent_of, line_of, scored


def agree_near_the_line(world: Any) -> None:
    things = world.things
    things.line = line_of(things.offer_cohort)
    things.line_consent = consent_of(things.line, world.applicant)
    things.line_answer = LineAnswer.objects.create(consent=things.line_consent, months=12)
    mine = {"purpose": LINE_LINK, "target": things.line_answer, "email": world.applicant.email}
    things.line_token = TokenLink.issue(**mine, days=9)[1]


def more_near_the_line(world: Any, cohort: Cohort) -> None:
    """Another round in which the applicant agreed; and somebody else in the same."""
    found = consent_of(line_of(cohort), world.applicant)
    for months in (12, 24):
        LineAnswer.objects.create(consent=found, months=months, moves=["promoted"], answered_at=clock.now())


def with_a_ranking(w: Any) -> Cohort:
    """A round in which everybody is decided and one more was scored than there are places; nobody has drawn its line."""
    Line.objects.filter(cohort=w.offer_cohort).delete()
    with pgtrigger.ignore():
        Application.objects.filter(pk=w.offered.pk).update(mean_total=80, reviews_given=2)
    scored(w.offer_window, 75, w.coordinator)
    Cohort.objects.filter(pk=w.offer_cohort.pk).update(capacity=1)
    return Cohort.objects.select_related("rule_set", "programme__provider").get(pk=w.offer_cohort.pk)
