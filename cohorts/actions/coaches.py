"""A provider's register of coaches: who takes people, and what becomes of coaching when somebody stops (B49)."""

from django import forms

from cohorts.models import Coach, CoachingRequest
from cohorts.models.coaching import LONGEST
from cohorts.notices import coaching as notices
from cohorts.permissions import CohortPermission
from cohorts.states.coaching import COACHING, CoachingStatus
from steppingup import clock
from steppingup.accounts.actors import Actor
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.step import Weight, asking, step

EDIT = CohortPermission.EDIT_PROGRAMMES
STOPPED = "{} does not coach any more."


@step(
    Coach,
    "Takes nobody any more",
    name="coach_stops",
    past="Takes nobody any more",
    meaning="Nobody new is arranged with them. Coaching that is arranged with them is to be answered anew, and the participants are told.",
    permission=EDIT,
    policy=lambda coach: refuse_if(coach.stopped_on, "They take nobody as it is.", "stopped"),
    done=lambda coach: coach.stopped_on is not None,
    form=asking(
        reason=forms.CharField(
            label="What are participants told? (optional)",
            help_text="Only those whose coaching is arranged with them read it.",
            required=False,
            max_length=LONGEST,
            widget=forms.Textarea(attrs={"rows": 3}),
        )
    ),
    undo="coach_again",
    weight=Weight.DANGER,
)
def coach_stops(*, coach: Coach, by: Actor, reason: str = "") -> Coach:
    """Whoever has coaching with them is told, and it waits for staff again."""
    coach.stopped_on = clock.today()
    coach.save(update_fields=["stopped_on"])
    with_them = CoachingRequest.objects.for_steps().filter(coach=coach, status=CoachingStatus.ARRANGED)
    for coaching in with_them.order_by("pk"):
        COACHING.move(coaching, "answer_anew", coach=None, dates="")
        notices.tell(notices.ANEW, coaching, why=reason.strip() or STOPPED.format(coach))
    return coach


@step(
    Coach,
    "Takes people again",
    name="coach_again",
    past="Takes people again",
    meaning="They stand among those with whom coaching is arranged. Nobody is told.",
    permission=EDIT,
    policy=lambda coach: refuse_if(not coach.stopped_on, "They take people as it is.", "not_stopped"),
    done=lambda coach: coach.stopped_on is None,
    undo="coach_stops",
)
def coach_again(*, coach: Coach, by: Actor) -> Coach:
    coach.stopped_on = None
    coach.save(update_fields=["stopped_on"])
    return coach
