"""Coaching that a participant asks for: what about, who coaches, and how far it has come (B49, B50, B51)."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class CoachKind(models.TextChoices):
    PERSON = "person", "A person"
    NETWORK = "network", "A network, such as that of the NHS"
    COMPANY = "company", "A company or charity"


class CoachingTheme(models.TextChoices):
    CONFIDENCE = "confidence", "Confidence and being heard"
    LEADING = "leading", "Leading people"
    CONFLICT = "conflict", "Difficult conversations and conflict"
    CAREER = "career", "Where to go from here"
    INTERVIEWS = "interviews", "Applications and interviews"
    CHANGE = "change", "Leading change"
    BALANCE = "balance", "Workload and balance"
    BARRIERS = "barriers", "Discrimination and barriers"
    OTHER = "other", "Something else"


class CoachingStatus(models.TextChoices):
    REQUESTED = "requested", "To be answered"
    WITH_EMPLOYER = "with_employer", "With the employer"
    SUPPORTED = "supported", "Supported by the employer"
    NOT_SUPPORTED = "not_supported", "Not supported by the employer"
    ARRANGED = "arranged", "Arranged"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended"


S = CoachingStatus
#: Those of which something is still to come.
OPEN = (S.REQUESTED, S.WITH_EMPLOYER, S.SUPPORTED, S.NOT_SUPPORTED)
GOING_ON = (*OPEN, S.ARRANGED)
#: Those for which staff have something to do.
TO_ANSWER = (S.REQUESTED, S.SUPPORTED, S.NOT_SUPPORTED)

COACHING = Lifecycle(
    "coaching",
    CoachingStatus,
    S.REQUESTED,
    {
        "ask_employer": move((S.REQUESTED, S.NOT_SUPPORTED, S.SUPPORTED), S.WITH_EMPLOYER, "Ask the employer"),
        "support": move(S.WITH_EMPLOYER, S.SUPPORTED, "Support it"),
        "refuse": move(S.WITH_EMPLOYER, S.NOT_SUPPORTED, "Do not support it"),
        "arrange": move((S.REQUESTED, S.SUPPORTED, S.NOT_SUPPORTED), S.ARRANGED, "Arrange it"),
        "decline": move(OPEN, S.DECLINED, "Decline it"),
        "answer_anew": move((S.WITH_EMPLOYER, S.SUPPORTED, S.NOT_SUPPORTED, S.ARRANGED), S.REQUESTED, "Answer it anew"),
        "end": move(GOING_ON, S.ENDED, "End it"),
        "reopen": move((S.DECLINED, S.ENDED), S.REQUESTED, "Open it again"),
    },
    noun="coaching",
)
