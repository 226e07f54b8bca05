"""What can be changed: mutmut's operators, and three of our own, on whatever stands inside a function.

mutmut itself leaves decorated functions alone, and every action is decorated (`@transaction.atomic`); so its operators
are used, and the rest is ours. Sentences are not changed: tests compare them where they matter.
"""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_string

from tests.mutants.targets import ROOT

PASS = cst.parse_statement("pass")


def operator_statement_removed(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """Somebody is not told, something is not checked or not refused."""
    if m.matches(node, m.SimpleStatementLine(body=[m.Expr(value=m.Call()) | m.Raise()])):
        yield PASS


def operator_condition_negated(node: cst.If) -> Iterator[cst.CSTNode]:
    test = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
    yield node.with_changes(test=cst.UnaryOperation(cst.Not(), test))


def operator_filter_removed(node: cst.Call) -> Iterator[cst.CSTNode]:
    """`rows.filter(…)` becomes `rows`."""
    if m.matches(node.func, m.Attribute(attr=m.Name("filter") | m.Name("exclude") | m.Name("order_by"))):
        yield node.func.value  # type: ignore[attr-defined]


OPERATORS = [
    *((kind, operator) for kind, operator in mutation_operators if operator is not operator_string),
    (cst.SimpleStatementLine, operator_statement_removed),
    (cst.If, operator_condition_negated),
    (cst.Call, operator_filter_removed),
]


@dataclass(frozen=True)
class Mutant:
    """One change. `lines` are those of the statement that it stands in, as tests run them."""

    key: str
    file: str
    line: int
    lines: tuple[int, ...]
    function: str
    operator: str
    before: str
    after: str
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.function}: {self.before}  →  {self.after}"


@dataclass(frozen=True)
class Site:
    """Where an operator can be applied; the changed code is only made for what is drawn."""

    file: str
    module: cst.Module
    node: cst.CSTNode
    changed: cst.CSTNode
    operator: str
    number: int
    function: str
    line: int
    lines: tuple[int, ...]

    def mutant(self) -> Mutant:
        before, after = (" ".join(self.module.code_for_node(one).split()) for one in (self.node, self.changed))
        words = f"{self.file} {self.function} {self.operator} {before} {after} {self.number}"
        key = hashlib.sha256(words.encode()).hexdigest()[:16]
        code = self.module.deep_replace(self.node, self.changed).code
        return Mutant(
            key, self.file, self.line, self.lines, self.function, self.operator, before[:150], after[:150], code
        )


def locks(node: cst.CSTNode) -> bool:
    """Does it only lock rows? That shows where two wait for each other, which few tests do (tests/racing.py)."""
    call = m.Call(func=m.Attribute(attr=m.Name("select_for_update")))
    only = m.Call(func=m.Attribute(value=call, attr=m.Name("get")))
    return m.matches(node, call | m.SimpleStatementLine(body=[m.Expr(value=only)]))


class Finder(cst.CSTVisitor):
    """Every site of a module, in the bodies of functions: not in annotations, decorators, defaults and refusals."""

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, file: str, module: cst.Module) -> None:
        super().__init__()
        self.file, self.module = file, module
        self.sites: list[Site] = []
        self.names: list[str] = []
        self.function = ""  # the outermost, with its class
        self.statement: tuple[int, int] = (0, 0)

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.names.append(node.name.value)

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:
        self.names.pop()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        outermost = not self.function
        if outermost:
            self.function = ".".join((*self.names, node.name.value))
        node.body.visit(self)
        if outermost:
            self.function = ""
        return False

    def visit_Annotation(self, node: cst.Annotation) -> bool:
        return False

    def visit_Param(self, node: cst.Param) -> bool:
        return False

    def visit_Raise(self, node: cst.Raise) -> bool:
        return False

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.BaseSmallStatement | cst.BaseCompoundStatement):
            place = self.get_metadata(PositionProvider, node)
            last = place.end.line
            if isinstance(node, cst.If | cst.For | cst.With | cst.While):  # its own lines, without what it holds
                last = self.get_metadata(PositionProvider, node.body).start.line
            self.statement = (place.start.line, last)
        if locks(node):
            return False
        if self.function:
            self._sites(node)
        return super().on_visit(node)

    def _sites(self, node: cst.CSTNode) -> None:
        line = self.get_metadata(PositionProvider, node).start.line
        first, last = self.statement
        if isinstance(node, cst.SimpleStatementLine):
            first, last = line, self.get_metadata(PositionProvider, node).end.line
        for kind, operator in OPERATORS:
            if not isinstance(node, kind):
                continue
            name = operator.__name__.removeprefix("operator_")
            for number, changed in enumerate(operator(node)):
                self.sites.append(
                    Site(
                        self.file,
                        self.module,
                        node,
                        changed,
                        name,
                        len(self.sites) * 100 + number,
                        self.function,
                        line,
                        tuple(range(min(first, line), max(last, line) + 1)),
                    )
                )


def sites(path: Path) -> list[Site]:
    wrapper = MetadataWrapper(cst.parse_module(path.read_text(encoding="utf-8")))
    finder = Finder(str(path.relative_to(ROOT)), wrapper.module)
    wrapper.visit(finder)
    return finder.sites


def sample(paths: Sequence[Path], number: int, seed: int) -> list[Mutant]:
    """So many mutants, the same for the same seed and code: as many of each operator as there are, in turn."""
    kinds: dict[str, list[Site]] = defaultdict(list)
    for path in paths:
        for site in sites(path):
            kinds[site.operator].append(site)
    chance = random.Random(seed)
    for name in sorted(kinds):
        chance.shuffle(kinds[name])
    found: dict[str, Mutant] = {}
    while len(found) < number and any(kinds.values()):
        for name in sorted(kinds):
            if kinds[name] and len(found) < number:
                mutant = kinds[name].pop().mutant()
                if compiles(mutant):
                    found[mutant.key] = mutant
    return list(found.values())


def compiles(mutant: Mutant) -> bool:
    try:
        compile(mutant.code, mutant.file, "exec")
    except SyntaxError:
        return False
    return True
