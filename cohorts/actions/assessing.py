"""Where participants see themselves, before and after: they say it, share it with their line manager, and staff remind them and release
what all said together (N9, N10)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction

from cohorts import notices
from cohorts.assessing.figures import Figure, figure_of
from cohorts.assessing.own import Thing, answers_of, standing_of, things_of, with_assessments
from cohorts.assessing.windows import facts_of, spans_of, windows_of
from cohorts.models import (
    Assessment,
    AssessmentAnswer,
    AssessmentRelease,
    Cohort,
    Enrolment,
    SharedAssessment,
)
from cohorts.models.assessing import LONGEST
from cohorts.permissions import CohortPermission
from cohorts.states import CohortStatus, LookedAt
from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.lifecycle import refuse_if
from steppingup.history.previews import note
from steppingup.steps.step import Weight, step

RUN = CohortPermission.RUN_COHORTS
SECRET = "assessment releases:"


class Said(NamedTuple):
    """What somebody chose about one thing, and wrote beside it."""

    value: int | None = None
    sentence: str = ""


def _require_own(by: Actor, enrolment: Enrolment) -> None:
    """Whatever role somebody holds: nobody says for another where they see themselves, or who may see it."""
    if not isinstance(by, User) or by.pk != enrolment.participant_id:
        raise NotAllowed("Only they themselves say where they see themselves.")


@transaction.atomic
def assess(
    *, enrolment: Enrolment, moment: str, answers: Mapping[str, Said], by: Actor, done: bool = False
) -> Assessment:
    """Keep what somebody says of themselves at this moment, by the keys of things; `done`: it is no draft any more. It can be
    changed as long as they are asked.

    Raises NotAllowed for anybody but the participant, and NotPossible when they are not asked now, for an answer that is not on the
    scale, and for finishing without any answer."""
    _require_own(by, enrolment)
    found = with_assessments(Enrolment.objects.filter(pk=enrolment.pk)).select_related("cohort__plan").get()
    standing = standing_of(found)
    now = standing.now if standing else None
    refuse_if(
        now is None or now.moment != moment,
        "You are not asked about this any more, or not yet. What you said stands on your page.",
        "asked_another_time",
    )
    things = {one.key: one for one in things_of(found.cohort.plan)}
    given = {key: said for key, said in answers.items() if key in things and (said.value or said.sentence.strip())}
    for key, said in given.items():
        refuse_if(
            said.value is not None and not 1 <= said.value <= things[key].steps,
            "Choose one of the answers.",
            "not_on_the_scale",
        )
    refuse_if(
        done and not any(said.value for said in given.values()),
        "Choose an answer for at least one of these.",
        "nothing",
    )
    return _keep(enrolment, moment, things, given, done=done)


def _keep(
    enrolment: Enrolment, moment: str, things: Mapping[str, Thing], given: Mapping[str, Said], *, done: bool
) -> Assessment:
    now = clock.now()
    kept, made = Assessment.objects.select_for_update().get_or_create(enrolment=enrolment, moment=moment)
    kept.saved_at, kept.given_at = now, now if done else None
    kept.save(update_fields=["saved_at", "given_at"])
    if not made:
        kept.answers.all().delete()
    for key, said in given.items():
        thing = things[key]
        about = {"barrier": thing.row} if thing.is_barrier else {"aim": thing.row}
        sentence = said.sentence.strip()[:LONGEST]
        AssessmentAnswer.objects.create(assessment=kept, value=said.value, sentence=sentence, **about)
    return kept


@transaction.atomic
def forget(*, enrolment: Enrolment, by: Actor) -> None:
    """Delete what somebody said of themselves, and that they shared it. Nothing of it is kept; figures that were released stay, as
    nobody can be recognised in them. Raises NotAllowed for anybody but the participant."""
    _require_own(by, enrolment)
    Assessment.objects.filter(enrolment=enrolment).delete()
    SharedAssessment.objects.filter(enrolment=enrolment).delete()


# -- shared with the line manager ------------------------------------------------------------------


def _is_shared(enrolment: Enrolment) -> bool:
    found = SharedAssessment.objects.filter(enrolment=enrolment, manager=enrolment.line_manager_id or 0)
    return found.exists()


def _require_to_share(enrolment: Enrolment) -> None:
    refuse_if(enrolment.line_manager is None, "There is no line manager to share it with.", "no_manager")
    given = Assessment.objects.filter(enrolment=enrolment).exclude(given_at=None)
    refuse_if(not given.exists(), "Say first where you see yourself.", "nothing_to_share")
    refuse_if(_is_shared(enrolment), "Your line manager sees it already.", "shared")


@step(
    Enrolment,
    "Share it with your line manager",
    name="share_assessment",
    past="Shared how they see themselves with their line manager",
    meaning="Your line manager then sees what you chose for each aim and benefit, before and after. They do not see what you wrote, or "
    "anything about what stands in your way.",
    guard=_require_own,
    policy=_require_to_share,
    undo="stop_sharing",
    final="What your line manager has read, they have read. You can stop sharing it at any time.",
)
def share(*, enrolment: Enrolment, by: Actor) -> SharedAssessment:
    """Let the line manager of now see where the participant sees themselves. Whoever comes after them does not."""
    shared, _ = SharedAssessment.objects.update_or_create(
        enrolment=enrolment, defaults={"manager_id": enrolment.line_manager_id or 0, "since": clock.now()}
    )
    notices.tell_manager(notices.ASSESSMENT_SHARED, enrolment)
    return shared


def _require_shared(enrolment: Enrolment) -> None:
    refuse_if(not _is_shared(enrolment), "You do not share it with your line manager.", "not_shared")


@step(
    Enrolment,
    "Stop sharing",
    name="stop_sharing",
    past="Stopped sharing how they see themselves",
    meaning="Your line manager does not see it any more. They are not told.",
    guard=_require_own,
    policy=_require_shared,
    undo="share_assessment",
    final="You can share it again at any time.",
)
def stop_sharing(*, enrolment: Enrolment, by: Actor) -> Enrolment:
    """The line manager sees nothing of it from now on."""
    SharedAssessment.objects.filter(enrolment=enrolment).delete()
    return enrolment


# -- what staff do -----------------------------------------------------------------------------------


def _require_asking(cohort: Cohort) -> None:
    refuse_if(cohort.status == CohortStatus.CANCELLED, "This cohort was cancelled.", "cancelled")
    sees_oneself, is_released = facts_of(cohort)
    refuse_if(not sees_oneself, "The plan has no aims, benefits or barriers to see oneself against.", "asks_nobody")
    refuse_if(is_released, "What everybody said was released already.", "released")


def asked_now(cohort: Cohort) -> list[tuple[Enrolment, LookedAt, Any]]:
    """Whoever is asked now and has not finished, at which moment and until which day."""
    found = []
    people = with_assessments(Enrolment.objects.for_steps().filter(cohort=cohort)).order_by(
        "participant__full_name", "pk"
    )
    for enrolment in people:
        standing = standing_of(enrolment)
        if standing and standing.waits:
            found.append((enrolment, standing.waits.moment, standing.waits.closes))
    return found


@step(
    Cohort,
    "Remind those who have not said where they see themselves",
    name="remind_to_assess",
    past="Reminded of saying where they see themselves",
    meaning="Whoever is asked now and has not finished gets an email with their own page. What anybody says is theirs: you see only who has "
    "finished.",
    permission=RUN,
    policy=_require_asking,
    final="An email that was sent cannot be called back.",
)
def remind(*, cohort: Cohort, by: Actor) -> Cohort:
    """Remind everybody who is asked now and has not finished. Raises NotPossible when there is nobody."""
    waiting = asked_now(cohort)
    refuse_if(not waiting, "Nobody is asked now who has not answered.", "nobody_to_remind")
    for enrolment, moment, closes in waiting:
        notices.tell_of_assessment(notices.ASSESSMENT_REMINDER, enrolment, moment, closes)
    return cohort


def released_from(cohort: Cohort) -> Any:
    """The last day on which anybody of the cohort is asked: figures can be released from the day after."""
    span = spans_of([cohort])[cohort.pk]
    people = Enrolment.objects.filter(cohort=cohort).select_related("cohort__plan")
    return max((one.closes for person in people for one in windows_of(person, span)), default=span.last)


def _require_over(cohort: Cohort) -> None:
    soonest = cohort.ends_on + timedelta(days=cohort.plan.after_days)
    if soonest < clock.today():  # before that day it need not be worked out
        _require_asking(cohort)
    last = max(soonest, released_from(cohort) if soonest < clock.today() else soonest)
    refuse_if(
        last >= clock.today(),
        f"People can look back until {english.day_date(last)}. Release it after that, so that one release has everybody.",
        "still_asked",
    )


@step(
    Cohort,
    "Release what everybody said",
    name="release_assessments",
    past="Released what participants said before and after",
    meaning="You then see, for each aim, benefit and barrier, what those who answered before and after said together: means, and how many "
    "moved. Numbers are rounded so that nobody can be recognised, and fewer than five people are no figure.",
    permission=RUN,
    policy=_require_over,
    weight=Weight.STRONG,
    final="There is one release of a cohort, as two could be held against each other to find out what one person said.",
)
def release(*, cohort: Cohort, by: Actor) -> AssessmentRelease:
    """Release the figures of a cohort, once, when nobody can say anything more. Raises NotPossible before that, and for a second time."""
    cohort = Cohort.objects.select_for_update(of=("self",)).select_related("plan").get(pk=cohort.pk)
    _require_asking(cohort)
    figures = figures_of(cohort)
    note(
        f"Of {english.counted(len(figures), 'question', 'questions')}, {sum(not one.withheld for one in figures)} have figures."
    )
    contents = {
        "figures": [one.as_json() for one in figures],
        "labels": cohort.plan.labels,
        "barrier_labels": cohort.plan.barrier_labels,
    }
    made_by = by if isinstance(by, User) else None
    return AssessmentRelease.objects.create(cohort=cohort, made_by=made_by, contents=contents)


def figures_of(cohort: Cohort) -> list[Figure]:
    """Of what those who finished before and after said about each thing of the cohort's plan."""
    rows = Assessment.objects.filter(enrolment__cohort=cohort).exclude(given_at=None)
    said: dict[tuple[int, str], dict[str, AssessmentAnswer]] = {
        (one.enrolment_id, one.moment): answers_of(one) for one in rows if one.moment != LookedAt.MIDWAY
    }
    people = {pk for pk, moment in said if moment == LookedAt.BEFORE and (pk, LookedAt.AFTER) in said}
    secret = settings.SECRET_KEY + SECRET
    return [_figure(cohort, thing, said, people, secret) for thing in things_of(cohort.plan)]


def _figure(
    cohort: Cohort,
    thing: Thing,
    said: Mapping[tuple[int, str], Mapping[str, AssessmentAnswer]],
    people: Iterable[int],
    secret: str,
) -> Figure:
    pairs = {}
    for pk in people:
        both = [said[pk, moment].get(thing.key) for moment in (LookedAt.BEFORE, LookedAt.AFTER)]
        values = [one.value for one in both if one is not None and one.value and _is_of(one, thing)]
        if len(values) == 2:
            pairs[pk] = (values[0], values[1])
    key = f"{cohort.pk} {thing.key}"
    return figure_of(about=thing.about, key=key, pairs=pairs, steps=thing.steps, secret=secret)


def _is_of(answer: AssessmentAnswer, thing: Thing) -> bool:
    """Was it given to these very words, by this scale? On another cohort, a participant may have been asked otherwise."""
    return (answer.barrier_id if thing.is_barrier else answer.aim_id) == thing.row.pk
