"""Who may score whom, and how applications are spread over assessors (design rule 7)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.db.models.functions import Lower

from applications.models import Application, Review
from applications.permissions import ApplicationPermission
from applications.states import TO_REVIEW, ReviewStatus
from cohorts.models import Cohort
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.requests import kept_with
from steppingup.accounts.roles import roles_with


def families_of(applications: Iterable[Application]) -> dict[int, frozenset[int]]:
    """By application, the ids of the applicant's organisation, its parent and its subsidiaries; two queries for all.

    An employer that was typed and not chosen counts as the organisation with that name."""
    typed = {one.employer_name.strip().lower() for one in applications if not one.employer_id}
    names = Organisation.objects.annotate(plain=Lower("name")).filter(plain__in=typed - {""})
    known = dict(names.values_list("plain", "pk"))
    employers = {one.pk: one.employer_id or known.get(one.employer_name.strip().lower()) for one in applications}
    families = Organisation.objects.families(filter(None, employers.values()))
    return {pk: families.get(employer or 0, frozenset()) for pk, employer in employers.items()}


def is_impartial(assessor: User, application: Application, family: Collection[int]) -> bool:
    """Not the applicant, and not of their organisation, its parent or a subsidiary."""
    return assessor.pk != application.applicant_id and assessor.organisation_id not in family


def applies_to(user: User, cohort: int) -> bool:
    """Does this person apply for the cohort? Read once a request, as roles are: each button of a page asks."""
    mine = Application.objects.of_applicant(user).contending().values_list("cohort", flat=True)
    return cohort in kept_with(user, "cohorts_applied_to", lambda: frozenset(mine))


def assessors_of(cohort: Cohort) -> list[User]:
    """Everybody who may score applications for this cohort, by name: nobody who applies for it."""
    held = RoleAssignment.objects.current().filter(
        role__in=roles_with(ApplicationPermission.SCORE_APPLICATIONS), provider=cohort.programme.provider_id
    )
    # A role that names no cohort covers them all.
    whole = held.filter(Q(cohorts=None) | Q(cohorts=cohort))
    rivals = Application.objects.filter(cohort=cohort).contending().values("applicant")
    people = User.objects.filter(pk__in=whole.values("user"), is_active=True).exclude(pk__in=rivals)
    return list(people.select_related("organisation").order_by("full_name", "pk"))


@dataclass(frozen=True)
class Need:
    """An application that needs `number` more assessors, out of those who may."""

    application: int
    number: int
    eligible: tuple[int, ...]


@dataclass
class Plan:
    """Who gets what: pairs of application and assessor, and applications for which nobody was left."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    short: dict[int, int] = field(default_factory=dict)

    def counts(self) -> Counter[int]:
        """How many each assessor gets."""
        return Counter(assessor for _, assessor in self.pairs)


def spread(needs: Iterable[Need], load: Mapping[int, int]) -> Plan:
    """Give each application to those who have the fewest so far; those with the least choice come first.

    `load` is how many each assessor has already. The same input gives the same plan."""
    plan, have = Plan(), Counter(load)
    # Who has little choice is served first: later, those few may have their share already.
    for need in sorted(needs, key=lambda one: (len(one.eligible) - one.number, one.application)):
        chosen = sorted(need.eligible, key=lambda assessor: (have[assessor], assessor))[: need.number]
        for assessor in chosen:
            plan.pairs.append((need.application, assessor))
            have[assessor] += 1
        if len(chosen) < need.number:
            plan.short[need.application] = need.number - len(chosen)
    return plan


def plan_for(cohort: Cohort, applications: Iterable[int]) -> Plan:
    """How the given applications of the cohort would be spread: each up to the window's number of assessors."""
    each = cohort.window.assessors_each
    people = assessors_of(cohort)
    chosen = Application.objects.filter(cohort=cohort, pk__in=list(applications), status__in=TO_REVIEW)
    rows = list(chosen.only("pk", "applicant", "employer", "employer_name"))
    families = families_of(rows)
    taken: dict[int, set[int]] = {row.pk: set() for row in rows}
    active: Counter[int] = Counter()
    # Whoever stepped back does not count as an assessor, and is not asked again.
    standing = Review.objects.filter(application__in=rows).exclude(status=ReviewStatus.REMOVED)
    for application, assessor, status in standing.values_list("application", "assessor", "status"):
        taken[application].add(assessor)
        active[application] += status != ReviewStatus.STEPPED_BACK
    needs = [
        Need(
            row.pk,
            each - active[row.pk],
            tuple(one.pk for one in people if one.pk not in taken[row.pk] and is_impartial(one, row, families[row.pk])),
        )
        for row in rows
        if active[row.pk] < each
    ]
    load = Review.objects.active().filter(application__cohort=cohort).order_by().values_list("assessor")
    return spread(needs, dict(load.annotate(number=Count("pk"))))
