"""A day together: a cohort is invited to another's session, and each counts it for itself (C5)."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from cohorts import notices
from cohorts.actions.days import ROUNDING
from cohorts.actions.sessions import RUN, end, put_elsewhere, require_changeable, require_no_guest, require_not_over
from cohorts.models import Cohort, Component, JointInvitation, Session
from cohorts.models.joint import guests_of
from cohorts.planning import checks
from cohorts.planning.checks import Meeting
from cohorts.states import COHORT_OVER, JOINT, CohortStatus, Recording
from steppingup import clock
from steppingup.accounts.actors import Actor, person
from steppingup.formats.fields import NameInput, NumberInput
from steppingup.history.lifecycle import NotPossible, refuse, refuse_if, required
from steppingup.steps.step import ChosenFrom, StepForm, Waiting, Weight, step

CANCEL, ALONE = "cancel", "alone"


# -- inviting ------------------------------------------------------------------------------------


def cohorts_to_invite(session: Session) -> Any:
    """Cohorts on the site that are under way or to come on the day, of whichever provider: anybody can read of these."""
    on = timezone.localdate(session.starts_at)
    found = Cohort.objects.filter(
        status__in=(CohortStatus.PUBLISHED, CohortStatus.RUNNING), programme__is_published=True, ends_on__gte=on
    )
    asked = JointInvitation.objects.open().filter(host_session=session).values("cohort")
    rest = found.exclude(pk=session.cohort_id).exclude(pk__in=asked)
    return rest.select_related("programme__provider").order_by("programme__name", "starts_on", "pk")


def _require_host(session: Session) -> None:
    """Raises NotPossible for a session that follows another's, has begun or goes to one group."""
    require_changeable(session)
    require_no_guest(session)
    refuse_if(session.starts_at <= clock.now(), "This session has begun.", "begun")
    refuse_if(session.peer_group_id, "This session is for one peer group. A joint day is for a whole cohort.", "group")
    require_not_over(session.cohort)


