"""Accounts move to another address: a person their own, by a link that was mailed there, or staff for somebody."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, transaction

from steppingup.accounts.actions.people import confirm_address, keeps
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.sameness import address, same_address
from steppingup.history.lifecycle import NotPossible, refuse_if

NEW_ADDRESS = "accounts.new_address"
MENDED = "accounts.mended_address"  # by staff, for somebody
DAYS = 1


@transaction.atomic
def ask_for_address(*, by: User, email: str) -> str:
    """Returns the secret of a link that works for a day and takes the new address into use. Earlier ones end.

    Whether somebody else has the address is not said here, but to whoever reads the mail that is sent to it.
    Raises NotPossible when it is the address that the account has."""
    if same_address(email, by.email):
        raise NotPossible("You already sign in with this address.", "same")
    return issue_link(purpose=NEW_ADDRESS, target=by, email=address(email), days=DAYS)


def _move(user: User, email: str, taken: str) -> None:
    """The account has this address from now on, and whoever is signed in with it is signed out. The caller has locked its
    row. Raises NotPossible, with the sentence `taken`, when another account has the address, or had it before it was merged."""
    other = User.objects.with_address(email)
    refuse_if(other is not None and other.pk != user.pk, taken, "taken", field="email")
    user.email, user.session_epoch = email, user.session_epoch + 1
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "session_epoch", "password"])
    except IntegrityError:
        raise NotPossible(taken, "taken") from None
    EmailAddress.objects.filter(user=user).delete()
    for purpose in (NEW_ADDRESS, MENDED):
        TokenLink.revoke_all(purpose=purpose, target=user)


def _forget_what_lets_in(user: User) -> None:
    """Whoever had the old address gets in by nothing that they set up."""
    user.set_unusable_password()
    Authenticator.objects.filter(user=user).delete()


def _require_mender(by: User, user: User) -> None:
    """Raises NotAllowed for whoever may not change the address of this person. Not staff's, unless a superuser does it: whoever
    owns the address owns the account."""
    if not (by.is_superuser or (keeps(by, user) and not user.is_staff and not user.current_roles)):
        raise NotAllowed(f"{by} may not change the address of {user}.")


@transaction.atomic
def mend_address(*, user: User, email: str, by: User) -> str:
    """A member of staff says which address is somebody's: returns the secret of a link that works for a day, for a mail to that
    address. It changes when the link is followed, and nothing is said of whoever may have an account with it.

    Raises NotAllowed for whoever does not keep this person's record."""
    _require_mender(by, user)
    return issue_link(purpose=MENDED, target=user, email=address(email), days=DAYS)


@transaction.atomic
def take_address(*, by: LinkHolder) -> User:
    """The holder of the link has shown that the address is theirs: from now on they sign in with it.

    Every browser is signed out. Raises NotPossible when another account has the address."""
    user = by.link.target
    if by.link.purpose not in (NEW_ADDRESS, MENDED) or not isinstance(user, User) or not user.is_active:
        raise NotAllowed(f"{by} may not change an address by this link.")
    # The lock makes two presses of the same link wait for each other, so that the second finds it used.
    user = User.objects.select_for_update().get(pk=user.pk)
    if not TokenLink.objects.usable().filter(pk=by.link.pk).exists():
        raise NotPossible("This link has already been used, or we have sent a newer one.", "link")
    if by.link.purpose == MENDED:
        _forget_what_lets_in(user)
    _move(user, by.link.email, "There is already an account with this address. Sign in with it instead.")
    confirm_address(user=user)
    return user


@transaction.atomic
def change_address(*, user: User, email: str, by: User) -> User:
    """A member of staff mends the address that somebody signs in with. The old one no longer works.

    Whoever had the old one gets in by nothing that they set up: the password, second factors and links to take yet
    another address go with it. The person signs in by a code. (Who mends their own keeps what they have.)

    Not for staff's addresses, unless a superuser does it: whoever owns the address owns the account.
    Raises NotAllowed; NotPossible when another account has the address."""
    _require_mender(by, user)
    # `user` carries what else was filled in and is saved by the caller, so only the count is read anew, under the lock.
    user.session_epoch = User.objects.select_for_update().get(pk=user.pk).session_epoch
    if by.pk != user.pk:
        _forget_what_lets_in(user)
    _move(user, address(email), "Somebody already has an account with this address.")
    return user
