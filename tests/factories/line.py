"""A round with a line: people with scores, whom we told whether there is a place."""

from datetime import timedelta

import pgtrigger

from applications.actions import line
from applications.line_notices import LINE_LINK
from applications.models import Application, Line, LineAnswer, LineConsent, Window
from applications.states import ApplicationStatus
from cohorts.models import Cohort
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from tests.factories import review
from tests.factories.review import told

S = ApplicationStatus


def scored(of: Window, mean: float, by: User, status: str = S.TURNED_DOWN, **fields) -> Application:
    """Somebody with this mean, whom we told."""
    found = review.arrived(of, **fields)
    decided = {"status": status, "mean_total": mean, "decided_at": clock.now(), "decided_by": by}
    reason = told("score") if status == S.TURNED_DOWN else {}
    with pgtrigger.ignore():
        Application.objects.filter(pk=found.pk).update(**decided, **reason, reviews_given=2)
    return review.fresh(found)


def round_of(*means: float, places: int, by: User | None = None, **fields) -> tuple[Window, list[Application], User]:
    """A round without interview: these means, of which the first `places` have an offer."""
    of = review.without_interview(capacity=places, **fields)
    by = by or review.coordinator(of)
    found = [
        scored(of, mean, by, S.WAITING if place < places else S.TURNED_DOWN, name=f"Person {place}")
        for place, mean in enumerate(means)
    ]
    return of, found, by


def drawn(of: Window, by: User, width: int = 10) -> Line:
    cohort = Cohort.objects.select_related("programme__provider", "rule_set").get(pk=of.cohort_id)
    return line.ask_near_line(cohort=cohort, width=width, by=by)


def agreed(application: Application) -> LineConsent:
    found = line.agree(application=application, by=application.applicant)
    return LineConsent.objects.for_steps().get(pk=found.pk)


def asked(consent: LineConsent, months: int = 12) -> LineAnswer:
    made = LineAnswer.objects.create(consent=consent, months=months)
    return LineAnswer.objects.for_steps().get(pk=made.pk)


def holder_of(answer: LineAnswer) -> LinkHolder:
    return LinkHolder(link_of(answer)[0])


def link_of(answer: LineAnswer) -> tuple[TokenLink, str]:
    return TokenLink.issue(purpose=LINE_LINK, target=answer, email=answer.consent.person.email, days=9)


def earlier(consent: LineConsent, days: int) -> LineConsent:
    """They agreed so many days ago."""
    with pgtrigger.ignore():
        LineConsent.objects.filter(pk=consent.pk).update(agreed_at=clock.local() - timedelta(days=days))
    return LineConsent.objects.for_steps().get(pk=consent.pk)


def line_of(cohort: Cohort) -> Line:
    return Line.objects.create(
        cohort=cohort, score=80, top_scores=1, submitted_at=clock.now(), width=10, near_above=1, near_below=1
    )


def consent_of(line: Line, person: User) -> LineConsent:
    return LineConsent.objects.create(line=line, person=person, points=2.5, is_above=True, wording="You may ask me.")
