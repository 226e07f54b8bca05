from mentoring.models.mentor import Mentor, MentoringWish, Theme
from mentoring.models.pair import MatchRun, MentoringSession, Pair

__all__ = ["MatchRun", "Mentor", "MentoringSession", "MentoringWish", "Pair", "Theme"]
