"""No module imports itself by a detour. That rooms stand in their order is in the contracts of pyproject.toml."""

from graphlib import CycleError, TopologicalSorter

import grimp
import pytest

from tests.ours import OURS


def circle_in(imports: dict[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as found:
        return list(found.args[1])
    return []


@pytest.mark.parametrize(
    ("imports", "found"),
    [({"a": {"b"}, "b": {"c"}}, []), ({"a": {"b"}, "b": {"c"}, "c": {"a"}}, ["a", "b", "c"])],
)
def test_a_circle_is_found(imports, found):
    assert sorted(set(circle_in(imports))) == found


def test_no_circle_between_modules():
    graph = grimp.build_graph(*OURS, cache_dir=None)
    assert not circle_in({module: graph.find_modules_directly_imported_by(module) for module in graph.modules})
