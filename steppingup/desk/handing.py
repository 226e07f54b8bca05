"""A role ends, and what hangs on it goes to others, with one press."""

from collections.abc import Mapping
from typing import Any

from django import forms

from steppingup import clock
from steppingup.accounts.actions import roles
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.roles import SitePermission, roles_with
from steppingup.desk.duties import hanging_on, left_behind, ties_of
from steppingup.formats.english import listed
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.history.previews import note
from steppingup.messaging.actions.sending import send
from steppingup.messaging.messages import NOTICE
from steppingup.messaging.notices import Notice
from steppingup.steps.restoring import Back, after_taking_back, keep
from steppingup.steps.step import StepForm, Waiting, Weight, step

NOBODY = "nobody"
CHOOSE = "Choose who takes this over."


def _require_something(assignment: RoleAssignment) -> None:
    refuse_if(not any(hanging_on(assignment)), "Nothing hangs on this role. You can just end it.", "nothing")


def _require_giver(by: Any, assignment: RoleAssignment) -> None:
    roles.require_giver(by, assignment)


def _is_held(assignment: RoleAssignment) -> bool:
    return not (assignment.until and assignment.until < clock.today())


def what_hangs(assignment: RoleAssignment, **given: Any) -> str:
    """“Ana Assessor is assessor at …. 3 open reviews hang on it.”"""
    found = [duty.counted(number) for duty, number in hanging_on(assignment)]
    ends = "The role then ends." if _is_held(assignment) else "The role has ended already."
    return f"{assignment.called}: {assignment}. What hangs on it: {listed(found)}. Choose who takes over each. {ends}"


class HandOverForm(StepForm):
    """For each thing that hangs on the role, who takes it over."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.duties = dict(hanging_on(self.subject))
        self.heirs: dict[str, dict[str, User]] = {}
        for duty, number in self.duties.items():
            heirs = self.heirs[duty.key] = {str(user.pk): user for user in duty.heirs(self.subject)}
            nobody = [(NOBODY, duty.nobody)] if duty.nobody else []
            field = forms.ChoiceField(
                label=f"Who takes over {duty.counted(number)}?",
                choices=[("", "Choose"), *((pk, str(user)) for pk, user in heirs.items()), *nobody],
                error_messages={"required": CHOOSE},
            )
            if not heirs:
                field.help_text = "Nobody else holds such a role at the moment. Give it to somebody first, if you can."
            self.fields[duty.key] = field

    def values(self) -> dict[str, Any]:
        chosen = {duty.key: self.cleaned_data[duty.key] for duty in self.duties}
        return {"heirs": {key: self.heirs[key].get(pk) for key, pk in chosen.items()}}


@step(
    RoleAssignment,
    "Hand over and end the role",
    noun="assignment",
    past="Handed over, and the role ended",
    meaning=what_hangs,
    permission=SitePermission.MANAGE_PEOPLE,
    guard=_require_giver,
    policy=_require_something,
    form=HandOverForm,
    weight=Weight.STRONG,
    waiting=Waiting(
        left_behind,
        "role has ended, and something still hangs on it",
        "roles have ended, and something still hangs on them",
        12,
    ),
)
def hand_over(*, assignment: RoleAssignment, heirs: Mapping[str, User | None], by: User) -> RoleAssignment:
    """Give everything that hangs on a role to others, and end it, if it has not ended. Whoever takes over is told, and so is
    whoever held it. What cannot be given, and why, is said on the page before, and stays where it is.

    Raises NotPossible where nobody was chosen for something."""
    for sentence in ties_of(assignment.user, by):
        note(sentence)
    for duty, _ in list(hanging_on(assignment)):
        heir = heirs.get(duty.key)
        if duty.key not in heirs or (heir is None and not duty.nobody):
            raise NotPossible(CHOOSE, "required", field=duty.key)
        for sentence in duty.hand_over(list(duty.of(assignment)), heir, by):
            note(sentence)
    if _is_held(assignment):
        roles.end_role(assignment=assignment, by=by)
    told = {
        "title": f"Your role has ended: {assignment}",
        "details": f"{by} has ended it, and given what you had open to others. Thank you for what you have done. If this is a mistake, "
        "write to the coordinators.",
    }
    if assignment.joined_at:
        send(Notice(NOTICE, assignment.user, assignment.user, told, provider=assignment.provider))
    else:  # of an account that may be there nothing is told
        email, name = assignment.typed_email, assignment.typed_name
        send(Notice(NOTICE, email, None, told, name=name, provider=assignment.provider))
    return assignment


def _unless_something_hangs(assignment: RoleAssignment, back: Back) -> None:
    """A role that was given by mistake goes, but not from under what was given to its holder since."""
    roles_left = RoleAssignment.objects.current().filter(user=assignment.user_id).exclude(pk=assignment.pk)
    hangs = [
        duty.counted(number)
        for duty, number in hanging_on(assignment)
        if not roles_left.filter(provider=assignment.provider_id, role__in=roles_with(duty.permission)).exists()
    ]
    refuse_if(
        hangs,
        f"{listed(hangs)} would be left without anybody. Use “{hand_over.label}” on the role instead.",
        "duties",
    )
    assignment.delete()


def _admin_follows(record: User | RoleAssignment, back: Back) -> None:
    """Whether somebody opens the admin follows from all their roles, and not from the one that was given or ended."""
    roles.open_admin(record if isinstance(record, User) else record.user)


keep(RoleAssignment, made=_unless_something_hangs, unless="a role to whose holder something was given since")
after_taking_back(User, _admin_follows)
after_taking_back(RoleAssignment, _admin_follows)
