"""What applicants, assessors, coordinators and people on the register of interest are told.

The texts are in templates/email/applications/. A model says of itself what they ask for (`message_facts`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from applications.letter_words import (
    ALL_TAKEN,
    APPLICANT,
    ASSESSOR,
    COORDINATOR,
    COORDINATORS,
    HELD_PLACE,
    IN_RESERVE,
    LATE,
    NEXT,
    OF_APPLICATION,
    OF_COHORT,
    OF_PROGRAMME,
    ON_SHORTLIST,
    ON_THE_LIST,
    TO_CHECK,
    TO_CONFIRM,
    WORDS,
)
from applications.models import Application, Interest, Interview, LateEntry, Offer, Review, Window
from applications.queries import place_on_waiting_list, places_left
from applications.states import ApplicationStatus, InterviewStatus, OfferStatus
from applications.words import for_applicants, how_we_choose
from cohorts.models import Cohort, RuleSet
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of
from steppingup.accounts.models import User
from steppingup.formats.english import counted, weekday_date, when
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import MessageKind
from steppingup.steps.behalf import asked

# -- applicants ------------------------------------------------------------------------------------

INTERVIEW = ("when", "minutes", "where", "panel")
WOULD_HAVE_BEEN = {"when": ("when it would have been", WORDS["when"][1])}

SUBMITTED = OF_APPLICATION.add("submitted", "The application has arrived", APPLICANT, "contact", "closes")
NUMBERED = OF_APPLICATION.add(
    "numbered",
    "The application has arrived, and has its number in order",
    APPLICANT,
    *("contact", "heading", "next"),
)
HELD_FOR_THEM = OF_APPLICATION.add(
    "place_held",
    "A place is held while something is looked at",
    APPLICANT,
    *("contact", "next"),
    samples={"next": HELD_PLACE},
)
PASSED_ON = OF_APPLICATION.add(
    "passed_on", "A place that was held has passed to the next", APPLICANT, "contact", "held_until"
)
WITHDRAWN = OF_APPLICATION.add("withdrawn", "The application has been withdrawn", APPLICANT, "contact", "mistake")
DRAFT_CLOSING = OF_APPLICATION.add(
    "draft_closing",
    "An application has not been submitted and the closing date is near",
    APPLICANT,
    *("closes", "left"),
)
QUESTIONS_CHANGED = OF_APPLICATION.add(
    "questions_changed", "What is asked has changed before the application was submitted", APPLICANT
)
CHOOSING_CHANGED = OF_APPLICATION.add(
    "choosing_changed", "How people are chosen has changed before the application was submitted", APPLICANT, "how"
)
MORE_TIME = OF_COHORT.add(
    "more_time",
    "More time to apply, for one person",
    LATE,
    *("closes", "contact"),
    samples={"closes": "Saturday 7 December 2019, 11:59pm"},
)
CLOSING_MOVED = OF_APPLICATION.add(
    "closing_moved", "The closing time has moved before the application was submitted", APPLICANT, "closing"
)
SHORTLISTED = OF_APPLICATION.add(
    "shortlisted", "The application is on the shortlist", APPLICANT, own={"next": (NEXT, ON_SHORTLIST)}
)
HELD = OF_APPLICATION.add(
    "held", "The application is being held in reserve", APPLICANT, own={"next": (NEXT, IN_RESERVE)}
)
TURNED_DOWN = OF_APPLICATION.add(
    "turned_down",
    "The application has been turned down",
    APPLICANT,
    own={"reason": ("why, in a sentence", "There were no places left")},
)
RECONSIDERED = OF_APPLICATION.add("reconsidered", "A decision has been taken back", APPLICANT)
INTERVIEW_INVITED = OF_APPLICATION.add("interview_invited", "Invitation to an interview", APPLICANT, *INTERVIEW)
INTERVIEW_CHANGED = OF_APPLICATION.add("interview_changed", "The interview has been moved", APPLICANT, *INTERVIEW)
INTERVIEW_CANCELLED = OF_APPLICATION.add("interview_cancelled", "Interview cancelled", APPLICANT, own=WOULD_HAVE_BEEN)
INTERVIEW_MISSED = OF_APPLICATION.add(
    "interview_missed", "Did not come to the interview", APPLICANT, own=WOULD_HAVE_BEEN
)
OFFERED = OF_APPLICATION.add("offered", "A place has been offered", APPLICANT, "until")
WAITING = OF_APPLICATION.add(
    "waiting",
    "On the waiting list",
    APPLICANT,
    "place",
    own={"places": ("whether there is a place at the moment, in a sentence", ALL_TAKEN)},
)
OFFER_DECLINED = OF_APPLICATION.add("offer_declined", "An offer has been declined", APPLICANT, "mistake")
OFFER_EXPIRED = OF_APPLICATION.add("offer_expired", "An offer has expired", APPLICANT)
NO_PLACE = OF_APPLICATION.add("no_place", "No place was left when the offer was accepted", APPLICANT, "place")
OFFER_LONGER = OF_APPLICATION.add(
    "offer_longer",
    "More time to answer an offer",
    APPLICANT,
    "until",
    samples={"until": "Friday 7 February 2020"},
)
OFFER_REMINDER = OF_APPLICATION.add(
    "offer_reminder",
    "An offer expires soon",
    APPLICANT,
    own={"until": ("the last day to accept", WORDS["until"][1])},
)


def tell_applicant(kind: MessageKind, application: Application, **more: Any) -> None:
    send(Notice(kind, application.applicant, application, more, name=application.full_name))


def tell_of_choosing(application: Application, rules: RuleSet) -> None:
    """People will be chosen by these rules, in another way than when they began to apply."""
    tell_applicant(CHOOSING_CHANGED, application, how=how_we_choose(rules))


def tell_standing(kind: MessageKind, application: Application) -> None:
    """That it is on the shortlist or in reserve, and what comes next for whoever applied by these rules."""
    tell_applicant(kind, application, next=for_applicants(application)[1])


def tell_number(application: Application) -> None:
    """The application has arrived, with the number and the place that it has."""
    heading, following = for_applicants(application)
    facts = {"contact": application.message_facts["contact"], "heading": heading, "next": following}
    if application.status == ApplicationStatus.OFFERED:
        offer = application.offers.get(status=OfferStatus.MADE)
        until = f"Answer by the end of {offer.last_day}: then the place passes to the next in order."
        facts |= {"next": f"You are number {application.number} in the order of submission. {following} {until}"}
        facts |= {"link": offer.message_facts["link"]}
    tell_applicant(NUMBERED, application, **facts)


def tell_held(application: Application) -> None:
    tell_applicant(HELD_FOR_THEM, application, next=for_applicants(application)[1])


def tell_more_time(entry: LateEntry, application: Application | None) -> None:
    """To whoever applies with the address: to their application, or to where one begins."""
    cohort = entry.window.cohort
    programme = cohort.programme
    known = " or ".join(filter(None, (programme.contact_email, programme.contact_phone)))
    words = {
        "programme": programme.name,
        "cohort": cohort.name,
        "closes": when(entry.last_moment),
        "contact": f"If you have a question, contact {known or 'us'}.",
        "link": address("applications:application", application.pk)
        if application
        else address("applications:start", cohort.pk),
    }
    send(Notice(MORE_TIME, application.applicant if application else entry.email, entry, words))


def tell_of_own(kind: MessageKind, application: Application) -> None:
    """What the applicant did themselves, or had done for them: who takes it back if it was a mistake is said as it is."""
    own = "If you did this by mistake, take it back on your application’s page, as long as we have done nothing further with it."
    done = "If this is not what you meant, tell us straight away: we can take it back, as long as we have done nothing further with it."
    tell_applicant(kind, application, mistake=done if asked() else own)


def tell_of_interview(kind: MessageKind, interview: Interview) -> None:
    facts = {name: value for name, value in interview.message_facts.items() if name in kind.placeholders}
    tell_applicant(kind, interview.application, **facts)


def tell_offered(offer: Offer) -> None:
    facts = offer.message_facts
    tell_applicant(OFFERED, offer.application, link=facts["link"], until=facts["until"])


def tell_waiting(application: Application, kind: MessageKind = WAITING) -> None:
    more = {"places": _places_now(application)} if kind is WAITING else {}
    tell_applicant(kind, application, place=place_on_waiting_list(application), **more)


def _places_now(application: Application) -> str:
    """“No place” is said only while there is none: counted when the letter is written."""
    free, offered = places_left(application.cohort)
    of = f"{application.cohort.programme.name}, {application.cohort.name}"
    if free <= 0:
        return f"There is no place left on {of}, at the moment."
    if free <= offered:
        return f"All the places on {of}, have been taken or offered to somebody at the moment."
    return f"We cannot offer you a place on {of}, yet."


# -- assessors -------------------------------------------------------------------------------------

REVIEWS_ASSIGNED = OF_COHORT.add("reviews_assigned", "Applications to score", ASSESSOR, "count")
REVIEW_REMOVED = OF_APPLICATION.add("review_removed", "An application no longer needs to be scored", ASSESSOR)
REVIEW_REOPENED = OF_APPLICATION.add(
    "review_reopened",
    "Scores have been reopened",
    ASSESSOR,
    "reason",
    samples={"reason": "The score for leading change has no comment yet."},
)
STEPPED_BACK = OF_APPLICATION.add("stepped_back", "An assessor has stepped back", COORDINATOR, "assessor", "reason")


def _tell_assessor(
    kind: MessageKind, assessor: User, cohort: Cohort, related: Sequence[User] = (), **more: str
) -> None:
    """Listed on the cohort's page, not on the application's: who scores what is nothing that its readers need. Where it
    names one application it is about the applicant, who does not read it in the list of what was sent."""
    about = {"programme": cohort.programme.name, "cohort": cohort.name}
    link = address("admin:applications_review_changelist")
    send(Notice(kind, assessor, cohort, {**about, "link": link, **more}, related=related))


def tell_assigned(assessor: User, cohort: Cohort, number: int) -> None:
    _tell_assessor(REVIEWS_ASSIGNED, assessor, cohort, count=counted(number, "application"))


def tell_of_review(kind: MessageKind, review: Review, **more: str) -> None:
    application = review.application
    about = [application.applicant]
    _tell_assessor(kind, review.assessor, application.cohort, about, reference=application.reference, **more)


# -- coordinators ----------------------------------------------------------------------------------


PLACE_ACCEPTED = OF_APPLICATION.add(
    "place_accepted",
    "An applicant has accepted the place",
    COORDINATORS,
    "applicant",
    own={
        "places": ("how many are taken: “3 of 20 places are taken”", "18 of 20 places are taken"),
        "told": ("who has been written to", "Amara Okafor and to their line manager"),
    },
)
GIVEN_UP = OF_APPLICATION.add(
    "given_up",
    "An applicant has dropped out: declined, did not answer or withdrew",
    COORDINATORS,
    *("applicant", "what", "details"),
)


def _desk(application: Application) -> str:
    return address("admin:applications_application_change", application.pk)


def tell_stepped_back(review: Review, reason: str) -> None:
    """Whoever assigned the application, if they are still here."""
    by, application = review.assigned_by, review.application
    if by and by.is_active:
        more = {"link": _desk(application), "assessor": str(review.assessor), "reason": reason}
        send(Notice(STEPPED_BACK, by, application, more, related=[application.applicant]))


def _tell_coordinators(kind: MessageKind, application: Application, **more: str) -> None:
    """Everybody who decides about this cohort's applications, but for the applicant."""
    for person in staff_of(application.cohort, CohortPermission.DECIDE_APPLICATIONS):
        # Staff who apply themselves are told as applicants, and by nothing else.
        if person.pk != application.applicant_id:
            send(Notice(kind, person, application, {"link": _desk(application), **more}))


