"""Who may score whom, and how applications are spread over assessors (design rule 7)."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from applications.models import Application, Review
from applications.permissions import ApplicationPermission
from applications.states import TO_REVIEW, WANTS_SCORES, ApplicationStatus, ReviewStatus
from cohorts.models import Cohort, Programme
from cohorts.states import HAS_BEGUN
from steppingup.accounts.actors import is_one_person
from steppingup.accounts.models import Organisation, Related, RoleAssignment, User
from steppingup.accounts.oneself import without
from steppingup.accounts.requests import kept_with
from steppingup.accounts.roles import roles_with
from steppingup.accounts.scope import Contest
from steppingup.formats.english import counted, listed
from steppingup.formats.sameness import organisation, person
from steppingup.formats.sameness_sql import OrganisationKey


def families_of(applications: Collection[Application]) -> dict[int, frozenset[int]]:
    """By application, the ids of the applicant's organisation and of those too near to it, as far as its programme says;
    three queries for all.

    An employer that was typed and not chosen counts as the organisation with that name, however it is spelt."""
    typed = {organisation(one.employer_name) for one in applications if not one.employer_id}
    names = Organisation.objects.annotate(key=OrganisationKey("name")).filter(key__in=typed - {""})
    known = dict(names.values_list("key", "pk"))
    employers = {one.pk: one.employer_id or known.get(organisation(one.employer_name)) for one in applications}
    reaches = dict(
        Cohort.objects.filter(pk__in={one.cohort_id for one in applications}).values_list("pk", "programme__reach")
    )
    families = {
        reach: Organisation.objects.families(filter(None, employers.values()), reach) for reach in set(reaches.values())
    }
    return {one.pk: families[reaches[one.cohort_id]].get(employers[one.pk] or 0, frozenset()) for one in applications}


def is_impartial(assessor: User, application: Application, family: Collection[int]) -> bool:
    """Not the applicant, and not of their organisation or one too near to it."""
    return assessor.pk != application.applicant_id and assessor.organisation_id not in family


def why_partial(assessor: User, application: Application) -> str:
    """Why this person cannot judge the application, in a sentence; empty where they can."""
    if assessor.pk != application.applicant_id and is_one_person(assessor, application.applicant):
        return f"As far as their accounts tell, {assessor} is the applicant, so they cannot judge this application."
    if is_impartial(assessor, application, families_of([application])[application.pk]):
        return ""
    if assessor.pk == application.applicant_id:
        return f"{assessor} is the applicant, so they cannot judge this application."
    tie = assessor.organisation.tie_to(application.employer) if assessor.organisation and application.employer else ""
    if tie:
        return f"{assessor} cannot judge this application: {tie}."
    return f"{assessor} is from the applicant's own organisation, so they cannot judge this application."


def why_not_panel(application: Application, names: Iterable[str]) -> str:
    """Why one of these people cannot be on the panel: the applicant, or somebody who works here and is not impartial (design
    rule 7). Whom nobody here knows by that name cannot be asked about."""
    wanted = {person(name) for name in names} - {""}
    if wanted & {person(application.full_name), person(application.applicant.full_name)}:
        return "The applicant cannot be on their own panel."
    provider = application.cohort.programme.provider_id
    held = RoleAssignment.objects.current().joined().filter(provider=provider).values("user")
    known = User.objects.filter(pk__in=held).select_related("organisation").order_by("pk")
    near = families_of([application])[application.pk]
    for one in known:
        if person(one.full_name) not in wanted:
            continue
        if not is_impartial(one, application, near):
            return why_partial(one, application)
        if applies_to(one, application.cohort_id):
            return f"{one} has applied for this cohort too, so they cannot be on a panel for it."
    return ""


def reviews_too_near(programme: Programme, reach: int) -> str:
    """How many reviews that are under way a rule of this reach would rule out, in words."""
    near = Related(F("assessor__organisation"), F("application__employer"), reach)
    under_way = Review.objects.active().filter(application__status__in=WANTS_SCORES)
    number = under_way.filter(Q(near), application__cohort__programme=programme).count()
    return counted(number, "review that is under way", "reviews that are under way") if number else ""


def applies_to(user: User, cohort: int) -> bool:
    """Does this person apply for the cohort?"""
    return any(one.cohort == cohort for one in contests_of_applicant(user))


def contests_of_applicant(user: User) -> list[Contest]:
    """The cohorts that this person applies for, by whichever of their accounts. Read once a request, as roles are."""

    def read() -> list[Contest]:
        of = [f"applications__{name}" for name in ("cohort", "cohort__programme__provider", "cohort__status", "status")]
        mine = {row for row in user.with_own_accounts(*of) if row[0]}
        return [
            Contest(cohort, provider, stands not in HAS_BEGUN)
            for cohort, provider, stands, status in sorted(mine)
            if status != ApplicationStatus.WITHDRAWN or stands not in HAS_BEGUN  # as in `contending()`
        ]

    return kept_with(user, "contests", read)


def _scoring_for(cohort: Cohort) -> Any:
    """The roles that are held now and let somebody score for this cohort."""
    scoring = roles_with(ApplicationPermission.SCORE_APPLICATIONS)
    held = RoleAssignment.objects.current().filter(role__in=scoring, provider=cohort.programme.provider_id)
    # A role that names no cohort covers them all.
    return held.filter(Q(cohorts=None) | Q(cohorts=cohort))


def not_signed_in_yet(cohort: Cohort) -> str:
    """Who was given the role of assessor by an address and has not signed in since, in a sentence; empty where that is nobody."""
    waiting = _scoring_for(cohort).filter(joined_at=None).order_by("typed_name", "pk").distinct()
    names = [role.called for role in waiting]
    if not names:
        return ""
    return f"{listed(names)} {'has' if len(names) == 1 else 'have'} not signed in yet, and can be given applications once they have."


def assessors_of(cohort: Cohort) -> list[User]:
    """Everybody who may score applications for this cohort, by name: nobody who applies for it, and nobody who was given the
    role by an address and has not signed in since."""
    whole = _scoring_for(cohort).joined()
    people = User.objects.filter(pk__in=whole.values("user"), is_active=True).select_related("organisation")
    contending = Application.objects.filter(cohort=cohort).contending()
    rivals = contending.values_list("applicant", "applicant__merged_into", "applicant__email")
    return without(people.order_by("full_name", "pk"), rivals)


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
    rows = list(chosen.only("pk", "applicant", "cohort", "employer", "employer_name"))
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


def why_not_one_person(one: User, other: User) -> str:
    """Two accounts of which one has scored, or was to score, the other are two people: nobody scores themselves."""
    for assessor, applicant in ((one, other), (other, one)):
        if Review.objects.filter(assessor=assessor, application__applicant=applicant).exists():
            return f"{assessor.email} was asked to score {applicant.email}, so these are two people."
    return ""
