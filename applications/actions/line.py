"""Asking those just above and just below the line of a round how their work went on (issue 10, section 5).

Only the coordinator’s part are steps. What people agree to and answer is theirs alone: as with a journal, nothing of it is in a history, on
a page of staff or on the page of what was done, and what they take back is gone."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import F, Max
from django.utils.timezone import localdate

from applications import line_notices as notices
from applications.actions.access import DECIDE, require_applicant, require_decider
from applications.models import Application, Line, LineAnswer, LineConsent
from applications.models.application import BY_MEAN
from applications.models.line import TOLD, moment_due
from applications.states import RANKED, TO_REVIEW
from cohorts.models import Cohort
from cohorts.states.destinations import Move
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed, person
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.dates import quarter_of
from steppingup.formats.english import counted
from steppingup.history.lifecycle import refuse_if
from steppingup.retention.erasing import erase
from steppingup.retention.kinds import months_before
from steppingup.steps.step import StepForm, step

#: Whoever was to be asked longer ago than this is not.
TOO_LATE = timedelta(days=183)
WHICH = "Tick at least one answer."
ALONE = "“I am in the same job” says that nothing has changed. Take its tick away, or the others’."
QUESTION = "May we ask you once a year, for three years, how your work has gone on?"
WIDEST = Decimal(999)
#: What was agreed to is kept for so long after the last question, at the longest.
KEPT_MONTHS = 12


def wording(cohort: Cohort) -> str:
    """What somebody agrees to, kept word for word."""
    provider = cohort.programme.provider
    return (
        f"{provider} may ask me by email once a year, for three years, how my work has gone on. It keeps these words, on which side of the "
        f"line my score was and how far from it, and what I answer. It uses them only to find out whether {cohort.programme.name} "
        "makes a difference, and never for an application. All of it is removed 12 months after the last question, or earlier. "
        "I can stop at any time, and have everything removed."
    )


# -- the line --------------------------------------------------------------------------------------


def _scored(cohort: Cohort) -> list[tuple[float, int, Any]]:
    """The ranking, as far as there are scores: mean, highest scores and when it was submitted."""
    rows = Application.objects.filter(cohort=cohort, status__in=RANKED, mean_total__isnull=False)
    in_order = rows.order_by(BY_MEAN, F("top_scores").desc(), "submitted_at", "pk")
    found: Any = in_order.values_list("mean_total", "top_scores", "submitted_at")
    return list(found)


def _near(cohort: Cohort, width: Decimal) -> tuple[int, int]:
    """How many stand so near above the line, and below it."""
    rows = _scored(cohort)
    if not 0 < cohort.capacity < len(rows):
        return 0, 0
    line = rows[cohort.capacity - 1][0]
    near = [place for place, (mean, _, _) in enumerate(rows) if abs(mean - line) <= float(width)]
    above = sum(place < cohort.capacity for place in near)
    return above, len(near) - above


def _line_of(cohort: Cohort) -> Line | None:
    return Line.objects.filter(cohort=cohort.pk).first()


def _line_at_hand(cohort: Cohort) -> Line | None:
    """The one that was read along with the cohort, or else what there is now."""
    related: Any = Cohort._meta.get_field("line")
    if not related.is_cached(cohort):
        return _line_of(cohort)
    found: Line | None = related.get_cached_value(cohort)
    return found


def _require_not_asked(cohort: Cohort) -> None:
    """What can be known without looking at applications: the page of a cohort has enough to read."""
    line = _line_at_hand(cohort)
    refuse_if(line is not None and line.stopped_at is None, "They are asked as it is.", "asked_at_line")
    refuse_if(
        line is None and not cohort.rule_set.is_by_merit,
        "Nobody is ranked by scores here, so there is no line.",
        "not_by_merit",
    )


def _require_a_line(cohort: Cohort) -> None:
    _require_not_asked(cohort)
    waits = Application.objects.filter(cohort=cohort, status__in=TO_REVIEW).exists()
    refuse_if(waits, "Some applications are still to be decided. Draw the line when everybody is ranked.", "to_decide")
    refuse_if(
        not 0 < cohort.capacity < len(_scored(cohort)),
        "No more people were scored than there are places, so there is nobody below the line.",
        "no_line",
    )


class LineForm(StepForm):
    """How near is near. A line that was drawn before keeps its width."""

    width = forms.DecimalField(
        label="How many points above and below the line?",
        help_text="In points of the mean total in the ranking. The wider it is, the more people there are to ask, and the less alike they are.",
        min_value=Decimal("0.1"),
        max_value=WIDEST,
        decimal_places=1,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if (line := _line_of(self.subject)) is not None:
            self.initial = {"width": line.width, **self.initial}


def _what_it_means(cohort: Cohort, width: Decimal | None = None) -> str:
    said = (
        "When they have heard whether there is a place for them, applicants near the line find a question on their own page: may we ask "
        "once a year, for three years, how your work has gone on? Nobody is told by email, and nobody has to say yes."
    )
    if width is None:
        return said
    above, below = _near(cohort, width)
    return f"{said} {counted(above, 'person is', 'people are')} so near above the line, and {below} below it."


@step(
    Cohort,
    "Ask those near the line",
    past="Those near the line are asked",
    meaning=_what_it_means,
    permission=DECIDE,
    guard=require_decider,
    policy=_require_not_asked,
    form=LineForm,
    undo="stop_asking_near_line",
)
def ask_near_line(*, cohort: Cohort, width: Decimal, by: Actor) -> Line:
    """Keep where the places ended in the ranking, and let those within so many points of it be asked on their own page. Drawn once: after it
    was stopped, the same line goes on. Raises NotPossible without a ranking, or where nobody stands on one of its sides."""
    Cohort.objects.select_for_update(of=("self",)).get(pk=cohort.pk)
    line = _line_of(cohort)
    if line is not None:
        refuse_if(line.width != width, f"The line was drawn with {line.width} points, and keeps them.", "line_kept")
        line.stopped_at = None
        line.save(update_fields=["stopped_at"])
        return line
    _require_a_line(cohort)
    above, below = _near(cohort, width)
    refuse_if(not below, "Nobody is so near below the line. Choose a wider stretch.", "nobody_near", field="width")
    mean, top_scores, submitted_at = _scored(cohort)[cohort.capacity - 1]
    return Line.objects.create(
        cohort=cohort,
        score=mean,
        top_scores=top_scores,
        submitted_at=submitted_at,
        width=width,
        near_above=above,
        near_below=below,
        drawn_by=person(by),
    )


def _require_asked(cohort: Cohort) -> None:
    line = _line_at_hand(cohort)
    refuse_if(line is None or line.stopped_at is not None, "Nobody is asked.", "not_asked_at_line")


@step(
    Cohort,
    "Stop asking those near the line",
    past="Those near the line are not asked any more",
    meaning="The question is not on anybody’s page any more. Whoever agreed to it already is asked as they were told, and nobody is told by email.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_asked,
    undo="ask_near_line",
)
def stop_asking_near_line(*, cohort: Cohort, by: Actor) -> Line:
    """Nobody else is asked whether we may. The line stays as it was drawn."""
    line = Line.objects.select_for_update(of=("self",)).get(cohort=cohort.pk)
    line.stopped_at = clock.now()
    line.save(update_fields=["stopped_at"])
    return line


# -- agreeing --------------------------------------------------------------------------------------


def line_to_agree(application: Application) -> Line | None:
    """The line about which this applicant is asked on their page; nothing for whoever stands far from it, has not heard yet, or agreed."""
    if application.status not in TOLD or application.mean_total is None:
        return None
    line = Line.objects.filter(cohort=application.cohort_id, stopped_at=None).first()
    if line is None or not line.is_near(application):
        return None
    there = LineConsent.objects.filter(line=line, person=application.applicant_id).exists()
    return None if there else line


def consent_of(application: Application) -> LineConsent | None:
    mine = LineConsent.objects.filter(line__cohort=application.cohort_id, person=application.applicant_id)
    return mine.for_steps().first()


@transaction.atomic
def agree(*, application: Application, by: Actor) -> LineConsent:
    """The applicant, and nobody for them, lets us ask. The second press finds what the first one made.

    Raises NotAllowed for anybody else, and NotPossible for whoever is not asked."""
    require_applicant(by, application)
    locked = Application.objects.select_for_update(of=("self",)).select_related("cohort__programme__provider")
    application = locked.get(pk=application.pk)
    if (made := consent_of(application)) is not None:
        return made
    line = line_to_agree(application)
    refuse_if(line is None, "We do not ask this any more.", "not_asked_at_line")
    mean, submitted_at = application.mean_total, application.submitted_at
    # It is one of those to whom it was shown: submitted, and ranked by scores.
    assert line is not None
    assert mean is not None
    assert submitted_at is not None
    return LineConsent.objects.create(
        line=line,
        person=application.applicant,
        points=line.points_of(mean),
        is_above=line.is_above(mean, application.top_scores, submitted_at),
        wording=wording(application.cohort),
    )


def _require_own(by: Actor, consent: LineConsent) -> None:
    """They, signed in or by the link of one of their questions."""
    if isinstance(by, LinkHolder):
        target = by.link.target
        own = (
            by.link.purpose == notices.LINE_LINK and isinstance(target, LineAnswer) and target.consent_id == consent.pk
        )
        refuse_if(
            own and not TokenLink.objects.usable().filter(pk=by.link.pk).exists(),
            "This link has been replaced or has expired. Please use the link in our latest email.",
            "link",
        )
    else:
        own = isinstance(by, User) and by.pk == consent.person_id
    if not own:
        raise NotAllowed("This is somebody else’s.")


@transaction.atomic
def take_consent_back(*, consent: LineConsent, by: Actor) -> None:
    """What they agreed to, all that they answered and our emails about it are removed. Raises NotAllowed for anybody else."""
    _require_own(by, consent)
    for one in consent.answers.all():
        TokenLink.revoke_all(purpose=notices.LINE_LINK, target=one)
    erase(LineConsent.objects.filter(pk=consent.pk))


@transaction.atomic
def stop(*, consent: LineConsent, by: Actor) -> LineConsent:
    """They are not asked again; what they answered stays. Raises NotAllowed for anybody else."""
    _require_own(by, consent)
    if consent.stopped_at is None:
        consent.stopped_at = clock.now()
        consent.save(update_fields=["stopped_at"])
    return consent


@transaction.atomic
def resume(*, consent: LineConsent, by: Actor) -> LineConsent:
    """They have changed their mind, or it was a mistake. Raises NotAllowed for anybody else."""
    _require_own(by, consent)
    consent.stopped_at = None
    consent.save(update_fields=["stopped_at"])
    return consent


# -- asking and answering --------------------------------------------------------------------------


def ask_near_the_line(today: date | None = None) -> int:
    """By the clock, once a day: each of those who agreed, about each moment once. Returns how many were asked."""
    today, number = today or clock.today(), 0
    for one in LineConsent.objects.asked().annotate(last_asked=Max("answers__months")):
        months = moment_due(localdate(one.agreed_at), one.last_asked, today, TOO_LATE)  # type: ignore[attr-defined]
        if months is not None:
            number += _ask(one.pk, months)
    return number


def forget_near_the_line(today: date | None = None) -> int:
    """By the clock, once a day: what was promised to go goes, whether or not the provider has said for how long it keeps other things, and
    whatever became of the application. Returns how many agreements went."""
    before = months_before(today or clock.today(), KEPT_MONTHS)
    return erase(LineConsent.objects.over(before))


@transaction.atomic
def _ask(pk: int, months: int) -> bool:
    """The row and the letter, together or not at all. Whoever makes the row first, asks; whoever took it back meanwhile is not asked."""
    consent = LineConsent.objects.select_for_update(of=("self",)).asked().filter(pk=pk).first()
    if consent is None:
        return False
    made, mine = LineAnswer.objects.get_or_create(consent=consent, months=months)
    if mine:
        notices.ask(LineAnswer.objects.for_steps().get(pk=made.pk))
    return mine


class AnswerForm(StepForm):
    """A few ticks. It begins with what was said before."""

    moves = forms.MultipleChoiceField(
        label="Where are you now?",
        help_text="Compared with when you applied. Tick all that apply.",
        choices=Move.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": WHICH},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"moves": self.subject.moves, **self.initial}


@transaction.atomic
def answer(*, answer: LineAnswer, moves: list[str], by: Actor) -> LineAnswer:
    """What they say at this moment. What they said before is kept where it may have counted, as long as it does.

    Raises NotAllowed for anybody else, NotPossible for none or for what contradicts itself, and by a link that does not work any more."""
    _require_own(by, answer.consent)
    refuse_if(not moves or not set(moves) <= set(Move.values), WHICH, "required", field="moves")
    refuse_if(Move.SAME in moves and set(moves) - {Move.SAME, Move.WIDER}, ALONE, "alone", field="moves")
    locked = LineAnswer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    said = [one for one in Move.values if one in moves]
    if said == locked.moves:
        return locked
    if locked.answered_at and localdate(locked.answered_at) < quarter_of(clock.today()):
        locked.moves_before, locked.answered_before = locked.moves, locked.answered_at
    locked.moves, locked.answered_at = said, clock.now()
    locked.save(update_fields=["moves", "answered_at", "moves_before", "answered_before"])
    return locked