def tell_of_accepting(application: Application) -> None:
    of, taken = f"of {application.cohort.capacity} places", application.cohort.enrolments.holding_a_place().count()
    places = counted(taken, f"{of} is taken", f"{of} are taken")
    enrolment, name = application.enrolment, application.full_name or str(application.applicant)
    told = f"{name} and to their line manager" if enrolment and enrolment.line_manager else name
    _tell_coordinators(PLACE_ACCEPTED, application, places=places, told=told)


NOT_SETTLED = OF_APPLICATION.add(
    "place_passed_on",
    "A place that was held has passed to the next, as something was not settled",
    COORDINATORS,
    *("applicant", "held_until"),
)


def tell_passed_on(application: Application, until: datetime) -> None:
    """A place was held, and what was to be settled was not: the applicant, and those who were to settle it."""
    facts = {"held_until": weekday_date(until)}
    tell_applicant(PASSED_ON, application, **facts)
    _tell_coordinators(NOT_SETTLED, application, **facts)


def _waiting(application: Application) -> str:
    """What the place that is free again can be used for."""
    if application.cohort.rule_set.is_first_come:
        return "The place passes to whoever comes next in the order of submission."
    waiting = Application.objects.filter(cohort=application.cohort_id, status=ApplicationStatus.WAITING)
    number = waiting.exclude(pk=application.pk).count()
    if not number:
        return "Nobody is on the waiting list."
    free, offered = places_left(application.cohort)
    people = counted(number, "person is on the waiting list.", "people are on the waiting list.")
    whom = "them the place" if number == 1 else "the place to the first of them"
    return f"{people} You can offer {whom}." if free > offered else people


