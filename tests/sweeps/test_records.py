"""What is true of every model, list, message, form, template and file, whoever writes the next one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pghistory.models
import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.template.loader import get_template

from steppingup.messaging import kinds, reminder_kinds
from steppingup.messaging.rendering import problems, render
from tests.ours import OURS

ROOT = Path(settings.BASE_DIR)
MODELS = [
    model
    for model in apps.get_models()
    if model.__module__.startswith(OURS) and not issubclass(model, pghistory.models.Event) and not model._meta.proxy
]


def python_files() -> Iterator[Path]:
    for folder in (*OURS, "tests"):
        yield from (path for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts)


# -- models ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_says_how_long_it_is_kept_and_why(model):
    sentence = vars(model).get("retention", "")
    assert re.fullmatch(r"[A-Z0-9].{9,}\.", sentence), f"{model._meta.label}: “{sentence}”"


def names_in(condition: Any) -> set[str]:
    """The fields that a condition speaks of."""
    if not isinstance(condition, Q):
        return {str(condition[0]).split("__")[0]}
    return {name for child in condition.children for name in names_in(child)}


def typed(model: Any) -> bool:
    """Do staff fill it in by hand, on its own page or among the rows of another?"""
    inlines = {inline.model for site in admin.site._registry.values() for inline in getattr(site, "inlines", ())}
    return model in inlines or bool(getattr(admin.site._registry.get(model), "change_permission", None))


#: Constraints that no form can break: statuses with their moments, what actions alone write, where something holds.
NOT_TYPED = {
    *("enrolment_completion_dated", "enrolment_withdrawal_dated", "day_entry_negative_only_in_reverse"),
    *(
        "enrolment_not_completed_dated",
        "agreement_ending_paired",
        "signing_request_of_an_organisation",
        "membership_ends_after",
        "hosting_ends_after",
        "membership_one_a_day",
        "hosting_one_a_day",
    ),
    *("agreed_fee_has_amount_and_date", "bursary_within_fee", "declined_fee_has_reason", "commitment_not_zero"),
    *("payment_negative_only_in_reverse", "fund_committed_not_negative", "fund_never_below_zero"),
    *("message_template_scope_whole", "reminder_rule_scope_whole", "matching_weights_to_100", "cohort_has_places"),
    *("credit_note_amount_and_reason", "credit_note_vat", "allocation_not_zero", "adjustment_amount_and_reason"),
    *("adjustment_decision_paired", "adjustment_second_person", "refund_dated", "one_open_proposal"),
    "window_rules_positive",
}


@pytest.mark.parametrize("model", [model for model in MODELS if typed(model)], ids=lambda model: model._meta.label)
def test_what_the_database_refuses_is_a_sentence_in_the_form(model):
    """Django's own would name the constraint: “Constraint “cohort_ends_after” is violated.”"""
    for constraint in model._meta.constraints:
        plain = isinstance(constraint, UniqueConstraint) and not (constraint.expressions or constraint.condition)
        if not plain and constraint.name not in NOT_TYPED:
            assert constraint.violation_error_message != constraint.default_violation_error_message, constraint.name


#: Moments that may be known without a person: the clock does it, or somebody without an account.
BY_THE_CLOCK = {
    "cohorts.Enrolment.completed_at": "the system may record completion, and then there is nobody to name",
    "funding.FeeAgreement.answered_at": "answered_by is the name that a sponsor without an account typed",
}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_moment_and_who_did_it_are_paired_by_the_database(model):
    """`decided_at` without `decided_by` is half a decision. Moments that every row has are stamps, not decisions."""
    fields = {field.name: field for field in model._meta.fields}
    paired = [names_in(c.condition) for c in model._meta.constraints if isinstance(c, CheckConstraint)]
    for name, field in fields.items():
        by = re.sub(r"_(at|on)$", "_by", name)
        label = f"{model._meta.label}.{name}"
        if by == name or by not in fields or not field.null or label in BY_THE_CLOCK:
            continue
        assert any({name, by} <= names for names in paired), f"{label} and {by} are not paired by a constraint."


# -- lists in the admin ----------------------------------------------------------------------------

