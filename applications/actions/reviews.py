"""Assessors: who scores what, and their scores (B23; design rule 7)."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from applications.actions.access import require_decider
from applications.actions.telling import absolute, tell_assessor, to_score
from applications.impartial import family_of, is_impartial
from applications.models import Application, Criterion, Review, Score
from applications.states import APPLICATION, REVIEW, TO_REVIEW, WANTS_SCORES, ApplicationStatus, ReviewStatus
from cohorts.access import may
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import send_as


@transaction.atomic
def assign(*, application: Application, assessor: User, by: Actor, tell: bool = True) -> Review:
    """Give an application to an assessor of the provider, who is told.

    Nobody chooses who scores their own application. Raises NotPossible when it is not to be reviewed any more, when the
    assessor is of the applicant's organisation (or its parent or a subsidiary), is the applicant, or has it already. `tell=False` when one email follows for many."""
    cohort, person = application.cohort, require_decider(by, application)
    application = Application.objects.select_for_update(of=("self",)).select_related("cohort").get(pk=application.pk)
    if application.status not in TO_REVIEW:
        raise NotPossible("This application is not waiting for reviews, so nobody can be assigned to it.")
    if not may(assessor, Permission.SCORE_APPLICATIONS, cohort):
        raise NotPossible(f"{assessor} is not an assessor here. Give them the role first.")
    if not is_impartial(assessor, application, family_of(application)):
        raise NotPossible(f"{assessor} is of the applicant's own organisation, so they cannot score this application.")
    if application.reviews.filter(assessor=assessor).exclude(status=ReviewStatus.REMOVED).exists():
        raise NotPossible(f"{assessor} has this application already, or has stepped back from it.")
    review = Review.objects.create(application=application, assessor=assessor, assigned_by=person)
    if application.status == ApplicationStatus.SUBMITTED:
        APPLICATION.move(application, "start_review")
    if tell:
        tell_assessor(assessor, cohort, "reviews_assigned", count=to_score(1))
    return review


def _own(review: Review, by: Actor) -> User:
    if not isinstance(by, User) or by.pk != review.assessor_id:
        raise NotAllowed("This is another assessor's review.")
    if not may(by, Permission.SCORE_APPLICATIONS, review.application.cohort):
        raise NotAllowed("You are not an assessor here any more.")
    return by


def _wanted(review: Review) -> None:
    """Scores are wanted until the application is decided or withdrawn. Its row is locked, before the review's, as
    whoever decides or withdraws does."""
    application = Application.objects.select_for_update(of=("self",), no_key=True).get(pk=review.application_id)
    if application.status not in WANTS_SCORES:
        raise NotPossible(
            "This application has been decided or withdrawn in the meantime. No scores are needed any more."
        )


Given = Mapping[int, tuple[int | None, str]]


@transaction.atomic
def save_scores(*, review: Review, scores: Given, by: Actor, comment: str | None = None) -> Review:
    """Keep what the assessor has typed so far; criteria that are not in `scores` stay as they are.

    `scores`: criterion id → (0 to the window's highest score, or None for not yet; comment). Raises NotPossible once the
    review is submitted, for a score out of range, and for a criterion of another programme."""
    _own(review, by)
    _wanted(review)
    locked = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    if locked.status != ReviewStatus.ASSIGNED:
        raise NotPossible("You have submitted this review or stepped back, so it cannot be changed any more.")
    cohort = review.application.cohort
    criteria = set(Criterion.objects.filter(programme=cohort.programme_id).values_list("pk", flat=True))
    highest = cohort.window.max_score
    for criterion, (value, words) in scores.items():
        if criterion not in criteria:
            raise NotPossible("There is no such criterion in this programme.")
        if value is not None and not 0 <= value <= highest:
            raise NotPossible(f"Give a score from 0 to {highest}.")
        Score.objects.update_or_create(
            review=review, criterion_id=criterion, defaults={"value": value, "comment": words}
        )
    if comment is not None:
        review.comment = comment
        review.save(update_fields=["comment"])
    return review


@transaction.atomic
def submit(*, review: Review, by: Actor) -> Review:
    """Submit the scores: they count from now on, and are locked. Others' scores appear to the assessor.

    Raises NotPossible, naming the criteria that have no score yet."""
    _own(review, by)
    _wanted(review)
    REVIEW.check(Review.objects.select_for_update(of=("self",)).get(pk=review.pk), "submit")
    values = dict(review.scores.exclude(value=None).values_list("criterion", "value"))
    criteria = Criterion.objects.filter(programme=review.application.cohort.programme_id)
    missing = [criterion.title for criterion in criteria if criterion.pk not in values]
    if missing:
        raise NotPossible(f"Give a score for each criterion. Still missing: {', '.join(missing)}.")
    return REVIEW.move(review, "submit", submitted_at=timezone.now(), total=sum(values.values()))


@transaction.atomic
def step_back(*, review: Review, reason: str, by: Actor) -> Review:
    """The assessor does not score this application: they know who it is, or have another interest.

    Whoever assigned it is told. Raises NotPossible without a reason, or once submitted."""
    _own(review, by)
    if not reason.strip():
        raise NotPossible("Say why you step back, in a few words.")
    REVIEW.move(review, "step_back", stepped_back_reason=reason.strip())
    if review.assigned_by and review.assigned_by.is_active:
        application = review.application
        send_as(
            kind="applications.stepped_back",
            to=review.assigned_by,
            about=application,
            scopes=application.message_scopes,
            context={
                "programme": application.cohort.programme.name,
                "cohort": application.cohort.name,
                "reference": application.reference,
                "assessor": str(review.assessor),
                "reason": reason.strip(),
                "link": absolute("admin:applications_application_change", application.pk),
            },
        )
    return review


@transaction.atomic
def remove(*, review: Review, by: Actor) -> Review:
    """Take an assessor off an application that they have not scored yet, and tell them."""
    require_decider(by, review.application)
    REVIEW.move(review, "remove")
    tell_assessor(review.assessor, review.application.cohort, "review_removed", reference=review.application.reference)
    return review


@transaction.atomic
def reopen(*, review: Review, reason: str, by: Actor) -> Review:
    """Let an assessor change submitted scores, and tell them why. They do not count until submitted again.

    Raises NotPossible without a reason, and once the application is decided."""
    require_decider(by, review.application)
    if not reason.strip():
        raise NotPossible("Say why the scores are opened again. The assessor reads it.")
    _wanted(review)
    REVIEW.move(review, "reopen", submitted_at=None, total=None)
    tell_assessor(
        review.assessor,
        review.application.cohort,
        "review_reopened",
        reference=review.application.reference,
        reason=reason.strip(),
    )
    return review
