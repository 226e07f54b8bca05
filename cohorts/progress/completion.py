"""Who has completed: the cohort's rules, which are rows, against each participant's days."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cohorts.models import Certificate, Cohort, CompletionRule, CompletionWaiver, Enrolment
from cohorts.models.plan import HUNDREDTH
from cohorts.progress import Progress, progress_of_many, to_quarter
from cohorts.states import EnrolmentStatus
from steppingup.formats import english


@dataclass(frozen=True)
class Check:
    """One rule for one participant, in the unit of its component; in days where it is of all together."""

    rule: CompletionRule
    done: Decimal
    waiver: CompletionWaiver | None
    asked: Decimal

    @property
    def met(self) -> bool:
        """To the hundredth: hours and sessions make days that do not end."""
        return self.done.quantize(HUNDREDTH, ROUND_HALF_UP) >= self.asked.quantize(HUNDREDTH, ROUND_HALF_UP)

    @property
    def settled(self) -> bool:
        return self.met or self.waiver is not None

    @property
    def said(self) -> Decimal:
        """What was done, to the nearest quarter; never as much as is asked for before it is so."""
        return to_quarter(self.done, self.asked)

    @property
    def missing(self) -> Decimal:
        return max(Decimal(0), self.asked - self.said)

    @property
    def missing_in_words(self) -> str:
        """“2”, “3 hours”: days are what is meant where nothing is said."""
        noun = self.rule.noun
        return english.days(self.missing) if noun == "day" else english.days_counted(self.missing, noun)


@dataclass(frozen=True)
class Standing:
    """One participant against all rules of their cohort."""

    enrolment: Enrolment
    progress: Progress
    checks: tuple[Check, ...]
    certificate: Certificate | None

    @property
    def meets_the_rule(self) -> bool:
        """Every rule is met or waived. A cohort without rules lets nobody complete."""
        return bool(self.checks) and all(check.settled for check in self.checks)

    @property
    def days(self) -> Decimal:
        """All days that count, as they are said."""
        return self.progress.in_quarters().counted

    @property
    def can_complete(self) -> bool:
        return self.meets_the_rule and self.enrolment.status == EnrolmentStatus.ENROLLED

    @property
    def unsettled(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.settled)


def _of_everything(rule: CompletionRule, progress: Progress) -> Decimal:
    """As `rule.asked`, without asking the database for the plan again."""
    return english.quarter_below(progress.least) if rule.minimum is None else rule.minimum


def _check(rule: CompletionRule, progress: Progress, waiver: CompletionWaiver | None) -> Check:
    """What counts towards a rule: of its component, or of all (nothing beyond what the plan has of each)."""
    if rule.component_id is None:
        return Check(rule, progress.counted, waiver, _of_everything(rule, progress))
    found = progress.of(rule.component_id)
    done = found.component.in_units(found.counted) if found else Decimal(0)
    return Check(rule, done, waiver, rule.asked)


def standings(cohort: Cohort, enrolments: Iterable[Enrolment] | None = None) -> list[Standing]:
    """Everybody who holds a place, by name; the same number of queries however many they are."""
    if enrolments is None:
        holders = Enrolment.objects.filter(cohort=cohort).holding_a_place().for_steps()
        enrolments = holders.order_by("participant__full_name", "pk")
    people = list(enrolments)
    progress = progress_of_many(people)
    rules = list(
        CompletionRule.objects.filter(cohort=cohort)
        .select_related("component", "cohort__plan")
        .order_by("component__order")
    )
    waivers: dict[tuple[int, int], CompletionWaiver] = {
        (waiver.enrolment_id, waiver.rule_id): waiver
        for waiver in CompletionWaiver.objects.filter(enrolment__in=people).select_related("given_by")
    }
    issued = Certificate.objects.genuine().filter(enrolment__in=people)
    certificates = {certificate.enrolment_id: certificate for certificate in issued}
    return [
        Standing(
            person,
            progress[person.pk],
            tuple(_check(rule, progress[person.pk], waivers.get((person.pk, rule.pk))) for rule in rules),
            certificates.get(person.pk),
        )
        for person in people
    ]


def standing_of(enrolment: Enrolment) -> Standing:
    return standings(enrolment.cohort, [enrolment])[0]
