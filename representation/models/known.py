"""Which organisations a provider works with: the directory of all of them is for those who keep people."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from cohorts.models import Enrolment, Partner, Placement
from steppingup.accounts.models import Organisation


def known_to(providers: Iterable[Any]) -> QuerySet[Organisation]:
    """The providers themselves, the partners of their programmes, the employers of those who take part, and the hosts."""
    own = list(providers)
    partners = Partner.objects.filter(programme__provider__in=own).values("organisation")
    employers = Enrolment.objects.filter(cohort__programme__provider__in=own, employer__isnull=False).values("employer")
    hosts = Placement.objects.filter(enrolment__cohort__programme__provider__in=own).values("host")
    ids = [one.pk for one in own]
    return Organisation.objects.filter(
        Q(pk__in=ids) | Q(pk__in=partners) | Q(pk__in=employers) | Q(pk__in=hosts)
    ).order_by("name")


def partners_of(providers: Iterable[Any]) -> QuerySet[Organisation]:
    """The partners of the programmes of these providers, listed or not."""
    partners = Partner.objects.filter(programme__provider__in=providers).values("organisation")
    return Organisation.objects.filter(pk__in=partners).order_by("name")
