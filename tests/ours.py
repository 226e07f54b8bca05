"""The packages that are ours, once: what import-linter knows is what everything else looks at."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
_PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
#: The platform first, then the apps.
OURS: tuple[str, ...] = tuple(_PROJECT["tool"]["importlinter"]["root_packages"])
APPS = OURS[1:]
