"""Who may do what on the board of openings."""

from tests.sweeps.may import OF_COHORT, OF_PROVIDER, PARTICIPANT, Row
from tests.sweeps.refusals import change
from tests.sweeps.ways import now
from tests.sweeps.world import World

ALUMNI, OPENINGS = "cohorts.actions.alumni", "cohorts.actions.openings"
#: By whoever holds the employer's link, or the link that stops the emails (tests/cohorts/test_openings.py).
OPENINGS_BY_LINK = tuple(
    f"{OPENINGS}.{name}" for name in ("stop_hearing", "offer_opening", "change_opening", "take_opening_back")
)


def asking(w: World) -> dict[str, object]:
    home = w.partner.organisation
    return {"programme": w.programme, "organisation": home, "name": "Ola Kent", "email": "ola@example.org"}


ON_THE_BOARD = [
    Row(
        f"{ALUMNI}.hand_on_name",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"enrolment": w.enrolment, "offer": w.kept_opening},
    ),
    Row(
        f"{OPENINGS}.choose_openings",
        (*PARTICIPANT, *OF_COHORT),
        lambda w: {"enrolment": w.enrolment, "kinds": ["project"]},
    ),
    # Of a cohort that is not theirs, whoever has the role for some records nothing.
    Row(
        f"{OPENINGS}.record_who_got_it",
        OF_COHORT,
        lambda w: {"offer": w.kept_opening, "interest": w.handed_interest, "got_on": now().date()},
    ),
    Row(
        f"{OPENINGS}.record_who_did_not",
        OF_COHORT,
        lambda w: {"offer": w.got_opening, "interest": w.got_interest},
    ),
    Row(f"{OPENINGS}.ask_for_openings", OF_PROVIDER, asking),
    Row(f"{OPENINGS}.send_opening_link", OF_PROVIDER, lambda w: {"invitation": w.opening_asked}),
    Row(f"{OPENINGS}.end_opening_link", OF_PROVIDER, lambda w: {"invitation": change(w.opening_asked, ended_at=None)}),
]
