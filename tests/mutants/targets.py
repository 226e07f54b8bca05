"""The code that decides: what is changed to see whether a test notices."""

from pathlib import Path

from tests.ours import OURS

ROOT = Path(__file__).resolve().parents[2]

#: Actions, rules, money, selection and who may. Pages, the desk and forms are seen by journeys and sweeps.
ROOMS = {"actions", "rules", "selection", "fee", "steps", "matching"}
NAMES = {
    "rules.py",
    "completion.py",
    "eligibility.py",
    "matching.py",
    "access.py",
    "lifecycle.py",
    "actors.py",
    "actions.py",
}
PAGES = {"desk", "pages", "demo", "migrations"}
#: Only in demonstrations.
NOT = {"__init__.py", "past.py", "demonstration.py", "loading.py"}


def targets() -> list[Path]:
    found = []
    for app in OURS:
        for path in (ROOT / app).rglob("*.py"):
            rooms = set(path.relative_to(ROOT).parts[:-1])
            money = path.parent in (ROOT / "funding", ROOT / "funding" / "models")
            if path.name not in NOT and not rooms & PAGES and (money or rooms & ROOMS or path.name in NAMES):
                found.append(path)
    return sorted(found)
