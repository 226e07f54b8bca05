"""Applications' part of a programme's file: the windows of its cohorts, and what holds for employers. The parts of the
admission rules are written with these (`cohorts.programme_files.writing`)."""

from collections.abc import Sequence

from django.utils import timezone

from applications.models import EmployerRule, Window
from cohorts.models import Cohort, Programme
from cohorts.programme_files.writing import Tables, plain, said


def write_windows(of: Programme, cohorts: Sequence[Cohort], data: Tables) -> None:
    """Add the window of each cohort to its table. Moments are written as London's time."""
    windows = {one.cohort_id: one for one in Window.objects.filter(cohort__in=cohorts)}
    for cohort, table in zip(cohorts, data["cohorts"], strict=True):
        if cohort.pk in windows:
            table["window"] = _window(windows[cohort.pk])


def _window(window: Window) -> Tables:
    moments = {name: timezone.make_naive(getattr(window, name)) for name in ("opens_at", "closes_at")}
    rules = {name: plain(getattr(window, name)) for name in Window.RULES}
    rows = window.employer_rules.select_related("employer", "funded_by").order_by("pk")
    found = [_employer_rule(row) for row in rows]
    return {**moments, **rules, **({"employer_rules": found} if found else {})}


def _employer_rule(row: EmployerRule) -> Tables:
    whose = {"employer": row.employer.slug} if row.employer else {}
    fund = {"funded_by": row.funded_by.key} if row.funded_by else {}
    return {**whose, **said(row), **fund}
