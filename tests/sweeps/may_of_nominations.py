"""The table of who may: asking employers whom they nominate, and nominating by their link."""

from tests.sweeps.may import OF_COHORT, Row

NOMINATIONS = [
    Row(
        "applications.actions.nominations.ask_for_nominations",
        OF_COHORT,
        lambda w: {
            "cohort": w.free_cohort,
            "organisation": w.partner.organisation,
            "name": "A",
            "email": "a@x.example",
            "places": 1,
        },
    ),
    Row(
        "applications.actions.nominations.nominate",
        (),
        lambda w: {"request": w.nomination_request, "name": "A", "email": "a@x.example", "why": "She leads."},
    ),
    Row(
        "applications.actions.nominations.withdraw_nomination",
        (),
        lambda w: {"request": w.nomination_request, "nomination": w.nomination},
    ),
    *(
        Row(f"applications.actions.nominations.{name}", OF_COHORT, lambda w: {"request": w.nomination_request})
        for name in ("send_again", "close", "open_again")
    ),
]
