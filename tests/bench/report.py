"""The table: each page, what it costs, what it may cost, and whether it keeps to that."""

import cProfile
import os
import pstats
from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from applications.models import Application
from cohorts.models import Cohort
from steppingup.accounts.models import User
from tests.bench import (
    afterwards,
    ahead,
    applying,
    documents,
    fill,
    http,
    large,
    matching,
    measure,
    pages,
    team,
    workforce,
)
from tests.bench.pages import Page

MS_A_ROW = 0.15
#: An export of ten times as many rows may take this much more memory at its highest: nothing but noise.
MOST_MORE_PYTHON, MOST_MORE_PROCESS = 1_000_000, 8_000_000
EXPORT_RUNS = 5


@dataclass(frozen=True)
class Place:
    """Who looks, and at which two cohorts."""

    clients: dict[str, Client]
    big: Cohort
    small: Cohort
    manager: User


def place() -> Place:
    manager = User.objects.get(email=team.MANAGER)
    people = {
        "coordinator": User.objects.get(email=fill.COORDINATOR),
        "manager": manager,
        "participant": pages.participant_of(manager),
        "equality": User.objects.get(email=workforce.KEEPER),
    }
    cohorts = {c.slug: c for c in Cohort.objects.filter(slug__in=(fill.BIG, fill.SMALL)).select_related("window")}
    clients = {name: pages.signed_in(user) for name, user in people.items()}
    return Place(clients, cohorts[fill.BIG], cohorts[fill.SMALL], manager)


def wanted(here: Place, word: str) -> list[tuple[Page, Page | None]]:
    """Each page with the same page of the small cohort, if it has one."""
    pairs: list[tuple[Page, Page | None]] = [(pages.everything(), None), (pages.stuck_of_all(), None)]
    pairs += zip(pages.pages_of(here.big), pages.pages_of(here.small), strict=True)
    pairs += zip(pages.tabs_of(here.big), pages.tabs_of(here.small), strict=True)
    pairs += [(page, None) for page in pages.team_pages(here.manager)]
    pairs += [(page, None) for page in large.pages_of(large.fill_large())]
    pairs += [(page, None) for page in workforce.pages_of(workforce.fill_workforce())]
    pairs += [(page, None) for page in afterwards.pages_of(afterwards.fill_afterwards())]
    return [pair for pair in pairs if word.lower() in pair[0].title.lower()]


def profile(word: str) -> int:
    """cProfile of five requests of each page whose title has the word."""
    here = place()
    measure.alone_on_one_core()
    for page, _ in wanted(here, word):
        client = here.clients[page.by]
        for statement in pages.queries_of(client, page).said:
            print(f"  {' '.join(statement.split())[:230]}")
        profiler = cProfile.Profile()
        profiler.enable()
        for _ in range(5):
            pages.body_of(pages.get(client, page.address))
        profiler.disable()
        print(f"\n{page.title}: {page.address}")
        pstats.Stats(profiler).sort_stats("cumulative").print_stats(45)
        pstats.Stats(profiler).sort_stats("tottime").print_stats(25)
    return 0


class Table:
    """Prints lines and remembers what was broken."""

    HEAD = f"{'':38}{'queries':>12}{'ms':>8}{'cpu ms':>8}{'python':>8}{'pg':>7}{'limit':>8}{'KB':>7}"

    def __init__(self, by_processor: bool) -> None:
        self.by_processor = by_processor
        self.broken: list[str] = []
        print(f"\n{self.HEAD}", flush=True)

    def line(self, page: Page, cost: measure.Cost, small: int | None) -> None:
        judged = cost.processor if self.by_processor else cost.wall
        problems = []
        if cost.queries > page.most:
            problems.append(f"{cost.queries} queries, {page.most} allowed")
        if small is not None and small != cost.queries:
            problems.append(f"{small} queries with {Application.objects.filter(cohort__slug=fill.SMALL).count()} rows")
        if page.limit is not None and judged > page.limit:
            problems.append(f"{judged:.0f} ms, {page.limit:.0f} allowed")
        both = f"{cost.queries}" if small is None else f"{cost.queries} = {small}"
        limit = f"{page.limit:.0f}" if page.limit is not None else ""
        print(
            f"{page.title:38}{both:>12}{cost.wall:8.1f}{cost.processor:8.1f}{cost.python:8.1f}{cost.database:7.1f}"
            f"{limit:>8}{cost.bytes / 1000:7.0f}{'   TOO MUCH' if problems else ''}",
            flush=True,
        )
        self.broken += [f"{page.title}: {problem}" for problem in problems]


