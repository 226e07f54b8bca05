"""The parts that are code: each with a form, a rule and a place in the database of its own."""

from collections.abc import Mapping
from functools import partial
from typing import Any, cast

from applications.equality.questions import asked_in, to_keep, to_show
from applications.form.part import ABOUT_YOU, ANSWERS, EMPLOYER, LAST, Part, Values
from applications.models import (
    AccessNeeds,
    Application,
    EligibilityAnswer,
    EligibilityQuestion,
    EqualityResponse,
    Statement,
)
from applications.rules.eligibility import still_asked
from applications.states import PartKind, SupportRoute
from steppingup import clock
from steppingup.accounts.naming import is_own_address
from steppingup.accounts.requests import kept_with

# -- fields of the application itself --------------------------------------------------------------

DETAILS = ("full_name", "phone", "education")
WORK = (
    *("standing", "job_title", "grade", "employer", "employer_name", "other_employers"),
    *("manager_name", "manager_email", "manager_job_title", "set_aside"),
)
SUPPORT = ("support_route", "nominator_name", "nominator_email", "told_on")


def _read(fields: tuple[str, ...], application: Application) -> dict[str, Any]:
    return {name: getattr(application, name) for name in fields}


def _write(fields: tuple[str, ...], application: Application, values: Values) -> None:
    for field in Application._meta.concrete_fields:
        if field.name in fields:
            setattr(application, field.name, values.get(field.name) or field.get_default())
    application.save(update_fields=fields)


def own(application: Application, address: str) -> bool:
    return is_own_address(application.applicant, address)


def _lacking(sentences: Mapping[str, str], application: Application, values: Values) -> dict[str, str]:
    return {name: sentence for name, sentence in sentences.items() if not values.get(name)}


def _wrong_support(application: Application, values: Values) -> dict[str, str]:
    route, found = values.get("support_route"), {}
    where = "employer" if application.has_employer else "organisation"
    if route not in (SupportRoute.NOMINATED, SupportRoute.TOLD):
        found["support_route"] = f"Choose how your {where} knows that you are applying."
    if route == SupportRoute.NOMINATED and not values.get("nominator_name"):
        found["nominator_name"] = "Enter the name of the person who nominated you."
    if own(application, values.get("nominator_email") or ""):
        found["nominator_email"] = (
            "This is your own email address. Enter the email address of the person who nominated you."
        )
    told = values.get("told_on")
    if told and told > clock.today():
        found["told_on"] = f"This date is in the future. Enter the date you told your {where}."
    if route == SupportRoute.TOLD and not told:
        found["told_on"] = f"Enter the date you told your {where}. A rough date will do."
    return found


def _write_support(application: Application, values: Values) -> None:
    """Only what belongs to the route that was chosen is kept."""
    nominated = values.get("support_route") == SupportRoute.NOMINATED
    kept = ("nominator_name", "nominator_email") if nominated else ("told_on",)
    _write(SUPPORT, application, {"support_route": values.get("support_route"), **{k: values.get(k) for k in kept}})


# -- what is kept beside it ------------------------------------------------------------------------


def asked_once(application: Application, name: str) -> list[Any]:
    """Rows of the rules that the parts are made from: a page asks for them several times, and they stay with the cohort
    that it has loaded."""
    cohort = application.cohort
    return kept_with(cohort, name, lambda: list(getattr(cohort.rule_set, name).all()))


def questions_of(application: Application) -> list[EligibilityQuestion]:
    return [one for one in asked_once(application, "eligibility_questions") if one.is_active]


def answers_of(application: Application) -> dict[str, str]:
    """As they were given, by question: yes, no, not sure, or the key of a grade."""
    return {one.question.key: one.given for one in application.eligibility_answers.select_related("question", "grade")}


