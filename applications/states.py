"""The statuses of applications, reviews, interviews and offers."""

from typing import Any

import pgtrigger
from django.db import models

from cohorts.states import Selection
from steppingup.history.guards import MoveGuard
from steppingup.history.lifecycle import Lifecycle, move


class ApplicationStatus(models.TextChoices):
    DRAFT = "draft", "In progress"
    SUBMITTED = "submitted", "Submitted"
    IN_REVIEW = "in_review", "In review"
    SHORTLISTED = "shortlisted", "Shortlisted"
    HELD = "held", "Held in reserve"
    INTERVIEW = "interview", "Invited to interview"
    INTERVIEWED = "interviewed", "Interviewed"
    OFFERED = "offered", "Offered a place"
    WAITING = "waiting", "On the waiting list"
    ACCEPTED = "accepted", "Place accepted"
    DECLINED = "declined", "Offer declined"
    EXPIRED = "expired", "Offer expired"
    TURNED_DOWN = "turned_down", "Turned down"
    WITHDRAWN = "withdrawn", "Withdrawn by the applicant"


S = ApplicationStatus
TO_REVIEW = (S.SUBMITTED, S.IN_REVIEW)
#: A review can still be given: nobody has decided, or the application waits in reserve.
WANTS_SCORES = (*TO_REVIEW, S.HELD)
#: Submitted and not over yet.
LIVE = (S.SUBMITTED, S.IN_REVIEW, S.SHORTLISTED, S.HELD, S.INTERVIEW, S.INTERVIEWED, S.OFFERED, S.WAITING)
OVER = (S.ACCEPTED, S.DECLINED, S.EXPIRED, S.TURNED_DOWN, S.WITHDRAWN)
#: Somebody decided something; `decided_at` and `decided_by` are set.
DECIDED = (
    S.SHORTLISTED,
    S.HELD,
    S.INTERVIEW,
    S.INTERVIEWED,
    S.OFFERED,
    S.WAITING,
    S.ACCEPTED,
    S.DECLINED,
    S.EXPIRED,
    S.TURNED_DOWN,
)

#: Moves of applications that are scored and compared.
MERIT = {
    ("start_review", S.SUBMITTED),
    *(("shortlist", state) for state in (S.SUBMITTED, S.IN_REVIEW, S.HELD)),
    *(("hold", state) for state in (S.SUBMITTED, S.IN_REVIEW, S.SHORTLISTED)),
    *(("reconsider", state) for state in (S.SHORTLISTED, S.HELD, S.TURNED_DOWN)),
}
#: Moves of applications that nobody is compared with.
UNSCORED = {("offer", S.SUBMITTED), ("put_on_waiting_list", S.SUBMITTED), ("reconsider_order", S.TURNED_DOWN)}
#: Moves that only some ways of choosing people have, by the states that they begin in: with an interview nobody is offered a place
#: before it, without one nobody is invited; where the order of submission decides, nobody is scored.
ONLY = {
    Selection.WITHOUT_INTERVIEW: MERIT
    | {
        ("offer", S.SHORTLISTED),
        ("offer", S.HELD),
        ("put_on_waiting_list", S.SHORTLISTED),
        ("put_on_waiting_list", S.HELD),
    },
    Selection.WITH_INTERVIEW: MERIT | {("invite", S.SHORTLISTED)},
    Selection.FIRST_COME: UNSCORED,
    Selection.NOMINATION: UNSCORED,
}


def _ways_of(name: str, state: ApplicationStatus) -> str:
    """The ways of choosing that have this move, for SQL."""
    return ", ".join(sorted(f"'{way.value}'" for way, moves in ONLY.items() if (name, state) in moves))


