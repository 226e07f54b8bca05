"""A person moves their account to another address, and shows by a link that was mailed there that it is theirs."""

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction

from steppingup.accounts.actions.people import NEW_ADDRESS, confirm_address
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.history.lifecycle import NotPossible

DAYS = 1


@transaction.atomic
def ask_for_address(*, by: User, email: str) -> str:
    """Returns the secret of a link that works for a day and takes the new address into use. Earlier ones end.

    Whether somebody else has the address is not said here, but to whoever reads the mail that is sent to it.
    Raises NotPossible when it is the address that the account has."""
    email = User.objects.normalize_email(email.strip()).lower()
    if email == by.email.lower():
        raise NotPossible("You already sign in with this address.")
    return issue_link(purpose=NEW_ADDRESS, target=by, email=email, days=DAYS)


@transaction.atomic
def take_address(*, by: LinkHolder) -> User:
    """The holder of the link has shown that the address is theirs: from now on they sign in with it.

    Every browser is signed out. Raises NotPossible when another account has the address."""
    user = by.link.target
    if by.link.purpose != NEW_ADDRESS or not isinstance(user, User) or not user.is_active:
        raise NotAllowed(f"{by} may not change an address by this link.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not TokenLink.objects.usable().filter(pk=by.link.pk).exists():
        raise NotPossible("This link has already been used, or we have sent a newer one.")
    user.email = by.link.email
    user.session_epoch += 1
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "session_epoch"])
    except IntegrityError:
        raise NotPossible("There is already an account with this address. Sign in with it instead.") from None
    EmailAddress.objects.filter(user=user).delete()
    confirm_address(user=user)
    TokenLink.revoke_all(purpose=NEW_ADDRESS, target=user)
    return user
