"""Somebody whose roles are limited to some cohorts of a provider reads no word of another cohort of it on the desk, is offered nothing
of it, and changes nothing of it: lists, searches, files, choices, records, steps for one and for many.

Beside the cohorts that they look after stand as many more of the same programme, with everything in them. Behind every text of
those stands a word that nobody else has.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import pytest
from django import forms
from django.contrib import admin
from django.db import transaction
from django.forms.models import InlineForeignKeyField, ModelChoiceField
from django.test import Client
from django.urls import NoReverseMatch, reverse

from cohorts.actions import joint_again
from cohorts.models import Cohort
from modules.actions import talks
from modules.models import SessionSpeaker, Speaker
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.scope import scope_of
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.actions import texts
from steppingup.messaging.models import Message, MessageTemplate
from steppingup.steps.step import Step
from tests.factories.cohorts import day
from tests.staff import with_second_factor
from tests.sweeps.access_table import ROWS
from tests.sweeps.marked import owned, with_every_role
from tests.sweeps.test_providers_apart import lists, said
from tests.sweeps.two_halves import MARK, WORD, Halves, bring_together, mark, of_cohorts, words_of_their_own
from tests.sweeps.visits import signed_in_before, visit
from tests.sweeps.world import World, build


@pytest.fixture(scope="module")
def halves(whole_world: World) -> Iterator[Halves]:
    with transaction.atomic():
        own, other = whole_world.afresh(), build("Ashford")
        mine = list(Cohort.objects.filter(programme__provider=own.provider))
        others = bring_together(own, other)
        words_of_their_own(other)
        mark(others)
        reader = with_every_role(own.provider, full_name="Reader of some")
        roles = RoleAssignment.objects.filter(user=reader)
        for cohort in mine:
            cohort.limited_roles.add(*roles)
        client = with_second_factor(Client(), reader)
        with signed_in_before({"reader": client}, {"reader": reader}):
            yield Halves(own, other, reader, client, others)
        transaction.set_rollback(True)


#: What is on the site of any programme everybody reads.
PUBLIC = ("/programmes/",)
TO_ALL = ("/step/invite_cohort/",)


def strange(text: str) -> list[str]:
    return [
        re.sub(r"\s+", " ", text[max(match.start() - 90, 0) : match.end() + 20]) for match in re.finditer(MARK, text)
    ]


@contextmanager
def choices_noted(halves: Halves) -> Iterator[list[str]]:
    """Each form that is made, and which rows of the other cohorts it would take."""
    made: list[Any] = []
    begin = forms.BaseForm.__init__

    def noted(form: Any, *args: Any, **kwargs: Any) -> None:
        begin(form, *args, **kwargs)
        made.append(form)

    wrong: list[str] = []
    with mock.patch.object(forms.BaseForm, "__init__", noted):
        yield wrong
    for form in made:
        wrong += offered_by(form, halves)


def offered_by(form: Any, halves: Halves) -> list[str]:
    """The choices of a form that take a row of the other cohorts. That a row of a table is itself, no list of choices says."""
    wrong = []
    for name, field in form.fields.items():
        rows = getattr(field, "queryset", None) if isinstance(field, ModelChoiceField) else None
        if rows is None or name == "id" or isinstance(field, InlineForeignKeyField) or not _of_others(rows, halves):
            continue
        wrong.append(f"{type(form).__name__}.{name}")
    return [one for one in wrong if one not in SAID_TO_ALL]


def _of_others(rows: Any, halves: Halves) -> bool:
    own = halves.rows_of_others.get(rows.model)
    found = rows.model._base_manager.filter(pk__in=rows.order_by().values("pk"))
    return own is not None and found.filter(pk__in=own.values("pk")).exists()


#: A joint day is offered to any cohort that is on the site, of whichever provider; the cohort of a rule is that of its page.
SAID_TO_ALL = ("InviteForm.cohort", "CompletionRuleForm.cohort")


def records(cohorts: list[int], most: int = 2) -> Iterator[tuple[Any, Any]]:
    for model, rows in list(of_cohorts(cohorts)):
        for pk in list(rows.order_by("pk").values_list("pk", flat=True)[:most]):
            yield model, pk


def of_the_whole(provider: Any) -> Iterator[tuple[Any, Any]]:
    """What belongs to the provider and to none of its cohorts: mentors, funds, programmes, opportunities for graduates."""
    for model, rows in owned(provider):
        if model is not User and not scope_of(model).cohort:
            yield model, rows.order_by("-pk")


def named(model: Any, page: str, *args: Any) -> str | None:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
    except NoReverseMatch:
        return None


def addresses(halves: Halves) -> Iterator[str]:
    for name, page in lists():
        listing = reverse(f"{name}_changelist")
        yield listing
        if page.search_fields:
            yield f"{listing}?q={WORD}"
        if getattr(page, "export_columns", ()) or "exported" in vars(type(page)):
            yield from (f"{listing}?export={kind}" for kind in ("csv", "xlsx"))
        yield reverse(f"{name}_add")
    yield f"{reverse('admin:search')}?s={WORD}"
    yield reverse("admin:index")
    mine = list(Cohort.objects.visible_to(halves.reader).values_list("pk", flat=True))
    of_all = [
        (model, pk) for model, rows in of_the_whole(halves.own.provider) for pk in rows.values_list("pk", flat=True)[:9]
    ]
    for model, pk in [*records(mine, 3), *of_all]:
        yield from (address for page in ("change", "history") if (address := named(model, page, pk)))
        for step in Step.registry.values():
            if step.model is model and (address := named(model, "step", pk, step.name)):
                yield address
    yield from (row.at(halves.own) for row in ROWS)


def test_nobody_reads_a_word_of_a_cohort_that_is_not_theirs_or_is_offered_its_rows(halves):
    holes, offered, own = [], set(), 0
    for address in dict.fromkeys(addresses(halves)):
        with choices_noted(halves) as wrong:
            found = visit(halves.client, "get", address)
        text = said(found)
        own += found.outcome == 200
        if not address.startswith(PUBLIC) and not address.endswith(TO_ALL):
            holes += [f"{address}: {hole}" for hole in strange(text)]
        offered |= {f"{address}: {one}" for one in wrong}
    assert not holes, "\n".join(holes)
    assert not offered, "\n".join(sorted(offered))
    assert own > 300  # or else nothing was read


def test_each_record_of_a_cohort_that_is_not_theirs_is_not_found(halves):
    wrong, tried = [], 0
    for model, pk in records(halves.others):
        pages = [named(model, page, pk) for page in ("change", "history", "delete")]
        pages += [named(model, "step", pk, step.name) for step in Step.registry.values() if step.model is model]
        for address in filter(None, pages):
            outcome = visit(halves.client, "get", address).outcome
            tried += 1
            if outcome not in (403, 404):
                wrong.append(f"{address}: {outcome}")
    assert not wrong, "\n".join(wrong)
    assert tried > 300


def test_each_address_of_a_cohort_that_is_not_theirs_is_not_found(halves):
    """Every page that whoever runs the cohort opens, and whoever runs another does not."""
    wrong, tried = [], 0
    for row in ROWS:
        if not row.given or row.who["limited_coordinator"] not in (403, 404) or row.who["coordinator"] != 200:
            continue
        found = visit(halves.client, "get", row.at(halves.other))
        tried += 1
        if found.outcome not in (403, 404) or strange(said(found)):
            wrong.append(f"{row.name}: {found.outcome}")
    assert not wrong, "\n".join(wrong)
    assert tried > 100


def test_a_step_for_many_leaves_out_what_is_of_a_cohort_that_is_not_theirs(halves):
    """With its number ticked by hand, in the list and on the page after it."""
    wrong, tried = [], 0
    for model, rows in list(of_cohorts(halves.others)):
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)[:3]]
        for step in Step.registry.values():
            many, listing = named(model, "steps", step.name), named(model, "changelist")
            if step.model is not model or not many or not ids or not (step.bulk or step.number):
                continue
            ticked = {"action": f"step_{step.name}", "_selected_action": ids}
            for address, data in ((listing, ticked), (many, {"ids": ",".join(ids), "confirm": "yes"})):
                found = visit(halves.client, "post", address, data)
                tried += 1
                if found.written or strange(said(found)) or found.outcome == 200:
                    wrong.append(f"{step.key} at {address}: {found.outcome} {found.written} {strange(said(found))}")
    assert not wrong, "\n".join(wrong)
    assert tried > 20


def test_no_form_of_a_step_offers_a_row_of_a_cohort_that_is_not_theirs(halves):
    """Of every step, on every kind of record, whether it is possible on it now or not."""
    wrong, tried = set(), 0
    mine = list(Cohort.objects.visible_to(halves.reader).values_list("pk", flat=True))
    kept = {model: list(rows[:3]) for model, rows in [*of_cohorts(mine), *of_the_whole(halves.own.provider)]}
    for step in Step.registry.values():
        for subject in kept.get(step.model, ()) if step.form else ():
            try:
                form = step.form(subject=subject, by=halves.reader)
            except NotPossible:  # it looks for something that this record does not have
                continue
            tried += 1
            wrong |= {f"{step.key}: {one}" for one in offered_by(form, halves)}
    assert not wrong, "\n".join(sorted(wrong))
    assert tried > 200


def test_looking_up_in_a_field_finds_nothing_of_a_cohort_that_is_not_theirs(halves):
    found, looked = [], 0
    for model, page in admin.site._registry.items():
        for field in getattr(page, "autocomplete_fields", ()):
            about = {"app_label": model._meta.app_label, "model_name": model._meta.model_name, "field_name": field}
            answer = visit(halves.client, "get", reverse("admin:autocomplete"), {**about, "term": WORD})
            if answer.outcome == 200:
                looked += 1
                found += [f"{about}: {answer.response.json()['results']}"] if answer.response.json()["results"] else []
    assert not found
    assert looked


def test_no_letter_about_a_cohort_reached_staff_who_look_after_others(halves):
    """Of all that was written while the world came about."""
    kept = halves.own.elsewhere.pk
    told = Message.objects.filter(to=halves.own.limited_coordinator).exclude(cohort=None).exclude(cohort=kept)
    assert not told.exists(), [(one.kind, one.subject) for one in told]


def test_a_speaker_stays_while_they_speak_in_a_cohort_that_is_not_theirs_and_is_not_asked_about_it(halves):
    talk = SessionSpeaker.objects.filter(speaker=halves.other.speaker).latest("pk")
    assert visit(halves.client, "get", named(Speaker, "delete", talk.speaker_id)).outcome == 403
    with pytest.raises(NotAllowed):
        talks.answer(talk=talk, comes="yes", by=halves.reader)
    with transaction.atomic():
        Speaker.objects.filter(pk=talk.speaker_id).update(email="sol@example.org")
        with pytest.raises(NotPossible, match="in your cohorts"):
            talks.ask_whether(speaker=Speaker.objects.get(pk=talk.speaker_id), by=halves.reader)
        transaction.set_rollback(True)


def test_words_and_reminders_of_a_cohort_are_changed_by_those_who_look_after_it(halves):
    text = MessageTemplate.objects.filter(object_id=halves.other.running.pk).exclude(content_type=None).first()
    for change in (texts.change_text, texts.remove_version):
        with pytest.raises(NotAllowed):
            change(template=text, by=halves.reader)
    with pytest.raises(NotAllowed):
        texts.make_version(template=halves.own.default_template, scope=halves.other.elsewhere, by=halves.reader)


def test_a_joint_day_is_repeated_only_for_a_cohort_that_is_theirs(halves):
    with pytest.raises(NotAllowed):
        joint_again.repeat.run(
            session=halves.own.session, cohort=halves.other.open_cohort, on=day(400), by=halves.reader
        )
