"""The application window of a cohort that is copied for another year."""

from datetime import timedelta

from applications.models import EmployerRule, Window
from cohorts.actions.copying import shifted
from cohorts.models import Cohort


def copy_window(old: Cohort, new: Cohort, shift: timedelta) -> None:
    """The same rules, and what holds for employers; opening and closing are moved with the start of the cohort."""
    window = Window.objects.filter(cohort=old).first()
    if window is None:
        return
    copied = Window.objects.create(
        cohort=new,
        opens_at=shifted(window.opens_at, shift),
        closes_at=shifted(window.closes_at, shift),
        **{name: getattr(window, name) for name in Window.RULES},
    )
    for rule in window.employer_rules.all():
        EmployerRule.objects.create(window=copied, **{name: getattr(rule, name) for name in EmployerRule.RULES})
