"""Decisions set over days and sent at once: until then nobody is told, and the applicant's page is as it was."""

from typing import Any

from django import forms

from applications.actions.access import DECIDE, require_decider
from applications.actions.decisions import hold, reason_given, shortlist, turn_down
from applications.actions.forms import CHOOSE, ReasonForm, note_field
from applications.actions.offers import make, put_on_waiting_list
from applications.models import Application, PlannedDecision
from applications.models.reason import WithReason
from applications.states import APPLICATION
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.formats.english import when
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.steps.step import Step, StepForm, Waiting, Weight, step

What = PlannedDecision.What
STEPS: dict[str, Step[Any, Any]] = {
    What.SHORTLIST: shortlist,
    What.HOLD: hold,
    What.TURN_DOWN: turn_down,
    What.OFFER: make,
    What.WAITING: put_on_waiting_list,
}
WITHOUT_NOTE = (What.OFFER,)


class PlanForm(ReasonForm):
    """What is to be decided, and why, as for the decision itself."""

    what = forms.ChoiceField(
        label="Decision", choices=[("", "Choose"), *What.choices], error_messages={"required": "Choose the decision."}
    )
    reason = forms.ChoiceField(
        label="Reason, if it is to turn somebody down",
        choices=[CHOOSE],
        required=False,
        help_text="The applicant will read this when the decision is sent.",
    )
    note = note_field()


def _require_decidable(application: Application) -> None:
    refuse_if(
        not application.cohort.rule_set.is_by_merit,
        "Places are not decided one against the other here, so there is nothing to send together.",
        "not_by_merit",
    )
    refuse_if(
        not any(APPLICATION.allows(application, name) for name in What.values),
        f"This application is “{application.get_status_display().lower()}”, so there is nothing to decide.",
        "state",
    )


@step(
    Application,
    "Set a decision, and send it later",
    name="plan",
    past="Decision set, not sent yet",
    meaning="Nobody is told, and the applicant sees nothing of it. Send all of them together when you are ready.",
    permission=DECIDE,
    guard=require_decider,
    policy=_require_decidable,
    form=PlanForm,
    undo="drop_plan",
    bulk=True,
)
def plan(*, application: Application, what: str, by: Actor, reason: str = "", note: str = "") -> PlannedDecision:
    """Set what is to be decided; what was set before is replaced. Raises NotPossible for what could not be decided now, or
    without a reason for turning somebody down."""
    locked = Application.objects.for_steps().select_for_update(of=("self",)).get(pk=application.pk)
    refuse_if(what not in What.values, "Choose the decision.", "required", field="what")
    APPLICATION.check(locked, what)
    given = reason_given(locked, reason).as_given if what == What.TURN_DOWN else WithReason.NONE
    values = {"step": what, **given, "note": note.strip(), "set_by": by, "set_at": clock.now()}
    return PlannedDecision.objects.update_or_create(application=locked, defaults=values)[0]


def planned_for(application: Application) -> PlannedDecision:
    """What is set. Raises NotPossible where nothing is."""
    found: PlannedDecision | None = getattr(application, "planned", None)
    if found is None:
        raise NotPossible("No decision has been set for this application.", "nothing")
    return found


@step(
    Application,
    "Drop the decision that was set",
    past="Dropped",
    meaning="Nobody was told of it, and nobody will be.",
    permission=DECIDE,
    guard=require_decider,
    policy=planned_for,
    undo="plan",
    bulk=True,
)
def drop_plan(*, application: Application, by: Actor) -> Application:
    """What was set is not decided after all."""
    planned_for(application).delete()
    return application


class SendForm(StepForm):
    """Nothing is asked; while others can still apply, that is said."""

    def warnings(self, subject: Application) -> list[str]:
        window = getattr(subject.cohort, "window", None)
        if window is None or window.has_closed(clock.now()):
            return []
        return [
            f"Applications are open until {when(window.last_moment)}. People will be told before everybody has applied."
        ]


def _what_is_set(application: Application, **given: Any) -> str:
    found = planned_for(application)
    return f"{found}, set by {found.set_by} on {when(found.set_at)}."


@step(
    Application,
    "Send the decision that was set",
    past="Decided and sent",
    meaning=_what_is_set,
    permission=DECIDE,
    guard=require_decider,
    policy=planned_for,
    form=SendForm,
    bulk=True,
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda rows: rows.filter(planned__isnull=False),
        "application has a decision that has not been sent",
        "applications have decisions that have not been sent",
        order=55,
    ),
)
def send_planned(*, application: Application, by: Actor) -> Application:
    """Decide what was set, as if it were decided now: everybody is told. Raises NotPossible as the decision does."""
    found = planned_for(application)
    values = {"reason": found.reason} if found.step == What.TURN_DOWN else {}
    values |= {} if found.step in WITHOUT_NOTE else {"note": found.note}
    found.delete()
    STEPS[found.step](application=application, by=by, **values)
    return application
