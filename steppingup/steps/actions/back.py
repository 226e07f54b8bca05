"""Taking a step back, whichever it was: everything that it changed becomes what it was, and whoever was told is told so."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import Any

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction

from steppingup import clock
from steppingup.accounts.actors import Actor, NotAllowed, person, require
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.english import lasting
from steppingup.history.lifecycle import NotPossible, refuse_if, required
from steppingup.history.patience import OWN_BACK
from steppingup.history.previews import note
from steppingup.jobs.models import Job
from steppingup.messaging.models import Message
from steppingup.messaging.states import DUE
from steppingup.steps.letters import may_leave, put_right
from steppingup.steps.models import Taking
from steppingup.steps.restoring import Back, keep, restore, rows_of, then
from steppingup.steps.step import Step, StepForm, Weight, step

SAY_WHY = "Say why it is taken back, so that we can explain it later."


TOO_LATE = f"You can take back what you did yourself for {lasting(OWN_BACK)}, and this was longer ago. Write to us, and we take it back for you."

SINCE = "Something has been done since then, so you can no longer take this back yourself. If it was a mistake, write to us."

#: Records whose owner takes their last step back for longer, as long as nothing has come after it: is that time over?
_stays_open: dict[type[models.Model], Callable[[Any], bool]] = {}


def own_back_stays_open(model: type[models.Model], is_over: Callable[[Any], bool]) -> None:
    """People take back their own steps on these records for as long as `is_over(record)` is not true (and for OWN_BACK in
    any case), if nothing has come after them."""
    _stays_open[model] = is_over


def _is_too_late(taking: Taking) -> bool:
    record: Any = taking.subject
    is_over = _stays_open.get(type(record), lambda other: True)
    return taking.own_until <= clock.now() and is_over(record)


def _something_came_after(taking: Taking) -> bool:
    """Has a later step that stands been taken on a record that this one made or changed, other than in its sums?"""
    if not taking.changes.exists():  # no longer kept
        return True
    places = models.Q(pk__in=[])
    for row in rows_of(taking):
        if row.kind != "changed" or set(json.loads(row.after)) - row.keeper.sums:
            places |= models.Q(content_type=ContentType.objects.get_for_model(row.model), object_id=row.key)
    return Taking.objects.standing().filter(places, pk__gt=taking.pk).exists()


def is_own(by: Actor, taking: Taking) -> bool:
    """Is it a step of the public that this very person took?"""
    found = taking.what
    return isinstance(by, User) and taking.by_id == by.pk and bool(found and not found.permission and found.own_back)


def require_may_take_back(by: Actor, taking: Taking) -> None:
    """Raises NotAllowed for whoever could not take such a step on this record; people may take back what they did to
    their own, and staff what the public did, with the permission that the step names for it."""
    found, record = taking.what, taking.subject
    if found is None or record is None or not isinstance(by, User):
        raise NotAllowed("Only somebody who could take this step can take it back.")
    if is_own(by, taking):
        return
    permission = found.permission or found.back_by
    if permission is None:
        raise NotAllowed("Only whoever took this step can take it back.")
    require(by, permission, record)
    guard = found.back_guard or (found.guard if found.permission and not found.page else None)
    if guard is not None:
        guard(by, record)


def require_possible(taking: Taking) -> None:
    refuse_if(taking.taken_back_at, "This has been taken back already.", "state")
    if taking.what is not None and taking.what.final:
        raise NotPossible(f"This cannot be taken back. {taking.what.final}", "final")


class BackForm(StepForm):
    """Why, for the record; and what else those should read who were told."""

    reason = forms.CharField(
        label="Why it is taken back",
        help_text="For the record. Only staff will see this.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": SAY_WHY},
    )
    words = forms.CharField(
        label="Anything to add to the correction",
        help_text="Whoever has been told already gets an email that puts it right. They will read this in it.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if all(is_own(self.by, taking) for taking in self.subjects):
            del self.fields["words"]
            self.fields["reason"].required = False
            self.fields["reason"].label = "Why, if you would like to tell us"
            self.fields["reason"].help_text = ""


def _what_it_was(taking: Taking, **given: Any) -> str:
    return f"{taking.in_words[:1]}{taking.in_words[1:]}. Everything that it changed becomes what it was before."


@step(
    Taking,
    "Take it back",
    noun="taking",
    past="Taken back",
    meaning=_what_it_was,
    guard=require_may_take_back,
    policy=require_possible,
    explains=True,
    done=lambda taking: taking.taken_back_at is not None,
    form=BackForm,
    final="If it was right after all, take the step again.",
    bulk=True,
    weight=Weight.DANGER,
)
def take_back(*, taking: Taking, by: Actor, reason: str = "", words: str = "") -> Taking:
    """Put back every row that the step changed, exactly. Emails that wait are stopped; whoever has been told is told that
    it no longer holds, with an apology where the mistake was ours. What cannot come back is said on the page before.

    Raises NotPossible when something that came since stands against it, naming it; without a reason, where it was not
    one's own step; and when what is needed is no longer kept."""
    locked = Taking.objects.select_for_update(of=("self",)).get(pk=taking.pk)
    refuse_if(locked.taken_back_at, "This has been taken back already.", "state")
    own = is_own(by, taking)
    refuse_if(own and _is_too_late(taking), TOO_LATE, "too_late")
    reason = reason.strip() if own else required(reason, SAY_WHY)
    back = Back(locked, by, reason)
    try:
        with transaction.atomic():
            restore(back, rows_of(locked))
    except NotPossible as why:
        if own and why.code == "changed_since":  # what others did since is not theirs to take back, nor to be told of
            raise NotPossible(SINCE, why.code) from why
        raise
    for sentence in back.lost:
        note(sentence)
    for one in (locked, taking):
        one.taken_back_at, one.taken_back_by, one.reason = clock.now(), person(by), reason
    locked.save(update_fields=["taken_back_at", "taken_back_by", "reason"])
    then(back)
    put_right(back, words)
    return taking


