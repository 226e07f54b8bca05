"""Whatever the rules of admission are, and whatever becomes of them afterwards: what was submitted says what it said, and was
judged by what it was judged by."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from applications.actions import decisions
from applications.actions import rules as admission
from applications.form.parts import parts_of, shown_values
from applications.models import Application, EligibilityAnswer
from applications.states import EligibilityKind
from cohorts.actions import copying, programmes
from cohorts.actions import rules as sets
from cohorts.models import Cohort, RuleSet
from cohorts.programme_files import writing
from cohorts.states import Selection
from steppingup.history.lifecycle import NotPossible
from tests.factories import review as make

pytestmark = pytest.mark.django_db
WORDS = st.text("abcdefghijk lmnop’éß“&<", min_size=1, max_size=24).map(lambda said: " ".join(f"W {said}".split()))
FLAG = st.booleans()


def keyed(**columns: Any) -> st.SearchStrategy[Any]:
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=3).map(
        lambda rows: [{"key": f"k{number}", **row} for number, row in enumerate(rows)]
    )


#: Without the first nobody could get a place, as these rules have an eligibility check.
NEEDED, FREE = ("details", "eligibility", "work"), ("support", "statements", "cv", "access", "equality")
KINDS = [{"kind": kind} for kind in (*NEEDED, *FREE)]
PAGE = {"kind": "questions", "key": "more", "title": "And this"}
ASKED = st.one_of(
    st.fixed_dictionaries({"kind": st.sampled_from(["line", "number", "day", "yes_no"])}),
    st.fixed_dictionaries({"kind": st.just("text"), "most_words": st.integers(20, 400)}),
    st.fixed_dictionaries({"kind": st.sampled_from(["choice", "several"]), "choices": st.just("One\nTwo\nThree")}),
)
QUESTIONS = st.lists(st.tuples(WORDS, ASKED, FLAG, FLAG), max_size=3).map(
    lambda rows: [
        {"key": f"q{number}", "page": "more", "text": text, "assessors_see": seen, "is_required": needed, **kind}
        for number, (text, kind, seen, needed) in enumerate(rows)
    ]
)
#: A set of admission rules as a file has it.
RULES = st.fixed_dictionaries(
    {
        "selection": st.sampled_from(Selection.values),
        "target_groups": keyed(name=WORDS, statement=WORDS),
        "eligibility": keyed(text=WORDS, if_no=st.sampled_from(["no", "ask"]), allows_not_sure=FLAG, explanation=WORDS),
        "grades": keyed(name=WORDS, is_in_range=FLAG),
        "criteria": keyed(title=WORDS, question=WORDS, guidance=WORDS, word_limit=st.integers(20, 500)),
        "parts": st.tuples(st.permutations(KINDS), st.sets(st.sampled_from(FREE))).map(
            lambda drawn: [*(one for one in drawn[0] if one["kind"] in (*NEEDED, *drawn[1])), PAGE]
        ),
        "questions": QUESTIONS,
        "reasons": keyed(words=WORDS, meaning=st.sampled_from(["own", "not_eligible", "incomplete", "cancelled"])),
    }
)
LATER = st.lists(
    st.one_of(
        st.tuples(st.just("upload"), RULES),
        st.tuples(st.sampled_from(["revise", "copy", "another year", "begin", "drop"]), st.none()),
    ),
    min_size=1,
    max_size=4,
)


def as_file(rules: RuleSet, tables: dict[str, Any]) -> str:
    return writing.as_text({"rule_sets": [{"name": rules.name, **tables}]}, "It")


def what_it_says(application: Application) -> dict[str, Any]:
    """As the applicant, the coordinator and the assessors read it."""
    found = Application.objects.for_steps().get(pk=application.pk)
    rules = RuleSet.objects.get(pk=Cohort.objects.get(pk=found.cohort_id).rule_set_id)
    return {
        "parts": [(part.key, part.title, part.optional, str(shown_values(found, part))) for part in parts_of(found)],
        "statements": [
            (one.criterion.title, one.criterion.question, one.criterion.guidance, one.criterion.word_limit, one.text)
            for one in found.statements.order_by("pk")
        ],
        "answers": [(one.question.text, one.question.kind, one.in_words) for one in found.answers.order_by("pk")],
        "eligibility": [
            (one.question.text, one.question.explanation, one.in_words)
            for one in found.eligibility_answers.order_by("pk")
        ],
        "scores": [
            (score.criterion.title, score.value, review.total)
            for review in found.reviews.order_by("pk")
            for score in review.scores.order_by("pk")
        ],
        "why": (found.reason_words, found.reason_meaning, [one.why for one in found.decisions.all()]),
        "rules": writing.rule_set(rules),
        "version": (rules.pk, rules.version, rules.frozen_at),
    }


class Afterwards:
    """What somebody does with the rules of a programme that people have applied for."""

    def __init__(self, window: Any, by: Any) -> None:
        self.cohort, self.by, self.number = window.cohort, by, 0

    @property
    def rules(self) -> RuleSet:
        return RuleSet.objects.get(pk=self.cohort.rule_set_id).newest()

    def happen(self, what: str, tables: Any) -> None:
        self.number += 1
        try:
            with transaction.atomic():
                getattr(self, what.replace(" ", "_"))(tables)
        except NotPossible:
            pass  # and then nothing has changed, which is looked at too

    def upload(self, tables: Any) -> None:
        programmes.upload(programme=self.rules.programme, text=as_file(self.rules, tables), by=self.by)

    def revise(self, _: Any) -> None:
        new, _ = admission.revise(rules=self.rules, by=self.by)
        new.criteria.update(title="Another", word_limit=1)
        new.reasons.update(words="Another", meaning="places")
        new.eligibility_questions.update(text="Another", explanation="Another")

    def drop(self, _: Any) -> None:
        gone = list(self.rules.questions.all())
        new, _ = admission.revise(rules=self.rules, by=self.by, removed=gone)
        new.questions.all().delete()
        new.form_parts.all().delete()
        new.reasons.all().delete()

    def copy(self, _: Any) -> None:
        new = sets.copy(rules=self.rules, name=f"Copy {self.number}", by=self.by)
        new.target_groups.update(name="Another")
        new.criteria.update(question="Another?")

    def another_year(self, _: Any) -> None:
        starts = self.cohort.starts_on + timedelta(days=365 * self.number)
        copying.copy(cohort=self.cohort, name=f"Year {self.number}", starts_on=starts, by=self.by)

    def begin(self, _: Any) -> None:
        """Somebody submits by whatever holds for the newest cohort."""
        newest = Cohort.objects.filter(programme=self.cohort.programme_id).order_by("-pk").first()
        if hasattr(newest, "window"):
            make.arrived(newest.window, name="Somebody Else")


@pytest.mark.requirement("B22", "R8")
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(rules=RULES, later=LATER)
def test_whatever_becomes_of_rules_what_was_submitted_by_them_says_and_was_judged_by_the_same(rules, later):
    with transaction.atomic():
        window = make.window()
        by = make.coordinator(window)
        programmes.upload(programme=window.cohort.programme, text=as_file(window.cohort.rule_set, rules), by=by)
        window = make.fresh(window)
        application = make.arrived(window)
        for question in window.cohort.rule_set.eligibility_questions.filter(kind=EligibilityKind.YES_NO):
            EligibilityAnswer.objects.create(application=application, question=question, answer="yes")
        if window.cohort.rule_set.is_by_merit:
            make.reviewed(application, 3, 4, by=by)
        decisions.turn_down(application=application, reason="k0", by=by)
        before, after = what_it_says(application), Afterwards(window, by)
        assert before["rules"] == {"name": window.cohort.rule_set.name, **as_it_is_written(rules)}
        for what, tables in later:
            after.happen(what, tables)
            assert what_it_says(application) == before, what
        transaction.set_rollback(True)


def as_it_is_written(rules: dict[str, Any]) -> dict[str, Any]:
    """The same without what it would be anyway."""
    usual = {
        "if_no": "no", "allows_not_sure": False, "is_in_range": True, "word_limit": 250, "is_required": True, "assessors_see": False,
        "kind": "line", "meaning": "own",
    }  # fmt: skip
    found: dict[str, Any] = {}
    for name, rows in rules.items():
        if isinstance(rows, str):
            found[name] = rows
        elif rows:
            left = {key: value for key, value in usual.items() if not (key == "kind" and name == "parts")}
            found[name] = [
                {"key": row.get("key", row.get("kind")), **{k: v for k, v in row.items() if left.get(k, ...) != v}}
                for row in rows
            ]
    return found
