from mentoring.models.mentor import MOST_AT_ONCE, MatchingWeights, Mentor, MentoringWish, Theme
from mentoring.models.pair import LEAST_MINUTES, MOST_MINUTES, MatchRun, MentoringSession, Pair

__all__ = [
    "LEAST_MINUTES",
    "MOST_AT_ONCE",
    "MOST_MINUTES",
    "MatchRun",
    "MatchingWeights",
    "Mentor",
    "MentoringSession",
    "MentoringWish",
    "Pair",
    "Theme",
]
