"""Whatever rules a coordinator changes, nothing changes that anybody sees of what was begun under the rules before.

Every page and PDF about a record in the table of access is read by the first whom it opens for, before and after: pages of
the rules themselves, and of what has not begun, are named in MOVE, and every other page must read the same."""

import random
import re
from collections.abc import Iterator
from io import BytesIO

from django.urls import reverse
from pypdf import PdfReader

from tests.sweeps.access_table import ROWS
from tests.sweeps.forms_found import Found, read
from tests.sweeps.rows import of
from tests.sweeps.visits import visit
from tests.sweeps.world import CAST, World

#: Pages that show rules as they are for the next cohort, drafts of it, or what was changed by whom.
MOVE = re.compile(
    r"^(admin:(cohorts_(ruleset|plan|programme|cohort_ready)|applications_application_(rehearsal|dry_run)|modules_(qualification|course)|funding_feeterms|index|accounts_user_change"
    r"|.*(_add|_history|_autocomplete|autocomplete|_export|_import)$)|home|cohorts:(programmes|programme)$"
    r"|applications:(check|check_question|start|interest|offer)$|modules:(courses|choose|register)$|account_|mfa_)"
)
NOISE = re.compile(
    r'name="(?:csrfmiddlewaretoken|seen-before)" value="[^"]*"|nonce="[^"]*"|\b[0-9a-f]{32,}\b|\b[\w-]{60,}\b|data-now="[^"]*"'
    # Roles are in no order among equals.
    r'|<option value="\d+"[^>]*>[^<]* at Harbour Council</option>'
    r"|\d+ (?:seconds?|minutes?) ago|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
)
TEXTS = ("text", "textarea")


def pages(world: World) -> dict[str, str]:
    """What each page says to the first whom it opens for."""
    found = {}
    for row in ROWS:
        who = next((one for one in CAST if row.who[one] == 200), None)
        if who is None or MOVE.search(row.name) or not row.given or of.draft in row.given.values():
            continue
        response = visit(world.client(who), "get", row.at(world)).response
        kind = response.get("Content-Type", "").partition(";")[0]
        if kind == "text/html":
            found[f"{row.name} {row.given}"] = NOISE.sub("", response.content.decode())
        elif kind == "application/pdf":
            sheets = PdfReader(BytesIO(response.getvalue())).pages
            found[f"{row.name} {row.given}"] = "\n".join(sheet.extract_text() for sheet in sheets)
    return found


def rules_of(world: World) -> Iterator[tuple[str, int, str]]:
    """Each kind of rule that somebody began under, as it holds now: its admin, its id, and which of its fields are rules."""
    yield "cohorts_ruleset", world.programme.rule_sets.current().get().pk, r"-\d+-"
    yield "cohorts_plan", world.running.plan.newest().pk, r"-\d+-|^name$"
    yield "modules_qualification", world.registration.qualification.newest().pk, ""
    yield "modules_course", world.choice.course.newest().pk, "title|level|credits|guided_hours|summary"
    for cohort in (world.running, world.free_cohort):
        yield "cohorts_cohort", cohort.pk, "^fee$|^plan$|completion_rules-"
    yield "applications_window", world.free_window.pk, "each|max_score|days|bursary"
    yield "funding_feeterms", world.fee_terms.pk, ""
    yield "cohorts_programme", world.programme.pk, "who_can|funded|after"


def change(form: Found, which: str, dice: random.Random) -> dict[str, str]:
    """What stands in the form, with some of it changed: numbers grow, texts get longer, boxes are ticked, parts removed."""
    data = form.as_it_is()
    free = [name for name, (kind, _) in form.fields.items() if kind in (*TEXTS, "number", "checkbox")]
    free = [name for name in free if re.search(which, name) and "__prefix__" not in name]
    for name in dice.sample(free, min(len(free), dice.randint(1, 6))):
        kind, value = form.fields[name]
        if kind == "checkbox":
            data.pop(name, None) if value else data.update({name: "on"})
        elif re.fullmatch(r"[\d.]+", value):
            data[name] = f"{float(value) + dice.randint(1, 5):g}"
        elif value:
            data[name] = f"{data[name]} {dice.choice(('Anew', 'differently', '2027'))}"
    return data


def test_no_change_of_rules_changes_what_anybody_sees_of_the_past(world: World):
    world.clients = {}
    dice, saved = random.Random(7), 0
    before, desk = pages(world), world.client("coordinator")
    assert len(before) > 70
    for _ in range(3):
        for name, pk, which in rules_of(world):
            address = reverse(f"admin:{name}_change", args=[pk])
            form = max(read(desk.get(address).content.decode()).forms, key=lambda form: len(form.fields))
            saved += desk.post(address, change(form, which, dice)).status_code == 302
    assert saved > 9
    desk.get("/admin/")  # what the last of them said is read
    after = pages(world)
    moved = [name for name in before if before[name] != after[name]]
    assert not moved, "\n\n".join(f"{name}\n{difference(before[name], after[name])}" for name in moved)


def difference(one: str, other: str) -> str:
    lines = zip(one.splitlines(), other.splitlines(), strict=False)
    return "\n".join(f"- {a.strip()[:200]}\n+ {b.strip()[:200]}" for a, b in lines if a != b)[:1500]