def _can_be_taken_back() -> list[str]:
    """The keys of the steps that are not final."""
    return [key for key, one in Step.registry.items() if not one.final]


def latest_of(model: type[models.Model], ids: Sequence[int], steps: Collection[str]) -> list[int]:
    """The last step on each of these records that stands, where it is one of `steps`, in the order of the records; what is
    final is passed over."""
    kind = ContentType.objects.get_for_model(model)
    found = Taking.objects.standing().filter(content_type=kind, object_id__in=ids, step__in=_can_be_taken_back())
    last = {record: (key, step) for record, key, step in found.order_by("pk").values_list("object_id", "pk", "step")}
    return [last[pk][0] for pk in ids if pk in last and last[pk][1] in steps]


def find_latest(records: Sequence[models.Model]) -> None:
    """Find for all of these records in one query what `latest_on` and `asked_for` ask for one."""
    places = {(ContentType.objects.get_for_model(record).pk, record.pk): record for record in records}
    named = models.Q(pk__in=[])
    for kind, key in places:
        named |= models.Q(content_type=kind, object_id=key)
    wanted = models.Q(taken_back_at=None, step__in=_can_be_taken_back()) | ~models.Q(asked_how="")
    last: dict[tuple[int, int], Taking] = {}
    asked: dict[tuple[int, int], list[Taking]] = {}
    for taking in Taking.objects.filter(named, wanted).select_related("by").order_by("pk"):
        place = (taking.content_type_id, taking.object_id)
        if taking.asked_how:
            asked.setdefault(place, []).insert(0, taking)
        if taking.taken_back_at is None and taking.what and not taking.what.final:
            last[place] = taking
    for place, record in places.items():
        record.__dict__["latest_taking"], record.__dict__["asked_for"] = last.get(place), asked.get(place, [])


def asked_for(record: models.Model) -> list[Taking]:
    """What staff did on this record for somebody who rang or wrote, the latest first."""
    if "asked_for" not in record.__dict__:
        find_latest([record])
    found: list[Taking] = record.__dict__.pop("asked_for")
    return found


def latest_on(record: models.Model, by: Any) -> Taking | None:
    """The last step on this record that stands and that this person may take back; what is final is passed over."""
    if "latest_taking" not in record.__dict__:
        find_latest([record])
    taking: Taking | None = record.__dict__.pop("latest_taking")
    if taking is None:
        return None
    taking.subject = record
    return taking if take_back.is_offered(by, taking) else None


def own_latest_on(record: models.Model, by: Any) -> Taking | None:
    """The same for whoever it belongs to, where nothing is known to stand against taking it back."""
    taking = latest_on(record, by)
    if taking is None or _is_too_late(taking) or _something_came_after(taking):
        return None
    return taking


def letters_still_wait(record: models.Model, of: Step[Any, Any]) -> bool:
    """Was this the last step on the record, and do emails about it still wait before they leave?"""
    taking = Taking.objects.standing().on(record).first()
    if taking is None or taking.step != of.key:
        return False
    written = taking.changes.filter(table=Message._meta.db_table).values("key")
    return Message.objects.filter(pk__in=written, status__in=DUE, next_attempt_at__gt=clock.now()).exists()


def _stop_the_link(link: TokenLink, back: Back) -> None:
    """It may stand in an email: whoever follows it reads that it no longer works."""
    TokenLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=clock.now())


def _remember(message: Message, back: Back) -> None:
    back.messages.append(message)


def _leave(row: models.Model, back: Back) -> None:
    """It stays: an account may be used by others by now, and work that was started is on record."""


keep(Message, made=_remember, check=may_leave)
keep(TokenLink, made=_stop_the_link, sums={"last_used_at"}, unless="a link that was sent stays stopped")
keep(Job, made=_leave)
keep(
    User,
    made=_leave,
    sums={"session_epoch", "last_login", "password", "is_staff"},
    unless="an account that was made stays",
)
