"""What a coordinator reads on one application's page. Equality answers are never among it."""

from collections.abc import Callable, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db.models import OuterRef, Subquery, prefetch_related_objects

from applications.actions.places import to_settle
from applications.desk.tags import FEE_TAGS, REVIEW_TAGS, TAGS, number
from applications.models import (
    Answer,
    Application,
    Criterion,
    Decision,
    EligibilityAnswer,
    Interview,
    Review,
    Score,
    Statement,
)
from applications.models.rules import to_look_at
from applications.queries import graduate_of, place_on_waiting_list
from applications.states import APPLICATION, ApplicationStatus, OfferStatus, ReviewStatus, SupportRoute
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.messaging.models import Message
from steppingup.steps.actions.back import find_latest
from steppingup.steps.step import Step

Facts = list[tuple[str, Any]]
StepsOfReview = Callable[[Review], list[dict[str, Any]]]


def facts_of(application: Application, *, steps_of_review: StepsOfReview) -> dict[str, Any]:
    """Everything on the page; a constant number of queries. `steps_of_review`: the links beside one review."""
    reviews = list(application.reviews.select_related("assessor__organisation").prefetch_related("scores"))
    interviews = list(application.interviews.all())
    prefetch_related_objects(interviews, "scores", "corrections__by", "corrections__criterion")
    find_latest([application, *reviews])
    written = Statement.objects.filter(application=application, criterion=OuterRef("pk")).values("text")
    criteria = Criterion.objects.filter(rule_set=application.cohort.rule_set_id).annotate(written=Subquery(written))
    conditions = _conditions(application)
    figures = application.figures
    return {
        "application": application,
        "status": TAGS[application.status],
        "cards": [*_cards(application), conditions],
        "to_look_at": sum(one["look"] for one in conditions["answers"]),
        "further": _further(application),
        "criteria": _criteria(criteria, reviews, interviews),
        "reviews": [_review(application, review, steps_of_review) for review in reviews],
        "summary": {"mean": number(figures.mean), "spread": number(figures.spread)} if figures.given else {},
        "interviews": interviews,
        "offers": list(application.offers.all()),
        "decisions": [_decision(one) for one in application.decisions.select_related("by")],
        # What was written to the applicant, and to the employer about the fee.
        "sent": list(Message.objects.about(*filter(None, (application, application.fee_agreement)))[:30]),
        "history": _history(application),
        "planned": getattr(application, "planned", None),
        "waiting_place": place_on_waiting_list(application)
        if application.status == ApplicationStatus.WAITING
        else None,
        "open_offer": OfferStatus.MADE,
    }


def _cards(application: Application) -> list[dict[str, Any]]:
    employer = application.works_as
    unknown = " (typed by the applicant; not on our list)" if application.lacks_employer else ""
    details: Facts = [
        ("Name", application.full_name),
        ("Email address", application.applicant.reached_at),
        ("Telephone", application.phone),
        ("Job title", application.job_title),
        ("Grade", application.grade),
        ("Education", application.education),
        ("Cohort", str(application.cohort)),
        ("Graduate of", english.listed(str(one.cohort) for one in graduate_of(application))),
        ("Submitted", english.when(application.submitted_at)),
    ]
    work: Facts = [
        ("Employer", f"{employer}{unknown}" if employer else ""),
        ("Also works for", application.other_employers),
        ("Line manager", application.manager_name),
        ("Line manager's job title", application.manager_job_title),
        ("Line manager's email address", application.manager_email),
        (
            "How the employer knows",
            application.get_support_route_display() if application.has_employer else _knows(application),
        ),
        ("Nominated by", " ".join(filter(None, (application.nominator_name, application.nominator_email)))),
        ("Told their employer on", english.day_date(application.told_on)),
    ]
    needs = getattr(application, "access_needs", None)
    access = (needs.text or "Yes, without details.") if needs and needs.has_needs else "None given"
    return [
        *_order(application),
        {"title": "Applicant", "rows": details, "cv": application.cv},
        {"title": "Employer", "rows": work},
        {
            "title": "Fee",
            "rows": _fee(application),
            "tag": FEE_TAGS[application.fee_agreement.status] if application.fee_agreement else "",
        },
        {"title": "Access needs", "text": access, "note": "Not used for any decision, and not shown to assessors."},
    ]


def _knows(application: Application) -> str:
    """Of an organisation that is no employer: nothing, where it was not asked."""
    route = application.support_route
    words = "" if route == SupportRoute.NOT_NEEDED else str(application.get_support_route_display())
    return words.replace("employer", "organisation")


