"""script/mutants: change the code in one place, and see whether a test notices.

First (and whenever the code has changed) every test runs once, to see which lines it runs: `--map`, about as long as the
suite. Then the mutants, drawn by `--seed`. What came of each is kept in .data/mutants, and a run that was stopped goes on:
those that were killed are not tried again, those that survived are. After writing a test for a survivor:

    script/mutants --map tests/funding/test_agreements.py     # which lines the new tests run
    script/mutants --only agreements
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
from collections import Counter

from tests.mutants.contexts import gather
from tests.mutants.mutations import sample
from tests.mutants.running import read
from tests.mutants.targets import ROOT, targets

FOLDER = ROOT / ".data" / "mutants"
#: Too slow to say much about a line: journeys, the demonstration, measurements, processes, and sweeps over every page.
SLOW = ("journeys", "demo", "bench", "platform", "web", "plugins", "factories", "mutants", "data")
OVER_PAGES = ("test_access.py", "test_hostile.py", "test_queries.py", "test_records.py", "test_numbers.py")
TESTS = [
    *(f"tests/{path.name}" for path in sorted((ROOT / "tests").iterdir()) if path.is_dir() and path.name not in SLOW),
    *(f"--ignore=tests/sweeps/{name}" for name in OVER_PAGES),
]


def digest() -> str:
    found = hashlib.sha256()
    for path in targets():
        found.update(path.read_bytes())
    return found.hexdigest()


def pytest(*words: str) -> int:
    quiet = ("-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--no-header")
    return subprocess.call([sys.executable, "-m", "pytest", *quiet, *words], cwd=ROOT)


def make_map(tests: list[str]) -> None:
    """Which test runs which lines. Of some tests only: added to what is known, if the code is still the same."""
    known = load_map()
    lines = FOLDER / "lines"
    shutil.rmtree(lines, ignore_errors=True)
    lines.mkdir(parents=True)
    words = ("-n", "2", "--dist", "loadgroup", "-p", "tests.mutants.contexts", "--contexts", str(lines))
    if pytest(*words, *(tests or TESTS)) not in (0, 1):  # some tests may fail, and then say nothing
        sys.exit("The tests were interrupted, so it is not known which lines they run.")
    found = gather(lines)
    if tests and known:
        for file, rows in known["lines"].items():
            mine = found["lines"].setdefault(file, {})
            for number, names in rows.items():
                mine[number] = sorted({*names, *mine.get(number, ())})
        found["seconds"] = known["seconds"] | found["seconds"]
    (FOLDER / "map.json").write_text(json.dumps({**found, "digest": digest()}))


def load_map() -> dict | None:
    path = FOLDER / "map.json"
    known = json.loads(path.read_text()) if path.exists() else None
    return known if known and known["digest"] == digest() else None


def report(number: int, seed: int, only: str) -> int:
    """How many were killed, and who survived."""
    wanted = {one.key: one for one in sample(targets(), number, seed)}
    rows = [row for row in read(FOLDER / "results.jsonl") if row["key"] in wanted and only in row["mutant"]]
    outcomes = Counter(row["outcome"] for row in rows)
    survived = [row for row in rows if row["outcome"] == "survived"]
    for row in survived:
        print(f"{row['key']}  {row['mutant']}\n{'':18}({row['by']})")
    tried = outcomes["killed"] + outcomes["survived"]
    share = 100 * outcomes["killed"] / tried if tried else 0
    print(f"{dict(outcomes)}: {share:.1f} % of {tried} killed; {len(survived)} survived.")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="script/mutants", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--map", nargs="*", metavar="TESTS", help="only see which lines the tests run")
    parser.add_argument("--number", type=int, default=300)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--only", default="", help="only mutants whose file, function or key holds this")
    parser.add_argument("--at-once", type=int, default=2)
    parser.add_argument("--report", action="store_true", help="only say what came of them")
    chosen = parser.parse_args()
    FOLDER.mkdir(parents=True, exist_ok=True)
    if chosen.report:
        return report(chosen.number, chosen.seed, chosen.only)
    if chosen.map is not None or load_map() is None:
        make_map(chosen.map or [])
    if chosen.map is not None:
        return 0
    asked = ("--number", str(chosen.number), "--seed", str(chosen.seed), "--only", chosen.only)
    pytest(
        "-n",
        "0",
        "-p",
        "tests.mutants.running",
        "--folder",
        str(FOLDER),
        "--at-once",
        str(chosen.at_once),
        *asked,
        *TESTS,
    )
    return report(chosen.number, chosen.seed, chosen.only)


if __name__ == "__main__":
    sys.exit(main())
