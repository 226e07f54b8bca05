"""The code that decides: what is changed to see whether a test notices."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

#: Actions, rules, money and the ranking. Pages, admins and forms are seen by journeys and sweeps.
PATTERNS = (
    "*/actions/*.py",
    "*/*/actions/*.py",
    "*/*/actions.py",
    "funding/*.py",
    "funding/models/*.py",
    "*/rules.py",
    "*/*/rules.py",
    "*/completion.py",
    "*/ranking.py",
    "*/eligibility.py",
    "*/impartial.py",
    "*/matching.py",
    "*/fee.py",
    "*/access.py",
    "steppingup/history/lifecycle.py",
    "steppingup/accounts/actors.py",
)
NOT = ("tests", ".venv")
ONLY_IN_DEMONSTRATIONS = ("past.py", "demonstration.py", "loading.py")


def targets() -> list[Path]:
    found = {path for pattern in PATTERNS for path in ROOT.glob(pattern) if path.relative_to(ROOT).parts[0] not in NOT}
    return sorted(path for path in found if path.name not in ("__init__.py", *ONLY_IN_DEMONSTRATIONS))
