"""The modules of a cohort that is copied for another year: numbers, titles and summaries, without sessions."""

from datetime import timedelta

from cohorts.models import Cohort
from modules.models import Module


def copy_modules(old: Cohort, new: Cohort, shift: timedelta) -> None:
    for module in Module.objects.filter(cohort=old):
        same = {name: getattr(module, name) for name in ("number", "title", "summary", "works_on")}
        Module.objects.create(cohort=new, **same)
