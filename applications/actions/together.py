"""One step for several applications at once: each in a transaction of its own, so that one that is refused stops no other."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from applications.actions import decisions, interviews, offers
from applications.actions.telling import would_tell
from applications.models import Application
from applications.states import APPLICATION, Reason
from steppingup.accounts.actors import Actor, NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions.sending import MessagePreview

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Together:
    """A step that can be taken for several. `run` is the action; `told` what each would read.

    `asks` names what is asked once for all of them (a note, a reason); what differs from one to the next stands in
    `values` of `for_all()`."""

    label: str
    run: Callable[..., Any]
    told: Callable[..., list[MessagePreview]]
    asks: tuple[str, ...] = ("note",)


def _decided(step: str) -> Callable[..., list[MessagePreview]]:
    def told(application: Application, *, reason: str = "") -> list[MessagePreview]:
        return decisions.would_be_told(application=application, step=step, reason=reason)

    return told


STEPS: dict[str, Together] = {
    "shortlist": Together("Shortlist", decisions.shortlist, _decided("shortlist")),
    "hold": Together("Hold in reserve", decisions.hold, _decided("hold")),
    "turn_down": Together("Turn down", decisions.turn_down, _decided("turn_down"), ("note", "reason")),
    "invite": Together(
        "Invite to interview",
        interviews.invite,
        lambda application, **values: [interviews.would_be_invited(application=application, **values)],
        (),
    ),
    "offer": Together(
        "Offer a place", offers.make, lambda application: [offers.would_be_offered(application=application)], ()
    ),
    "put_on_waiting_list": Together(
        "Put on the waiting list",
        offers.put_on_waiting_list,
        lambda application: [would_tell(application, "waiting", place="the place they will have")],
    ),
}


@dataclass
class Outcome:
    """What came of it: who it was done for, who was there already, and whom it was refused."""

    done: list[Application] = field(default_factory=list)
    already: list[Application] = field(default_factory=list)
    refused: list[tuple[Application, str]] = field(default_factory=list)

    def sentence(self) -> str:
        target = f"{len(self.done)} {'person was' if len(self.done) == 1 else 'people were'} told."
        already = f" {len(self.already)} had this decision already and were not told again." if self.already else ""
        refused = "".join(f" {application.reference}: {why}" for application, why in self.refused)
        return target + already + refused


def possible(application: Application, step: str) -> bool:
    return application.status in APPLICATION.moves[step].sources


def would_be_told(
    *, applications: Sequence[Application], step: str, reason: str = "", values: Mapping[int, Values] | None = None
) -> list[MessagePreview]:
    """What everybody would read, in the order of the applications."""
    more = {"reason": reason} if "reason" in STEPS[step].asks else {}
    return [
        letter for one in applications for letter in STEPS[step].told(one, **more, **((values or {}).get(one.pk, {})))
    ]


def for_all(
    *,
    applications: Sequence[Application],
    step: str,
    by: Actor,
    reason: str = "",
    note: str = "",
    values: Mapping[int, Values] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Outcome:
    """The same step for each, one transaction for each: asking twice does nothing twice.

    `values`: application id → what is its own (the time of its interview). Raises NotPossible when turning down without
    a reason."""
    if step == "turn_down" and reason not in Reason.values:
        raise NotPossible("Choose a reason for turning the applications down.")
    given = {"note": note, "reason": reason}
    shared = {name: given[name] for name in STEPS[step].asks}
    outcome = Outcome()
    for number, application in enumerate(applications, 1):
        own = (values or {}).get(application.pk, {})
        _for_one(application, step, outcome, by=by, **shared, **own)
        if progress:
            progress(number)
    return outcome


def _for_one(application: Application, step: str, outcome: Outcome, **values: Any) -> None:
    try:
        STEPS[step].run(application=application, **values)
    except NotAllowed as why:
        outcome.refused.append((application, str(why)))
    except NotPossible as why:
        # Perhaps somebody else, or the first of two clicks, was quicker.
        application.refresh_from_db(fields=["status", "decided_at", "decided_by", "reason"])
        if application.status == APPLICATION.moves[step].target:
            outcome.already.append(application)
        else:
            outcome.refused.append((application, str(why)))
    else:
        outcome.done.append(application)
