"""Who may set up: ask colleagues, begin a programme from a file, or change one by it: not whoever keeps some of its cohorts only, as a file says something
of all of it."""

from typing import Any

from cohorts.programme_files import writing
from cohorts.programme_files.loading import shipped
from tests.factories.cohorts import day
from tests.sweeps.may import OF_COHORT, Row
from tests.sweeps.world import World


def a_programme(w: World) -> dict[str, Any]:
    text = shipped()["bristol"].read_text(encoding="utf-8")
    return {"provider": w.provider, "text": text, "name": "Rising", "starts_on": day(99)}


def a_change_by_file(w: World) -> dict[str, Any]:
    tables = writing.programme(w.programme)
    tables["programme"]["about"] = "In other words."
    for rules in tables["rule_sets"]:
        rules["eligibility"] = [*rules.get("eligibility", []), {"key": "by-file", "text": "Is it so?"}]
    for plan in tables["plans"]:
        plan["components"].append({"key": "by-file", "kind": "module", "title": "By file", "days": 1})
    return {"programme": w.programme, "text": writing.as_text(tables, "It")}


FILES = [
    Row("cohorts.actions.programmes.start", OF_COHORT, a_programme),
    Row("cohorts.actions.programmes.upload", OF_COHORT, a_change_by_file),
    Row("cohorts.actions.preparing.ask_colleague", OF_COHORT, lambda w: {"cohort": w.open_cohort, "what": "A room"}),
]
