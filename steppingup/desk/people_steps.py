"""What staff do for a person: who may sign in, what they hold, and help for whoever cannot sign in.

The actions are those of `accounts`, which lies below steps and below what tells people of them."""

from datetime import date

from steppingup.accounts import lockout
from steppingup.accounts.actions import people, roles
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import ROLES, SitePermission
from steppingup.desk.duties import hanging_on, ties_of
from steppingup.desk.people_forms import RoleForm
from steppingup.formats.english import listed
from steppingup.history.previews import note
from steppingup.messaging.actions.sending import send
from steppingup.messaging.addresses import address
from steppingup.messaging.messages import NOTICE, ROLE_GIVEN
from steppingup.messaging.notices import Notice
from steppingup.steps.step import Weight, step

REMOVED = {
    "title": "Set up your authenticator app or passkey again",
    "details": "You could not sign in with your authenticator app or passkey, so we have removed them from your account. "
    "Your recovery codes no longer work either, and you have been signed out everywhere. Sign in with a code that we "
    "email to you, then set up an app or a passkey again.\n\nIf you did not ask for this, write to your coordinator "
    "straight away.",
}


@step(
    User,
    "Remove the second factor",
    past="Second factor removed",
    meaning="For somebody who has lost their phone and their recovery codes. Speak to them first, to make sure that it "
    "is really them asking. They can then sign in with a code by email and set up a new one.",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=people.require_keeper,
    policy=people.require_second_factors,
    final="Nobody else can set up their app or passkey for them.",
)
def remove_second_factors(*, user: User, by: User) -> User:
    """See `people.remove_second_factors`; and tell the person."""
    people.remove_second_factors(user=user, by=by)
    send(Notice(NOTICE, user, user, REMOVED))
    return user


let_in = step(
    User,
    "Let them sign in again",
    past="Allowed to sign in again",
    meaning=f"After too many wrong codes nobody can sign in with this address for {lockout.MINUTES} minutes. "
    "If it was a genuine mistake, this lets them try again straight away.",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=people.require_keeper,
    policy=people.require_locked,
    final="Too many wrong codes will lock it again.",
)(people.end_lock_out)


def _close(*, user: User, by: User) -> User:
    """See `people.close_account`; what hangs on the person is said on the page before."""
    for role in user.current_roles:
        for duty, number in hanging_on(role):
            note(f"{duty.counted(number)} would be left without an owner: hand over the role “{role}” first.")
    for sentence in ties_of(user, by):
        note(sentence)
    return people.close_account(user=user, by=by)


close_account = step(
    User,
    "Close the account",
    name="close_account",
    past="Account closed",
    meaning="They are signed out everywhere and can no longer sign in. What they did stays on record.",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=people.require_keeper,
    policy=people.require_open,
    done=lambda user: not user.is_active,
    undo="open_account",
    final="Open the account again. They sign in anew.",
    weight=Weight.DANGER,
)(_close)


open_account = step(
    User,
    "Open the account again",
    past="Account reopened",
    meaning="They can sign in again, with the roles they hold.",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=people.require_keeper,
    policy=people.require_closed,
    done=lambda user: user.is_active,
    undo="close_account",
    final="Close the account again.",
)(people.open_account)


@step(
    User,
    "Give a role",
    past="Role given",
    permission=SitePermission.MANAGE_PEOPLE,
    guard=roles.require_other,
    form=RoleForm,
)
def give_role(*, user: User, role: str, provider: Organisation, by: User, until: date | None = None) -> RoleAssignment:
    """See `roles.give_role`; and tell the person what it is for and how to sign in."""
    given = roles.give_role(user=user, role=role, provider=provider, by=by, until=until)
    send(Notice(ROLE_GIVEN, user, user, _words(given, by), provider=provider))
    return given


def _words(given: RoleAssignment, by: User) -> dict[str, str]:
    return {
        "role": given.get_role_display(),
        "provider": str(given.provider),
        "meaning": ROLES[given.role].prose,
        "by": str(by),
        "link": address("admin:index"),
    }


def invite(*, user: User, role: str, provider: Organisation, by: User, typed: tuple[str, str]) -> RoleAssignment:
    """Somebody is given a role by an address: they get the same email, at the address and by the name that were typed, whether
    there is an account or not, and go by these until they sign in."""
    given = roles.give_role(user=user, role=role, provider=provider, by=by, typed=typed)
    name, email = typed
    send(Notice(ROLE_GIVEN, email, None, _words(given, by), name=name, provider=provider))
    return given


def _what_they_lose(assignment: RoleAssignment) -> str:
    hanging = [duty.counted(number) for duty, number in hanging_on(assignment)]
    left = f" {listed(hanging)} would be left without an owner: hand over instead." if hanging else ""
    return (
        f"{assignment.called} is {assignment}. They will no longer be able to do any of this: "
        f"{ROLES[assignment.role].prose} We keep a record that they held the role.{left}"
    )


def _end(*, assignment: RoleAssignment, by: User) -> RoleAssignment:
    """See `roles.end_role`; what else hangs on the person is said on the page before."""
    for sentence in ties_of(assignment.user, by):
        note(sentence)
    return roles.end_role(assignment=assignment, by=by)


end_role = step(
    RoleAssignment,
    "End this role",
    name="end_role",
    noun="assignment",
    past="The role has ended",
    meaning=_what_they_lose,
    permission=SitePermission.MANAGE_PEOPLE,
    guard=roles.require_giver,
    policy=roles.require_held,
)(_end)
