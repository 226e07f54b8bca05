"""An account that nothing refers to any more goes, two years after its last sign-in: that of somebody whose application was turned down and
has been removed, say."""

from datetime import date
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.deletion import ProtectedError
from django.db.models.functions import Coalesce

from steppingup import clock
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from steppingup.retention.erasing import erase
from steppingup.retention.kinds import months_before

#: As the account says of itself (`User.retention`).
MONTHS = 24
#: What belongs to the account and to nothing else, and goes with it.
OWN = {
    *("account.EmailAddress", "mfa.Authenticator", "socialaccount.SocialAccount"),
    *("accounts.User_groups", "accounts.User_user_permissions", "desk.Remembered", "desk.SavedView"),
}


def _own_letters(person: int) -> models.QuerySet[Message]:
    """Emails to somebody about nothing but their own account: codes to sign in with, say."""
    kind = ContentType.objects.get_for_model(User)
    return Message.objects.filter(Q(content_type=None) | Q(content_type=kind, object_id=person), to=person)


def _references() -> list[Exists]:
    """Whether a row of anything else refers to the account, but for history."""
    found = []
    for one in User._meta.get_fields(include_hidden=True):
        if not (one.auto_created and not one.concrete) or one.many_to_many:
            continue
        relation: Any = one
        model, field = relation.related_model, relation.field.name
        if relation.on_delete is models.DO_NOTHING or model._meta.label in OWN or model is Message:
            continue  # history; what goes with it; letters, which are looked at below
        found.append(Exists(model._base_manager.filter(**{field: OuterRef("pk")}).order_by()))
    kind = ContentType.objects.get_for_model(User)
    letters = Message.objects.filter(to=OuterRef("pk"), content_type__isnull=False)
    return [*found, Exists(letters.exclude(content_type=kind, object_id=OuterRef("pk")).order_by())]


def unused(today: date) -> models.QuerySet[User]:
    """Accounts of nobody who works here, that nobody has signed in with for so long, and that nothing refers to."""
    before = months_before(today, MONTHS)
    rows = User.objects.annotate(seen_at=Coalesce("last_login", "date_joined")).filter(
        seen_at__date__lt=before, is_staff=False, is_superuser=False
    )
    for reference in _references():
        rows = rows.filter(~reference)
    return rows


def remove_unused(today: date | None = None) -> int:
    """Every night. Returns how many went; nothing of them is left, nor of the emails with which they signed in."""
    number = 0
    for pk in list(unused(today or clock.today()).order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            User.objects.select_for_update(of=("self",)).get(pk=pk)
            if not unused(today or clock.today()).filter(pk=pk).exists():  # somebody has signed in, or begun something
                continue
            erase(_own_letters(pk))
            try:
                number += erase(User.objects.filter(pk=pk))
            except ProtectedError:
                transaction.set_rollback(True)
    return number