def tell_of_declining(application: Application, reason: str) -> None:
    why = f"The reason given: “{reason.strip()}”" if reason.strip() else "No reason was given."
    _tell_coordinators(GIVEN_UP, application, what="has declined the place", details=f"{why} {_waiting(application)}")


def tell_of_expiring(offer: Offer) -> None:
    details = f"The offer ended on {offer.last_day}. {_waiting(offer.application)}"
    _tell_coordinators(GIVEN_UP, offer.application, what="has not answered the offer in time", details=details)


def tell_of_withdrawing(application: Application, before: str) -> None:
    """`before`: how it stood (a status), since the application has no offer any more and its interview is cancelled."""
    sentences = [f"Until now the application was at “{ApplicationStatus(before).label}”."]
    interview = application.interviews.filter(status=InterviewStatus.CANCELLED).last()
    if interview and before == ApplicationStatus.INTERVIEW:
        sentences.append(
            f"The interview on {when(interview.starts_at)} is cancelled. Please tell everybody who was due to be there."
        )
    if before == ApplicationStatus.OFFERED:
        sentences.append(_waiting(application))
    _tell_coordinators(GIVEN_UP, application, what="has withdrawn the application", details=" ".join(sentences))


# -- the register of interest ----------------------------------------------------------------------

LEAVE = ("leave_link",)
INTEREST_CONFIRM = OF_PROGRAMME.add("interest_confirm", "Confirm that you want to be told", TO_CONFIRM)
INTEREST_CONFIRMED = OF_PROGRAMME.add("interest_confirmed", "You are on the list", ON_THE_LIST, *LEAVE, secret=LEAVE)
INTEREST_ALREADY = OF_PROGRAMME.add(
    "interest_already", "You are already on the list", ON_THE_LIST, *LEAVE, secret=LEAVE
)
WINDOW_OPENED = OF_COHORT.add("window_opened", "Applications are open", TO_CHECK, *LEAVE, "closes", secret=LEAVE)
WINDOW_MOVED = OF_COHORT.add("window_moved", "The closing time has moved", TO_CHECK, *LEAVE, "closing", secret=LEAVE)


def _tell_interested(kind: MessageKind, interest: Interest, secrets: dict[str, str], **more: str) -> None:
    send(Notice(kind, interest.email, interest, more, secrets, name=interest.name))


def _leave(raw: str) -> dict[str, str]:
    return {"leave_link": address("applications:interest_leave", raw)}


def ask_to_confirm(interest: Interest, raw: str) -> None:
    _tell_interested(INTEREST_CONFIRM, interest, {"link": address("applications:interest_confirm", raw)})


def tell_on_the_list(kind: MessageKind, interest: Interest, raw: str) -> None:
    _tell_interested(kind, interest, _leave(raw), page=address("cohorts:programme", interest.programme.path))


def tell_open(interest: Interest, window: Window, raw: str) -> None:
    closes, link = when(window.last_moment), address("applications:check", interest.programme.path)
    _tell_interested(WINDOW_OPENED, interest, _leave(raw), cohort=window.cohort.name, closes=closes, link=link)


def tell_of_window(interest: Interest, window: Window, raw: str, closing: str) -> None:
    """The closing time of which they were told is another by now."""
    link = address("applications:check", interest.programme.path)
    _tell_interested(WINDOW_MOVED, interest, _leave(raw), cohort=window.cohort.name, closing=closing, link=link)
