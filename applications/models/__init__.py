from applications.models.application import Application
from applications.models.asked import Answer, FormPart, Question
from applications.models.draft import Draft
from applications.models.equality import (
    EqualityLook,
    EqualityOption,
    EqualityQuestion,
    EqualityRelease,
    EqualityResponse,
    Stage,
)
from applications.models.interest import Interest, InterestTold
from applications.models.late import LateEntry
from applications.models.line import Line, LineAnswer, LineConsent
from applications.models.nomination import Nomination, NominationRequest
from applications.models.offer import Interview, InterviewCorrection, InterviewScore, Offer
from applications.models.planned import PlannedDecision
from applications.models.reason import Reason
from applications.models.records import AccessNeeds, Decision, PartDraft, Statement
from applications.models.review import Review, Score
from applications.models.rules import Criterion, EligibilityAnswer, EligibilityQuestion, Grade
from applications.models.standing import StandingRule
from applications.models.window import EmployerRule, Window

__all__ = [
    "AccessNeeds",
    "Answer",
    "Application",
    "Criterion",
    "Decision",
    "Draft",
    "EligibilityAnswer",
    "EligibilityQuestion",
    "EmployerRule",
    "EqualityLook",
    "EqualityOption",
    "EqualityQuestion",
    "EqualityRelease",
    "EqualityResponse",
    "FormPart",
    "Grade",
    "Interest",
    "InterestTold",
    "Interview",
    "InterviewCorrection",
    "InterviewScore",
    "LateEntry",
    "Line",
    "LineAnswer",
    "LineConsent",
    "Nomination",
    "NominationRequest",
    "Offer",
    "PartDraft",
    "PlannedDecision",
    "Question",
    "Reason",
    "Review",
    "Score",
    "Stage",
    "StandingRule",
    "Statement",
    "Window",
]
