"""Kinds of email about applications. The texts are in templates/email/applications/."""

from steppingup.messaging.kinds import MessageKind, register

APPLICANT = "The applicant"
ASSESSOR = "The assessor"
COORDINATOR = "The coordinator"
COORDINATORS = "The coordinators"

ABOUT = {"programme": "the programme", "cohort": "the cohort", "reference": "the application's reference"}
STATUS = {"link": "the page that shows how the application stands"}
SAMPLES = {"programme": "Stepping Up", "cohort": "2020", "reference": "SU-7K3MQ"}


def _to_applicant(key: str, title: str, **more: str) -> MessageKind:
    """A message to the applicant; its button leads to the application's page, or where `link` says."""
    return register(
        MessageKind(
            f"applications.{key}",
            title,
            APPLICANT,
            {**ABOUT, **STATUS, **more},
            button_placeholder="link",
            samples=SAMPLES,
        )
    )


# -- what comes of an application ----------------------------------------------------------------

INTERVIEW = {"when": "day and time", "minutes": "how long, in minutes", "where": "the place", "panel": "who is there"}

SHORTLISTED = _to_applicant("shortlisted", "The application is on the shortlist")
HELD = _to_applicant("held", "The application is held in reserve")
TURNED_DOWN = _to_applicant("turned_down", "The application is turned down", reason="why, in a sentence")
RECONSIDERED = _to_applicant("reconsidered", "A decision is taken back")
INTERVIEW_INVITED = _to_applicant("interview_invited", "Invitation to an interview", **INTERVIEW)
INTERVIEW_CHANGED = _to_applicant("interview_changed", "The interview is moved", **INTERVIEW)
INTERVIEW_CANCELLED = _to_applicant("interview_cancelled", "The interview is cancelled", when="when it would have been")
OFFERED = _to_applicant("offered", "A place is offered", until="the last day on which it can be accepted")
WAITING = _to_applicant("waiting", "On the waiting list", place="the place on the waiting list")
OFFER_DECLINED = _to_applicant("offer_declined", "An offer is declined")
OFFER_EXPIRED = _to_applicant("offer_expired", "An offer has expired")
NO_PLACE = _to_applicant("no_place", "The last place went to somebody else", place="the place on the waiting list")
OFFER_REMINDER = _to_applicant("offer_reminder", "An offer expires soon", until="the last day to accept")

# -- assessors and coordinators ------------------------------------------------------------------

REVIEWS = {"programme": "the programme", "cohort": "the cohort", "link": "the page with their reviews"}

REVIEWS_ASSIGNED = register(
    MessageKind(
        "applications.reviews_assigned",
        "Applications to score",
        ASSESSOR,
        {**REVIEWS, "count": "how many: “3 applications”"},
        button_placeholder="link",
        samples={**SAMPLES, "count": "3 applications"},
    )
)
REVIEW_REMOVED = register(
    MessageKind(
        "applications.review_removed",
        "An application need not be scored any more",
        ASSESSOR,
        {**REVIEWS, "reference": "the application's reference"},
        button_placeholder="link",
        samples=SAMPLES,
    )
)
REVIEW_REOPENED = register(
    MessageKind(
        "applications.review_reopened",
        "Scores are open again",
        ASSESSOR,
        {**REVIEWS, "reference": "the application's reference", "reason": "why"},
        button_placeholder="link",
        samples=SAMPLES,
    )
)
STEPPED_BACK = register(
    MessageKind(
        "applications.stepped_back",
        "An assessor has stepped back",
        COORDINATOR,
        {**ABOUT, "assessor": "who stepped back", "reason": "why", "link": "the application's page"},
        button_placeholder="link",
        samples=SAMPLES,
    )
)


def _to_coordinators(key: str, title: str, **more: str) -> MessageKind:
    """A message to everybody who decides about the cohort's applications; its button opens the application."""
    return register(
        MessageKind(
            f"applications.{key}",
            title,
            COORDINATORS,
            {**ABOUT, "applicant": "the name of the applicant", "link": "the application's page", **more},
            button_placeholder="link",
            samples={**SAMPLES, "applicant": "Amara Okafor"},
        )
    )


PLACE_ACCEPTED = _to_coordinators(
    "place_accepted", "An applicant has accepted the place", places="how many are taken: “3 of 20 places are taken”"
)
GIVEN_UP = _to_coordinators(
    "given_up",
    "An applicant does not go on: declined, not answered, withdrawn",
    what="what happened: “has declined the place”",
    details="why or when, and what it means for others, in sentences",
)