def _order(application: Application) -> list[dict[str, Any]]:
    """Where places go in the order of submission: the number, whether a place is held, and what stands before it."""
    if not application.number:
        return []
    rows: Facts = [("Number", str(application.number))]
    if application.held_until:
        rows.append(("A place is held until", english.when(application.held_until)))
    if application.passed_on_at:
        rows.append(("The place passed to the next on", english.when(application.passed_on_at)))
    open_still = application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.WAITING)
    left = to_settle(application) if open_still else []
    if left:
        rows.append(("To be settled first", " ".join(left)))
    note = (
        "A place follows by itself, in the order of submission, once nothing is left to settle." if open_still else ""
    )
    return [{"title": "Order of submission", "rows": rows, "note": note}]


def _conditions(application: Application) -> dict[str, Any]:
    """What the applicant answered to the conditions; what is not a plain yes and is to be looked at comes first (B16)."""
    look_at = to_look_at(application.eligibility_answers.all())
    given = [
        {
            "question": one.question,
            "words": one.in_words + (f", looked at on {english.when(one.looked_at)}" if one.looked_at else ""),
            "look": one in look_at,
            "group": "good" if one.answer == EligibilityAnswer.Answer.YES else "waiting",
        }
        for one in application.eligibility_answers.all()
    ]
    given.sort(key=lambda one: not one["look"])
    look = any(one["look"] for one in given)
    note = "Look at any answer that is not a plain yes, and talk to the applicant before you decide." if look else ""
    text = "" if given else "No questions were asked."
    return {"id": "conditions", "title": "Conditions", "answers": given, "text": text, "note": note}


def _further(application: Application) -> list[Answer]:
    """Answers to further questions, in the order in which they were asked. `has_answers` says whether there are any."""
    if not application.has_answers:  # type: ignore[attr-defined]
        return []
    given = application.answers.select_related("question", "file")
    return sorted(given, key=lambda answer: (answer.question.order, answer.question_id))


def _fee(application: Application) -> Facts:
    agreement = application.fee_agreement
    if agreement is None:
        return [("Fee", english.pounds(application.cohort.fee)), ("Agreement", "None")]
    return [
        ("Fee", english.pounds(agreement.amount if agreement.amount is not None else application.cohort.fee)),
        ("Cost of the place", english.pounds(agreement.place_costs)),
        (
            "Paid by",
            "The applicant" if agreement.self_paid and not agreement.bursary_amount else agreement.get_route_display(),
        ),
        ("Fund", str(agreement.source) if agreement.source else ""),
        ("Asked", agreement.sponsor_name),
        ("Answered", english.when(agreement.answered_at)),
    ]


def _criteria(criteria: Iterable[Any], reviews: list[Review], interviews: list[Interview]) -> list[dict[str, Any]]:
    """For each criterion: what was written, each assessor's score with the comment, and the panel's."""
    by_review: dict[int, dict[int, Score]] = {
        review.pk: {score.criterion_id: score for score in review.scores.all()} for review in reviews
    }
    counted = [review for review in reviews if review.status == ReviewStatus.SUBMITTED]
    panel = {score.criterion_id: score for interview in interviews for score in interview.scores.all()}
    return [
        {
            "criterion": criterion,
            "text": criterion.written or "",
            "scores": [
                (review.assessor, by_review[review.pk][criterion.pk])
                for review in counted
                if criterion.pk in by_review[review.pk]
            ],
            "panel": panel.get(criterion.pk),
        }
        for criterion in criteria
    ]


def _review(application: Application, review: Review, steps_of_review: StepsOfReview) -> dict[str, Any]:
    review.application = application
    return {
        "review": review,
        "tag": REVIEW_TAGS[review.status],
        "steps": steps_of_review(review),
    }


def _decision(decision: Decision) -> dict[str, Any]:
    step, move = (
        Step.registry.get(f"{Application._meta.label_lower}.{decision.step}"),
        APPLICATION.moves.get(decision.step),
    )
    return {"decision": decision, "label": step.past if step else move.label if move else decision.step}


def _history(application: Any) -> list[dict[str, Any]]:
    """When the status changed, and by whom: from what the database wrote down."""
    events = application.events.order_by("pgh_id").values_list(
        "pgh_created_at", "status", "pgh_context__metadata__user"
    )
    changes = [next(run) for _, run in groupby(events, key=itemgetter(1))]
    known = {str(user.pk): str(user) for user in (application.applicant, application.decided_by) if user}
    others = {str(user) for _, _, user in changes if str(user or "").isdecimal()} - set(known)
    known |= {str(user.pk): str(user) for user in User.objects.filter(pk__in=others)}  # no query for nobody
    return [{"at": at, "label": TAGS[status], "by": known.get(str(user), "")} for at, status, user in reversed(changes)]