class InviteForm(StepForm):
    """Whom to ask, and what to say."""

    cohort = ChosenFrom(
        Cohort,
        cohorts_to_invite,
        said=lambda cohort: f"{cohort} ({cohort.programme.provider})",
        label="Which cohort?",
        help_text="Cohorts on the site, of any provider.",
        error_messages={"required": "Choose a cohort."},
    )
    message = forms.CharField(
        label="What would you like to say to those who run it?",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@step(
    Session,
    "Invite another cohort",
    past="Invited",
    meaning="Those who run that cohort are asked whether it comes, and say for which part of their own plan it counts. Until the day you see "
    "of its people numbers only, and on the day their names, in the register. They see as much of yours.",
    permission=RUN,
    policy=_require_host,
    form=InviteForm,
    undo="call_off",
)
def invite_cohort(*, session: Session, cohort: Cohort, by: Actor, message: str = "") -> JointInvitation:
    """Ask those who run a cohort whether it comes to this session. Nobody of either cohort is told.

    Raises NotPossible for a session that has begun or follows another's, and for a cohort that cannot be asked."""
    found = Session.objects.select_for_update(of=("self",)).for_steps().get(pk=session.pk)
    _require_host(found)
    if not cohorts_to_invite(found).filter(pk=cohort.pk).exists():
        raise NotPossible(
            f"“{cohort}” is invited already, is not on the site, or is over by then.", "not_to_invite", field="cohort"
        )
    invitation = JointInvitation.objects.create(
        host_session=found, cohort=cohort, message=message.strip(), asked_by=person(by)
    )
    notices.tell_guests(notices.JOINT_INVITED, invitation, message=message.strip())
    return invitation


# -- answering -----------------------------------------------------------------------------------


def _require_to_answer(invitation: JointInvitation) -> None:
    session = invitation.host_session
    refuse_if(session.cancelled_at, "This session was cancelled.", "cancelled")
    refuse_if(session.starts_at <= clock.now(), "This session has begun.", "begun")
    if invitation.cohort.status in COHORT_OVER:
        require_not_over(invitation.cohort)


def parts_to_count(invitation: JointInvitation) -> Any:
    """The parts of the guest's plan that have sessions."""
    return Component.objects.filter(plan=invitation.cohort.plan_id, recording=Recording.REGISTER)


class AcceptForm(StepForm):
    """What the day counts for at home."""

    component = ChosenFrom(
        Component,
        parts_to_count,
        label="For which part of your plan does it count?",
        error_messages={"required": "Choose a part of your plan."},
    )
    units = NumberInput(
        label="How much does it count?",
        help_text="As that part is counted: 1 for a day, 0.5 for half a day; 2 for two hours; 1 for a session.",
        initial=1,
        min_value=Decimal("0.01"),
        decimal_places=2,
    )

    def warnings(self, subject: JointInvitation) -> list[str]:
        host, days = subject.host_session, self.cleaned_data["component"].in_days(self.cleaned_data["units"])
        meeting = Meeting(subject.cohort, None, host.starts_at, host.ends_at, host.venue, None, days)
        return checks.warnings(meeting.beside(host))


@step(
    JointInvitation,
    "Accept the invitation",
    noun="invitation",
    past="Accepted",
    meaning="Your cohort gets a session of its own on that day, at that time and place. It appears in your people's calendars; whoever asked "
    "you is told. When they move or cancel the day, yours moves with it, and your people hear of it from you. You can withdraw until the register "
    "is taken.",
    permission=RUN,
    lifecycle=JOINT,
    policy=_require_to_answer,
    form=AcceptForm,
    undo="withdraw",
    weight=Weight.STRONG,
    waiting=Waiting(
        lambda invitations: invitations.to_answer(),
        "invitation to a joint day to answer",
        "invitations to joint days to answer",
        order=33,
    ),
)
def accept(*, invitation: JointInvitation, component: Component, units: Decimal, by: Actor) -> JointInvitation:
    """The guest comes: it gets a session of its own that follows the host's.

    Raises NotPossible when its people are due elsewhere at that time, for a part of another plan, and for more than a day."""
    # The host's is locked first, as whoever moves or cancels it does: nobody accepts a day that moves in that second.
    host = Session.objects.select_for_update(of=("self",)).get(pk=invitation.host_session_id)
    found = JointInvitation.objects.for_steps().get(pk=invitation.pk)
    found.host_session.cancelled_at = host.cancelled_at
    _require_to_answer(found)
    if not parts_to_count(found).filter(pk=component.pk).exists():
        raise NotPossible(
            f"“{component}” is not a part of your plan that has sessions.", "other_plan", field="component"
        )
    days = component.in_days(units)
    refuse_if(days > 1 + ROUNDING, "A session counts at most one day.", "more_than_a_day", field="units")
    Cohort.objects.select_for_update(of=("self",), no_key=True).get(pk=found.cohort_id)
    refuse(checks.why_not(Meeting(found.cohort, None, host.starts_at, host.ends_at)), "overlap")
    copied = (
        "title",
        "starts_at",
        "ends_at",
        "venue",
        "online_link",
        "what_to_bring",
        "seats",
        "to_be_confirmed",
        *STAYING,
    )
    same = {name: getattr(host, name) for name in copied}
    own = Session.objects.create(cohort=found.cohort, component=component, days=days, **same)
    JOINT.move(invitation, "accept", session=own, answered_at=clock.now())
    notices.tell_host(notices.JOINT_ACCEPTED, found)
    return invitation


STAYING = ("nights", "lodging", "check_in", "check_out", "asks_needs")


class ReasonForm(StepForm):
    reason = forms.CharField(
        label="Why not?",
        help_text="Whoever asked you reads it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )


@step(
    JointInvitation,
    "Decline the invitation",
    noun="invitation",
    past="Declined",
    meaning="Whoever asked you is told.",
    permission=RUN,
    lifecycle=JOINT,
    policy=_require_to_answer,
    form=ReasonForm,
    weight=Weight.DANGER,
)
def decline(*, invitation: JointInvitation, reason: str, by: Actor) -> JointInvitation:
    reason = required(reason, "Say why, in a sentence.")
    JOINT.move(invitation, "decline", answered_at=clock.now(), reason=reason)
    notices.tell_host(notices.JOINT_DECLINED, JointInvitation.objects.for_steps().get(pk=invitation.pk), reason=reason)
    return invitation


# -- parting -------------------------------------------------------------------------------------


def _require_not_marked(invitation: JointInvitation) -> None:
    if invitation.session:
        require_changeable(invitation.session)


class WithdrawForm(StepForm):
    """What becomes of the day for the guest's own people."""

    then = forms.ChoiceField(
        label="What happens for your people?",
        choices=[
            (CANCEL, "The day does not take place for them"),
            (ALONE, "They have a day of their own, at the same time"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what happens for your people."},
    )
    venue = NameInput(label="Where, if they have a day of their own", max_length=200, required=False)
    reason = forms.CharField(
        label="Why?",
        help_text="Whoever asked you reads it; your people do not.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("then") == ALONE and not values.get("venue"):
            self.add_error("venue", "Say where your people meet then.")
        return values


@step(
    JointInvitation,
    "Withdraw from the joint day",
    noun="invitation",
    past="Withdrawn",
    meaning="Everybody is told at once, also on the evening before: your people, the line managers whom you invited, and whoever runs the day.",
    permission=RUN,
    lifecycle=JOINT,
    policy=_require_not_marked,
    form=WithdrawForm,
    weight=Weight.DANGER,
)
def withdraw(*, invitation: JointInvitation, then: str, reason: str, by: Actor, venue: str = "") -> JointInvitation:
    """The guest leaves the joint day: its session is cancelled, or goes on alone in another place. The host and the guest's own people
    are told at once. Raises NotPossible once its register has been taken."""
    reason = required(reason, "Say why, in a sentence.")
    refuse_if(then == ALONE and not venue.strip(), "Say where your people meet then.", "required", field="venue")
    found = JointInvitation.objects.for_steps().get(pk=invitation.pk)
    JOINT.check(found, "withdraw")
    own = Session.objects.select_for_update(of=("self",)).for_steps().get(joined_by=found.pk)
    require_changeable(own)
    JOINT.move(invitation, "withdraw", reason=reason)
    if then == ALONE:
        put_elsewhere(own, (own.starts_at, own.ends_at, venue.strip(), ""))
        becomes = "They will meet on that day by themselves."
    else:
        end(own)
        becomes = "The day does not take place for them, and they have been told."
    notices.tell_host(notices.JOINT_LEFT, found, reason=reason, becomes=becomes)
    return invitation


def _require_guests(session: Session) -> None:
    require_changeable(session)
    refuse_if(not session.invitations.open().exists(), "No other cohort is invited to this session.", "no_guests")


class CallOffForm(StepForm):
    """For whom."""

    invitation = ChosenFrom(
        JointInvitation,
        lambda session: session.invitations.open().select_related("cohort__programme__provider"),
        said=lambda one: f"{one.cohort} ({one.cohort.programme.provider}): {one.get_status_display().lower()}",
        label="For which cohort?",
        error_messages={"required": "Choose a cohort."},
    )
    reason = forms.CharField(
        label="Why?",
        help_text="Those who run that cohort read it.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence."},
    )


@step(
    Session,
    "Call the joint day off for a cohort",
    past="Called off for the cohort",
    meaning="Your session stays. If that cohort had accepted, its own session is cancelled, and its people hear of it from their provider.",
    permission=RUN,
    policy=_require_guests,
    form=CallOffForm,
    weight=Weight.DANGER,
)
def call_off(*, session: Session, invitation: JointInvitation, reason: str, by: Actor) -> JointInvitation:
    """Take an invitation back, or end a joint day for one guest. Raises NotPossible once the guest's register has been taken."""
    reason = required(reason, "Say why, in a sentence.")
    refuse_if(invitation.host_session_id != session.pk, "That invitation is for another session.", "other_cohort")
    return release(invitation, reason)


def release(invitation: JointInvitation, reason: str, because: str = "") -> JointInvitation:
    """The host goes on without a guest, or not at all: the guest's session is cancelled, and everybody there is told; `because` is what
    they read, `reason` what those read who run their cohort."""
    found = JointInvitation.objects.for_steps().get(pk=invitation.pk)
    JOINT.check(found, "call_off")
    own = Session.objects.select_for_update(of=("self",)).for_steps().get(joined_by=found.pk) if found.session else None
    if own:
        require_changeable(own)
    JOINT.move(invitation, "call_off", reason=reason)
    if own:
        end(own, because)
    notices.tell_guests(notices.JOINT_OFF, found, reason=reason)
    return invitation


# -- what becomes of the guests when the host's session does -------------------------------------


def guests_follow(host: Session, before: str) -> None:
    """The host's session has moved: those of the guests move with it, and their people hear of it from their own providers. Raises
    NotPossible when a guest's people are due elsewhere at that time."""
    for one in guests_of(host):
        own = Session.objects.select_for_update(of=("self",)).for_steps().get(joined_by=one.pk)
        taken = checks.why_not(Meeting(own.cohort, None, host.starts_at, host.ends_at, "", own))
        refuse_if(
            taken,
            f"{one.cohort} has something else at that time. Agree another one with those who run it, or call the joint day off for it first.",
            "guest_busy",
            field="starts_at",
        )
        own.seats = host.seats  # of the room in which they sit now
        own.save(update_fields=["seats"])
        put_elsewhere(own, (host.starts_at, host.ends_at, host.venue, host.online_link), host.changed_because)
        notices.tell_guests(notices.JOINT_MOVED, JointInvitation.objects.for_steps().get(pk=one.pk), before=before)


def guests_end(host: Session, reason: str) -> None:
    """The host's session is cancelled: so are those of the guests."""
    for one in host.invitations.open().order_by("pk"):
        release(one, reason, host.changed_because)
