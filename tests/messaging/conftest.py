"""A kind of message for tests, with its text in a folder of its own, and a mail server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from steppingup.messaging import kinds, scopes
from steppingup.messaging.actions import Notice, send
from tests.factories.accounts import ProviderFactory, UserFactory

TEXT = """Subject: News for {{ name }} about {{ thing }}
Button: Open it

{{ greeting }},

we have **news** about {{ thing }}:

- one
- two, see [our site]({{ site_link }})

{{ note }}
"""


class TestKind(kinds.MessageKind):
    """Its text is not among the site's own templates."""

    __test__ = False
    folder: Path

    @property
    def file(self) -> Path:
        return self.folder / f"{self.key}.md"


@pytest.fixture
def news(tmp_path: Path) -> Iterator[TestKind]:
    """The kind “tests.news”: two placeholders and a private link that its button leads to."""
    TestKind.folder = tmp_path
    kind = TestKind(
        "tests.news",
        "News",
        "The applicant",
        {"thing": "what it is about", "note": "some words", "link": "the private link"},
        {"link"},
        "link",
    )
    kind.file.write_text(TEXT)
    kinds.add_message_kind(kind)
    yield kind
    kinds._kinds.pop(kind.key)


@pytest.fixture
def send_news(news, db):
    """send_news(to=…, thing=…): a message with a private link in it."""

    def one(*, to="amara@example.org", link="https://example.org/l/s3cret-t0ken", around=(), about=None, **more):
        values = {"thing": "your application", "note": "", **{k: more.pop(k) for k in ("thing", "note") if k in more}}
        return send(Notice(news, to, about, values, {"link": link}, scopes=around, **more))

    return one


@pytest.fixture
def plain_message(tmp_path: Path, db):
    """plain_message(): a message of a kind that has no private link."""
    TestKind.folder = tmp_path
    kind = TestKind("tests.plain", "Plain", "The applicant", {"thing": "what it is about"})
    kind.file.write_text("Subject: About {{ thing }}\n\n{{ greeting }},\n\nthat was all.\n")
    kinds.add_message_kind(kind)
    yield lambda to="amara@example.org": send(Notice(kind, to, None, {"thing": "you"}))
    kinds._kinds.pop(kind.key)


@pytest.fixture
def scope(db) -> Iterator[list]:
    """[a “cohort”, its “programme”]: a person stands for the one and a provider for the other."""
    programme, cohort = ProviderFactory(), UserFactory()
    before = dict(scopes._types)
    for order, (obj, wider) in enumerate([(programme, []), (cohort, [programme])]):
        model = type(obj)
        scopes.add_scope_type(
            scopes.ScopeType(
                model=model,
                title=model.__name__,
                order=order,
                for_staff=lambda user, model=model: model.objects.all(),
                wider=lambda _, wider=wider: wider,
                provider=lambda _: programme,
            )
        )
    yield [cohort, programme]
    scopes._types.clear()
    scopes._types.update(before)
