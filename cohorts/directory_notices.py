"""What the directory of participants and graduates says to whom."""

from cohorts.models import DirectoryAgreement, DirectoryEntry, DirectoryLetter, Enrolment, Programme
from cohorts.models.directory import whose
from cohorts.permissions import CohortPermission
from cohorts.queries import staff_of, staff_of_programme
from steppingup.accounts.models import User
from steppingup.messaging.actions import Notice, send
from steppingup.messaging.addresses import address
from steppingup.messaging.kinds import Kinds, MessageKind, Told

PERSON = Told("The person in the directory", "their own page of the directory")
OTHER = Told("Whom they write to", "the page on which they answer, block or report", called="Sol Marsh")
STAFF = Told("Those who run the programme", "the page in the admin", called="Priya Nair")
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    "programme": ("the programme's name", "Stepping Up"),
    "sender": ("who writes, as in the directory", "Amara Okafor"),
    "whence": ("where they take part, if they show it", "of Stepping Up, 2020 (NHS Leadership Academy)"),
    "message": ("what they write", "Shall we compare notes on our projects?"),
    "answer": ("how to answer", "Press the button to answer."),
    "reason": ("why", "The telephone number is somebody else’s."),
    "why": ("why it has ended", "You are not on the programme any more."),
    "confirm_by": ("the last day for it", "12 February 2021"),
    "other": ("the other programme", "Moving Up (Skills for Care)"),
    "reporter": ("who reports it, as in the directory", "Sol Marsh"),
    "says": ("what they say", "They sell insurance."),
    "whom": ("whose entry it is", "Amara Okafor"),
}
KINDS = Kinds("cohorts", WORDS, ("programme",))
LETTER = KINDS.add(
    "directory_letter",
    "Directory: a message",
    OTHER,
    *("sender", "whence", "message", "answer"),
    secret=("message", "answer"),
)
HIDDEN = KINDS.add("directory_hidden", "Directory: an entry has been hidden", PERSON, "reason")
SHOWN = KINDS.add("directory_shown", "Directory: an entry is shown again", PERSON)
ENDED = KINDS.add("directory_ended", "Directory: an entry has ended", PERSON, "why")
CONFIRM = KINDS.add("directory_confirm", "Directory: is it still right?", PERSON, "confirm_by")
WIDER = KINDS.add("directory_wider", "Directory: another programme shares it", PERSON, "other")
REPORTED = KINDS.add(
    "directory_reported", "Directory: somebody reports an entry or a message", STAFF, "reporter", "whom", "says"
)
ASKED = KINDS.add("directory_asked", "Directory: another provider would like to share it", STAFF, "other", "message")
AGREED = KINDS.add("directory_agreed", "Directory: another provider shares it", STAFF, "other")
OF_OUR_OWN = {"reason": "We are beginning a directory of our own."}
DECLINED = KINDS.add(
    "directory_declined", "Directory: another provider does not share it", STAFF, "other", "reason", samples=OF_OUR_OWN
)
STOPPED = KINDS.add(
    "directory_stopped",
    "Directory: another provider has stopped sharing it",
    STAFF,
    "other",
    "reason",
    samples=OF_OUR_OWN,
)


# -- people ------------------------------------------------------------------------------------------


def own_page(enrolment: Enrolment) -> str:
    return address("cohorts:own_entry", enrolment.pk)


def _to_person(kind: MessageKind, entry: DirectoryEntry, **more: object) -> Notice:
    """About the entry, and not the place: letters about that neither wait for these nor are overtaken by them."""
    enrolment = entry.enrolment
    context = {"programme": enrolment.cohort.programme.name, "link": own_page(enrolment), **more}
    return Notice(kind, enrolment.participant, entry, context, related=[enrolment.participant])


def tell_person(kind: MessageKind, entry: DirectoryEntry, **more: object) -> None:
    send(_to_person(kind, entry, **more))


def to_confirm(entry: DirectoryEntry, by: object) -> Notice:
    return _to_person(CONFIRM, entry, confirm_by=by)


def pass_on(letter: DirectoryLetter, entry: DirectoryEntry, to: DirectoryEntry, text: str, reply_to: str) -> None:
    """What one person writes to another: the provider of whoever reads it sends it, without the sender's address unless they give it.
    What was written is kept only until it is sent."""
    programme, person = to.programme, to.enrolment.participant
    there = f"{letter.sender_name} shares their address with you: {reply_to}. Your answer goes straight to them."
    here = (
        f"To answer, press the button: {letter.sender_name} does not see your address. If you reply to this email instead, "
        f"it goes to those who run {programme}, and not to {letter.sender_name}."
    )
    context = {
        "programme": programme.name,
        "sender": letter.sender_name,
        "whence": f"of {entry.takes_part_in}" if entry.takes_part_in else "",
        "link": address("cohorts:directory_letter", letter.pk),
    }
    secrets = {"message": text, "answer": there if reply_to else here}
    around = to.enrolment.cohort.message_scopes
    send(Notice(LETTER, person, letter, context, secrets, related=[to, person], scopes=around, reply_to=reply_to))


# -- staff -------------------------------------------------------------------------------------------


def report(reported: Enrolment, *, reporter: str, name: str, says: str) -> list[User]:
    """Those who run the cohort of whoever is reported. Returns them."""
    page = address("admin:cohorts_enrolment_change", reported.pk)
    programme = reported.cohort.programme.name
    told = staff_of(reported.cohort, CohortPermission.RUN_COHORTS)
    for colleague in told:
        context = {"programme": programme, "reporter": reporter, "whom": name, "says": says, "link": page}
        send(Notice(REPORTED, colleague, reported, context, related=[reported.participant]))
    return told


def tell_guest(kind: MessageKind, agreement: DirectoryAgreement, **more: str) -> None:
    """Those who keep the programme that was asked."""
    page = address("admin:cohorts_directoryagreement_change", agreement.pk)
    _tell_staff(kind, agreement.guest, agreement.host, page, agreement, more)


def tell_host(kind: MessageKind, agreement: DirectoryAgreement, **more: str) -> None:
    """Those who keep the programme that asked."""
    page = address("admin:cohorts_programme_change", agreement.host_id)
    _tell_staff(kind, agreement.host, agreement.guest, page, agreement.host, more)


def _tell_staff(
    kind: MessageKind, ours: Programme, theirs: Programme, page: str, about: object, more: dict[str, str]
) -> None:
    for colleague in staff_of_programme(ours, CohortPermission.EDIT_PROGRAMMES):
        context = {"programme": ours.name, "other": whose(theirs), "link": page, **more}
        send(Notice(kind, colleague, about, context, scopes=[ours]))  # type: ignore[arg-type]
