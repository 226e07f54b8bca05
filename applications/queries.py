"""Questions about a cohort's applications: its places, its waiting list, its ranking."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, Window
from django.db.models.functions import Coalesce, Concat, LastValue, Rank, RowNumber

from applications.models import Application, EmployerRule, Interest, Review
from applications.models.application import BY_MEAN, BY_NUMBER, HAS_A_PLACE_KEPT, IN_LINE
from applications.permissions import ApplicationPermission
from applications.rules import scores
from applications.states import LIVE, RANKED, ApplicationStatus
from cohorts.models import Cohort, Enrolment, NextProgramme, Programme, RuleSet
from cohorts.states import EnrolmentStatus, ways_with
from funding.models import FundingSource
from funding.rules import Payer
from funding.terms import terms_for
from steppingup.accounts.models import RoleAssignment
from steppingup.accounts.roles import roles_with
from steppingup.formats import english


def place_on_waiting_list(application: Application) -> int | None:
    """1 for the next to be offered a place; None for somebody who is not on the list."""
    waiting = Application.objects.filter(cohort=application.cohort_id).waiting_in_order().values_list("pk", flat=True)
    return next((place for place, pk in enumerate(waiting, 1) if pk == application.pk), None)


def _number(rows: Any) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("cohort").annotate(number=Count("pk")).values("number")), 0)


def gone(cohort: Cohort) -> dict[str, Coalesce]:
    """For a query: places that are `taken`, and those that are offered to somebody, or `kept` for them."""
    return {
        "taken": _number(Enrolment.objects.holding_a_place().filter(cohort=cohort.pk)),
        "kept": _number(Application.objects.filter(HAS_A_PLACE_KEPT, cohort=cohort.pk)),
    }


def places_left(cohort: Cohort) -> tuple[int, int]:
    """Places that nobody has taken, and how many of them are offered to somebody, or held for them."""
    taken, kept = Cohort.objects.filter(pk=cohort.pk).values_list(*gone(cohort).values()).get()
    return max(cohort.capacity - taken, 0), kept


def spare_places(cohort: Cohort) -> int:
    """Places that are neither taken nor kept for anybody."""
    free, kept = places_left(cohort)
    return max(free - kept, 0)


def places_to_apply_for(cohorts: Iterable[Cohort]) -> dict[int, int]:
    """How many places are left for whoever submits now, by cohort, of those whose places go in the order of submission: what
    people who came before still wait for is not."""
    found = {cohort.pk: cohort.capacity for cohort in cohorts if cohort.rule_set.is_first_come}
    if not found:
        return {}
    taken: Any = Enrolment.objects.holding_a_place().filter(cohort__in=found).order_by().values("cohort")
    for cohort, number in taken.values_list("cohort").annotate(number=Count("pk")):
        found[cohort] -= number
    before: Any = Application.objects.filter(HAS_A_PLACE_KEPT | IN_LINE, cohort__in=found).order_by()
    for cohort, number in before.values_list("cohort").annotate(number=Count("pk")):
        found[cohort] -= number
    return {cohort: max(left, 0) for cohort, left in found.items()}


def is_full(cohort: Cohort) -> bool:
    """Does nobody new begin to apply, because every place is gone (N19)?"""
    left = places_to_apply_for([cohort])
    return cohort.rule_set.closes_when_full and left.get(cohort.pk, 1) == 0


def to_invite(applications: Any) -> Any:
    """On the shortlist of a cohort whose people are chosen with an interview."""
    chosen = {"cohort__rule_set__selection__in": ways_with(has_interview=True)}
    return applications.filter(status=ApplicationStatus.SHORTLISTED, **chosen)


def to_offer(applications: Any) -> Any:
    """Seen as far as the admission rules ask, and neither offered a place nor turned down: interviewed; on the shortlist
    where there is no interview; submitted, where an employer has nominated them."""
    way = "cohort__rule_set__selection__in"
    shortlisted = Q(status=ApplicationStatus.SHORTLISTED, **{way: ways_with(is_scored=True, has_interview=False)})
    nominated = Q(status=ApplicationStatus.SUBMITTED, **{way: ways_with(is_open=False)})
    return applications.filter(Q(status=ApplicationStatus.INTERVIEWED) | shortlisted | nominated)


def with_applied(nominations: Any) -> Any:
    """Adds `has_applied`: has whoever was nominated submitted an application, with this address or another one of theirs?"""
    second = Q(applicant__emailaddress__email=OuterRef("email"), applicant__emailaddress__verified=True)
    theirs = Application.objects.submitted().filter(Q(applicant__email=OuterRef("email")) | second)
    return nominations.annotate(has_applied=Exists(theirs.filter(cohort=OuterRef("cohort"))))


def left_by_assessors(applications: Any) -> Any:
    """Those that somebody has to score who holds no role for that any more, or whose account is closed."""
    held = RoleAssignment.objects.current().filter(
        role__in=roles_with(ApplicationPermission.SCORE_APPLICATIONS),
        user=OuterRef("assessor"),
        provider=OuterRef("application__cohort__programme__provider"),
        user__is_active=True,
    )
    left = Review.objects.to_do().filter(~Exists(held), assessor__is_superuser=False)
    return applications.filter(pk__in=left.order_by().values("application"))


class Ranked(NamedTuple):
    """An application's row in the ranking. `rank` is shared by those with the same mean (1, 2, 2, 4), who are tied, and is
    None without scores; `position` is the row, from 1; `mean` to `highest` are those of `Figures`."""

    pk: int
    position: int
    rank: int | None
    tied: bool
    figures: scores.Figures


def in_ranking(
    applications: QuerySet[Any], states: Collection[str] = RANKED, *, by_number: bool = False
) -> QuerySet[Any]:
    """Whoever of these applications of a cohort stands in its ranking and in one of these states, in its order: the mean, then how many highest
    scores, then who submitted first; unscored come last. With `by_number` in the order of submission. Rows for `Ranked`, worked out by the database among everybody."""
    merit = (BY_MEAN, F("top_scores").desc(), F("submitted_at").asc(), F("pk").asc())
    order = (BY_NUMBER, *merit) if by_number else merit
    everybody = applications.filter(status__in=RANKED).annotate(
        position=Window(RowNumber(), order_by=order),
        rank=Window(Rank(), order_by=BY_MEAN),
        as_good=Window(Count("pk"), order_by=BY_MEAN),  # those with the same mean, and all above
    )
    # The row's own status, as a window has it: so it narrows what is shown, and not whom anybody is ranked among.
    own = Window(LastValue("status"), order_by=order)
    shown = everybody if set(states) == set(RANKED) else everybody.annotate(own=own).filter(own__in=states)
    return shown.order_by(*order).values_list("pk", "position", "rank", "as_good", *scores.FIGURES)


def ranked(rows: Iterable[Any]) -> list[Ranked]:
    """The rows of in_ranking(), or some of them, as they are read."""
    return [
        Ranked(pk, position, rank if given else None, bool(given) and as_good > rank, scores.Figures(given, *figures))
        for pk, position, rank, as_good, given, *figures in rows
    ]


def submitted_by(rules: RuleSet) -> list[tuple[Cohort, int]]:
    """The cohorts that were applied for by these rules, with how many did; soonest first."""
    begun = rules.cohorts.exclude(admission_began_at=None).select_related("window").order_by("starts_on", "pk")
    number = Count("applications", filter=Q(applications__submitted_at__isnull=False))
    counted: Any = begun.annotate(number=number)
    return [(cohort, cohort.number) for cohort in counted]


def employer_rules(application: Application) -> list[EmployerRule]:
    """What holds for this applicant's employer in this window (B34, B37): the rule for the employer, then that for its kind."""
    employer = application.employer
    if employer is None:
        return []
    # By the cohort, which has one window at most.
    rules = EmployerRule.objects.filter(window__cohort=application.cohort_id).select_related("funded_by")
    found = rules.filter(Q(employer=employer) | Q(kind=employer.kind))
    return list(found.order_by(F("employer").asc(nulls_last=True)))


