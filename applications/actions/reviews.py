"""Assessors: who scores what, and their scores (B23; design rule 7)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from applications import notices
from applications.actions.access import DECIDE, require_assessor, require_decider, require_own_review
from applications.actions.forms import AssignForm, note_field
from applications.models import Application, Criterion, Review, Score
from applications.permissions import ApplicationPermission
from applications.rules.scores import total
from applications.selection.impartiality import applies_to, why_partial
from applications.states import APPLICATION, REVIEW, TO_REVIEW, WANTS_SCORES, ApplicationStatus, ReviewStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, may, person
from steppingup.accounts.models import User
from steppingup.history.lifecycle import refuse, refuse_if, required
from steppingup.steps.step import Waiting, Weight, asking, step


def _require_to_review(application: Application) -> None:
    refuse_if(
        not application.cohort.rule_set.is_by_merit,
        "Nobody is scored here, so there is nothing to assign.",
        "not_by_merit",
    )
    refuse_if(
        application.status not in TO_REVIEW,
        "This application is not waiting for reviews, so nobody can be assigned to it.",
        "state",
    )


@step(
    Application,
    "Assign an assessor",
    past="Assigned",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_to_review,
    form=AssignForm,
    waiting=Waiting(
        lambda rows: rows.lacking_assessors(),
        "application needs assessors",
        "applications need assessors",
        order=30,
    ),
)
def assign(*, application: Application, assessor: User, by: Actor) -> Review:
    """Give an application to an assessor of the provider, who is told.

    Raises NotPossible when it is not to be reviewed any more, when the assessor is of the applicant's organisation (or
    one too near to it, as the programme says), is the applicant, or has it already."""
    review = give(application, assessor, by)
    notices.tell_assigned(assessor, application.cohort, 1)
    return review


def give(application: Application, assessor: User, by: Actor) -> Review:
    """As `assign`, for many at once: the assessor is told by whoever calls it."""
    # Its employer, from which impartiality follows, and its status stay as they are until the review is there.
    application = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=application.pk)
    _require_to_review(application)
    # First, as no role lets anybody see what is about themselves.
    refuse(why_partial(assessor, application), "not_impartial", field="assessor")
    refuse_if(
        not may(assessor, ApplicationPermission.SCORE_APPLICATIONS, application),
        f"{assessor} is not an assessor here. Give them the role first.",
        "no_role",
    )
    refuse_if(
        applies_to(assessor, application.cohort_id),
        f"{assessor} has applied for this cohort too, so they cannot score for it.",
        "applies",
    )
    refuse_if(
        application.reviews.filter(assessor=assessor).exclude(status=ReviewStatus.REMOVED).exists(),
        f"{assessor} already has this application, or has stepped back from it.",
        "twice",
    )
    review = Review.objects.create(application=application, assessor=assessor, assigned_by=person(by))
    if application.status == ApplicationStatus.SUBMITTED:
        APPLICATION.move(application, "start_review")
    return review


def _require_wanted(review: Review) -> None:
    """Scores are wanted until the application is decided or withdrawn."""
    refuse_if(
        review.application.status not in WANTS_SCORES,
        "This application has been decided or withdrawn in the meantime. Its scores are no longer needed.",
        "decided",
    )


def _locked(review: Review) -> Review:
    """The application's row is locked before the review's, as whoever decides or withdraws does."""
    # Not its key: other assessors score the same application, and their rows refer to it.
    application = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=review.application_id)
    found = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    found.application = application
    _require_wanted(found)
    return found


Given = Mapping[int, tuple[int | None, str]]


@transaction.atomic
def save_scores(*, review: Review, scores: Given, by: Actor, comment: str | None = None) -> Review:
    """Keep what the assessor has typed so far; criteria that are not in `scores` stay as they are.

    `scores`: criterion id → (0 to the window's highest score, or None for not yet; comment). Raises NotPossible once the
    review is submitted, for a score out of range, and for a criterion of another programme."""
    require_assessor(by, review)
    refuse_if(
        _locked(review).status != ReviewStatus.ASSIGNED,
        "You have submitted this review or stepped back, so it can no longer be changed.",
        "state",
    )
    cohort = review.application.cohort
    criteria = set(Criterion.objects.filter(rule_set=cohort.rule_set_id).values_list("pk", flat=True))
    highest = cohort.window.max_score
    for criterion, (value, words) in scores.items():
        refuse_if(criterion not in criteria, "There is no such criterion in this programme.", "no_criterion")
        refuse_if(
            value is not None and not 0 <= value <= highest,
            f"Choose a score from 0 to {highest}.",
            "score_out_of_range",
        )
        Score.objects.update_or_create(
            review=review, criterion_id=criterion, defaults={"value": value, "comment": words}
        )
    if comment is not None:
        review.comment = comment
        review.save(update_fields=["comment"])
    return review


@step(
    Review,
    "Submit my scores",
    past="Scored",
    meaning="Your scores will count, and you will not be able to change them.",
    guard=require_assessor,
    lifecycle=REVIEW,
    undo="reopen",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.to_do(), "application is waiting for your scores", "applications are waiting for your scores"
    ),
    back_by=DECIDE,
    back_guard=require_decider,
    page="application",
    own_back=False,
)
def submit(*, review: Review, by: Actor) -> Review:
    """Submit the scores: they count from now on, and are locked. Others' scores appear to the assessor.

    Raises NotPossible, naming the criteria that have no score yet."""
    # Locked until the end: no score is changed between the sum and the move.
    REVIEW.check(_locked(review), "submit")
    values: dict[int, Any] = dict(review.scores.exclude(value=None).values_list("criterion", "value"))
    criteria = Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id)
    missing = [criterion.title for criterion in criteria if criterion.pk not in values]
    refuse_if(missing, f"Choose a score for each criterion. Still missing: {', '.join(missing)}.", "scores_missing")
    highest = review.application.cohort.window.max_score  # it stays as it is once there are scores
    top_scores = list(values.values()).count(highest)
    points = total(values.values())
    return REVIEW.move(review, "submit", submitted_at=clock.now(), total=points, top_scores=top_scores)


@step(
    Review,
    "Step back",
    past="You have stepped back",
    meaning="Step back if you think you know who wrote this, or have any other interest in it. Somebody else will be asked.",
    guard=require_own_review,
    lifecycle=REVIEW,
    form=asking(reason=note_field("Why", "The coordinator will read this.", required=True)),
    back_by=DECIDE,
    back_guard=require_decider,
    page="application",
)
def step_back(*, review: Review, reason: str, by: Actor) -> Review:
    """The assessor does not score this application: they know who it is, or have another interest.

    Whoever assigned it is told. Raises NotPossible without a reason, or once submitted."""
    why = required(reason, "Say briefly why you are stepping back.")
    REVIEW.move(review, "step_back", stepped_back_reason=why)
    notices.tell_stepped_back(review, why)
    return review


@step(
    Review,
    "Take the assessor off",
    past="Taken off",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=REVIEW,
    back_guard=require_decider,
    page="application",
)
def remove(*, review: Review, by: Actor) -> Review:
    """Take an assessor off an application that they have not scored yet, and tell them."""
    REVIEW.move(review, "remove")
    notices.tell_of_review(notices.REVIEW_REMOVED, review)
    return review


@step(
    Review,
    "Reopen the scores",
    past="Scores reopened",
    meaning="The scores will not count until they are submitted again.",
    permission=DECIDE,
    guard=require_decider,
    lifecycle=REVIEW,
    policy=_require_wanted,
    form=asking(reason=note_field("Why you are reopening the scores", "The assessor will read this.", required=True)),
    undo="submit",
    back_guard=require_decider,
    page="application",
)
def reopen(*, review: Review, reason: str, by: Actor) -> Review:
    """Let an assessor change submitted scores, and tell them why. They do not count until submitted again.

    Raises NotPossible without a reason, and once the application is decided."""
    why = required(reason, "Say why you are reopening the scores. The assessor will read this.")
    _locked(review)
    REVIEW.move(review, "reopen", submitted_at=None, total=None, top_scores=0)
    notices.tell_of_review(notices.REVIEW_REOPENED, review, reason=why)
    return review
