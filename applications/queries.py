"""Questions about a cohort's applications: its places, its waiting list, its ranking."""

from django.db.models import Count

from applications.models import Application, EmployerRule, Score, Window
from applications.rules import scores
from applications.selection.ranking import Candidate
from applications.states import RANKED, ReviewStatus
from cohorts.models import Cohort


def place_on_waiting_list(application: Application) -> int | None:
    """1 for the next to be offered a place; None for somebody who is not on the list."""
    waiting = Application.objects.filter(cohort=application.cohort_id).waiting_in_order().values_list("pk", flat=True)
    return next((place for place, pk in enumerate(waiting, 1) if pk == application.pk), None)


def places_left(cohort: Cohort) -> tuple[int, int]:
    """Places that nobody holds, and how many offers are open for them."""
    taken = cohort.enrolments.holding_a_place().count()
    return max(cohort.capacity - taken, 0), Application.objects.filter(cohort=cohort).with_open_offer().count()


def candidates_of(cohort: Cohort) -> list[Candidate]:
    """Everybody who stands in the ranking of the cohort, with their scores: three queries, however many there are."""
    top = Window.objects.filter(cohort=cohort).values_list("max_score", flat=True).first()
    given = Score.objects.filter(
        review__status=ReviewStatus.SUBMITTED, review__application__cohort=cohort, value=top
    ).order_by()
    most = dict(given.values_list("review__application").annotate(number=Count("pk")))
    columns = scores.in_sql("reviews__")
    rows = Application.objects.filter(cohort=cohort, status__in=RANKED).annotate(**columns).order_by()
    return [
        Candidate(pk, most.get(pk, 0), at, scores.Figures(*figures))
        for pk, at, *figures in rows.values_list("pk", "submitted_at", *columns)
    ]


def employer_rule(application: Application) -> EmployerRule | None:
    """What holds for this applicant's employer in this window (B34, B37), if anything special does."""
    if application.employer_id is None:
        return None
    rules = EmployerRule.objects.select_related("funded_by", "employer")
    return rules.filter(window__cohort=application.cohort_id, employer=application.employer_id).first()
