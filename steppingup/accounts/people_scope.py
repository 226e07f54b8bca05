"""Which people belong to a provider. Accounts knows roles only; apps add those whom their own records name.

people_of_provider(lambda providers: Q(applications__cohort__programme__provider__in=providers))
"""

from collections.abc import Callable, Sequence

from django.contrib.auth import get_user_model
from django.db.models import Q

Rule = Callable[[Sequence[int]], Q]

_rules: list[Rule] = [lambda providers: Q(role_assignments__provider__in=providers)]


def people_of_provider(rule: Rule) -> Rule:
    """Add a rule: from the ids of providers to a condition on people who belong to one of them."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def belongs(providers: Sequence[int]) -> Q:
    """The condition on people who belong to one of these providers."""
    found = Q()
    for rule in _rules:  # each in a query of its own: joins of several kinds at once would multiply rows
        found |= Q(pk__in=get_user_model()._base_manager.filter(rule(providers)).values("pk"))
    return found