def write_answers(application: Application, values: Values) -> None:
    """Keep the declaration. It says yes, no or not sure, and never which group (B15); a grade where that is asked (N2)."""
    answers = [
        EligibilityAnswer(
            application=application,
            question=question,
            answer=question.means(values[question.key]),
            grade=next((one for one in question.grades if one.key == values[question.key]), None),
        )
        for question in questions_of(application)
        if values.get(question.key) in dict(question.offered)
    ]
    unique = ("application", "question")
    EligibilityAnswer.objects.bulk_create(
        answers, update_conflicts=True, unique_fields=unique, update_fields=("answer", "grade")
    )


def _wrong_answers(application: Application, values: Values) -> dict[str, str]:
    given = {key: value for key, value in values.items() if value}
    return {q.key: f"Choose an answer to “{q.text}”" for q in still_asked(questions_of(application), given)}


def keep(model: type[Statement | AccessNeeds], where: dict[str, Any], **values: Any) -> None:
    """The application is held by whoever writes, so nobody else creates the row in between."""
    if not model.objects.filter(**where).update(**values):
        model.objects.create(**where, **values)


def _read_access(application: Application) -> dict[str, Any]:
    found = AccessNeeds.objects.filter(application=application).first()
    return {"has_needs": found.has_needs if found else None, "text": found.text if found else ""}


def _write_access(application: Application, values: Values) -> None:
    if values.get("has_needs") is None:
        AccessNeeds.objects.filter(application=application).delete()
        return
    text = values.get("text", "").strip() if values["has_needs"] else ""
    keep(AccessNeeds, {"application": application}, has_needs=values["has_needs"], text=text)


def _wrong_access(application: Application, values: Values) -> dict[str, str]:
    if values.get("has_needs") is None:
        return {"has_needs": "Choose yes or no."}
    if values["has_needs"] and not (values.get("text") or "").strip():
        return {"text": "Tell us what you need, in your own words."}
    return {}


def _read_equality(application: Application) -> dict[str, Any]:
    found = EqualityResponse.objects.filter(application=application).first()
    return to_show(cast("Values", found.answers), asked_in(application)) if found else {}


def _write_equality(application: Application, values: Values) -> None:
    """Answers are encrypted by the field. There is a row for whoever saved the page, answered or not."""
    answers = to_keep(values, asked_in(application))
    EqualityResponse.objects.update_or_create(application=application, defaults={"answers": answers})


#: What is asked by each kind of part but those that are made from criteria and questions.
FIXED = {
    PartKind.DETAILS: Part(
        "details",
        "Your details",
        ABOUT_YOU,
        partial(_read, DETAILS),
        partial(_write, DETAILS),
        partial(_lacking, {"full_name": "Enter your name, as you would like us to write it."}),
    ),
    PartKind.ELIGIBILITY: Part(
        "eligibility", "Whether the programme is for you", ABOUT_YOU, answers_of, write_answers, _wrong_answers
    ),
    PartKind.WORK: Part(
        "work",
        "Your job, your employer and your line manager",
        EMPLOYER,
        partial(_read, WORK),
        partial(_write, WORK),
        # What is wrong with it follows from how they work: applications.form.parts.
    ),
    PartKind.SUPPORT: Part(
        "support",
        "How your employer knows that you are applying",
        EMPLOYER,
        partial(_read, SUPPORT),
        _write_support,
        _wrong_support,
    ),
    PartKind.CV: Part(
        "cv",
        "Your CV",
        ANSWERS,
        partial(_read, ("cv",)),
        partial(_write, ("cv",)),
        partial(_lacking, {"cv": "Upload your CV."}),
        keeps_drafts=False,
    ),
    PartKind.ACCESS: Part(
        "access", "What you need to take part fully", LAST, _read_access, _write_access, _wrong_access
    ),
    PartKind.EQUALITY: Part(
        "equality",
        "Equality monitoring",
        LAST,
        _read_equality,
        _write_equality,
        hint="You do not have to answer. Nobody who makes decisions will see it.",
        optional=True,
        keeps_drafts=False,
        leaves_traces=False,
    ),
}
