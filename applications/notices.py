"""What applicants, assessors, coordinators and people on the register of interest are told.

The texts are in templates/email/applications/. A model says of itself what they ask for (`message_facts`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

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
from steppingup.messaging.kinds import MessageKind, add_message_kind
from steppingup.steps.behalf import asked

APPLICANT, INTERESTED = "The applicant", "Somebody who asked to be told"
ASSESSOR, COORDINATOR, COORDINATORS = "The assessor", "The coordinator", "The coordinators"
COHORT = {"programme": "the programme", "cohort": "the cohort"}
ABOUT = {**COHORT, "reference": "the application's reference"}
PAGE = {"link": "the application's page"}
CONTACT = {"contact": "how to reach the provider, in a sentence"}
SAMPLES = {
    "programme": "Stepping Up",
    "cohort": "2020",
    "reference": "SU-7K3MQ",
    "applicant": "Amara Okafor",
    "count": "3 applications",
    "mistake": "If you did this by mistake, take it back on your application’s page.",
}


def _kind(key: str, title: str, told: str, words: dict[str, str], button: str = "link", *secrets: str) -> MessageKind:
    samples = {name: text for name, text in SAMPLES.items() if name in words}
    return add_message_kind(MessageKind(f"applications.{key}", title, told, words, set(secrets), button, samples))


# -- applicants ------------------------------------------------------------------------------------


def _to_applicant(key: str, title: str, **more: str) -> MessageKind:
    """Its button leads to the application's page, or where `link` says."""
    return _kind(
        key, title, APPLICANT, {**ABOUT, "link": "the page that shows the progress of the application", **more}
    )


CLOSES = {"closes": "when the window closes"}
INTERVIEW = {"when": "day and time", "minutes": "how long, in minutes", "where": "the place", "panel": "who is there"}
PLACE = {"place": "the place on the waiting list"}

SUBMITTED = _to_applicant("submitted", "The application has arrived", **CONTACT, **CLOSES)
MISTAKE = {"mistake": "what to do if it was a mistake, in a sentence"}
ORDER = {"heading": "how it stands, in a few words", "next": "the number, and what comes next, in sentences"}
NUMBERED = _to_applicant("numbered", "The application has arrived, and has its number in order", **CONTACT, **ORDER)
HELD_FOR_THEM = _to_applicant(
    "place_held", "A place is held while something is looked at", **CONTACT, next=ORDER["next"]
)
PASSED_ON = _to_applicant(
    "passed_on",
    "A place that was held has passed to the next",
    **CONTACT,
    held_until="the last day on which it was held",
)
WITHDRAWN = _to_applicant("withdrawn", "The application has been withdrawn", **CONTACT, **MISTAKE)
DRAFT_CLOSING = _to_applicant(
    "draft_closing",
    "An application has not been submitted and the closing date is near",
    **CLOSES,
    left="what is left to do, a line each",
)
QUESTIONS_CHANGED = _to_applicant("questions_changed", "What is asked has changed before the application was submitted")
CHOOSING_CHANGED = _to_applicant(
    "choosing_changed",
    "How people are chosen has changed before the application was submitted",
    how="how people are chosen now, in sentences",
)
MORE_TIME = _kind(
    "more_time",
    "More time to apply, for one person",
    "Whoever was given it",
    {**COHORT, **CLOSES, **CONTACT, "link": "where they apply"},
)
CLOSING_MOVED = _to_applicant(
    "closing_moved",
    "The closing time has moved before the application was submitted",
    closing="both times, in sentences",
)
NEXT = {"next": "what comes next, as the admission rules have it, in sentences"}
SHORTLISTED = _to_applicant("shortlisted", "The application is on the shortlist", **NEXT)
HELD = _to_applicant("held", "The application is being held in reserve", **NEXT)
TURNED_DOWN = _to_applicant("turned_down", "The application has been turned down", reason="why, in a sentence")
RECONSIDERED = _to_applicant("reconsidered", "A decision has been taken back")
INTERVIEW_INVITED = _to_applicant("interview_invited", "Invitation to an interview", **INTERVIEW)
INTERVIEW_CHANGED = _to_applicant("interview_changed", "The interview has been moved", **INTERVIEW)
INTERVIEW_CANCELLED = _to_applicant("interview_cancelled", "Interview cancelled", when="when it would have been")
INTERVIEW_MISSED = _to_applicant("interview_missed", "Did not come to the interview", when="when it would have been")
OFFERED = _to_applicant("offered", "A place has been offered", until="the last day on which it can be accepted")
WAITING = _to_applicant(
    "waiting", "On the waiting list", **PLACE, places="whether there is a place at the moment, in a sentence"
)
OFFER_DECLINED = _to_applicant("offer_declined", "An offer has been declined", **MISTAKE)
OFFER_EXPIRED = _to_applicant("offer_expired", "An offer has expired")
NO_PLACE = _to_applicant("no_place", "No place was left when the offer was accepted", **PLACE)
OFFER_LONGER = _to_applicant(
    "offer_longer", "More time to answer an offer", until="the last day on which it can be accepted"
)
OFFER_REMINDER = _to_applicant("offer_reminder", "An offer expires soon", until="the last day to accept")


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

