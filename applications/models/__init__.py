from applications.models.application import AccessNeeds, Application, Decision, EqualityResponse, PartDraft, Statement
from applications.models.eligibility import EligibilityAnswer, EligibilityQuestion
from applications.models.interest import Interest, InterestTold
from applications.models.offer import Interview, InterviewScore, Offer
from applications.models.review import Review, Score
from applications.models.window import Criterion, EmployerRule, Window

__all__ = [
    "AccessNeeds",
    "Application",
    "Criterion",
    "Decision",
    "EligibilityAnswer",
    "EligibilityQuestion",
    "EmployerRule",
    "EqualityResponse",
    "Interest",
    "InterestTold",
    "Interview",
    "InterviewScore",
    "Offer",
    "PartDraft",
    "Review",
    "Score",
    "Statement",
    "Window",
]
