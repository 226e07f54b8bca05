"""Three providers side by side, each with everything that there can be: none reads a word of another's.

Behind every text of a provider's rows stands a word that nobody else has. Then somebody with every role reads the desk:
lists, searches, filters, choices, files, history, downloads, jobs, letters. Another provider's word is a hole.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from steppingup.accounts.models import User
from tests.staff import with_second_factor
from tests.sweeps.access_table import ROWS
from tests.sweeps.marked import OURS, mark, owned, texts, with_every_role
from tests.sweeps.rows import Of, Row
from tests.sweeps.visits import SIGN_IN, Visit, signed_in_before, visit
from tests.sweeps.world import World, build

#: What is looked for. Longer words stand in the texts, since a page repeats what was looked for.
WORDS = ("Quaxberg", "Zorvimont", "Yelpendam")
TOWNS = ("", "Ashford", "Birchwood")


@dataclass
class House:
    """One provider, its word, and who reads everything there."""

    word: str
    world: World
    reader: User
    client: Client

    @property
    def mark(self) -> str:
        return f"{self.word}ring"

    @property
    def clients(self) -> dict[str, Client]:
        return {"reader": self.client} | {who: self.world.client(who) for who in OWN_PEOPLE}


#: Those of a provider who are no staff, and have pages of their own.
OWN_PEOPLE = ("applicant", "participant", "manager", "mentor")


@pytest.fixture(scope="module")
def houses(whole_world: World) -> Iterator[list[House]]:
    """The world of the sweeps, and two more like it."""
    with transaction.atomic():
        found = []
        for word, town in zip(WORDS, TOWNS, strict=True):
            world = build(town) if town else whole_world.afresh()
            reader = with_every_role(world.provider, full_name="Reader of all")
            found.append(House(word, world, reader, with_second_factor(Client(), reader)))
        for house in found:
            mark(house.world.provider, house.mark)
        clients = {f"{house.word} {who}": client for house in found for who, client in house.clients.items()}
        people = {f"{house.word} reader": house.reader for house in found}
        people |= {f"{house.word} {who}": house.world.people[who] for house in found for who in OWN_PEOPLE}
        with signed_in_before(clients, people):
            yield found
        transaction.set_rollback(True)


@pytest.fixture
def house(houses: list[House]) -> House:
    """Whose people read: one provider was there before it, one came after. All three are alike."""
    return houses[1]


def others(houses: list[House], house: House) -> list[House]:
    return [one for one in houses if one is not house]


def said(found: Visit) -> str:
    """Everything that came back, as text: a page, or a file."""
    response = found.response
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if "spreadsheetml" in response.headers.get("Content-Type", ""):
        sheets = openpyxl.load_workbook(io.BytesIO(body), read_only=True)
        return "\n".join(str(value) for sheet in sheets for row in sheet.values for value in row)
    return body.decode(errors="ignore")


#: Addresses of before, which here name a programme of each provider.
AMBIGUOUS = ("cohorts:moved", "applications:equality_by_name")


def is_for_everybody(row: Row, who: str = "visitor") -> bool:
    """What is public of a programme is public, whoever runs it."""
    return row.who[who] == 200 or row.name in AMBIGUOUS


def strange(text: str, houses: list[House], house: House) -> list[str]:
    """The words of others on this page, with what stands around them. That a programme is on the site everybody may read: it can be
    chosen as what comes next, and be asked to share its directory."""
    marks = [one.mark for one in others(houses, house)]
    if not any(one in text for one in marks):  # hardly ever: looking for what stands around them takes long
        return []
    for one in others(houses, house):
        for programme in one.world.provider.programmes.filter(is_published=True):
            text = text.replace(f">{programme} ({programme.provider})</option>", "></option>")
    return [text[max(match.start() - 60, 0) : match.end() + 20] for match in re.finditer("|".join(marks), text)]


def lists() -> Iterator[tuple[str, Any]]:
    for model, page in admin.site._registry.items():
        if page.__module__.split(".")[0] in OURS:
            yield f"admin:{model._meta.app_label}_{model._meta.model_name}", page


def addresses(houses: list[House], house: House) -> Iterator[str]:
    """What somebody on the desk opens and asks for: every list, what others' words find in it, its files, each own record."""
    for name, page in lists():
        listing = reverse(f"{name}_changelist")
        yield listing
        if page.search_fields:
            yield from (f"{listing}?q={one.word}" for one in houses)
        if getattr(page, "export_columns", ()) or "exported" in vars(type(page)):
            yield from (f"{listing}?export={kind}" for kind in ("csv", "xlsx"))
        with_add = reverse(f"{name}_add")
        yield with_add
    for model, rows in owned(house.world.provider):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for pk in rows.values_list("pk", flat=True)[:2]:
            for page in ("change", "history"):
                try:
                    yield reverse(f"{name}_{page}", args=[pk])
                except NoReverseMatch:
                    break
    yield from (f"{reverse('admin:search')}?s={one.word}" for one in others(houses, house))