def who_is_asked_to_pay(cohort: Cohort) -> dict[str, Any]:
    """Whether an employer is asked to agree the fee of this cohort: `asked_to_pay` is “all”, “some” or nothing. `paid_for_some`: of
    some employers, or kinds of them, nobody is asked, as a fund or the provider pays."""
    rules = EmployerRule.objects.filter(window__cohort=cohort).exclude(payer="")
    ruled = set(rules.values_list("payer", flat=True))
    everybody = terms_for(cohort).payer == Payer.EMPLOYER
    asked = "all" if everybody else "some" if Payer.EMPLOYER in ruled else ""
    return {"asked_to_pay": asked, "paid_for_some": everybody and bool(ruled & {Payer.FUND, Payer.PROVIDER})}


def payer_of(application: Application) -> tuple[Payer, FundingSource | None]:
    """Who pays for the place, and from which fund: as the rule for the employer says, or else that for its kind, or else the terms of
    the cohort. This is the only place in which that order stands."""
    said = next((rule for rule in employer_rules(application) if rule.payer), None)
    if said:
        return Payer(said.payer), said.funded_by
    terms = terms_for(application.cohort)
    return Payer(terms.payer), terms.fund


# -- from one programme to the next --------------------------------------------------------------------


def _graduates(participant: Any, programme: Any, provider: Any) -> Any:
    """The places by which somebody has completed a programme that leads on to this one: of the same provider, and of another only where
    they asked, by that place, to be told of it."""
    found = Enrolment.objects.filter(
        participant=participant,
        status=EnrolmentStatus.COMPLETED,
        cohort__programme__next_programmes__to=programme,
    )
    inner = OuterRef(programme) if isinstance(programme, OuterRef) else programme
    known = Q(cohort__programme__provider=provider) | Q(
        Exists(Interest.objects.filter(graduate=OuterRef("pk"), programme=inner))
    )
    return found.filter(known).order_by("completed_at", "pk")


