"""The secret address that a person's calendar reads: made, made anew, and ended, by the person alone."""

from django.contrib.contenttypes.models import ContentType
from django.db import transaction

from steppingup.accounts.actions.token_links import issue_link
from steppingup.accounts.models import TokenLink, User

PURPOSE = "calendar"
#: Two years: longer than a programme, and not for ever.
DAYS = 731


@transaction.atomic
def make_address(*, by: User) -> str:
    """The secret of a new address, which is kept nowhere; whose it is, is kept as the account alone. The one before stops at once."""
    return issue_link(purpose=PURPOSE, target=by, email="", days=DAYS)


@transaction.atomic
def end_address(*, by: User) -> bool:
    """Stop the address at once. Was there one?"""
    return TokenLink.revoke_all(purpose=PURPOSE, target=by) > 0


def address_of(user: User) -> TokenLink | None:
    """Since when the person has an address, and until when; never its secret."""
    kind = ContentType.objects.get_for_model(User)
    return TokenLink.objects.usable().filter(purpose=PURPOSE, content_type=kind, object_id=user.pk).first()
