"""What became of a programme’s graduates is published: counted, rounded by lot, held against what was published before, and frozen (B58)."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Prefetch
from django.utils.timezone import localdate

from cohorts.models import Destination, DestinationAnswer, DestinationMoment, Enrolment, StepConfirmation
from cohorts.states import EnrolmentStatus
from cohorts.states.confirmations import Confirmed
from representation.measuring import outcomes
from representation.measuring.outcomes import Answers, NothingFits, Tally
from representation.models import OutcomeRelease, OutcomeStudy
from representation.permissions import RepresentationPermission
from representation.states import SAYS, Outcome
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.disclosure.tables import FEWEST, Past
from steppingup.formats import english
from steppingup.formats.dates import add_months
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import Weight, step

KEEP = RepresentationPermission.KEEP_PLAN
SECRET = "releases of outcomes:"
#: By group of people, outcome and months: the errors of before, of the yes and of the silent.
Before = Mapping[tuple[int, str, int], tuple[Past, Past]]


class Graduate:
    """Somebody who completed: of which cohort, on which day, and what they said. Nothing of it leaves this module but numbers."""

    def __init__(self, enrolment: Enrolment) -> None:
        self.cohort = enrolment.cohort_id
        self.ended = localdate(enrolment.completed_at) if enrolment.completed_at else None
        self.answers: Answers = {
            one.months: frozenset(said.moves) for one in enrolment.destinations.all() for said in one.answers.all()
        }
        #: The moments of whose answers the employer has confirmed a step up.
        self.confirmed = {
            one.months
            for one in enrolment.destinations.all()
            for said in one.answers.all()
            if said.steps and any(each.said == Confirmed.YES for each in said.confirmations.all())
        }

    def is_due(self, months: int, today: date) -> bool:
        """Has this moment come? Who was not asked then counts as silent."""
        return self.ended is not None and add_months(self.ended, months) < today


def graduates_of(study: OutcomeStudy) -> list[Graduate]:
    """Everybody who completed the programme, with what stands of what they said."""
    asked_of = StepConfirmation.objects.filter(withdrawn_at=None)
    standing = DestinationAnswer.objects.filter(replaced_at=None).prefetch_related(
        Prefetch("confirmations", queryset=asked_of)
    )
    asked = Destination.objects.prefetch_related(Prefetch("answers", queryset=standing))
    rows = Enrolment.objects.filter(cohort__programme=study.programme_id, status=EnrolmentStatus.COMPLETED)
    return [Graduate(one) for one in rows.order_by("pk").prefetch_related(Prefetch("destinations", queryset=asked))]


def parts_of(people: Iterable[Graduate], outcome: str, months: int, today: date) -> dict[int, Tally]:
    """By cohort, of those for whom the moment has come."""
    by: dict[int, list[Graduate]] = {}
    for one in people:
        if one.is_due(months, today):
            by.setdefault(one.cohort, []).append(one)
    return {cohort: _tally(graduates, outcome, months) for cohort, graduates in sorted(by.items())}


def _tally(graduates: Iterable[Graduate], outcome: str, months: int) -> Tally:
    if outcome == Outcome.CONFIRMED:
        return outcomes.tally_confirmed([one.confirmed for one in graduates], months)
    return outcomes.tally([one.answers for one in graduates], SAYS[outcome], months)


def _require_to_publish(study: OutcomeStudy) -> None:
    last = study.releases.first()
    if last is not None:
        refuse_if(
            clock.today() < last.next_on,
            f"The last figures were published on {english.day_date(last.made_on)}. Newer ones can be published from {english.day_date(last.next_on)}: "
            "closer together, they would give away what a few people said in between.",
            "outcomes_too_soon",
        )
    completed = Enrolment.objects.filter(cohort__programme=study.programme_id, status=EnrolmentStatus.COMPLETED).count()
    refuse_if(
        completed < FEWEST,
        f"Fewer than {FEWEST} people have completed the programme. Figures about so few would give away what somebody said.",
        "too_few_graduates",
    )


@step(
    OutcomeStudy,
    "Publish what became of graduates",
    name="publish_outcomes",
    noun="study",
    past="What became of graduates was published",
    meaning="Counts what graduates have said until today. Numbers are rounded to a multiple of five, up or down at random, and groups of fewer "
    "than 15 people have none, so that nobody can be recognised. Newer figures can be published in 90 days. Nobody is told.",
    permission=KEEP,
    policy=_require_to_publish,
    weight=Weight.STRONG,
    final="What was published can be known, and later figures are held against it. Newer ones can be published in 90 days.",
)
def publish_outcomes(*, study: OutcomeStudy, by: Actor) -> OutcomeRelease:
    """Freeze the figures of today. A line for which no numbers are safe beside earlier ones is left out.

    Raises NotPossible with fewer than fifteen graduates, and within 90 days after the last ones."""
    # One at a time: each is held against those before.
    locked = OutcomeStudy.objects.select_for_update(of=("self",)).for_steps().get(pk=study.pk)
    _require_to_publish(locked)
    today, people = clock.today(), graduates_of(locked)
    programme = locked.programme_id
    moments = sorted(
        {
            *DestinationMoment.objects.filter(programme=programme).values_list("months", flat=True),
            *Destination.objects.filter(enrolment__cohort__programme=programme).values_list("months", flat=True),
        }
    )
    before, rows, left_out = dict(_apart_before(locked)), [], []
    apart: dict[str, list[int]] = {}
    for months in moments:
        for outcome in Outcome.values:
            parts = parts_of(people, outcome, months, today)
            past = _past(before, outcome, months, (0, *parts))
            about = {"key": f"{locked.pk} {outcome} {months}", "secret": SECRET + settings.SECRET_KEY}
            try:
                shown = outcomes.release(parts, past, **about, has_silent=outcome != Outcome.CONFIRMED)
            except NothingFits:
                left_out += [[outcome, months, group] for group in (0, *parts)]
                continue
            rows += [[group, outcome, months, one.people, one.yes, one.silent] for group, one in shown.items()]
            left_out += [
                [outcome, months, group]
                for group in outcomes.groups_of({cohort: one.people for cohort, one in parts.items()})
                if group not in shown
            ]
            by_group = outcomes.errors(shown, parts)
            apart |= {f"{group} {outcome} {months}": list(both) for group, both in by_group.items()}
            before |= _joined(before, outcome, months, by_group)
    return OutcomeRelease.objects.create(
        study=locked,
        made_by=person(by),
        contents={
            "on": today.isoformat(),
            "moments": moments,
            "cohorts": _cohorts(locked, people),
            "rows": rows,
            "left_out": left_out,
        },
        apart=apart,
    )


def _past(before: Before, outcome: str, months: int, groups: Iterable[int]) -> outcomes.Errors:
    """The errors of this line, with those of the one that it cuts: whoever is confirmed has stepped up."""

    def of(line: str) -> outcomes.Errors:
        return {group: before[group, line, months] for group in groups if (group, line, months) in before}

    if outcome not in (Outcome.STEPPED, Outcome.CONFIRMED):
        return of(outcome)
    stepped, confirmed = outcomes.beside(of(Outcome.STEPPED), of(Outcome.CONFIRMED))
    return stepped if outcome == Outcome.STEPPED else confirmed


def _joined(before: Before, outcome: str, months: int, errors: Mapping[int, tuple[int, int]]) -> Before:
    """Those of before with those of now."""
    found = {}
    for group, (yes, silent) in errors.items():
        now = Past(yes, yes), Past(silent, silent)
        past = before.get((group, outcome, months))
        both = [outcomes.join(each) for each in zip(past, now, strict=True)] if past else now
        found[group, outcome, months] = (both[0] or now[0], both[1] or now[1])
    return found


def _cohorts(study: OutcomeStudy, people: Iterable[Graduate]) -> list[list[Any]]:
    """Those that somebody completed, the earliest first, with how many did."""
    numbers: dict[int, int] = {}
    for one in people:
        numbers[one.cohort] = numbers.get(one.cohort, 0) + 1
    rows = study.programme.cohorts.filter(pk__in=numbers).order_by("starts_on", "pk")
    return [[one.pk, one.name, numbers[one.pk]] for one in rows]


def _apart_before(study: OutcomeStudy) -> Before:
    """By how much the true numbers lay above all earlier ones."""
    several: dict[tuple[int, str, int], list[list[int]]] = {}
    for release in study.releases.order_by("made_at", "pk"):
        apart: Mapping[str, list[int]] = release.apart  # type: ignore[assignment]
        for key, both in apart.items():
            group, outcome, months = key.split()
            several.setdefault((int(group), outcome, int(months)), []).append(both)
    found = {}
    for where, errors in several.items():
        yes, silent = (outcomes.join(Past(one[line], one[line]) for one in errors) for line in (0, 1))
        assert yes is not None
        assert silent is not None
        found[where] = (yes, silent)
    return found