def graduate_of(application: Application) -> list[Enrolment]:
    """By which places the applicant is a graduate of what leads on to this programme."""
    programme = application.cohort.programme
    found = _graduates(application.applicant_id, programme.pk, programme.provider_id)
    return list(found.select_related("cohort__programme"))


#: The same, for a query of applications.
ITS_GRADUATES = (OuterRef("applicant"), OuterRef("cohort__programme"), OuterRef("cohort__programme__provider"))


def of_graduates(applications: Any) -> Any:
    """Of people who have completed a programme that leads on to this one (C3)."""
    return applications.filter(Exists(_graduates(*ITS_GRADUATES)))


def graduate_in_list() -> ArraySubquery:
    """For a query of applications: the cohorts of which the applicant is such a graduate, as a list."""
    named = Concat("cohort__programme__name", Value(", "), "cohort__name", output_field=TextField())
    return ArraySubquery(_graduates(*ITS_GRADUATES).annotate(named=named).values("named"))


def who_went_on(programme: Programme) -> list[str]:
    """“7 of 19 graduates applied to Ready Now, and 3 have a place.” Of another provider's programme only how many asked to be told: who
    applies there is that provider's to know."""
    graduates = Enrolment.objects.filter(cohort__programme=programme, status=EnrolmentStatus.COMPLETED)
    people = graduates.order_by().values("participant")
    number, said = people.distinct().count(), []
    if not number:
        return []
    for one in NextProgramme.objects.public().filter(programme=programme):
        of = f"{number} {'graduate' if number == 1 else 'graduates'}"
        if one.to.provider_id != programme.provider_id:
            asked = Interest.objects.standing().filter(programme=one.to, graduate__in=graduates).count()
            said.append(f"{asked} of {of} asked to hear of {one.to} ({one.to.provider}).")
            continue
        there = Application.objects.filter(cohort__programme=one.to, applicant__in=people, submitted_at__isnull=False)
        applied = there.order_by().values("applicant").distinct().count()
        placed = Enrolment.objects.holding_a_place().filter(cohort__programme=one.to, participant__in=people)
        places = placed.order_by().values("participant").distinct().count()
        have = "has" if places == 1 else "have"
        said.append(f"{applied} of {of} applied to {one.to}, and {places} {have} a place.")
    return said


def who_applied(programme: Programme, cohort: Cohort | None) -> list[tuple[str, str]]:
    """Who may still get a place on the programme, or on one cohort of it: what they call themselves, and their address."""
    found = Application.objects.filter(status__in=LIVE, cohort__programme=programme)
    found = found.filter(cohort=cohort) if cohort else found
    rows = found.select_related("applicant").order_by("pk")
    return [(one.full_name or str(one.applicant), one.applicant.email) for one in rows]


def why_recruiting(cohort: Cohort) -> str:
    """Why recruitment to the cohort is not complete: applications are open or to come, or somebody waits for a decision. Whoever stands on
    the waiting list once all places are held waits for nothing that is being decided."""
    window = getattr(cohort, "window", None)
    if window is not None and not window.has_closed():
        return f"Applications close on {english.when(window.last_moment)}."
    waiting = Application.objects.filter(cohort=cohort, status__in=LIVE)
    if not places_left(cohort)[0]:
        waiting = waiting.exclude(status=ApplicationStatus.WAITING)
    number = waiting.count()
    return (
        f"{english.counted(number, 'application')} {'is' if number == 1 else 'are'} not decided yet." if number else ""
    )
