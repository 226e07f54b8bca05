"""Whether a published number is rounded up or down is decided by lot, and the lot follows from whom it is about. People have other
keys in the database whenever tests run in another order, so a test that is true of most lots only would fail now and then, and
nobody could make it fail again. Here lots follow from the name of the test: the same in every run, others with `--lots 2`."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest


class Lots:
    """Lots by the order in which a test, or what several tests share, draws them. What is drawn again is the same again."""

    def __init__(self, deal: str, ours: str, drawn: Callable[[str, str], bytes]) -> None:
        self.deal, self.ours, self.drawn = deal, ours, drawn
        self.name, self.seen = "", dict[tuple[str, str], int]()

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        around = self.name, self.seen
        self.name, self.seen = name, {}
        try:
            yield
        finally:
            self.name, self.seen = around

    def digest(self, secret: str, about: str) -> bytes:
        if self.ours not in secret:  # a test that draws with a secret of its own
            return self.drawn(secret, about)
        number = self.seen.setdefault((secret, about), len(self.seen))
        return hashlib.sha256(f"{self.deal} {self.name} {number}".encode()).digest()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lots", default="1", help="another number draws the lots of published figures anew")


@pytest.fixture(scope="session", autouse=True)
def lots(request: pytest.FixtureRequest) -> Iterator[Lots]:
    from django.conf import settings

    from steppingup.disclosure import lots as drawing

    dealt = Lots(request.config.getoption("--lots"), settings.SECRET_KEY, drawing.digest)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drawing, "digest", dealt.digest)
        request.config.stash[DEALT] = dealt
        yield dealt


DEALT = pytest.StashKey[Lots]()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """What several tests share is made by whichever of them comes first."""
    dealt = request.config.stash.get(DEALT, None)
    if dealt is None or request.scope == "function":
        return (yield)
    with dealt.of(fixturedef.argname):
        return (yield)


@pytest.fixture(autouse=True)
def _lots_of_this_test(request: pytest.FixtureRequest, lots: Lots) -> Iterator[None]:
    with lots.of(request.node.nodeid):
        yield
