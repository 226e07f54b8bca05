"""What applicants read about their application, as the rules that they apply by choose people."""

from typing import Any

from applications.states import ApplicationStatus
from cohorts.models import RuleSet
from steppingup.formats.english import weekday_date

S = ApplicationStatus

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


def for_applicants(application: Any) -> tuple[str, str]:
    """What the applicant reads about it: a heading, and what happens next by the rules that they applied by."""
    if application.cohort.rule_set.is_first_come and (words := _first_come(application)):
        return words
    without = WITHOUT_INTERVIEW.get(application.status)
    if without and not application.cohort.rule_set.has_interview:
        return without
    return FOR_APPLICANTS[application.status]


def how_we_choose(rules: RuleSet) -> str:
    """For whoever thinks of applying, in sentences."""
    if rules.is_first_come:
        return (
            "First come, first served: places go in the order in which applications are submitted, to everybody who meets "
            "the conditions. Nobody is scored or compared."
        )
    then = (
        "If you are on the shortlist, we will invite you to an interview."
        if rules.has_interview
        else "We choose from the shortlist, without an interview."
    )
    return f"The people who read your application do not see your name. {then}"
