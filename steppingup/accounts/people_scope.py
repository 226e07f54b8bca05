"""Which people belong to a provider. Accounts knows roles only; apps add those whom their own records name.

In an AppConfig.ready(): people_of_provider(lambda providers: Q(applications__cohort__programme__provider__in=providers))
"""

from collections.abc import Callable, Sequence

from django.db.models import Q, QuerySet

from steppingup.accounts.actors import providers_with
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission

Rule = Callable[[Sequence[int]], Q]

_rules: list[Rule] = [lambda providers: Q(role_assignments__provider__in=providers)]


def people_of_provider(rule: Rule) -> Rule:
    """Add a rule: from the ids of providers to a condition on people who belong to one of them."""
    if rule not in _rules:
        _rules.append(rule)
    return rule


def people_for(by: User) -> QuerySet[User]:
    """The people whom this member of staff keeps: those of the providers where they may keep people."""
    providers = providers_with(by, Permission.MANAGE_PEOPLE)
    if providers is None:
        return User.objects.all()
    if not providers:
        return User.objects.none()
    found = Q()
    for rule in _rules:  # each in a query of its own: joins of several kinds at once would multiply rows
        found |= Q(pk__in=User.objects.filter(rule(providers)).values("pk"))
    return User.objects.filter(found)
