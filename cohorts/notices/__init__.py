"""What the running of a cohort says to whom. The texts are in templates/email/cohorts/."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from cohorts.models import Certificate, Cohort, Enrolment, JointInvitation, NextProgramme, Session
from cohorts.models.directory import whose
from cohorts.permissions import CohortPermission
from cohorts.queries import people_of, staff_of
from cohorts.states import EnrolmentStatus, LookedAt
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.history.previews import once_known
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

PARTICIPANT = Told("The participant", "the participant's page")
MANAGER = Told("The line manager", "the line manager's page about them", called="Jo Maddern")
COLLEAGUE = Told("Whose task it is", "the page on which it is done", called="Grace Tulloch")
GUESTS = Told(
    "Those who run the cohort that is invited", "the page of the invitation, in the admin", called="Priya Nair"
)
HOST = Told("Those who run the cohort that invited it", "the session's page, in the admin", called="Priya Nair")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "cohort": ("the cohort's name", "2020"),
    "participant": ("the participant's name", "Amara Okafor"),
    "starts_on": ("the day on which the cohort starts", "12 February 2020"),
    "ends_on": ("the day on which it ends", "30 November 2020"),
    "days_done": ("the days done, and of how many", "18½ of 30 days"),
    "from_on": ("the day from which they take part", "4 May 2020"),
    "old_cohort": ("the name of the cohort before", "2019"),
    "days_that_count": ("which of the days done still count", "All the days that were done still count."),
    "days": ("how many days the programme has", "30 days"),
    "next": ("the programmes that come next, if there are any", "Where it leads on: Ready Now."),
    "reason": ("why", "A new job"),
    "serial": ("the certificate’s number", "SU-7KQ2-9XMD-4T8C"),
    "check_link": ("where anybody can check that it is genuine", "https://example.org/certificates/SU-7KQ2-9XMD-4T8C/"),
    "session": ("what the session is called", "Module 1, day 1"),
    "when": ("day and time", "Wednesday 12 February 2020, 9:30am to 4:30pm"),
    "place": ("where it is", "City Hall"),
    "bring": ("what to bring, if anything", "A problem you are working on."),
    "manager": ("whether the line manager has been written to", "We have written to your line manager."),
    "confirm_by": ("the day by which they are to confirm it", "29 January 2020"),
    "host": ("whose day it is", "Stepping Up of the NHS Leadership Academy"),
    "guest": ("which cohort was invited", "Moving Up, 2020 (Skills for Care)"),
    "message": ("what the host says", "We would be glad if you came."),
    "becomes": (
        "what happens for the people of the cohort that withdrew",
        "The day does not take place for them, and they have been told.",
    ),
    "colleague": ("who asks", "Priya Nair"),
    "what": ("what is to be prepared", "Invoice numbers"),
    "say_by": ("the last day on which they can say it", "12 March 2020"),
    "asked": ("what they are asked", "where you see yourself before the programme begins"),
    "dates": ("the dates, one a line", "- Module 1, day 1: Wednesday 12 February 2020, 9:30am to 4:30pm, City Hall"),
    "unsure": (
        "that the date is still to be confirmed, where it is",
        "This date is not confirmed yet. Please keep it free all the same.",
    ),
    "why": ("why a session changed, if that was said", "The reason: the tutor is ill."),
    "says": ("what seems to be stuck", "We have not seen any days of yours for a month."),
    "own_words": ("what the coordinator adds", "Ring me whenever it suits you."),
    "paused_from": ("the first day of the pause", "4 May 2020"),
    "back_on": ("the day on which they are back, if it is known", "15 June 2020"),
    "last_day": ("the last day of their programme", "11 January 2021"),
    "agreed": ("what was agreed in place of a session", "Module 2 with the autumn cohort, 4 October"),
    "amount": ("how much it counts", "1 day of Modules"),
    "made_up_by": ("the day by which it is to be done", "4 October 2020"),
    "before": ("the original time and place", "Monday 10 February 2020, 9:30am to 4:30pm, City Hall"),
}
KINDS = Kinds("cohorts", WORDS, ("programme", "cohort"))

# -- places --------------------------------------------------------------------------------------

ENROLLED = KINDS.add("enrolled", "Welcome to the programme", PARTICIPANT, "starts_on", "days", "manager")
MANAGER_WELCOME = KINDS.add(
    "manager_welcome",
    "Welcome to a participant's line manager",
    MANAGER,
    *("participant", "starts_on", "ends_on", "days"),
)
WITHDRAWN = KINDS.add("withdrawn", "Withdrawn from the programme", PARTICIPANT, "reason", link=False)
MANAGER_WITHDRAWN = KINDS.add(
    "manager_withdrawn", "A participant has been withdrawn", MANAGER, "participant", link=False
)
CAME_BACK = KINDS.add("came_back", "Back on the programme", PARTICIPANT, "from_on")
MANAGER_CAME_BACK = KINDS.add(
    "manager_came_back", "A participant is back on the programme", MANAGER, "participant", "from_on"
)
MOVED = ("from_on", "old_cohort", "starts_on", "ends_on", "days_that_count")
TRANSFERRED = KINDS.add("transferred", "Moved to another cohort", PARTICIPANT, *MOVED)
MANAGER_TRANSFERRED = KINDS.add(
    "manager_transferred", "A participant has moved to another cohort", MANAGER, "participant", *MOVED
)
COHORT_CANCELLED = KINDS.add("cohort_cancelled", "A cohort has been cancelled", PARTICIPANT, link=False)
COMPLETED = KINDS.add("completed", "Completion has been recorded", PARTICIPANT, "next")
MANAGER_COMPLETED = KINDS.add("manager_completed", "A participant has completed", MANAGER, "participant")
COMPLETION_UNDONE = KINDS.add("completion_undone", "Completion was recorded by mistake", PARTICIPANT)
NOT_COMPLETED = KINDS.add("not_completed", "Did not complete", PARTICIPANT, "days_done")
MANAGER_NOT_COMPLETED = KINDS.add(
    "manager_not_completed", "A participant did not complete", MANAGER, "participant", "days_done"
)
GOES_ON = KINDS.add("goes_on", "On the programme again", PARTICIPANT)
CERTIFICATE_READY = KINDS.add("certificate_ready", "The certificate is ready", PARTICIPANT, "serial", "check_link")
CERTIFICATE_REVOKED = KINDS.add(
    "certificate_revoked",
    "A certificate has been revoked",
    PARTICIPANT,
    "serial",
    "reason",
    link=False,
    samples={"reason": "It was issued by mistake."},
)


def tell_participant(kind: MessageKind, enrolment: Enrolment, **more: object) -> None:
    link = address("cohorts:participant", enrolment.pk)
    _tell(kind, enrolment, enrolment.participant, link, more)


def tell_manager(kind: MessageKind, enrolment: Enrolment, **more: object) -> None:
    """Nothing happens where there is no line manager."""
    if enrolment.line_manager is not None:
        link = address("cohorts:managed", enrolment.pk)
        _tell(kind, enrolment, enrolment.line_manager, link, more, called=enrolment.manager)


def _tell(
    kind: MessageKind, enrolment: Enrolment, to: User, link: str, more: dict[str, object], called: str = ""
) -> None:
    context = ({"link": link} if "link" in kind.placeholders else {}) | more
    email = enrolment.manager_email if called else ""
    send(Notice(kind, to, enrolment, context, called=called, email=email, related=[enrolment.cohort, to]))


def welcome(enrolment: Enrolment, cohort: Cohort) -> None:
    """The participant; what is said of the line manager is so."""
    written = "We have written to your line manager, so that they know what is coming and can give you the time for it."
    unknown = "We do not know your line manager’s address, so please tell them what is coming."
    manager = written if enrolment.line_manager else unknown if enrolment.has_employer else ""
    tell_participant(ENROLLED, enrolment, days=length_of(cohort), manager=manager)


def welcome_manager(enrolment: Enrolment) -> None:
    tell_manager(MANAGER_WELCOME, enrolment, days=length_of(enrolment.cohort))


def length_of(cohort: Cohort) -> str:
    """“30 days”, “24 to 30 days”."""
    return cohort.plan.days_in_words


def tell_completed(enrolment: Enrolment) -> None:
    """With the programmes that come next: whether they want to hear of these they say on their page."""
    found = NextProgramme.objects.public().filter(programme=enrolment.cohort.programme)
    rows = [
        f"{whose(one.to)}{f', {one.words}' if one.words else ''}: {address('cohorts:programme', one.to.path)}"
        for one in found
    ]
    lead = "Where it leads on. On your page you say whether we tell you when applications open:"
    tell_participant(COMPLETED, enrolment, next="\n".join([lead, *rows]) if rows else "")


def hand_over(certificate: Certificate) -> None:
    """Its number is drawn by lot, so a preview names none."""
    serial = once_known(certificate.serial, "(its number)")
    tell_participant(CERTIFICATE_READY, certificate.enrolment, serial=serial, check_link=certificate.address)


# -- sessions ------------------------------------------------------------------------------------

SESSION = ("session", "when", "place", "bring")
SESSION_MOVED = KINDS.add("session_moved", "A session has moved", PARTICIPANT, *SESSION, "before", "why")
SESSION_CANCELLED = KINDS.add("session_cancelled", "A session has been cancelled", PARTICIPANT, *SESSION, "why")
DATES_CONFIRMED = KINDS.add("dates_confirmed", "Dates have been confirmed", PARTICIPANT, "dates")
MANAGERS_DATES_CONFIRMED = KINDS.add(
    "managers_dates_confirmed", "Dates of a manager’s people have been confirmed", MANAGER, "participant", "dates"
)
SESSION_REMINDER = KINDS.add("session_reminder", "A session is coming up", PARTICIPANT, *SESSION, "unsure")
SESSION_TOMORROW = KINDS.add("session_tomorrow", "A session is tomorrow", PARTICIPANT, *SESSION, "unsure")
NEEDS = ("session", "when", "place", "confirm_by")
NEEDS_ASKED = KINDS.add("needs_asked", "What participants need for a session", PARTICIPANT, *NEEDS)
NEEDS_REMINDER = KINDS.add("needs_reminder", "What participants need for a session: reminder", PARTICIPANT, *NEEDS)
FOR_MANAGERS = (*SESSION, "participant")
MANAGERS_INVITED = KINDS.add(
    "managers_invited", "A session line managers are welcome to join", MANAGER, *FOR_MANAGERS, "unsure"
)
MANAGERS_SESSION_MOVED = KINDS.add(
    "managers_session_moved",
    "A session line managers were invited to has moved",
    MANAGER,
    *(*FOR_MANAGERS, "before", "why"),
)
MANAGERS_SESSION_CANCELLED = KINDS.add(
    "managers_session_cancelled",
    "A session line managers were invited to has been cancelled",
    MANAGER,
    *(*FOR_MANAGERS, "why"),
)
#: Whose people are away on another day, or after all not: also where the managers themselves were not invited.
AWAY = ("session", "when", "place", "participant")
MANAGERS_DAY_MOVED = KINDS.add(
    "managers_day_moved", "A day on which a manager’s people are away has moved", MANAGER, *AWAY, "before", "why"
)
MANAGERS_DAY_CANCELLED = KINDS.add(
    "managers_day_cancelled", "A day on which a manager’s people are away has been cancelled", MANAGER, *AWAY, "why"
)


# -- where they see themselves ---------------------------------------------------------------------

ASSESSMENT = ("asked", "say_by")
ASSESSMENT_ASKED = KINDS.add("assessment_asked", "Where participants see themselves", PARTICIPANT, *ASSESSMENT)
ASSESSMENT_REMINDER = KINDS.add(
    "assessment_reminder", "Where participants see themselves: reminder", PARTICIPANT, *ASSESSMENT
)
ASSESSMENT_SHARED = KINDS.add(
    "assessment_shared", "A participant shares where they see themselves", MANAGER, "participant"
)
#: What somebody is asked, in a letter.
ASKED = {
    LookedAt.BEFORE: "where you see yourself as the programme begins",
    LookedAt.MIDWAY: "where you see yourself halfway through",
    LookedAt.AFTER: "where you see yourself now that the programme is over",
}


def of_assessment(kind: MessageKind, enrolment: Enrolment, moment: LookedAt, closes: date) -> Notice:
    link = address("cohorts:assess", enrolment.pk, moment.value)
    context = {"link": link, "asked": ASKED[moment], "say_by": closes}
    return Notice(kind, enrolment.participant, enrolment, context, related=[enrolment.cohort, enrolment.participant])


def tell_of_assessment(kind: MessageKind, enrolment: Enrolment, moment: LookedAt, closes: date) -> None:
    send(of_assessment(kind, enrolment, moment, closes))


def when_and_where(session: Session) -> str:
    return f"{session.when_in_words}, {session.place}"


def _of(session: Session) -> Iterable[Enrolment]:
    return (enrolment for enrolment in people_of(session) if enrolment.status == EnrolmentStatus.ENROLLED)


def to_those_who_come(
    kind: MessageKind, session: Session, calendars: Mapping[int, str] | None = None, **more: str
) -> Iterator[Notice]:
    """`calendars`: what goes with it for their own, by the key of the enrolment."""
    for enrolment in _of(session):
        to, link = enrolment.participant, address("cohorts:calendar", enrolment.pk)
        calendar = (calendars or {}).get(enrolment.pk, "")
        yield Notice(kind, to, session, {"link": link, **more}, related=[enrolment, to], calendar=calendar)


def tell_those_who_come(
    kind: MessageKind, session: Session, calendars: Mapping[int, str] | None = None, **more: str
) -> None:
    for notice in to_those_who_come(kind, session, calendars, **more):
        send(notice)


def tell_of_dates(sessions: Sequence[Session]) -> None:
    """Everybody who is due at some of these sessions, and their line manager, once, with theirs."""
    cohorts = {one.cohort_id for one in sessions}
    enrolled = Enrolment.objects.filter(cohort__in=cohorts, status=EnrolmentStatus.ENROLLED)
    people = {one.pk: one for one in enrolled.for_steps()}
    rows: dict[int, list[str]] = defaultdict(list)
    coming: Any = Session.objects.filter(pk__in=[one.pk for one in sessions]).after(clock.now())
    for session in coming.with_those_there(list(people)).order_by("starts_at", "pk"):
        for key in session.due:
            rows[key].append(f"- {session}: {when_and_where(session)}")
    for key, lines in sorted(rows.items()):
        tell_participant(DATES_CONFIRMED, people[key], dates="\n".join(lines))
        tell_manager(MANAGERS_DATES_CONFIRMED, people[key], dates="\n".join(lines))


def to_those_unconfirmed(kind: MessageKind, session: Session) -> Iterator[Notice]:
    """Each participant who has not confirmed what they need for a session, with the page on which they do."""
    confirmed = set(session.stays.values_list("enrolment", flat=True))
    for enrolment in _of(session):
        if enrolment.pk not in confirmed:
            link = address("cohorts:needs", enrolment.pk, session.pk)
            to = enrolment.participant
            yield Notice(kind, to, session, {"link": link}, related=[enrolment, to])


def tell_their_managers(kind: MessageKind, session: Session, **more: str) -> None:
    """Each line manager once, whoever of their people takes part."""
    people: dict[User, list[Enrolment]] = defaultdict(list)
    for enrolment in _of(session):
        if enrolment.line_manager is not None:
            people[enrolment.line_manager].append(enrolment)
    for manager, theirs in people.items():
        link = address("cohorts:managed", theirs[0].pk) if len(theirs) == 1 else address("cohorts:team")
        names = english.listed(sorted(str(enrolment.participant) for enrolment in theirs))
        context, one = {"participant": names, "link": link, **more}, theirs[0]
        about = [*theirs, manager]
        send(Notice(kind, manager, session, context, called=one.manager, email=one.manager_email, related=about))


# -- getting ready -----------------------------------------------------------------------------------

PREPARE = KINDS.add(
    "to_prepare",
    "A colleague asks for something that a cohort lacks",
    COLLEAGUE,
    *("colleague", "what", "message"),
    samples={"message": "Could you do it by the end of the month?"},
)


def ask_to_prepare(cohort: Cohort, colleague: User, what: str, link: str, *, asked_by: str, message: str) -> None:
    context = {"what": what, "link": link, "colleague": asked_by, "message": message}
    send(Notice(PREPARE, colleague, cohort, context))


# -- joint days: what those who run the cohorts tell one another; their own people hear of it by the letters above ----------------

DAY = ("session", "when", "place")
CANNOT_COME = {"reason": "We are away together that week."}
JOINT_INVITED = KINDS.add("joint_invited", "A cohort is invited to a joint day", GUESTS, *DAY, "host", "message")
JOINT_MOVED = KINDS.add("joint_moved", "A joint day has moved", GUESTS, *DAY, "host", "before")
JOINT_OFF = KINDS.add(
    "joint_off",
    "A joint day has been called off",
    GUESTS,
    *DAY,
    "host",
    "reason",
    samples={"reason": "City Hall is closed that week."},
)
JOINT_ACCEPTED = KINDS.add("joint_accepted", "A cohort comes to a joint day", HOST, *DAY, "guest")
JOINT_DECLINED = KINDS.add(
    "joint_declined", "A cohort does not come to a joint day", HOST, *DAY, "guest", "reason", samples=CANNOT_COME
)
JOINT_LEFT = KINDS.add(
    "joint_left",
    "A cohort has withdrawn from a joint day",
    HOST,
    *DAY,
    "guest",
    "reason",
    "becomes",
    samples=CANNOT_COME,
)


def tell_guests(kind: MessageKind, invitation: JointInvitation, **more: str) -> None:
    """Everybody who runs the cohort that is invited, in the name of their own provider."""
    link = address("admin:cohorts_jointinvitation_change", invitation.pk)
    for colleague in staff_of(invitation.cohort, CohortPermission.RUN_COHORTS):
        send(Notice(kind, colleague, invitation, {"link": link, **more}))


def tell_host(kind: MessageKind, invitation: JointInvitation, **more: str) -> None:
    """Everybody who runs the cohort that invited it."""
    session = invitation.host_session
    link = address("admin:cohorts_session_change", session.pk)
    guest = f"{invitation.cohort} ({invitation.cohort.programme.provider})"
    for colleague in staff_of(session.cohort, CohortPermission.RUN_COHORTS):
        send(Notice(kind, colleague, session, {"link": link, "guest": guest, **more}))
