"""Generated years of an employer whose people are published in all kinds of releases together: in grids of the workforce, as applicants and
participants, in the pool and as voluntary heads in equality figures, and as graduates in figures of what became of them.

Targets, series, the WRES and papers read these releases and nothing else (`test_nothing_but_releases`): whoever knows the releases knows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from random import Random

import numpy as np

from representation.measuring import outcomes
from representation.measuring.outcomes import Answers, Known, NothingFits, Tally, known_by, tally
from representation.states import SAYS, Outcome
from steppingup.disclosure.audit import Cells, Knowledge, Numbers, People, Shown
from steppingup.disclosure.protection import NOT_KNOWN, Line
from steppingup.disclosure.tables import Past
from tests.applications.equality import Sequence
from tests.representation.workforce import GROUP, OTHERS, Workforce

UP, GRADE, SAME = (frozenset({moves}) for moves in ("promoted", "grade", "same"))
#: The answers of one question as the form has them; HR adds up those of the group.
HEADINGS = ("h0", "h1", OTHERS, NOT_KNOWN)
ALIKE = (GROUP, OTHERS, NOT_KNOWN)  # or nothing is added up
FEW = 12
STEPPED: tuple[str, ...] = (Outcome.STEPPED,)
NEVER = 99
ENDED = "-"  # what became of somebody who is no graduate: nobody asks


@dataclass(frozen=True)
class Said:
    """What somebody answered, from which release on it is there, and from which on their employer has confirmed it."""

    moves: frozenset[str]
    since: int
    confirmed: int = NEVER


@dataclass
class Employer:
    """`workforce`, `forms` and `became` have what was published of each kind. `said` is what each graduate answered, by moment; `stepped`, who had
    stepped up, where an equality release is about them: who they are, by which release, and its numbers."""

    random: Random
    secret: str
    workforce: Workforce
    headings: dict[int, str]
    names: tuple[str, ...] = HEADINGS
    cohorts: list[frozenset[int]] = field(default_factory=list)
    moments: tuple[int, ...] = ()
    rounds: int = 1
    kinds: tuple[str, ...] = STEPPED
    forms: Sequence = field(default_factory=lambda: Sequence({}, []))
    said: dict[int, dict[int, Said]] = field(default_factory=dict)
    apart: dict[tuple[int, str, int], list[tuple[int, int]]] = field(default_factory=dict)
    became: list[tuple[People, tuple[int, int, str, Known], int]] = field(default_factory=list)
    stepped: list[tuple[People, int, list[tuple[Cells, int]]]] = field(default_factory=list)
    left_out: int = 0

    @property
    def graduates(self) -> frozenset[int]:
        return frozenset(self.said)

    def answers_at(self, person: int, number: int) -> Answers:
        """What stood at a release of what became of graduates."""
        return {months: one.moves for months, one in self.said[person].items() if one.since <= number}

    # -- what is published ---------------------------------------------------------------------------

    def publish_form(self, people: frozenset[int]) -> None:
        """Equality figures, held against those before; nobody knows who of them stands where in the workforce."""
        self.forms.publish(people, self.secret)

    def publish_stepped_up(self, number: int) -> None:
        """Those who had said so, in a table that says how many they are."""
        last = self.moments[-1]
        up = frozenset(
            p for p in self.said if known_by(self.answers_at(p, number), SAYS[Outcome.STEPPED], last) == Known.YES
        )
        before = len(self.forms.shown)
        self.publish_form(up)
        if lines := [(one.cells, one.number) for one in self.forms.shown[before:]]:
            self.stepped.append((up, number, lines))

    def publish_became(self, number: int) -> None:
        """As `publish_outcomes` does."""
        by = {cohort: people for cohort, people in enumerate(self.cohorts, 1) if people & self.graduates}
        for months, kind in product(self.moments, self.kinds):
            parts = {cohort: self._tally(people, number, months, kind) for cohort, people in by.items()}
            past, has_silent = self._past(kind, months), kind != Outcome.CONFIRMED
            try:
                shown = outcomes.release(parts, past, f"1 {kind} {months}", self.secret, has_silent)
            except NothingFits:
                self.left_out += 1
                continue
            for group, both in outcomes.errors(shown, parts).items():
                self.apart.setdefault((group, kind, months), []).append(both)
            for group, one in shown.items():
                people = by.get(group, self.graduates)
                for known, about in ((Known.YES, one.yes), *([(Known.SILENT, one.silent)] if has_silent else [])):
                    self.became.append((people, (number, months, kind, known), about))

    def _tally(self, people: frozenset[int], number: int, months: int, kind: str) -> Tally:
        there = sorted(people)
        if kind != Outcome.CONFIRMED:
            return tally([self.answers_at(one, number) for one in there], SAYS[kind], months)
        confirmed = [[at for at, said in self.said[one].items() if said.confirmed <= number] for one in there]
        return outcomes.tally_confirmed(confirmed, months)

    def _past(self, kind: str, months: int) -> outcomes.Errors:
        """Who is confirmed has stepped up: these two are held against each other."""

        def of(line: str) -> outcomes.Errors:
            found = {}
            for (group, about, at), errors in self.apart.items():
                if (about, at) == (line, months):
                    yes, silent = (outcomes.join(Past(one[place], one[place]) for one in errors) for place in (0, 1))
                    assert yes is not None
                    assert silent is not None
                    found[group] = yes, silent
            return found

        if kind not in (Outcome.STEPPED, Outcome.CONFIRMED):
            return of(kind)
        return outcomes.beside(of(Outcome.STEPPED), of(Outcome.CONFIRMED))[kind == Outcome.CONFIRMED]

    # -- what is known -------------------------------------------------------------------------------

    def characteristics(self) -> "Joined":
        """Grids and equality figures, where the same answers count in both, to somebody who knows who stands on which list."""
        group = frozenset(self.names[:-2])
        grids = [
            Shown(one.people, group if GROUP in one.cells else one.cells, one.number) for one in self.workforce.shown
        ]
        # The same people are published once: what is said twice of them is the same number.
        shown = list(dict.fromkeys([*grids, *self.forms.shown]))
        lines = dict.fromkeys((one.people for one in shown), frozenset(self.names))
        found = Joined(self.headings, [self.levels[0]], shown, lines=lines)
        # What one kind tells alone is attacked where that kind is; here, each group, and the few people by whom two of both kinds differ.
        posts, lists = ({one.people: None for one in several} for several in (grids, self.forms.shown))
        cuts = [part for a, b in product(posts, lists) for part in (a - b, b - a, a & b) if 0 < len(part) <= FEW]
        shapes = dict.fromkeys(one.cells for one in shown)
        found.looked_at = list(product(dict.fromkeys([*posts, *lists, *cuts]), shapes)) if lists else []
        return found

    @property
    def levels(self) -> list[tuple[Line, ...]]:
        """The lines of the form: each heading, then those that HR adds up."""
        fine = tuple(Line(cell, frozenset([cell])) for cell in self.names)
        return [fine] if self.names == ALIKE else [fine, (Line(GROUP, frozenset(self.names[:-2])), *fine[-2:])]

    def everything(self) -> "Joined":
        """All kinds, to somebody who does not know what became of whom: each person has an answer and a course of what became of them."""
        courses = {self.course(dict(zip(self.moments, one, strict=True))) for one in self._possible()}
        cells = {(answer, course) for answer in self.names for course in (*courses, ENDED)}
        name = {one: f"{one[0]} {one[1]}" for one in cells}
        graduates = frozenset(name[one] for one in cells if one[1] != ENDED)

        def of(lines: Cells) -> Cells:
            return frozenset(name[one] for one in cells if one[0] in lines)

        places = list(product(range(self.rounds), self.moments, self.kinds))

        def being(number: int, months: int, kind: str, known: Known, lines: Cells = frozenset(self.names)) -> Cells:
            place = places.index((number, months, kind))
            letter = known.value[0]
            return frozenset(
                name[one] for one in cells if one[0] in lines and one[1] != ENDED and one[1][place] == letter
            )

        secret = {people for people, _, _ in self.stepped}
        shown = [
            Shown(one.people, of(one.cells), one.number)
            for one in self.characteristics().shown
            if one.people not in secret
        ]
        became = [Shown(people, being(*what), number) for people, what, number in self.became]
        shown += became
        exact = []
        for people, number, lines in self.stepped:
            what = number, self.moments[-1], Outcome.STEPPED, Known.YES
            shown += [Shown(self.graduates, being(*what, line), about) for line, about in lines]
            exact.append(Shown(self.graduates, being(*what), len(people)))
        every, rest = frozenset(name.values()), frozenset(self.headings) - self.graduates
        whose = {one.people: graduates if one.people <= self.graduates else every for one in shown}
        whose |= {self.graduates: graduates, rest: every - graduates} if rest else {self.graduates: graduates}
        answers = {
            person: name[answer, self.course(self.said[person]) if person in self.said else ENDED]
            for person, answer in self.headings.items()
        }
        found = Joined(
            answers, [[Line(one, frozenset([one])) for one in sorted(every)]], shown, lines=whose, exact=exact
        )
        known = {(one.people, one.cells) for one in exact}
        found.looked_at = [one for one in dict.fromkeys((one.people, one.cells) for one in became) if one not in known]
        return found

    def _possible(self) -> Iterable[tuple[Said, ...]]:
        """Every way in which somebody may answer: at each moment, what, from which release on, and from which on it is confirmed."""
        moves, found = (UP, GRADE, SAME) if Outcome.PROMOTED in self.kinds else (UP, SAME), [Said(SAME, NEVER)]
        for move, since in product(moves, range(self.rounds)):
            found.append(Said(move, since))
            if move != SAME and Outcome.CONFIRMED in self.kinds:
                found += [Said(move, since, confirmed) for confirmed in range(since, self.rounds)]
        return product(found, repeat=len(self.moments))

    def course(self, said: Mapping[int, Said]) -> str:
        """What is known of somebody at each release by each moment, a letter for each line: yes, no, silent."""
        found = []
        for number, months, kind in product(range(self.rounds), self.moments, self.kinds):
            if kind == Outcome.CONFIRMED:
                at = [moment for moment, one in said.items() if one.confirmed <= number]
                known = Known.YES if min(at, default=NEVER) <= months else Known.NO
            else:
                there = {moment: one.moves for moment, one in said.items() if one.since <= number}
                known = known_by(there, SAYS[kind], months)
            found.append(known.value[0])
        return "".join(found)


class Everything(Knowledge):
    """What follows from all of it. `exact` are numbers that are known as they are; `lines`, which cells the people of a group can be in."""

    def __init__(
        self, shown: list[Shown], cells: Iterable[str], lines: Mapping[People, Cells], exact: list[Shown]
    ) -> None:
        super().__init__(shown, cells)
        self.exact, self.lines = exact, dict(lines)
        self.groups = list(self.lines)
        self.parts = self._cut()
        self.size = len(self.parts) * len(self.cells)

    @cached_property
    def rules(self) -> tuple[Numbers, Numbers, Numbers]:
        rows, least, most = super().rules
        if not self.exact:
            return rows, least, most
        more, numbers = [self.row(one.people, one.cells) for one in self.exact], [one.number for one in self.exact]
        return np.vstack([rows, more]), np.append(least, numbers), np.append(most, numbers)


@dataclass
class Joined(Sequence):
    """As the attacker has it."""

    lines: dict[People, Cells] = field(default_factory=dict)
    exact: list[Shown] = field(default_factory=list)
    looked_at: list[tuple[People, Cells]] = field(default_factory=list)

    def knowledge(self) -> Knowledge:
        return Everything(self.shown, self.cells, self.lines, self.exact)


def employer(seed: int) -> Employer:
    """One to three grids, a programme for the staff with its stages, and one to three releases of what became of its graduates."""
    random = Random(seed)
    units, tiers = (list(range(1, random.randint(1, 2) + 1)) for _ in range(2))
    made = Workforce(random, f"secret {seed}", units, tiers)
    weights = {GROUP: random.random() ** 2 * 0.6 + 0.001, NOT_KNOWN: random.choice((0, 0.05, 0.3)), OTHERS: 1.0}
    for where in product(units, tiers):
        for _ in range(random.randint(10, 35)):
            made.hire(where, weights)
    found = Employer(random, f"secret {seed}", made, {})
    years = random.choice((1, 2, 2, 3))
    found.rounds = random.choice((1, 1, 2, 3))
    found.moments = random.choice(((12,), (0,), (6, 12))) if found.rounds < 3 else (12,)
    if found.rounds * len(found.moments) < 3:
        found.kinds = random.choice((STEPPED, (*STEPPED, Outcome.PROMOTED), (*STEPPED, Outcome.CONFIRMED)))
    applied = _apply(found)
    for year in range(years):
        if year:
            made.pass_a_year(random.choice((0, 0.02, 0.1)), weights)
        made.publish(str(year))
    share = random.random()
    found.names = random.choice((HEADINGS, ALIKE, ALIKE))
    found.headings = {
        person: random.choices(found.names[:2], (share, 1 - share))[0]
        if answer == GROUP and found.names == HEADINGS
        else answer
        for person, answer in made.answers.items()
    }
    found.forms = Sequence(found.headings, found.levels)
    _select_and_follow(found, applied)
    return found


def _apply(found: Employer) -> list[list[int]]:
    """Whoever applied, in one or two cohorts: a unit or a tier but for a few, or some of everybody."""
    random, made = found.random, found.workforce
    staff = sorted(made.place)
    near = [[who for who in staff if made.place[who] in keys] for keys in made.shape().groups(made.parts()).values()]
    near = [people for people in near if len(people) >= 15] or [staff]
    if random.random() < 0.6:
        people = random.sample(chosen := random.choice(near), len(chosen))
        people = people[random.choice((0, 0, 1, 2, 3)) :]
        rest = [who for who in staff if who not in people]
        people += random.sample(rest, min(len(rest), random.choice((0, 0, 2, 3))))
    else:
        people = random.sample(staff, int(len(staff) * random.choice((0.5, 0.8))))
    half = len(people) // 2
    return [people[:half], people[half:]] if len(people) > 50 and random.random() < 0.7 else [people]


def _select_and_follow(found: Employer, applied: list[list[int]]) -> None:
    """Stages one inside the other, of each cohort and of all; then what became of those who completed, round by round."""
    random, completed = found.random, []
    shares = [random.uniform(*share) for share in ((0.7, 1), (0.8, 1), (0.8, 1))]
    stages: list[list[frozenset[int]]] = []
    for people in applied:
        here = list(people)
        inside = [frozenset(here)]
        for share in shares:
            here = random.sample(here, max(1, int(len(here) * share)))
            inside.append(frozenset(here))
        stages.append(inside)
        completed.append(frozenset(here))
    each = [group for inside in stages for group in inside]
    each += [frozenset().union(*groups) for groups in zip(*stages, strict=True)] if len(stages) > 1 else []
    for group in sorted(random.sample(range(len(each)), min(3, len(each)))):
        found.publish_form(each[group])
    found.cohorts = completed
    graduates = sorted(frozenset().union(*completed))
    often, up = random.uniform(0.3, 1), random.choice((0.05, 0.5, 0.7, 0.9))
    for person in graduates:
        since = random.choice(found.moments) if random.random() < up else 99
        way = random.choice((UP, GRADE)) if Outcome.PROMOTED in found.kinds else UP
        found.said[person] = {}
        for months in found.moments:
            if random.random() < often:
                number, moves = random.randrange(found.rounds), way if months >= since else SAME
                asks = moves != SAME and Outcome.CONFIRMED in found.kinds and random.random() < 0.7
                found.said[person][months] = Said(
                    moves, number, random.randrange(number, found.rounds) if asks else NEVER
                )
    for _ in ("pool", "voluntary heads"):
        found.publish_form(frozenset(random.sample(graduates, int(len(graduates) * random.uniform(0.3, 0.9)))))
    for number in range(found.rounds):
        found.publish_became(number)
        found.publish_stepped_up(number)
