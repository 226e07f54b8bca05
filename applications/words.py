"""What applicants read about their application, as the rules that they apply by choose people."""

from collections.abc import Callable
from typing import Any

from applications.states import ApplicationStatus
from cohorts.models import RuleSet
from cohorts.states import EMPLOYED, Selection
from steppingup.formats.english import weekday_date

S = ApplicationStatus
OwnWords = Callable[[Any], tuple[str, str] | None]

#: What the applicant reads: a heading and what happens next. Asked for with `for_applicants`.
FOR_APPLICANTS: dict[str, tuple[str, str]] = {
    S.DRAFT: (
        "Not submitted yet",
        "Finish the remaining parts and submit your application before the closing time.",
    ),
    S.SUBMITTED: (
        "We have your application",
        "We will read it, and write to you with our decision.",
    ),
    S.IN_REVIEW: (
        "Your application is being read",
        "The people reading it do not see your name. We will write to you with our decision.",
    ),
    S.SHORTLISTED: (
        "You are on the shortlist",
        "The next step is an interview, about the same criteria as your application. We will write to you about it.",
    ),
    S.HELD: (
        "You are on our reserve list",
        "We may still be able to invite you to an interview. We will write to you either way.",
    ),
    S.INTERVIEW: ("You are invited to an interview", "You will find the time and place below."),
    S.INTERVIEWED: ("Thank you for coming to the interview", "We will write to you with our decision."),
    S.OFFERED: ("We would like to offer you a place", "Read the offer and tell us whether you accept."),
    S.WAITING: ("You are on the waiting list", "We will write to you as soon as a place comes up."),
    S.ACCEPTED: ("You have a place", "Your programme page shows what is next."),
    S.DECLINED: ("You declined the place", "Thank you for telling us."),
    S.EXPIRED: (
        "The offer has expired",
        "We did not hear from you in time. Get in touch if you would still like a place.",
    ),
    S.TURNED_DOWN: (
        "We cannot offer you a place this time",
        "You will find our reason and what you can do next below.",
    ),
    S.WITHDRAWN: ("You withdrew your application", "You are welcome to apply again another time."),
}


#: The same where there is no interview.
WITHOUT_INTERVIEW: dict[str, tuple[str, str]] = {
    S.SHORTLISTED: (
        "You are on the shortlist",
        "We choose from the shortlist, without an interview. We will write to you with our decision.",
    ),
    S.HELD: (
        "You are on our reserve list",
        "We may still be able to offer you a place. We will write to you either way.",
    ),
}


def _first_come(application: Any) -> tuple[str, str] | None:
    """The same where places go in the order of submission."""
    number = f"You are number {application.number} in the order of submission."
    full = "Every place is taken, or held for somebody who came before."
    if application.status == S.OFFERED:
        return "A place is yours to take", "Read the offer and tell us whether you accept."
    if application.status == S.WAITING:
        return "You are on the waiting list", f"{number} {full} We will write to you as soon as a place comes up."
    if application.status != S.SUBMITTED:
        return None
    look = "There is something that we have to look at before a place is yours"
    if application.held_until:
        held = f"We hold a place for you until the end of {weekday_date(application.held_until)}."
        return "A place is held for you", f"{number} {look}. {held} We will write to you."
    if application.passed_on_at:
        stays = "The place that we held for you has passed to the next in order, but your number stays."
        return "We have your application", f"{stays} {look}. Once that is settled, you come next."
    return "We have your application", f"{number} {full} {look}. We will write to you."


def _by_nomination(application: Any) -> tuple[str, str] | None:
    """The same where employers, or other organisations, nominate."""
    if application.status != S.SUBMITTED:
        return None
    who = "Your employer has nominated you." if application.has_employer else "You have been nominated."
    return "We have your application", f"{who} We check that everything is there, and write to you about a place."


def _of(words: dict[str, tuple[str, str]]) -> OwnWords:
    return lambda application: words.get(application.status)


#: What applicants read otherwise than in `FOR_APPLICANTS`, by how people are chosen.
OWN: dict[Selection, OwnWords] = {
    Selection.WITH_INTERVIEW: _of({}),
    Selection.WITHOUT_INTERVIEW: _of(WITHOUT_INTERVIEW),
    Selection.FIRST_COME: _first_come,
    Selection.NOMINATION: _by_nomination,
}


def for_applicants(application: Any) -> tuple[str, str]:
    """What the applicant reads about it: a heading, and what happens next by the rules that they applied by."""
    own = OWN[Selection(application.cohort.rule_set.selection)]
    return own(application) or FOR_APPLICANTS[application.status]


def nominator(rules: RuleSet) -> str:
    """Who nominates by these rules: an employer, where everybody who may apply has one; else the organisation that they work or volunteer
    with."""
    ways: Any = rules
    return (
        "employer" if set(ways.standing_rules.values_list("standing", flat=True)) <= set(EMPLOYED) else "organisation"
    )


def how_we_choose(rules: RuleSet) -> str:
    """For whoever thinks of applying, in sentences."""
    if rules.is_by_nomination and nominator(rules) != "employer":
        return rules.way.how.replace("Employers", "Organisations", 1)
    return rules.way.how
