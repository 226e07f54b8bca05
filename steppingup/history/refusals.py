"""Why something is refused: because it could never be true, or because somebody's rules say so.

Each code of a NotPossible is named here once, by the app whose it is. What is always so has its reason; what a provider
decides names the field of the record in which it is decided, so that no rule of a programme hides in code:

    always(Always.ONCE, "enrolled_already")
    by_rules("cohorts.RuleSet.selection", "not_by_merit")

`manage.py refusals` writes both lists to docs/refusals.md; a test fails for a code that is in neither.
"""

from enum import StrEnum


class Always(StrEnum):
    """Reasons that no programme changes."""

    STATE = "A step is taken from the states that lead to it: what is over, open or under way decides what can be done next."
    ONCE = "Nothing happens twice, and a step that would change nothing is not taken."
    SAID = "What is filled in is complete and possible, and its parts belong together."
    TIME = "Nothing has happened before what it follows, or in the future; what ends has ended."
    MONEY = "Sums add up: nobody is asked for what is not owed, and no payment is counted twice."
    ONESELF = "Nobody judges, pays for, manages or signs for themselves, or where they are not impartial."
    THERE = "What is asked for has to be there: a person with a place, a role, an account, somebody to write to."
    KEPT = "What others have signed, recorded, published or built upon stays, until that is taken back first."
    BELONGS = "What belongs to one person, cohort or programme is not used for another."
    DAYS = "A person has one day a day, at one place at a time."
    TRUE = "Nobody is told what is not so."
    PRIVACY = "Published figures say nothing about a single person."
    LINKS = (
        "A link or an email is good for its time, and a newer one takes its place; nobody is written to without end."
    )
    QUICKER = "Somebody else was quicker: what was read has changed since."
    MACHINE = "The machine cannot do it just now: it is at work on it, or something that it needs is missing."


_always: dict[str, Always] = {}
_rules: dict[str, list[str]] = {}


def always(why: Always, *codes: str) -> None:
    """These are refused whatever a programme's rules say. Raises ValueError for a code that has another reason."""
    for code in codes:
        if _always.get(code, why) is not why or code in _rules:
            raise ValueError(f"The code “{code}” has another reason.")
        _always[code] = why


def by_rules(field: str, *codes: str) -> None:
    """These are refused by what is said in this field (“cohorts.RuleSet.selection”); one code may have several. Raises
    ValueError for a code that is always refused."""
    for code in codes:
        if code in _always:
            raise ValueError(f"The code “{code}” is refused always.")
        if field not in _rules.setdefault(code, []):
            _rules[code].append(field)


def refused_always() -> dict[str, Always]:
    return dict(_always)


def refused_by_rules() -> dict[str, list[str]]:
    return {code: list(fields) for code, fields in _rules.items()}


always(Always.STATE, "state", "left", "withdrawn", "not_taking", "decided", "closed", "open", "over", "ended")
always(Always.ONCE, "nothing", "same", "taken", "twice", "unchanged", "begun_anew", "moved_again", "not_locked", "none")
always(
    Always.SAID,
    "required",
    "order",
    "address",
    "name",
    "name_taken",
    "amount",
    "day",
    "minutes",
    "invalid",
    "form",
    "role",
)
always(Always.SAID, "choice", "period")
always(
    Always.TIME,
    "future",
    "past",
    "before",
    "too_early",
    "too_late",
    "too_old",
    "not_begun",
    "not_later",
    "begun",
    "not_sent",
)
always(Always.ONESELF, "own_address", "own_roles")
always(Always.THERE, "gone", "no_role", "no_link", "nobody", "duties", "no_programmes", "no_provider")
always(Always.KEPT, "final", "has_administrator", "settled", "stands_against", "default", "certificate", "places_taken")
always(Always.LINKS, "signing_in", "automatic")
always(Always.BELONGS, "other_programme", "other_cohort", "clash", "limited")
always(Always.LINKS, "link", "expired", "too_soon", "too_often", "taken_back", "later")
always(Always.QUICKER, "replaced", "changed", "changed_since")
always(Always.MACHINE, "busy", "running", "letters", "version")
