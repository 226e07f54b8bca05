"""The fee terms of a cohort that is copied for another year."""

from datetime import timedelta

from cohorts.models import Cohort
from funding.models import FeeTerms
from funding.models.terms import SAID


def copy_terms(old: Cohort, new: Cohort, shift: timedelta) -> None:
    """Terms of its own go along; those of the programme hold for the copy as well."""
    own = FeeTerms.objects.filter(cohort=old).first()
    if own:
        FeeTerms.objects.create(programme=new.programme, cohort=new, **{name: getattr(own, name) for name in SAID})
