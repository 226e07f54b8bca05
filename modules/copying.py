"""The modules of a cohort that is copied for another year: numbers, titles and summaries, without sessions."""

from datetime import timedelta

from cohorts.models import Cohort
from modules.models import Module


def copy_modules(old: Cohort, new: Cohort, shift: timedelta) -> None:
    for module in Module.objects.filter(cohort=old):
        Module.objects.create(cohort=new, number=module.number, title=module.title, summary=module.summary)