#: Lists that need none of it, and why.
SHORT_LISTS: dict[str, dict[str, str]] = {
    "search_fields": {},
    "list_filter": {
        "mentoring.MatchingWeights": "one row for each programme",
        "funding.InvoiceSeries": "one row for each provider",
    },
    "export_columns": {
        "mentoring.MatchingWeights": "settings: one row for each programme",
        "applications.Application": "its own download, which streams ten thousand with their scores",
    },
}
OUR_ADMINS = [(model, one) for model, one in admin.site._registry.items() if one.__module__.startswith(OURS)]


@pytest.mark.parametrize("what", SHORT_LISTS)
@pytest.mark.parametrize(("model", "model_admin"), OUR_ADMINS, ids=lambda one: getattr(one, "__name__", ""))
def test_every_list_can_be_searched_filtered_and_exported(model, model_admin, what):
    if model._meta.label not in SHORT_LISTS[what]:
        assert getattr(model_admin, what, None), f"The list of {model._meta.label} has no {what}."


# -- messages --------------------------------------------------------------------------------------

KINDS = kinds.all_kinds()
CODE = {path: path.read_text() for path in python_files() if "tests" not in path.relative_to(ROOT).parts}


def is_sent(kind: kinds.MessageKind) -> bool:
    """Is it named again outside the place that declares it: by its key, its last part, or its constant?"""
    if any(reminder.message == kind.key for reminder in reminder_kinds.all_kinds()):
        return True
    short = kind.key.partition(".")[2]
    texts = [text for text in CODE.values() if short in text]
    declared = re.compile(
        rf"^(\w+) = [\w.]+\(\s*(?:\w+\(\s*)?[\"'](?:{re.escape(kind.key)}|{short})[\"']", re.MULTILINE
    )
    constants = {found[1] for text in texts for found in declared.finditer(text)} or {short.upper()}
    named = re.compile(rf"[\"'](?:{re.escape(kind.key)}|{short})[\"']|\b(?:{'|'.join(constants)})\b")
    texts = [text for text in CODE.values() if any(word in text for word in (short, *constants))]
    lines = [line for text in texts for line in text.splitlines() if named.search(line) and "import" not in line]
    return len([line for line in lines if not re.match(r"\s*[\w]+ = [\w.]+\($", line)]) > 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_kind_of_message_is_sent_by_some_code(kind):
    assert is_sent(kind), f"Nothing sends “{kind.key}”."


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_every_text_is_fit_for_its_kind_and_renders_for_its_sample(kind):
    text = kinds.default_text(kind)
    assert not any(problems(kind, text).values())
    values = {**kind.sample(), "greeting": "Dear Amara", "name": "Amara", "site_name": "S", "site_link": "https://s.uk"}
    done = render(kind, text, values)
    for words in (done.subject, done.text, done.html):
        assert words.strip()
        assert "{{" not in words


def test_every_text_belongs_to_a_kind():
    folder = ROOT / "templates" / "email"
    kept = {kind.file for kind in KINDS}
    assert not [path for path in folder.rglob("*.md") if path not in kept]


# -- templates and files ---------------------------------------------------------------------------

PAGES = [
    path
    for path in (ROOT / "templates").rglob("*.html")
    if path.relative_to(ROOT / "templates").parts[0] not in ("pdf", "email") and path.name != "email.html"
]
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<script\b(?![^>]*\bsrc=)(?![^>]*application/json)", re.I
)


def test_no_page_has_inline_styles_or_scripts():
    """The content security policy would not let them work."""
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
        for path in PAGES
        for line in path.read_text().splitlines()
        if INLINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_every_template_compiles():
    for path in (ROOT / "templates").rglob("*.html"):
        get_template(str(path.relative_to(ROOT / "templates")))


MOST_LINES = 400
#: Longer for a while, and why.
LONG_FILES = {
    "tests/bench/fill.py": "one table after another, filled in bulk",
    "tests/accounts/test_nothing_proves_nothing.py": "every step of signing in, with every kind of nothing",
}


def test_files_stay_short_enough_to_read():
    long = {
        str(path.relative_to(ROOT)): n
        for path in python_files()
        if (n := len(path.read_text().splitlines())) > MOST_LINES
    }
    assert set(long) <= set(LONG_FILES)
