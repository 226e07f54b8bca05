"""What hangs on a role that somebody holds: so that it is handed over when the role ends, and seen where it was not.

add_duty(Duty("reviews", "open review", "open reviews", Review.objects.to_do,
              {"assessor": "user", "application__cohort__programme__provider": "provider"}, ...))
add_tie(Tie("mentee", "mentees", lambda user: Pair.objects.open().filter(mentor__user=user), "end each pair on its page."))
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from steppingup import clock
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.roles import Permission, roles_with
from steppingup.formats.english import counted


@dataclass(frozen=True, eq=False)
class Duty:
    """Records that wait for whoever holds a role with `permission`.

    `rows` are all that wait; `match` leads from a record to what it has in common with the role: the person, the provider.
    `hand_over(rows, to, by)` gives them to somebody, or to nobody (where `nobody` says what becomes of them then), and says of
    each that could not be given why not. `needs` is the permission that an heir holds, where it is another one."""

    key: str
    one: str
    many: str
    permission: Permission
    rows: Callable[[], QuerySet[Any]]
    match: Mapping[str, str]
    hand_over: Callable[[Sequence[Any], User | None, User], list[str]]
    nobody: str = ""

    def of(self, assignment: RoleAssignment) -> QuerySet[Any]:
        """What hangs on this role, which may be none that is for it."""
        if str(assignment.role) not in roles_with(self.permission):
            return self.rows().none()
        found = {name: reduce(getattr, path.split("__"), assignment) for name, path in self.match.items()}
        return self.rows().filter(**found)

    def held_at(self, provider: Any) -> Any:
        """The roles for which this is, of everybody who holds one there now."""
        return RoleAssignment.objects.current().filter(
            provider=provider, role__in=roles_with(self.permission), user__is_active=True
        )

    def heirs(self, assignment: RoleAssignment) -> QuerySet[User]:
        """Everybody else who holds the permission at the provider now."""
        held = self.held_at(assignment.provider_id).joined()
        return (
            User.objects.filter(pk__in=held.values("user")).exclude(pk=assignment.user_id).order_by("full_name", "pk")
        )

    def counted(self, number: int) -> str:
        return counted(number, self.one, self.many)


@dataclass(frozen=True, eq=False)
class Tie:
    """Records that hang on the person, and on no role: `rows(user)`. They go to nobody by themselves; `stays` says why, and what
    to do about them."""

    one: str
    many: str
    rows: Callable[[User], QuerySet[Any]]
    stays: str


_duties: dict[str, Duty] = {}
_ties: list[Tie] = []


def add_duty(duty: Duty) -> None:
    """Make one known. Raises ValueError for a key that is taken."""
    if _duties.setdefault(duty.key, duty) is not duty:
        raise ValueError(f"There is a duty “{duty.key}” already.")


def add_tie(tie: Tie) -> None:
    _ties.append(tie)


def ties_of(user: User, by: Any) -> Iterator[str]:
    """What else hangs on a person, as far as whoever asks may see it, and why it stays: a sentence each."""
    for tie in _ties:
        if number := tie.rows(user).visible_to(by).count():  # type: ignore[attr-defined]
            yield f"{counted(number, tie.one, tie.many)}: {tie.stays}"


def hanging_on(assignment: RoleAssignment) -> Iterator[tuple[Duty, int]]:
    """Each duty of which something hangs on the role, and how many."""
    for duty in _duties.values():
        if number := duty.of(assignment).count():
            yield duty, number


def left_behind(rows: Any) -> Any:
    """Of these roles, those that have ended, or whose holder's account is closed, while something still hangs on them, and
    the person holds no other role there that is for it."""
    over = Q(until__lt=clock.today()) | Q(user__is_active=False)
    found = Q(pk__in=[])
    for duty in _duties.values():
        waits = Exists(duty.rows().filter(**{name: OuterRef(path) for name, path in duty.match.items()}))
        others = duty.held_at(OuterRef("provider")).filter(user=OuterRef("user"))
        found |= Q(role__in=roles_with(duty.permission)) & Q(waits) & ~Q(Exists(others))
    return rows.filter(over).filter(found)
