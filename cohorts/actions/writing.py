"""Writing to people of a cohort in one's own words: all of them, a peer group, those who were ticked, or one."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django import forms

from cohorts.actions.sessions import RUN
from cohorts.extensions import Addressed, mentors_of
from cohorts.models import Addressee, Announcement, Cohort, Enrolment, PeerGroup, Session
from cohorts.notices import writing as notices
from cohorts.progress import progress_of_many
from cohorts.states import HOLDS_A_PLACE, EnrolmentStatus
from cohorts.states.writing import READERS, Reader
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.files.fields import CheckedFileField
from steppingup.files.models import StoredFile
from steppingup.files.rules import FileRule
from steppingup.formats import english
from steppingup.formats.fields import AddressInput
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.previews import note
from steppingup.messaging.actions import send_again, send_together
from steppingup.messaging.addresses import address
from steppingup.messaging.models import Message
from steppingup.messaging.scopes import reply_to_of
from steppingup.messaging.states import MessageStatus
from steppingup.steps.step import StepForm, step

#: What goes with a message. The same file goes to everybody, so it is small.
ENCLOSED = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg"}), max_bytes=3_000_000)
MOST_FILES = 3
#: The same words to the same people within this time are a second press.
TWICE = timedelta(minutes=10)
EVERYBODY, CHOSEN, GROUP = "everybody", "chosen", "group-"
NO_SUBJECT, NO_TEXT = "Write a subject.", "Write your message."
WHICH, WHO = "Tick at least one person.", "Choose who of them is to read it."
TICKED = "You ticked people below. Choose “Only the people ticked below”, or untick them."
LONGEST = 10_000


def _people(cohort: Cohort) -> Any:
    found = Enrolment.objects.filter(cohort=cohort)
    return found.select_related("participant", "line_manager", "peer_group", "cohort__programme").order_by(
        "participant__full_name", "pk"
    )


def _require_people(cohort: Cohort) -> None:
    refuse_if(not cohort.enrolments.exists(), "Nobody is on this cohort yet, so there is nobody to write to.", "nobody")


class _People(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        status = "" if obj.status == EnrolmentStatus.ENROLLED else f" ({obj.get_status_display().lower()})"
        return f"{obj.participant}{status}"


class WriteForm(StepForm):
    """To whom, who of each, the words, and what goes with them."""

    whom = forms.ChoiceField(
        label="To whom?", widget=forms.RadioSelect, initial=EVERYBODY, error_messages={"required": "Choose to whom."}
    )
    people = _People(
        Enrolment.objects.none(),
        label="The people ticked",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="For “Only the people ticked below”.",
    )
    readers = forms.MultipleChoiceField(
        label="Who is to read it?",
        choices=[(one.value, words) for one, words in READERS.items()],
        initial=[Reader.PARTICIPANT.value],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": WHO},
    )
    text = forms.CharField(
        label="Message",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": NO_TEXT},
        help_text="It begins with the greeting. A blank line starts a paragraph, - a list item; **stars** make bold. Filled in for each: "
        + ", ".join(f"{{{{ {name} }}}} {what}" for name, what in {"name": "who reads it", **notices.FIELDS}.items())
        + ".",
    )
    reply_to = AddressInput(label="Replies go to", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Not among those above: the record of a step's form is called so.
        self.fields["subject"] = forms.CharField(
            label="Subject", max_length=150, error_messages={"required": NO_SUBJECT}
        )
        people: Any = self.fields["people"]
        people.queryset = _people(self.subject)
        whom: Any = self.fields["whom"]
        whom.choices = _choices(self.subject)
        usual = (
            reply_to_of(self.subject) or reply_to_of(self.subject.programme) or self.subject.programme.provider.reply_to
        )
        if usual:
            self.fields["reply_to"].help_text = f"Left empty, they go to {usual}."
        for number in range(1, MOST_FILES + 1):
            self.fields[f"file_{number}"] = CheckedFileField(
                rule=ENCLOSED, by=self.by, label=f"File {number} to go with it", required=False
            )
        self.order_fields(["whom", "people", "readers", "subject"])

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("whom") == CHOSEN and not values.get("people"):
            self.add_error("people", WHICH)
        elif values.get("whom") and values["whom"] != CHOSEN and values.get("people"):
            self.add_error("whom", TICKED)
        for name, sentences in notices.wrong_fields(values.get("subject", ""), values.get("text", "")).items():
            for sentence in sentences:
                self.add_error(name, sentence)
        return values

    def values(self) -> dict[str, Any]:
        given = self.cleaned_data
        files = [given[f"file_{number}"] for number in range(1, MOST_FILES + 1) if given.get(f"file_{number}")]
        wanted = ("whom", "readers", "subject", "text", "reply_to")
        people = [one.pk for one in given["people"]] if given["whom"] == CHOSEN else []
        return {**{name: given[name] for name in wanted}, "people": people, "files": files}


def _choices(cohort: Cohort) -> list[tuple[str, str]]:
    """Everybody, each peer group, or those that are ticked; with how many they are."""
    groups = list(cohort.enrolments.filter(status__in=HOLDS_A_PLACE).values_list("peer_group", flat=True))
    rows = [(EVERYBODY, f"Everybody on the cohort ({len(groups)})")]
    for group in PeerGroup.objects.filter(cohort=cohort):
        rows.append((f"{GROUP}{group.pk}", f"Peer group {group} ({groups.count(group.pk)})"))
    return [*rows, (CHOSEN, "Only the people ticked below")]


def _chosen(cohort: Cohort, whom: str, people: Iterable[int]) -> tuple[str, list[Enrolment]]:
    """Whom in words, and the places. Whoever has left is written to only by name."""
    rows = _people(cohort)
    if whom == CHOSEN:
        found = list(rows.filter(pk__in=list(people)))
        refuse_if(not found, WHICH, "nobody_ticked", field="people")
        return (
            str(found[0].participant) if len(found) == 1 else english.counted(len(found), "person", "people")
        ), found
    here = rows.filter(status__in=HOLDS_A_PLACE)
    if whom == EVERYBODY:
        return "Everybody on the cohort", list(here)
    group = PeerGroup.objects.filter(cohort=cohort, pk=int(whom.removeprefix(GROUP))).first()
    if group is None:
        raise NotPossible("This peer group is not of the cohort any more.", "other_group", field="whom")
    return f"Peer group {group}", list(here.filter(peer_group=group))


def _readers_of(places: list[Enrolment], reader: str) -> list[tuple[Enrolment, Addressed | None, str]]:
    """For each place who reads it, or why nobody does."""
    if reader == Reader.MENTOR:
        found: dict[int, list[Addressed]] = {}
        for one in (one for some in mentors_of(places) for one in some):
            found.setdefault(one.enrolment.pk, []).append(one)
        rows: list[tuple[Enrolment, Addressed | None, str]] = []
        for place in places:
            mentors = found.get(place.pk, [])
            rows += [(place, one, _closed(one)) for one in mentors] or [
                (place, None, f"{place.participant} has no mentor")
            ]
        return rows
    own = [(place, _participant(place) if reader == Reader.PARTICIPANT else _manager(place)) for place in places]
    none = "{} has no line manager here"
    return [(place, one, _closed(one) if one else none.format(place.participant)) for place, one in own]


def _participant(place: Enrolment) -> Addressed:
    return Addressed(place, place.participant, "", "", address("cohorts:participant", place.pk))


def _manager(place: Enrolment) -> Addressed | None:
    if place.line_manager is None:
        return None
    link = address("cohorts:managed", place.pk)
    return Addressed(place, place.line_manager, place.manager, place.manager_email, link)


def _closed(one: Addressed) -> str:
    """Of an account that the record calls something else nothing is told, not that it is closed either."""
    return f"The account of {one.to} is closed" if not one.to.is_active and not one.email else ""


def _once_each(rows: list[tuple[Enrolment, Addressed | None, str]]) -> list[tuple[Enrolment, Addressed | None, str]]:
    """Whoever would read the same words for several people reads them once."""
    seen: set[str] = set()
    found = []
    for place, one, why_not in rows:
        key = (one.email or one.to.email) if one and not why_not else ""
        if key and key in seen:
            continue
        seen.add(key)
        found.append((place, one, why_not))
    return found


def _facts(cohort: Cohort, people: Iterable[Addressed], used: set[str]) -> dict[int, dict[str, str]]:
    """What is filled in for each participant, by their place; what nobody asked for is not looked up."""
    places = {one.enrolment.pk: one.enrolment for one in people}
    days = progress_of_many(places.values()) if "days_done" in used else {}
    sessions: list[Session] = []
    if "next_session" in used:
        coming = Session.objects.filter(cohort=cohort).going_ahead().after(clock.now())
        sessions = list(coming.order_by("starts_at", "pk"))
    return {
        pk: {
            "participant": str(place.participant),
            "peer_group": str(place.peer_group or ""),
            "days_done": days[pk].in_quarters().in_words if days else "",
            "next_session": _next_of(place, sessions),
        }
        for pk, place in places.items()
    }


def _next_of(place: Enrolment, sessions: list[Session]) -> str:
    own = (one for one in sessions if one.peer_group_id in (None, place.peer_group_id))
    found = next(own, None)
    return f"{found}: {found.when_in_words}, {found.place}" if found else "no session to come"


def _require_once(announced: Announcement, rows: list[Any]) -> None:
    """A second press, or Back in the browser, is no second message. The same to other people is one: two who were ticked, then two more."""
    same = {name: getattr(announced, name) for name in ("cohort", "written_by", "subject", "text", "whom", "readers")}
    lately = Announcement.objects.filter(**same, written_at__gt=clock.now() - TWICE).prefetch_related("addressees")
    places = {place.pk for _, place, _, _ in rows}
    refuse_if(
        any({other.enrolment_id for other in one.addressees.all()} == places for one in lately),
        "You wrote exactly this to the same people a moment ago, so it was not sent again.",
        "state",
    )


@step(
    Cohort,
    "Write to people",
    name="write",
    past="Written",
    meaning="Everybody gets an email of their own and sees nobody else’s address. Whoever has no email address gets it as a letter to be "
    "printed. The next page shows what each of them will read.",
    permission=RUN,
    policy=_require_people,
    explains=True,
    form=WriteForm,
    final="An email cannot be recalled. What has not left yet can be stopped in the list of emails.",
)
def write(
    *,
    cohort: Cohort,
    whom: str,
    readers: Sequence[str],
    subject: str,
    text: str,
    by: Actor,
    people: Iterable[int] = (),
    reply_to: str = "",
    files: Sequence[StoredFile] = (),
) -> Announcement:
    """Write to everybody who holds a place, to a peer group, or to some (`people`: numbers of places); to them, their line managers or
    their mentors. All of it happens, or nothing. Who cannot be written to is kept with the reason.

    Raises NotPossible for empty words, a field that there is not, nobody to write to, and the same again within ten minutes."""
    subject, text = required(subject, NO_SUBJECT, "subject"), required(text, NO_TEXT, "text")
    for name, sentences in notices.wrong_fields(subject, text).items():
        raise NotPossible(sentences[0], "field", field=name)
    known = [one.value for one in Reader if one in readers]
    refuse_if(not known, WHO, "no_reader", field="readers")
    # One after the other for a cohort, so that two presses at once find each other. Keys may still refer to it.
    locked = Cohort.objects.select_for_update(of=("self",), no_key=True).for_steps().get(pk=cohort.pk)
    words, places = _chosen(locked, whom, people)
    used = set(notices.fields_in(subject, text))
    rows = []
    for reader in known:
        found = _readers_of(places, reader)
        rows += [(reader, *one) for one in (found if used & notices.OF_EACH else _once_each(found))]
    to = [one for _, _, one, why_not in rows if one and not why_not]
    refuse_if(
        not to,
        "None of them can be written to: nobody is there, or their accounts are closed.",
        "nobody_to_write_to",
        field="readers",
    )
    announcement = Announcement(
        cohort=locked,
        whom=words,
        readers=known,
        subject=subject,
        text=text,
        reply_to=reply_to.strip(),
        written_by=person(by),
    )
    _require_once(announcement, rows)
    announcement.save()
    messages = send_together(notices.notices_of(announcement, to, files, _facts(locked, to, used)))
    _keep(announcement, rows, messages)
    return announcement


def _keep(announcement: Announcement, rows: list[Any], messages: list[Message]) -> None:
    """Who it went to, and who it could not go to."""
    written = iter(messages)
    kept = []
    for reader, place, one, why_not in rows:
        message = None if why_not else next(written)
        name = (one.called or str(one.to)) if one else ""
        kept.append(
            Addressee(
                announcement=announcement,
                enrolment=place,
                reader=reader,
                name=name[:200],
                message=message,
                why_not=why_not[:200],
            )
        )
    Addressee.objects.bulk_create(kept)
    for why_not in dict.fromkeys(row[3] for row in rows if row[3]):
        note(
            f"Not written to: {why_not[:1].lower()}{why_not[1:]}."
            if why_not.startswith("The ")
            else f"Not written to: {why_not}."
        )


def _require_failed(announcement: Announcement) -> None:
    failed = Addressee.objects.filter(announcement=announcement).failed()
    refuse_if(not failed.exists(), "None of these emails has failed.", "none_failed")


@step(
    Announcement,
    "Send again to those whom it did not reach",
    name="send_again_to_failed",
    past="Sent again",
    meaning="Each of them gets it at the address that they have by now. Whoever has it already gets nothing.",
    permission=RUN,
    policy=_require_failed,
    final="An email cannot be recalled once it has been sent.",
)
def send_again_to_failed(*, announcement: Announcement, by: Actor) -> Announcement:
    """Put those of its emails that could not be sent back into the outbox. Raises NotPossible where none has failed."""
    failed = Addressee.objects.filter(announcement=announcement, message__status=MessageStatus.FAILED)
    for one in failed.select_related("message"):
        if one.message is not None:
            send_again(message=one.message, by=by)
    return announcement