def export(here: Place, table: Table) -> None:
    """All rows with scores: queries, milliseconds a row, and memory at a thousand and at all rows."""
    client = here.clients["coordinator"]
    rows = Application.objects.filter(cohort=here.big).submitted()
    number, fewer = rows.count(), rows.filter(status="held").count()
    address = pages.export_address(here.big)
    queries = measure.counted(client, Page("", address))
    cost = measure.cost_of(client, address, queries, EXPORT_RUNS)
    small = measure.memory_of(client, pages.export_address(here.big, status="held"))
    large = measure.memory_of(client, address)
    judged = (cost.processor if table.by_processor else cost.wall) / number
    print(
        f"\nCSV of {number:,} applications with all scores: {cost.wall / number:.3f} ms a row "
        f"({cost.processor / number:.3f} of processor time; limit {MS_A_ROW}), {queries} queries, "
        f"{cost.bytes / 1_000_000:.1f} MB\n"
        f"  memory at its highest, {fewer:,} rows: {small.python / 1e6:.1f} MB in Python, process +{small.process / 1e6:.1f} MB\n"
        f"  memory at its highest, {number:,} rows: {large.python / 1e6:.1f} MB in Python, process +{large.process / 1e6:.1f} MB"
    )
    if judged > MS_A_ROW:
        table.broken.append(f"export: {judged:.3f} ms a row, {MS_A_ROW} allowed")
    if large.python - small.python > MOST_MORE_PYTHON or large.process - small.process > MOST_MORE_PROCESS:
        table.broken.append("export: needs more memory for more rows")


def applying_(here: Place, table: Table) -> None:
    """All requests of one applicant together."""
    one = applying.cost()
    print(
        f"\nAn application from the first page to submitted: {one.wall:.0f} ms in {one.requests} requests "
        f"({one.processor:.0f} of processor time; wanted {applying.WANTED})",
        flush=True,
    )
    judged = one.processor if table.by_processor else one.wall
    if judged > applying.WANTED:
        table.broken.append(f"applying: {judged:.0f} ms, {applying.WANTED} wanted")


def writing_to_all(here: Place, table: Table) -> None:
    """An email to everybody of a large cohort."""
    queries, took, written = large.write_to(large.fill_large(), User.objects.get(email=fill.COORDINATOR))
    print(
        f"\nAn email to {written} people queued in {took:.2f} s, {queries} queries (wanted {large.WANTED} s)",
        flush=True,
    )
    if took > large.WANTED or written != large.NUMBER:
        table.broken.append(f"an email to {written}: {took:.2f} s, {large.WANTED} wanted")


def reading_in(here: Place, table: Table) -> None:
    """A file with the counts of a workforce."""
    took, kept = workforce.read_in()
    print(f"\n{kept:,} counts of a workforce read in in {took:.1f} s (wanted {workforce.SECONDS})", flush=True)
    if took > workforce.SECONDS:
        table.broken.append(f"reading in counts: {took:.1f} s, {workforce.SECONDS} wanted")


def making_a_paper(here: Place, table: Table) -> None:
    """A paper for a committee, from its parts to its PDF."""
    took, work, pages_ = workforce.paper_made()
    print(
        f"\nA paper of {pages_} pages made in {took:.1f} s ({work:.1f} of processor time; wanted {workforce.PAPER})",
        flush=True,
    )
    if (work if table.by_processor else took) > workforce.PAPER:
        table.broken.append(f"making a paper: {took:.1f} s, {workforce.PAPER} wanted")


def looking_ahead(here: Place, table: Table) -> None:
    """What stands before a step for fifty."""
    title = f"Looking ahead at {ahead.NUMBER}"
    print(f"\n{title:38}{'ms':>8}{'cpu ms':>8}{'wanted':>8}{'queries for each':>18}{'letters':>9}")
    by = User.objects.get(email=fill.COORDINATOR)
    for case in ahead.STEPS:
        cost, label = ahead.cost_of(here.big, by, case), case[0].label
        print(f"{label:38}{cost.wall:8.0f}{cost.processor:8.0f}{ahead.WANTED_MS:8}{cost.queries:18.1f}{cost.letters:9}")
        judged = cost.processor if table.by_processor else cost.wall
        if judged > ahead.WANTED_MS or cost.queries > ahead.MOST_QUERIES:
            table.broken.append(f"looking ahead at “{label}”: {judged:.0f} ms, {cost.queries:.1f} queries for each")


