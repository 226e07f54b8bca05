"""Reviews of an assessor who leaves, given to another."""

from collections import Counter
from collections.abc import Sequence

from applications import notices
from applications.actions.access import require_decider
from applications.actions.reviews import give
from applications.models import Review
from applications.states import REVIEW
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.history.lifecycle import NotPossible


def hand_over_reviews(reviews: Sequence[Review], to: User | None, by: User) -> list[str]:
    """Take the assessor off each, and give it to another, who is told once for each cohort; without one, they wait to be shared
    out. Says of each that could not be given to this person why: it waits too."""
    not_given, given = [], Counter[int]()
    for review in reviews:
        application = review.application
        try:
            require_decider(by, application)
        except NotAllowed as why:
            not_given.append(f"{application.reference} stays as it is. {why}")
            continue
        REVIEW.move(review, "remove")
        try:
            if to is not None:
                give(application, to, by)
                given[application.cohort_id] += 1
        except NotPossible as why:
            not_given.append(f"{application.reference} goes to nobody yet, and waits to be shared out. {why}")
    cohorts = {review.application.cohort_id: review.application.cohort for review in reviews}
    for cohort, number in given.items():
        if to is not None:
            notices.tell_assigned(to, cohorts[cohort], number)
    return not_given
