"""The people of a demonstration, and the links by which a visitor becomes one of them."""

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse

from steppingup.accounts.actions.people import confirm_address
from steppingup.accounts.models import DemonstrationPerson, User

_signer = signing.Signer(salt="steppingup.demonstration")


@transaction.atomic
def introduce(
    *, user: User, title: str, look_at: str = "", address: str = "/", position: int = 0
) -> DemonstrationPerson:
    """Put a person on the page of demonstration people (load_demo calls this, again and again without harm)."""
    User.objects.filter(pk=user.pk).update(is_demonstration=True)
    user.is_demonstration = True
    confirm_address(user=user)
    DemonstrationPerson.objects.filter(user=None, title=title).delete()
    entry, _ = DemonstrationPerson.objects.update_or_create(
        user=user, defaults={"title": title, "look_at": look_at, "address": address, "position": position}
    )
    return entry


@transaction.atomic
def introduce_without_account(
    *, name: str, title: str, address: str, look_at: str = "", position: int = 0
) -> DemonstrationPerson:
    """The same for somebody who only follows a link; `address` is its path."""
    entry, _ = DemonstrationPerson.objects.update_or_create(
        user=None, title=title, defaults={"name": name, "look_at": look_at, "address": address, "position": position}
    )
    return entry


def announce(*, title: str, look_at: str, position: int) -> DemonstrationPerson:
    """Somebody who is still being loaded, and has no page yet; `introduce` puts the person in their place."""
    return introduce_without_account(name="", title=title, address="", look_at=look_at, position=position)


def is_still_loading() -> bool:
    return DemonstrationPerson.objects.filter(address="").exists()


def path_of(entry: DemonstrationPerson) -> str:
    """Where one click leads: it signs in as the person, or follows the link of somebody without an account. Empty while
    they are still being loaded."""
    return reverse("demo_sign_in", args=[sign_in_key(entry.user)]) if entry.user else entry.address


def sign_in_key(user: User) -> str:
    """The last part of a one-click sign-in address."""
    return _signer.sign(str(user.pk))


def person_for_key(key: str) -> User | None:
    """The demonstration person behind a key; nobody outside a demonstration, whatever the key says."""
    if not settings.DEMONSTRATION:
        return None
    try:
        pk = int(_signer.unsign(key))
    except (signing.BadSignature, ValueError):
        return None
    return User.objects.filter(pk=pk, is_demonstration=True, is_active=True).select_related("demonstration").first()
