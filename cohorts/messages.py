"""What the running of a cohort says to whom, and what it reminds of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cohorts.links import absolute
from cohorts.models import Cohort, Enrolment, Programme, Session
from cohorts.states import CertificateStatus
from steppingup.accounts.models import User
from steppingup.accounts.roles import Permission
from steppingup.formats import english
from steppingup.messaging import kinds, scopes
from steppingup.messaging.actions import MessagePreview, preview, send_as
from steppingup.messaging.kinds import MessageKind
from steppingup.messaging.models import Message

PARTICIPANT, MANAGER = "The participant", "The line manager"
Values = dict[str, Any]

# A coordinator may give a programme or one cohort words of its own.
scopes.register(
    scopes.ScopeType(
        model=Programme,
        title="Programme",
        order=0,
        for_staff=lambda user: Programme.objects.for_staff(user, Permission.EDIT_PROGRAMMES),
        wider=lambda programme: [],
        provider=lambda programme: programme.provider,
        reply_to=lambda programme: programme.contact_email,
    )
)
scopes.register(
    scopes.ScopeType(
        model=Cohort,
        title="Cohort",
        order=1,
        for_staff=lambda user: Cohort.objects.for_staff(user, Permission.EDIT_PROGRAMMES),
        wider=lambda cohort: [cohort.programme],
        provider=lambda cohort: cohort.programme.provider,
        reply_to=lambda cohort: cohort.programme.contact_email,
    )
)


@dataclass(frozen=True)
class EnrolmentMessage:
    """A kind of message about one enrolment: to whom it goes, and the values of its placeholders."""

    kind: MessageKind
    to: Callable[[Enrolment], User | None]
    context: Callable[[Enrolment], Values]

    def send(self, enrolment: Enrolment, **more: Any) -> Message | None:
        """Write it into the outbox. Nothing happens where there is nobody to tell."""
        to = self.to(enrolment)
        if to is None:
            return None
        return send_as(
            kind=self.kind.key,
            to=to,
            about=enrolment,
            related=[enrolment.cohort, to],
            scopes=enrolment.message_scopes,
            context={**self.context(enrolment), **more},
            reply_to=enrolment.cohort.programme.contact_email,
        )

    def preview(self, enrolment: Enrolment, **more: Any) -> list[MessagePreview]:
        """What would be said: a list for `components/told.html`, empty where there is nobody to tell."""
        to = self.to(enrolment)
        if to is None:
            return []
        context = {**self.context(enrolment), **more}
        return [preview(kind=self.kind.key, to=to, scopes=enrolment.message_scopes, context=context)]


def _participant(enrolment: Enrolment) -> User:
    return enrolment.participant


def _manager(enrolment: Enrolment) -> User | None:
    return enrolment.line_manager


BASICS = {"programme": "the programme's name", "cohort": "the cohort's name"}
BASIC_SAMPLES = {"programme": "Stepping Up", "cohort": "2020", "participant": "Amara Okafor"}


def _basics(enrolment: Enrolment) -> Values:
    return {"programme": enrolment.cohort.programme.name, "cohort": enrolment.cohort.name}


def _kind(
    key: str, title: str, told: str, placeholders: Mapping[str, str], button: str | None = "link", **samples: str
) -> MessageKind:
    return kinds.register(
        MessageKind(
            f"cohorts.{key}",
            title,
            told,
            {**BASICS, **placeholders},
            button_placeholder=button,
            samples={**BASIC_SAMPLES, **samples},
        )
    )


def _own_page(enrolment: Enrolment) -> Values:
    return {**_basics(enrolment), "link": absolute("cohorts:participant", enrolment.pk)}


def _serial(enrolment: Enrolment) -> Values:
    certificate = enrolment.certificates.filter(status=CertificateStatus.ISSUED).first()
    if certificate is None:  # a preview: it gets its number when it is made
        return {"serial": "[its number]", "check_link": "[the page where it can be checked]"}
    return {"serial": certificate.serial, "check_link": absolute("cohorts:certificate", certificate.serial)}


def _about_their_person(enrolment: Enrolment) -> Values:
    return {**_basics(enrolment), "participant": str(enrolment.participant)}


def _their_persons_page(enrolment: Enrolment) -> Values:
    return {**_about_their_person(enrolment), "link": absolute("cohorts:managed", enrolment.pk)}


OWN_PAGE = {"link": "the participant's page"}
PERSONS_PAGE = {"participant": "the participant's name", "link": "the line manager's page about them"}

# -- places --------------------------------------------------------------------------------------

ENROLLED = EnrolmentMessage(
    _kind(
        "enrolled",
        "Welcome to the programme",
        PARTICIPANT,
        {**OWN_PAGE, "starts_on": "the day on which the cohort starts", "days": "how many days the programme has"},
        starts_on="12 February 2020",
        days="30 days",
    ),
    _participant,
    lambda enrolment: {
        **_own_page(enrolment),
        "starts_on": enrolment.cohort.starts_on,
        "days": english.days_counted(enrolment.cohort.plan.days),
    },
)
MANAGER_WELCOME = EnrolmentMessage(
    _kind(
        "manager_welcome",
        "Welcome to a participant's line manager",
        MANAGER,
        {
            **PERSONS_PAGE,
            "starts_on": "the day on which the cohort starts",
            "ends_on": "the day on which it ends",
            "days": "how many days the programme has",
        },
        starts_on="12 February 2020",
        ends_on="30 November 2020",
        days="30 days",
    ),
    _manager,
    lambda enrolment: {
        **_their_persons_page(enrolment),
        "starts_on": enrolment.cohort.starts_on,
        "ends_on": enrolment.cohort.ends_on,
        "days": english.days_counted(enrolment.cohort.plan.days),
    },
)
WITHDRAWN = EnrolmentMessage(
    _kind("withdrawn", "Withdrawn from the programme", PARTICIPANT, {"reason": "why"}, button=None, reason="New job"),
    _participant,
    lambda enrolment: {**_basics(enrolment), "reason": enrolment.withdrawal_reason},
)
MANAGER_WITHDRAWN = EnrolmentMessage(
    _kind(
        "manager_withdrawn",
        "A participant has been withdrawn",
        MANAGER,
        {"participant": PERSONS_PAGE["participant"]},
        button=None,
    ),
    _manager,
    _about_their_person,
)
COHORT_CANCELLED = EnrolmentMessage(
    _kind("cohort_cancelled", "A cohort is cancelled", PARTICIPANT, {}, button=None), _participant, _basics
)

# -- completion and certificates -----------------------------------------------------------------

COMPLETED = EnrolmentMessage(
    _kind("completed", "Completion is recorded", PARTICIPANT, OWN_PAGE), _participant, _own_page
)
MANAGER_COMPLETED = EnrolmentMessage(
    _kind("manager_completed", "A participant has completed", MANAGER, PERSONS_PAGE), _manager, _their_persons_page
)
COMPLETION_UNDONE = EnrolmentMessage(
    _kind("completion_undone", "Completion was recorded by mistake", PARTICIPANT, OWN_PAGE), _participant, _own_page
)
CERTIFICATE_READY = EnrolmentMessage(
    _kind(
        "certificate_ready",
        "The certificate is ready",
        PARTICIPANT,
        {**OWN_PAGE, "serial": "the certificate's number", "check_link": "where anybody can check that it is genuine"},
        serial="SU-7KQ2-9XMD-4T8C",
    ),
    _participant,
    lambda enrolment: {**_own_page(enrolment), **_serial(enrolment)},
)
CERTIFICATE_REVOKED = EnrolmentMessage(
    _kind(
        "certificate_revoked",
        "A certificate is revoked",
        PARTICIPANT,
        {"serial": "the certificate's number", "reason": "why"},
        button=None,
        serial="SU-7KQ2-9XMD-4T8C",
        reason="The name on it was wrong.",
    ),
    _participant,
    _basics,  # serial and reason are given by whoever revokes it
)

# -- sessions ------------------------------------------------------------------------------------

SESSION = {
    "session": "what the session is called",
    "when": "day and time",
    "place": "where it is",
    "bring": "what to bring, if anything",
    "link": "the participant's page",
}
SESSION_SAMPLES = {
    "session": "Module 1, day 1",
    "when": "Wednesday 12 February 2020, 9:30am to 4:30pm",
    "place": "City Hall",
    "bring": "A problem that you are working on.",
}


def place_of(session: Session) -> str:
    """“City Hall”, an address of the web, or that it is still to be announced."""
    return session.venue or session.online_link or "to be announced"


def about_session(session: Session, enrolment: Enrolment) -> Values:
    return {
        **_own_page(enrolment),
        "session": session.title,
        "when": english.span(session.starts_at, session.ends_at),
        "place": place_of(session),
        "bring": session.what_to_bring or "Nothing but yourself.",
    }


SESSION_MOVED = _kind(
    "session_moved",
    "A session is moved",
    PARTICIPANT,
    {**SESSION, "before": "when and where it was to be"},
    **SESSION_SAMPLES,
    before="Monday 10 February 2020, 9:30am to 4:30pm, City Hall",
)
SESSION_CANCELLED = _kind("session_cancelled", "A session is cancelled", PARTICIPANT, SESSION, **SESSION_SAMPLES)
SESSION_REMINDER = _kind("session_reminder", "A session is coming", PARTICIPANT, SESSION, **SESSION_SAMPLES)
SESSION_TOMORROW = _kind("session_tomorrow", "A session is tomorrow", PARTICIPANT, SESSION, **SESSION_SAMPLES)
FOR_MANAGERS = {
    **SESSION,
    "participant": "who of the line manager's people takes part",
    "link": "the line manager's page about them",
}
MANAGERS_INVITED = _kind(
    "managers_invited", "A session that line managers are welcome at", MANAGER, FOR_MANAGERS, **SESSION_SAMPLES
)
MANAGERS_SESSION_MOVED = _kind(
    "managers_session_moved",
    "A session that line managers were invited to is moved",
    MANAGER,
    {**FOR_MANAGERS, "before": "when and where it was to be"},
    **SESSION_SAMPLES,
    before="Monday 10 February 2020, 9:30am to 4:30pm, City Hall",
)
MANAGERS_SESSION_CANCELLED = _kind(
    "managers_session_cancelled",
    "A session that line managers were invited to is cancelled",
    MANAGER,
    FOR_MANAGERS,
    **SESSION_SAMPLES,
)
