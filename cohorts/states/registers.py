"""How a register follows from what was tapped: which mark stands where several people take it, one of them perhaps without a signal.

What was said is never overwritten. Each tap knows which mark it saw; one that saw what stands takes its place. Where two devices
disagree, the first that was received stands, and the other is shown beside it until somebody settles it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import models

from cohorts.states import Mark


class Way(models.TextChoices):
    """How a mark came into the register."""

    DESK = "desk", "saved on the page of the register"
    TAP = "tap", "tapped on a device"
    CHECK_IN = "check_in", "checked in by the code on the screen"
    FILE = "file", "read from an attendance file"
    BACK = "back", "taken back"
    KEPT = "kept", "as it stood before marks were kept one by one"


#: Whoever is there for a part is there for so much of it. Half is what it is when nobody says.
HALF = Decimal("0.5")
SHARES = (Decimal("0.25"), HALF, Decimal("0.75"))
SHARE_WORDS = {Decimal("0.25"): "a quarter", HALF: "half", Decimal("0.75"): "three quarters"}


class Given(NamedTuple):
    """A mark, and for part how much of the session."""

    mark: str
    share: Decimal | None = None

    @property
    def said(self) -> str:
        """As it stands in forms: “present”, “part” for half, “part:75”."""
        if self.mark != Mark.PART or self.share in (None, HALF):
            return self.mark
        return f"{Mark.PART}:{int((self.share or HALF) * 100)}"

    @property
    def label(self) -> str:
        """“Present for three quarters”."""
        if self.mark != Mark.PART:
            return str(Mark(self.mark).label) if self.mark else "No mark"
        return f"Present for {SHARE_WORDS[self.share or HALF]}"


GIVEN = {
    one.said: one
    for one in (
        Given(Mark.PRESENT),
        Given(Mark.ABSENT),
        Given(Mark.EXCUSED),
        *(Given(Mark.PART, share) for share in reversed(SHARES)),
    )
}
#: What can be chosen for each person.
CHOICES = [(said, one.label) for said, one in GIVEN.items()]
SIGNS = {Decimal("0.25"): "¼", HALF: "½", Decimal("0.75"): "¾"}
#: The same as buttons: what is chosen, its name, and what stands on a small button in its place.
BUTTONS = [(said, one.label, SIGNS[one.share] if one.share else "") for said, one in GIVEN.items()]


@dataclass(frozen=True)
class Tap:
    """One mark as it was made. `saw` is the key of the mark that stood as far as its device knew; `settles`: whoever made it saw all
    that was said."""

    key: str
    device: str
    made_at: datetime
    said: str
    saw: str = ""
    settles: bool = False


class Stands(NamedTuple):
    """What holds, and what other devices say of the same person."""

    tap: Tap | None
    others: list[Tap]


def what_stands(taps: Iterable[Tap]) -> Stands:
    """Of the taps for one person in the order in which they were received."""
    stands: Tap | None = None
    latest: dict[str, Tap] = {}
    others: dict[str, Tap] = {}
    for tap in taps:
        if tap.device:
            before = latest.get(tap.device)
            # What the same device said since has arrived before it; unless it had seen that, and its clock was put back.
            if before is not None and before.made_at > tap.made_at and tap.saw != before.key:
                continue
            latest[tap.device] = tap
        own = bool(stands and tap.device and tap.device == stands.device)
        if stands is None or not stands.said or tap.settles or own or tap.saw == stands.key:
            stands = tap
            others.pop(tap.device, None)
            if tap.settles:
                others.clear()
        else:
            others[tap.device] = tap
    return Stands(stands, [tap for tap in others.values() if stands and tap.said != stands.said])