class Choosing(Lifecycle):
    """Some moves hang on how the cohort's admission rules choose people (`ONLY`)."""

    def allows(self, obj: Any, name: str) -> bool:
        if not super().allows(obj, name):
            return False
        ways = [way for way, moves in ONLY.items() if (name, obj.status) in moves]
        return not ways or obj.cohort.rule_set.selection in ways

    def why_not(self, obj: Any, name: str) -> str:
        if super().allows(obj, name) and (why := obj.cohort.rule_set.way.unscored):
            return str(why)
        if name == "invite" and super().allows(obj, name):
            return "People are chosen without an interview here. Offer a place, or put them on the waiting list."
        return super().why_not(obj, name)

    def triggers(self) -> list[pgtrigger.Trigger]:
        """And the same for PostgreSQL."""
        pairs = sorted({pair for moves in ONLY.values() for pair in moves})
        found = [(state, self.moves[name].target, _ways_of(name, state)) for name, state in pairs]
        moves = [
            f"(OLD.status = '{state.value}' AND NEW.status = '{target}' AND chosen NOT IN ({ways}))"
            for state, target, ways in found
        ]
        return [
            *super().triggers(),
            MoveGuard(
                name="chosen_by_the_rules",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("status"),
                condition=pgtrigger.Q(old__status__in=sorted({state.value for _, state in pairs})),
                declare=[("chosen", "text")],
                func=f"""
                    SELECT r.selection INTO chosen FROM cohorts_cohort c JOIN cohorts_ruleset r ON r.id = c.rule_set_id
                     WHERE c.id = NEW.cohort_id;
                    IF {" OR ".join(moves)} THEN
                        RAISE EXCEPTION 'The admission rules choose people in another way.' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]


APPLICATION = Choosing(
    "application",
    S,
    S.DRAFT,
    {
        "submit": move(S.DRAFT, S.SUBMITTED, "Submit the application"),
        "start_review": move(S.SUBMITTED, S.IN_REVIEW, "Assign the assessors"),
        "shortlist": move((S.SUBMITTED, S.IN_REVIEW, S.HELD), S.SHORTLISTED, "Shortlist the application"),
        # Back and forth with the shortlist, as places and interviews allow; only turning down needs a reason.
        "hold": move((S.SUBMITTED, S.IN_REVIEW, S.SHORTLISTED), S.HELD, "Hold the application in reserve"),
        "turn_down": move(
            (S.SUBMITTED, S.IN_REVIEW, S.SHORTLISTED, S.HELD, S.INTERVIEW, S.INTERVIEWED, S.WAITING),
            S.TURNED_DOWN,
            "Turn the application down",
        ),
        "reconsider": move((S.SHORTLISTED, S.HELD, S.TURNED_DOWN), S.IN_REVIEW, "Take the decision back"),
        # Turned down after the interview: the interview has been held, and stands.
        "reconsider_interview": move(S.TURNED_DOWN, S.INTERVIEWED, "Take the decision back"),
        # Where nobody is compared: back to where it was, in the order of submission with its number.
        "reconsider_order": move(S.TURNED_DOWN, S.SUBMITTED, "Take the decision back"),
        "invite": move(S.SHORTLISTED, S.INTERVIEW, "Invite to interview"),
        "cancel_interview": move(S.INTERVIEW, S.SHORTLISTED, "Cancel the interview"),
        "miss_interview": move(S.INTERVIEW, S.SHORTLISTED, "Did not come"),
        "record_interview": move(S.INTERVIEW, S.INTERVIEWED, "Record the interview"),
        # From the shortlist and the reserve only where there is no interview; at once where the order of submission decides.
        "offer": move((S.SUBMITTED, S.SHORTLISTED, S.HELD, S.INTERVIEWED, S.WAITING), S.OFFERED, "Offer a place"),
        # Also whoever did not answer an offer in time, should they ask for the place after all.
        "put_on_waiting_list": move(
            (S.SUBMITTED, S.SHORTLISTED, S.HELD, S.INTERVIEWED, S.OFFERED, S.EXPIRED),
            S.WAITING,
            "Put on the waiting list",
        ),
        "accept": move(S.OFFERED, S.ACCEPTED, "Accept the place"),
        "decline": move(S.OFFERED, S.DECLINED, "Decline the offer"),
        "expire": move(S.OFFERED, S.EXPIRED, "Let the offer expire"),
        "withdraw": move(LIVE, S.WITHDRAWN, "Withdraw the application"),
    },
    noun="application",
)

#: Those that stand in the ranking of a cohort.
RANKED = tuple(state for state in S if state not in (S.DRAFT, S.WITHDRAWN))


class ReviewStatus(models.TextChoices):
    ASSIGNED = "assigned", "To be scored"
    SUBMITTED = "submitted", "Scored"
    STEPPED_BACK = "stepped_back", "Stepped back"
    REMOVED = "removed", "Taken off"


V = ReviewStatus

REVIEW = Lifecycle(
    "review",
    V,
    V.ASSIGNED,
    {
        "submit": move(V.ASSIGNED, V.SUBMITTED, "Submit the scores"),
        "step_back": move(V.ASSIGNED, V.STEPPED_BACK, "Step back from this application"),
        "remove": move(V.ASSIGNED, V.REMOVED, "Take the assessor off"),
        "reopen": move(V.SUBMITTED, V.ASSIGNED, "Reopen the scores"),
    },
    noun="review",
)


class InterviewStatus(models.TextChoices):
    ARRANGED = "arranged", "Arranged"
    HELD = "held", "Held"
    MISSED = "missed", "Did not come"
    CANCELLED = "cancelled", "Cancelled"


INTERVIEW = Lifecycle(
    "interview",
    InterviewStatus,
    InterviewStatus.ARRANGED,
    {
        "record": move(InterviewStatus.ARRANGED, InterviewStatus.HELD, "Record the interview"),
        "miss": move(InterviewStatus.ARRANGED, InterviewStatus.MISSED, "Did not come"),
        "cancel": move(InterviewStatus.ARRANGED, InterviewStatus.CANCELLED, "Cancel the interview"),
    },
    noun="interview",
)


class OfferStatus(models.TextChoices):
    MADE = "made", "Waiting for an answer"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    EXPIRED = "expired", "Expired"
    NO_PLACE = "no_place", "No places left"
    CLOSED = "closed", "Closed"


F = OfferStatus

OFFER = Lifecycle(
    "offer",
    F,
    F.MADE,
    {
        "accept": move(F.MADE, F.ACCEPTED, "Accept the place"),
        "decline": move(F.MADE, F.DECLINED, "Decline the offer"),
        "expire": move(F.MADE, F.EXPIRED, "Let the offer expire"),
        "find_no_place": move(F.MADE, F.NO_PLACE, "Put on the waiting list"),
        "close": move(F.MADE, F.CLOSED, "Close the offer"),
    },
    noun="offer",
)


class Asked(models.TextChoices):
    """Whether something is asked of people who work in one way."""

    REQUIRED = "required", "Required"
    OPTIONAL = "optional", "Optional"
    LEFT_OUT = "left_out", "Not asked"


class FeeBy(models.TextChoices):
    """Who agrees the fee for whoever works in one way, where no fund and not the provider pays it."""

    EMPLOYER = "employer", "The organisation"
    PERSON = "person", "The person"
    EITHER = "either", "Either"


class SupportRoute(models.TextChoices):
    """How the employer knows of the application (B34, B35)."""

    NOMINATED = "nominated", "My employer nominated me"
    TOLD = "told", "I have told my employer that I am applying"
    NOT_NEEDED = "not_needed", "My employer’s approval is not needed"


class Meaning(models.TextChoices):
    """What a reason for turning somebody down comes to, in whichever words a programme says it: by this reasons are checked, and
    counted over programmes."""

    SCORE = "score", "Others scored higher"
    NOT_ELIGIBLE = "not_eligible", "The conditions are not met"
    INCOMPLETE = "incomplete", "Something is missing"
    LATE = "late", "It arrived late"
    INTERVIEW = "interview", "The interview"
    PLACES = "places", "No places are left"
    CANCELLED = "cancelled", "The cohort does not take place"
    OWN = "own", "The programme’s own"


#: The reasons that rules have unless a coordinator says otherwise, by their keys: what each means, and its words.
USUAL_REASONS: dict[str, tuple[Meaning, str]] = {
    "score": (Meaning.SCORE, "Other applications scored higher against the criteria"),
    "not_eligible": (Meaning.NOT_ELIGIBLE, "The programme’s conditions are not met"),
    "not_ready": (Meaning.OWN, "More experience of leading is needed first"),
    "incomplete": (Meaning.INCOMPLETE, "Something we needed was missing"),
    "late": (Meaning.LATE, "It arrived after the closing time"),
    "interview": (Meaning.INTERVIEW, "The interview did not show what the criteria ask for"),
    "places": (Meaning.PLACES, "There were no places left"),
    "cancelled": (Meaning.CANCELLED, "This cohort will not take place"),
}
#: What may have to be said by any rules, also by those that have no words of their own for it.
ALWAYS_SAID = (Meaning.PLACES, Meaning.CANCELLED)


class Verdict(models.TextChoices):
    """What the eligibility check ends in."""

    YES = "yes", "You can apply"
    NO = "no", "This programme is not for you at the moment"
    ASK = "ask", "We would like to look at it"


class EligibilityKind(models.TextChoices):
    YES_NO = "yes_no", "Yes or no"
    GRADE = "grade", "Their grade, from the list of grades"


class PartKind(models.TextChoices):
    """What a part of the application asks. Only pages of questions can be there more than once."""

    DETAILS = "details", "Your details"
    ELIGIBILITY = "eligibility", "Whether the programme is for you"
    WORK = "work", "Your job, your employer and your line manager"
    SUPPORT = "support", "How your employer knows that you are applying"
    FEE = "fee", "The fee"
    STATEMENTS = "statements", "A statement for each criterion"
    QUESTIONS = "questions", "A page of questions"
    CV = "cv", "Your CV"
    ACCESS = "access", "What you need to take part fully"
    EQUALITY = "equality", "Equality monitoring"


class QuestionKind(models.TextChoices):
    LINE = "line", "One line of text"
    TEXT = "text", "A longer text"
    CHOICE = "choice", "One of several answers"
    SEVERAL = "several", "Any of several answers"
    NUMBER = "number", "A number"
    YES_NO = "yes_no", "Yes or no"
    DAY = "day", "A date"
    FILE = "file", "A file"


#: Questions whose answers are few, so that a list can be narrowed by them.
CHOSEN = (QuestionKind.CHOICE, QuestionKind.SEVERAL, QuestionKind.YES_NO)
#: Questions on whose answer another can depend.
DECIDING = (QuestionKind.CHOICE, QuestionKind.YES_NO)