REVIEWS = {"link": "the page with their reviews"}
REVIEWS_ASSIGNED = _kind(
    "reviews_assigned", "Applications to score", ASSESSOR, {**COHORT, **REVIEWS, "count": "how many: “3 applications”"}
)
REVIEW_REMOVED = _kind("review_removed", "An application no longer needs to be scored", ASSESSOR, {**ABOUT, **REVIEWS})
REVIEW_REOPENED = _kind("review_reopened", "Scores have been reopened", ASSESSOR, {**ABOUT, **REVIEWS, "reason": "why"})
STEPPED_BACK = _kind(
    "stepped_back",
    "An assessor has stepped back",
    COORDINATOR,
    {**ABOUT, **PAGE, "assessor": "who stepped back", "reason": "why"},
)


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


def _to_coordinators(key: str, title: str, **more: str) -> MessageKind:
    return _kind(key, title, COORDINATORS, {**ABOUT, **PAGE, "applicant": "the name of the applicant", **more})


PLACE_ACCEPTED = _to_coordinators(
    "place_accepted",
    "An applicant has accepted the place",
    places="how many are taken: “3 of 20 places are taken”",
    told="who has been written to",
)
GIVEN_UP = _to_coordinators(
    "given_up",
    "An applicant has dropped out: declined, did not answer or withdrew",
    what="what happened: “has declined the place”",
    details="why or when, and what it means for others, in sentences",
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


NOT_SETTLED = _to_coordinators(
    "place_passed_on",
    "A place that was held has passed to the next, as something was not settled",
    held_until="the last day on which it was held",
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

LEAVE = {"leave_link": "the link to leave the list"}
ON_THE_LIST = {"programme": "the programme", **LEAVE, "page": "the programme's page"}
INTEREST_CONFIRM = _kind(
    "interest_confirm",
    "Confirm that you want to be told",
    INTERESTED,
    {"programme": "the programme", "link": "the link that confirms"},
    "link",
    "link",
)
INTEREST_CONFIRMED = _kind("interest_confirmed", "You are on the list", INTERESTED, ON_THE_LIST, "page", "leave_link")
INTEREST_ALREADY = _kind(
    "interest_already", "You are already on the list", INTERESTED, ON_THE_LIST, "page", "leave_link"
)
WINDOW_OPENED = _kind(
    "window_opened",
    "Applications are open",
    INTERESTED,
    {**COHORT, **LEAVE, **CLOSES, "link": "the eligibility check"},
    "link",
    "leave_link",
)


WINDOW_MOVED = _kind(
    "window_moved",
    "The closing time has moved",
    INTERESTED,
    {**COHORT, **LEAVE, "closing": "both times, in sentences", "link": "the eligibility check"},
    "link",
    "leave_link",
)


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
