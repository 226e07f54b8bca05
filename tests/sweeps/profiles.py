"""Who gets what, for the table of access.

A profile maps everybody in the cast to an outcome: a status, SIGN_IN (sent to the sign-in page) or AWAY (sent on).
Anonymous visitors of private pages are asked to sign in. Whoever has no business with a thing gets 404, as if it were
not there. In the admin a member of staff whose role has nothing to do with a list or a kind of record gets 403, which
tells them nothing but what their role is for; a record that is somebody else's is not found (404).
"""

from collections.abc import Iterable, Mapping

from tests.sweeps.visits import AWAY, SIGN_IN
from tests.sweeps.world import CAST

Profile = Mapping[str, int | str]

STAFF = CAST[CAST.index("assessor") :]
NOT_STAFF = CAST[1 : CAST.index("assessor")]
EVERYBODY = CAST[1:]

# -- who holds a permission somewhere, in the order of roles.py --------------------------------------
COORDINATORS = ("coordinator", "limited_coordinator", "far_coordinator", "third_staff", "superuser")
ASSESSORS = ("assessor", "other_assessor", "far_assessor", "third_staff", "superuser")
FINANCE = ("finance", "far_finance", "third_staff", "superuser")
EQUALITY = ("equality", "far_equality", "third_staff", "superuser")
SEE_MONEY = (*COORDINATORS, "finance", "far_finance")
NOBODY: tuple[str, ...] = ()
# -- whose records they are --------------------------------------------------------------------------
OURS = tuple(who for who in CAST if not who.startswith(("far_", "third_")))  # everything of our provider
OUR_COHORT = tuple(who for who in OURS if who != "limited_coordinator")  # what belongs to one of our cohorts


def everyone(outcome: int | str, **others: int | str) -> Profile:
    """The same for all, but for the people named."""
    return {who: others.get(who, outcome) for who in CAST}


def only(*people: str, gets: int | str = 200, rest: int | str = 404, visitor: int | str = SIGN_IN) -> Profile:
    """For these people; the others find nothing, and visitors are asked to sign in."""
    return {who: gets if who in people else rest for who in CAST} | {"visitor": visitor}


def staff(holders: Iterable[str], within: Iterable[str] = CAST, gets: int | str = 200) -> Profile:
    """In the admin: those who hold the permission and to whose part it belongs."""
    found = dict.fromkeys(NOT_STAFF, 404)
    for who in STAFF:
        found[who] = 403 if who not in holders else gets if who in within else 404
    return found | {"visitor": SIGN_IN}


def hidden(holders: Iterable[str], within: Iterable[str] = CAST, gets: int | str = 200) -> Profile:
    """The same, but nobody else is told that there is such a page."""
    return only(*(who for who in STAFF if who in holders and who in within), gets=gets)


PUBLIC = everyone(200)
NOT_THERE = everyone(404)
SIGNED_IN = everyone(200, visitor=SIGN_IN)
OWN_APPLICATION = only("applicant")
OWN_ENROLMENT = only("participant")
OWN_TEAM = only("manager")
OWN_PAIR = only("mentor")
ALL_STAFF = staff(STAFF)
SENT_ON = everyone(AWAY)
