"""Two accounts of one person become one: what becomes of everything that refers to them.

Every relation to a person has its row in `FATES`, which the apps fill from their wiring; a test fails for one that has none.
The account that is given up stays as an empty, closed record, so that who did what stays as it was."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, models, transaction
from django.db.models import F

from steppingup.accounts.actions.addresses import MENDED, NEW_ADDRESS
from steppingup.accounts.actions.people import keeps
from steppingup.accounts.actors import Actor, NotAllowed, person
from steppingup.accounts.models import RoleAssignment, TokenLink, User
from steppingup.accounts.naming import keep_addresses
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import roles_held, scope_of
from steppingup.formats import english
from steppingup.history.lifecycle import NotPossible


class Fate(Enum):
    """What becomes of rows that refer to the account that is given up."""

    MOVES = "moves to the account that stays"
    STAYS = "stays as it is: who did it, and when, is on record"
    ENDS = "ends with the account"
    SPECIAL = "is taken over by a rule of its own"


@dataclass(frozen=True)
class Relation:
    """One column that refers to a person. `one`, `many`: what the rows are called on the page; nothing for what is not shown.
    `once_in` names columns within which a person has one row only: two rows stand against merging."""

    fate: Fate
    one: str = ""
    many: str = ""
    once_in: str = ""


FATES: dict[str, Relation] = {
    "admin.LogEntry.user": Relation(Fate.STAYS),
    "account.EmailAddress.user": Relation(Fate.SPECIAL),
    "mfa.Authenticator.user": Relation(Fate.SPECIAL),
    "socialaccount.SocialAccount.user": Relation(Fate.MOVES, "sign-in by an employer", "sign-ins by employers"),
    "pghistory.MiddlewareEvents.user": Relation(Fate.STAYS),
    "accounts.User_groups.user": Relation(Fate.STAYS),
    "accounts.User_user_permissions.user": Relation(Fate.STAYS),
    "accounts.User.merged_into": Relation(Fate.MOVES),
    "accounts.RoleAssignment.user": Relation(Fate.SPECIAL),
    "accounts.DemonstrationPerson.user": Relation(Fate.STAYS),
    "desk.Remembered.person": Relation(Fate.STAYS),
    "desk.SavedView.person": Relation(Fate.STAYS),
    "files.StoredFile.uploaded_by": Relation(Fate.MOVES, "file", "files"),
    "messaging.Message.to": Relation(Fate.MOVES, "email", "emails"),
    "messaging.Reply.person": Relation(Fate.MOVES, "reply", "replies"),
    "messaging.Reply.noted_by": Relation(Fate.STAYS),
    "messaging.Reply.answered_by": Relation(Fate.STAYS),
    "jobs.Job.started_by": Relation(Fate.STAYS),
    "steps.Taking.by": Relation(Fate.STAYS),
    "steps.Taking.for_user": Relation(Fate.STAYS),
    "steps.Taking.taken_back_by": Relation(Fate.STAYS),
}

#: Why two people cannot be one: functions of both accounts that return a sentence, or nothing.
AGAINST: list[Callable[[User, User], str]] = []


#: What takes over rows of an app by a rule of its own: functions of the account that stays and the one that is given up, called before
#: anything moves.
TAKEN_OVER: list[Callable[[User, User], None]] = []


def becomes(relations: dict[str, Relation]) -> None:
    """Add the rows of an app: {"applications.Application.applicant": Relation(Fate.MOVES, "application", "applications")}."""
    FATES.update(relations)


def relations_to_people() -> Iterator[tuple[str, type[models.Model], str]]:
    """Every column that refers to a person, but those of the history: its name, its model, and the column."""
    for relation in User._meta.get_fields(include_hidden=True):
        if relation.auto_created and not relation.concrete and relation.related_model is not None:
            model, column = relation.related_model, relation.field.name  # type: ignore[union-attr]
            if not hasattr(model, "pgh_tracked_model"):
                yield f"{model._meta.label}.{column}", model, column


def _rows(user: User, fate: Fate) -> Iterator[tuple[Relation, Any, str]]:
    for name, model, column in relations_to_people():
        if FATES[name].fate == fate:
            yield FATES[name], model._base_manager.filter(**{column: user}), column


@dataclass(frozen=True)
class Moving:
    """What the page says of one kind of record."""

    words: str
    becomes: str


def what_moves(gone: User) -> list[Moving]:
    """What moves with the account that is given up, in words; what it has none of is left out."""
    found = []
    for relation, rows, _ in _rows(gone, Fate.MOVES):
        number = rows.count() if relation.one else 0
        if number:
            found.append(Moving(english.counted(number, relation.one, relation.many), Fate.MOVES.value))
    return found


def roles_in_words(gone: User) -> str:
    """What becomes of the roles of the account that is given up."""
    held = [str(role) for role in gone.current_roles]
    return f"{english.listed(held)}: held by the account that is kept" if held else "it holds none"


def factors_in_words(kept: User, gone: User) -> str:
    """What becomes of the second factors."""
    if Authenticator.objects.filter(user=kept).exists():
        return "those of the account that is kept hold; those of the other are removed"
    return "those of the other account are taken over" if Authenticator.objects.filter(user=gone).exists() else "none"


def _providers_of(user: User) -> set[int]:
    """The providers that have records about this person, whatever kind."""
    found = set(RoleAssignment.objects.filter(user=user).values_list("provider", flat=True))
    for name, model, column in relations_to_people():
        if FATES[name].fate in (Fate.MOVES, Fate.SPECIAL) and hasattr(model, "visibility"):
            path = scope_of(model).provider
            if path:
                found |= set(model._base_manager.filter(**{column: user}).values_list(path, flat=True))
    return found - {None}


def require_both(by: Actor, kept: User, gone: User) -> None:
    """Raises NotAllowed unless `by` keeps both people's records and would see everything that there is about either: whoever
    works for one provider learns nothing of another's. Accounts of staff are merged by superusers, for whoever owns an address owns
    the account."""
    who = person(by)
    if who is not None and who.is_superuser and who.is_active:
        return
    both = (kept, gone)
    held = roles_held(who, SitePermission.MANAGE_PEOPLE)
    own = {role.provider_id for role in held if not role.is_limited}
    sees = who is not None and all(keeps(who, user) for user in both)
    plain = not any(user.is_staff or user.current_roles for user in both)
    if not sees or not plain or who in both or (_providers_of(kept) | _providers_of(gone)) - own:
        raise NotAllowed("Only the people who run this site can merge these two accounts.")


def why_not(kept: User, gone: User) -> str:
    """Why these two cannot become one, in a sentence; empty when they can."""
    if kept.pk == gone.pk:
        return "These are the same account."
    for user in (kept, gone):
        if user.merged_into_id:
            return f"The account {user.email} has already been merged with another."
    if gone.is_superuser:
        return f"{gone} runs this site. Give up the other account."
    for relation, rows, column in _rows(gone, Fate.MOVES):
        if relation.once_in:
            theirs = set(rows.model._base_manager.filter(**{column: kept}).values_list(relation.once_in, flat=True))
            both = rows.filter(**{f"{relation.once_in}__in": theirs}).first()
            if both is not None:
                where = getattr(both, relation.once_in)
                article = "an" if relation.one[0] in "aeiou" else "a"
                return f"Both accounts have {article} {relation.one} for {where}. Only one can stay, so they cannot be merged."
    return next(filter(None, (against(kept, gone) for against in AGAINST)), "")


@transaction.atomic
def merge(*, kept: User, gone: User, by: User, keeps_address: bool = True) -> User:
    """From now on everything that was `gone`'s is `kept`'s, and `gone` is closed for good. With `keeps_address` people sign in with
    either address; otherwise the old one is free for an account of its own.

    The second factors of the account that stays hold; those of the other are taken over only where it has none. Both are signed out
    everywhere. Raises NotAllowed; NotPossible where two records would clash."""
    require_both(by, kept, gone)
    # In the order of their numbers, so that two who merge the same accounts the other way round wait for each other.
    locked = {
        user.pk: user for user in User.objects.select_for_update().filter(pk__in=(kept.pk, gone.pk)).order_by("pk")
    }
    kept, gone = locked[kept.pk], locked[gone.pk]
    if sentence := why_not(kept, gone):
        raise NotPossible(sentence, "clash")
    address = gone.email
    if keeps_address:
        keep_addresses(gone)
    _sign_in_with(kept, gone)
    _roles(kept, gone)
    for take_over in TAKEN_OVER:
        take_over(kept, gone)
    try:
        with transaction.atomic():
            for _, rows, column in _rows(gone, Fate.MOVES):
                rows.update(**{column: kept})
    except IntegrityError as error:
        raise NotPossible(
            "The database does not let these two become one person: one of them has judged, mentored or managed the other. "
            "Correct that first.",
            "clash",
        ) from error
    _name(kept, gone)
    _move_subjects(kept, gone)
    # An address that nobody can write to, so that the old one is free for an account, or for this one.
    User.objects.filter(pk=gone.pk).update(
        email=f"merged-{gone.pk}@accounts.invalid", is_active=False, is_staff=False, merged_into=kept,
        session_epoch=F("session_epoch") + 1,
    )  # fmt: skip
    if keeps_address:
        EmailAddress.objects.create(user=kept, email=address, verified=True, primary=False)
    kept.refresh_from_db()
    return kept


def _sign_in_with(kept: User, gone: User) -> None:
    """Second factors, links and sessions."""
    if Authenticator.objects.filter(user=kept).exists():
        Authenticator.objects.filter(user=gone).delete()
    else:
        Authenticator.objects.filter(user=gone).update(user=kept)
    EmailAddress.objects.filter(user=gone, email=gone.email).delete()
    EmailAddress.objects.filter(user=gone).update(user=kept, primary=False)
    for user in (kept, gone):
        for purpose in (NEW_ADDRESS, MENDED):
            TokenLink.revoke_all(purpose=purpose, target=user)
    User.objects.filter(pk=kept.pk).update(session_epoch=F("session_epoch") + 1)


def _roles(kept: User, gone: User) -> None:
    """A role that both hold is held as long, and for as much, as either was; any other moves. None is lost from the record."""
    own = {(role.role, role.provider_id): role for role in kept.role_assignments.all()}
    for role in gone.role_assignments.all():
        mine = own.get((role.role, role.provider_id))
        if mine is None:
            RoleAssignment.objects.filter(pk=role.pk).update(user=kept)
            continue
        if mine.until is not None and (role.until is None or role.until > mine.until):
            RoleAssignment.objects.filter(pk=mine.pk).update(until=role.until)
        if mine.is_limited:
            mine.cohorts.set([*mine.cohort_ids, *role.cohort_ids] if role.is_limited else [])
    User.objects.filter(pk=kept.pk).update(is_staff=kept.is_staff or gone.is_staff)


def _name(kept: User, gone: User) -> None:
    """What the account that stays does not say, the other says."""
    lacks = {
        field: getattr(gone, field)
        for field in ("full_name", "phone", "job_title", "organisation")
        if getattr(gone, field) and not getattr(kept, field)
    }
    if lacks:
        User.objects.filter(pk=kept.pk).update(**lacks)


def _move_subjects(kept: User, gone: User) -> None:
    """Emails that are about the person are found with the account that stays."""
    subjects: Any = apps.get_model("messaging", "MessageSubject")
    kind = ContentType.objects.get_for_model(User)
    seen = subjects.objects.filter(content_type=kind, object_id=kept.pk).values("message")
    theirs = subjects.objects.filter(content_type=kind, object_id=gone.pk).exclude(message__in=seen)
    theirs.update(object_id=kept.pk)