def test_nobody_reads_a_word_of_another_provider_on_the_desk(houses, house):
    holes, own = [], 0
    for address in addresses(houses, house):
        text = said(visit(house.client, "get", address))
        holes += [f"{address}: {hole}" for hole in strange(text, houses, house)]
        own += house.mark in text
    assert not holes, "\n".join(holes)
    assert own > 150  # or else nothing was read


def test_each_page_of_the_table_says_nothing_of_another_provider(houses, house):
    """The pages that the table of access knows, of one's own: by all of the provider's people."""
    holes, own = [], 0
    for row in ROWS:
        address = row.at(house.world)
        for who, client in house.clients.items():
            text = said(visit(client, "get", address))
            if not is_for_everybody(row):
                holes += [f"{who} at {row.name}: {hole}" for hole in strange(text, houses, house)]
            own += house.mark in text
    assert not holes, "\n".join(holes)
    assert own > 150


def test_what_belongs_to_another_provider_is_not_found_by_its_address(houses, house):
    """Every address of the table, of another provider: as for somebody who has nothing to do with it."""
    wrong = []
    for other in others(houses, house):
        for row in ROWS:
            named = any(isinstance(given, Of) for given in row.given.values())
            if not named or is_for_everybody(row, "stranger"):
                continue
            for who, client in house.clients.items():
                stands_for = "third_staff" if who == "reader" else "stranger"
                found = visit(client, "get", row.at(other.world))
                if found.outcome not in (row.who[stands_for], SIGN_IN):
                    wrong.append(f"{who} at {row.name} of {other.word}: {found.outcome}, not {row.who[stands_for]}")
                holes = strange(said(found), houses, house)
                wrong += [f"{who} at {row.name} of {other.word}: {hole}" for hole in holes]
    assert not wrong, "\n".join(wrong)


def test_each_record_of_another_provider_is_not_found_on_the_desk(houses, house):
    wrong, tried = [], 0
    for other in others(houses, house):
        for model, rows in owned(other.world.provider):
            for pk in rows.values_list("pk", flat=True)[:3]:
                for page in ("change", "history", "delete"):
                    try:
                        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=[pk])
                    except NoReverseMatch:
                        break
                    outcome = visit(house.client, "get", address).outcome
                    tried += 1
                    if outcome not in (403, 404):
                        wrong.append(f"{address}: {outcome}")
    assert not wrong, "\n".join(wrong)
    assert tried > 300


def test_looking_up_in_a_field_finds_nothing_of_another_provider(houses, house):
    """The fields that look up as one types: each relation of each record that the desk has."""
    found, looked = [], 0
    for model, page in admin.site._registry.items():
        for field in getattr(page, "autocomplete_fields", ()):
            about = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
            for one in houses:
                answer = visit(house.client, "get", reverse("admin:autocomplete"), {**about, "term": one.word})
                if answer.outcome == 200:
                    results = answer.response.json()["results"]
                    looked += 1
                    if one is not house and results:
                        found.append(f"{about} finds {results}")
    assert not found
    assert looked


def test_the_words_stand_in_every_kind_of_record(houses):
    """Or else the sweep would not notice a kind that it never marked."""
    for model, rows in owned(houses[0].world.provider):
        fields = texts(model)
        for row in rows[:1]:
            values = [getattr(row, field.attname) for field in fields]
            assert not any(values) or any(houses[0].mark in str(value) for value in values), model
