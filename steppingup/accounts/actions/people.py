"""People: beginning, names, passwords, being signed out."""

from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F

from steppingup.accounts import lockout
from steppingup.accounts.actions.roles import may_edit, require_no_contest
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.models import User
from steppingup.accounts.scope import may_see
from steppingup.formats.sameness import address
from steppingup.history.lifecycle import NotPossible


def begin_account(*, email: str) -> User:
    """The person with this address, made now if there is none: no password, no name yet.

    Called when somebody has shown, by a code that was mailed to it, that the address is theirs."""
    email = address(email)
    # Of two windows at the same moment one makes it and the other, refused by `user_email_once`, finds it.
    made = {"email": email, "password": make_password(None)}
    return User.objects.with_address(email) or User.objects.get_or_create(email=email, defaults=made)[0]


def confirm_address(*, user: User) -> None:
    """Remember that the person's address is theirs, for allauth's second factors and connections."""
    address, _ = EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    if not (address.verified and address.primary):
        EmailAddress.objects.filter(user=user).exclude(pk=address.pk).update(primary=False)
        EmailAddress.objects.filter(pk=address.pk).update(verified=True, primary=True)


def keeps(by: Actor, user: User) -> bool:
    """Does `by` keep this person's record: one of their provider's people, who holds no role above theirs?"""
    return isinstance(by, User) and may_edit(by, user) and may_see(by, user)


def require_keeper(by: Actor, user: User) -> None:
    """Raises NotAllowed for whoever does not keep this person's record; nobody helps themselves in."""
    if person(by) == user or not keeps(by, user):
        raise NotAllowed(f"{by} may not change how {user} signs in.")


def require_second_factors(user: User) -> None:
    """Raises NotPossible for whoever has set up no app, no passkey and no recovery codes."""
    if not Authenticator.objects.filter(user=user).exists():
        raise NotPossible(f"{user} has not set up an authenticator app or a passkey.", "none")


@transaction.atomic
def remove_second_factors(*, user: User, by: User) -> User:
    """For somebody who has lost the telephone and the recovery codes: what they set up goes, and they are signed out
    everywhere. They sign in by a code from their mailbox, and staff set up a new app or passkey then.

    Nobody does it for themselves here. Raises NotAllowed; NotPossible when nothing is set up."""
    require_keeper(by, user)
    # A factor that is being set up at this moment waits for this row, which it refers to.
    User.objects.select_for_update().get(pk=user.pk)
    require_second_factors(user)
    Authenticator.objects.filter(user=user).delete()
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    return user


def require_locked(user: User) -> None:
    """Raises NotPossible for whoever may sign in."""
    if not lockout.is_locked(user.email):
        raise NotPossible(f"{user} can already sign in.", "not_locked")


def end_lock_out(*, user: User, by: User) -> User:
    """Let somebody try again at once after too many wrong codes. Raises NotAllowed; NotPossible when they are not held."""
    require_keeper(by, user)
    require_locked(user)
    transaction.on_commit(partial(lockout.forgive, user.email))  # a preview forgives nothing
    return user


def require_open(user: User) -> None:
    """Raises NotPossible for a closed account."""
    if not user.is_active:
        raise NotPossible(f"The account for {user} is closed.", "closed")


def require_closed(user: User) -> None:
    """Raises NotPossible for an account that is open."""
    if user.is_active:
        raise NotPossible(f"The account for {user} is open.", "open")


def close_account(*, user: User, by: User) -> User:
    """From now on nobody signs in with it, and who is signed in is no more; what they did stays. Raises NotAllowed for
    whoever does not keep this person's record; NotPossible when it is closed."""
    require_keeper(by, user)
    for role in user.current_roles:
        require_no_contest(by, role.provider_id)
    require_open(user)
    return _set_active(user, False)


def open_account(*, user: User, by: User) -> User:
    """The person may sign in again. Raises NotAllowed; NotPossible when it is open."""
    require_keeper(by, user)
    require_closed(user)
    return _set_active(user, True)


def _set_active(user: User, active: bool) -> User:
    user.is_active = active
    user.save(update_fields=["is_active"])
    return user


def give_details(*, by: User, full_name: str, phone: str, job_title: str = "") -> User:
    """A person changes what they are called and how to reach them."""
    by.full_name, by.phone, by.job_title = full_name, phone, job_title
    by.save(update_fields=["full_name", "phone", "job_title"])
    return by


def choose_password(*, by: User, password: str | None) -> User:
    """Set a password, or take it away (None). Other browsers are signed out by it."""
    by.set_password(password)
    by.save(update_fields=["password"])
    return by


def sign_out_everywhere(*, by: User) -> None:
    """Every session of this person ends, on every device."""
    User.objects.filter(pk=by.pk).update(session_epoch=F("session_epoch") + 1)