def printing(here: Place, table: Table) -> None:
    """How many documents a second."""
    print()
    for what, draw in documents.kinds(here.manager).items():
        wall, processor = documents.rate_of(draw)
        print(f"{what}: {wall:.1f} a second ({processor:.1f} of processor time; wanted {documents.WANTED})", flush=True)
        if (processor if table.by_processor else wall) < documents.WANTED:
            table.broken.append(f"{what}: {wall:.1f} a second, {documents.WANTED} wanted")


def assigning(here: Place, table: Table) -> None:
    """Matching at three sizes, beside the solver alone."""
    print(f"\n{'Matching':38}{'ms':>8}{'solver':>8}{'times':>8}{'MB':>7}")
    for size in matching.SIZES:
        cost = matching.cost_of(*size)
        people, mentors, places = size
        title = f"{people:,} people, {mentors} mentors × {places}"
        print(f"{title:38}{cost.whole * 1000:8.0f}{cost.bare * 1000:8.0f}{cost.times:8.1f}{cost.memory / 1e6:7.0f}")
    if cost.times > matching.MOST_TIMES_BARE or cost.memory > matching.MOST_BYTES:
        table.broken.append(f"matching: {cost.times:.1f} times the bare solver, {cost.memory / 1e6:.0f} MB")


def over_http(here: Place, table: Table) -> None:
    """The pages through gunicorn, beside a view that does nothing."""
    print(f"\n{'Over HTTP (2 workers, 8 threads)':38}{'ms':>8}{'wanted':>8}{'a second':>10}{'wanted':>8}{'99 % ms':>9}")
    pages_ = {page.title: page for page in pages.pages_of(here.big)}
    with http.gunicorn() as (port, master):
        for title in (http.BARE, *http.WANTED):
            page = pages_.get(title, Page(title, "/healthz"))
            found, wanted_ = http.figures_of(port, here.clients[page.by], page), http.WANTED.get(title)
            limits = (f"{wanted_.wait:.0f}", f"{wanted_.rate:.0f}") if wanted_ else ("", "")
            print(
                f"{title:38}{found.wait:8.1f}{limits[0]:>8}{found.rate:10.1f}{limits[1]:>8}{found.slowest:9.0f}",
                flush=True,
            )
            if wanted_ and not table.by_processor and (found.wait > wanted_.wait or found.rate < wanted_.rate):
                table.broken.append(f"over HTTP, {title}: {found.wait:.0f} ms, {found.rate:.1f} a second")
        print(f"A worker of gunicorn then has {http.memory_of(master):.0f} MB.")


#: What is measured beside the pages, by the words with which `--only` finds it.
OTHERS = {
    "over http": over_http,
    "csv export": export,
    "writing email to all": writing_to_all,
    "reading in workforce counts": reading_in,
    "making a paper about the workforce": making_a_paper,
    "looking ahead steps": looking_ahead,
    "applying application first page to submitted": applying_,
    "certificates invoices": printing,
    "matching mentors": assigning,
}


def measure_all(only: str) -> Table:
    here = place()
    measure.alone_on_one_core()
    by_processor = measure.load_is_high()
    cores, load = os.cpu_count(), os.getloadavg()[0]
    how = (
        f"Others use this machine (load {load:.1f} on {cores} cores): limits are judged by processor time, "
        "ours and PostgreSQL’s."
        if by_processor
        else f"The machine is quiet (load {load:.1f} on {cores} cores): limits are judged by the time that passes."
    )
    print(f"\nMedians of {measure.RUNS} requests after {measure.WARM_UPS}, DEBUG {settings.DEBUG}. {how}")
    table = Table(by_processor)
    for page, other in wanted(here, only):
        client = here.clients[page.by]
        small = measure.counted(client, other) if other else None
        table.line(page, measure.cost_of(client, page.address, measure.counted(client, page)), small)
    for words, what in OTHERS.items():
        if only.lower() in words:
            what(here, table)
    return table


def run(only: str = "") -> int:
    table = measure_all(only)
    if table.broken:
        print("\nToo much:\n" + "\n".join(f"  - {sentence}" for sentence in table.broken))
        return 1
    print("\nEverything keeps to its limits.")
    return 0
