"""The table of access: how the pages of a model in the admin are written."""

from tests.sweeps.profiles import NOBODY, OURS, Profile, hidden, staff
from tests.sweeps.rows import Of, Row


def model(
    label: str,
    thing: Of,
    *,
    view: tuple[str, ...],
    change: tuple[str, ...] = NOBODY,
    add: tuple[str, ...] | None = None,
    delete: tuple[str, ...] | Profile = NOBODY,
    within: tuple[str, ...] = OURS,
    unseen: bool = False,
) -> list[Row]:
    """The five pages of a model in the admin. `add` is for those who change, unless it says otherwise.

    `unseen`: whoever does not see a record is not told that there is such a kind either."""
    one, page = {"object_id": thing}, f"admin:{label}"
    return [
        Row(f"{page}_changelist", staff(view)),
        Row(f"{page}_add", staff(change if add is None else add)),
        Row(
            f"{page}_change",
            (hidden if unseen else staff)(view, within),
            one,
            may=tuple(who for who in change if who in within),
        ),
        Row(f"{page}_history", hidden(view, within), one),
        Row(f"{page}_delete", staff(delete, within) if isinstance(delete, tuple) else delete, one),
    ]
