"""The first administrator of an empty site: nobody is there who could invite them, so a link is made where the site runs."""

from django.db import transaction

from steppingup.accounts.actions.people import confirm_address
from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats.sameness import address
from steppingup.history.lifecycle import NotPossible, refuse_if

FIRST = "accounts.first_administrator"
DAYS = 1
#: Until somebody says what their own is. No mail server can have it.
NOT_YET = "first.administrator@nobody.invalid"


def _require_nobody() -> None:
    """Raises NotPossible once the site has an administrator who has been let in."""
    there = User.objects.filter(is_superuser=True, is_active=True).exclude(email=NOT_YET).exists()
    refuse_if(there, "This site has an administrator. Ask them to give you a role.", "has_administrator")


@transaction.atomic
def invite_first() -> str:
    """Returns the secret of a link that works for a day, and makes whoever follows it the administrator. An earlier one ends.

    Raises NotPossible where there is an administrator."""
    _require_nobody()
    made = {"full_name": "First administrator", "is_staff": True, "is_superuser": True}
    user, is_new = User.objects.get_or_create(email=NOT_YET, defaults=made)
    if is_new:
        user.set_unusable_password()
        user.save(update_fields=["password"])
    return issue_link(purpose=FIRST, target=user, email=NOT_YET, days=DAYS)


@transaction.atomic
def begin(*, by: LinkHolder, full_name: str, email: str, password: str) -> User:
    """The holder of the link is the administrator from now on, with this name, address and password. The link ends.

    Raises NotAllowed for another link; NotPossible where it has been used, or the address is somebody's."""
    if by.link.purpose != FIRST or not isinstance(by.link.target, User):
        raise NotAllowed(f"{by} may not be the first administrator.")
    # The lock makes two presses of the same link wait for each other, so that the second finds it used.
    user = User.objects.select_for_update().get(pk=by.link.target.pk)
    if not TokenLink.objects.usable().filter(pk=by.link.pk).exists():
        raise NotPossible("This link has already been used, or a newer one has been made.", "link")
    _require_nobody()
    taken = User.objects.with_address(email)
    refuse_if(
        taken is not None and taken.pk != user.pk, "Somebody has an account with this address.", "taken", field="email"
    )
    user.full_name, user.email = full_name, address(email)
    user.set_password(password)
    user.save(update_fields=["full_name", "email", "password"])
    confirm_address(user=user)
    TokenLink.revoke_all(purpose=FIRST, target=user)
    return user
