"""Actions that the table of who may does not have, and why."""

from tests.sweeps.may_of_events import ANYBODY, BY_LINK, BY_THE_CLOCK
from tests.sweeps.may_of_openings import OPENINGS_BY_LINK

#: Actions that ask nobody, and why.
ASKED_ELSEWHERE = {
    "by is the person whom it is about": (
        "applications.actions.applications.start",
        "steppingup.accounts.actions.addresses.ask_for_address",
        "steppingup.accounts.actions.people.give_details",
        "steppingup.accounts.actions.people.choose_password",
        "steppingup.accounts.actions.people.sign_out_everywhere",
        "steppingup.calendars.actions.make_address",
        "steppingup.calendars.actions.end_address",
    ),
    "anybody may": ("applications.actions.interest.register_interest", *ANYBODY),
    "by holds a link (refusals_of_*, and the tests of links)": (
        "applications.actions.interest.confirm",
        "applications.actions.interest.leave",
        *("cohorts.actions.opportunities.offer", *OPENINGS_BY_LINK, *BY_LINK),
        "steppingup.accounts.actions.addresses.take_address",
        "steppingup.accounts.actions.first.begin",
    ),
    "by is the clock": (
        "applications.actions.interest.tell_interested",
        *("funding.actions.liability.lapse_due", *BY_THE_CLOCK),
        "applications.actions.offers.expire_due",
    ),
    "part of an action that has asked": (
        "representation.actions.plans.write_report",
        "applications.actions.decisions.write_down",
        "cohorts.actions.days.post",
        "cohorts.actions.days.reverse_all",
        "cohorts.actions.enrolments.enrol",
        "funding.actions.funds.commit",
        "funding.actions.funds.give_back",
        "steppingup.files.actions.files.store",
        "steppingup.files.actions.files.keep",
        "steppingup.jobs.actions.start",
    ),
}
