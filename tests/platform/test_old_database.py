"""A database of 26 November 2026, with the demonstration's people in it, migrates.

The dump is what `pg_dump --no-owner --no-privileges` wrote after `migrate`, `load_programmes` and `load_demo` with
MODE=test, before the migrations were squashed: without rows of django_session and cache_entries, and without the lines
\\restrict and \\unrestrict, which differ each time."""

import gzip
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.db.models import F, Q, Sum
from django.utils import timezone

from applications.form.usual import USUAL
from applications.models import Application, Decision, EqualityQuestion, EqualityResponse, FormPart
from applications.states import USUAL_REASONS
from cohorts.models import Agreement, Certificate, Component, DayEntry, Enrolment, Placement, RuleSet, Signature
from cohorts.models.agreements import fingerprint
from funding.models import Invoice
from mentoring.models import Pair
from steppingup.accounts.models import User
from steppingup.messaging.models import Message
from steppingup.runtime.embedded import programs
from tests.platform.without_rules import columns, texts_without_rules
from tests.plugins import database
from tests.plugins.services import database_address

DUMP = Path(__file__).resolve().parents[1] / "data" / "demonstration-2026-11-26.sql.gz"

#: What each kind of thing in a database is called and how it is defined.
CATALOGUES = {
    "column": """
        SELECT c.relname || '.' || a.attname, concat_ws(' ', c.relkind, format_type(a.atttypid, a.atttypmod),
            a.attnotnull, a.attidentity, a.attgenerated, l.collname, pg_get_expr(d.adbin, d.adrelid))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm')
            AND a.attnum > 0 AND NOT a.attisdropped""",
    # That a column is not empty stands with the column; PostgreSQL 18 keeps it here too, under names it made up.
    "constraint": """
        SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype != 'n' AND conrelid != 0""",
    "index": """
        SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
        JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = 'public'::regnamespace""",
    "trigger": """
        SELECT tgrelid::regclass || '.' || tgname, concat_ws(' ', tgenabled, pg_get_triggerdef(oid))
        FROM pg_trigger WHERE NOT tgisinternal""",
    "function": """
        SELECT oid::regprocedure::text, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
            AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')""",
}
#: PostgreSQL writes the casts and brackets of `status IN (…)` in another way once it was dumped and restored.
NOTATION = re.compile(r"::(character varying|text|numeric|bpchar)(\[\])?|[()\s]+")


def schema() -> set[tuple[str, str, str]]:
    """Everything that is defined in the database that is in use."""
    found = set()
    with connection.cursor() as cursor:
        for kind, statement in CATALOGUES.items():
            cursor.execute(statement)
            found |= {(kind, name, NOTATION.sub("", definition)) for name, definition in cursor.fetchall()}
    return found


def restore(name: str) -> None:
    database.drop(name)
    with database.server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    database.use(name)
    words = [str(programs() / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database_address()]
    subprocess.run(words, input=gzip.decompress(DUMP.read_bytes()), stdout=subprocess.DEVNULL, check=True)


#: What columns are called now.
RENAMED = {"cohorts_component.days": "most", "cohorts_completionrule.minimum_days": "minimum"}
#: Columns that keep more places behind the point than they did.
FINER = ("cohorts_dayentry.days", "cohorts_session.days", "cohorts_placementday.days")
#: Columns in which migrations have changed rows on purpose.
CHANGED: dict[str, str] = {
    **dict.fromkeys(
        (f"messaging_messagetemplate.{name}" for name in ("subject", "body", "button_label", "changed_at")),
        "texts that nobody edited follow their files",
    ),
    **dict.fromkeys(
        (
            f"{table}.programme_id"
            for table in ("applications_criterion", "applications_eligibilityquestion", "cohorts_targetgroup")
        ),
        "they belong to a version of the programme's rules, which belongs to the programme",
    ),
    **dict.fromkeys(
        (
            f"{table}.{name}"
            for table in ("applications_application", "applications_applicationevent")
            for name in ("parts_done", "changed_at")
        ),
        "nothing tells any more who answered the equality questions, or when",
    ),
    **dict.fromkeys(
        (
            *("cohorts_programme.learning_agreement", "cohorts_programmeevent.learning_agreement"),
            *(
                f"cohorts_learningagreement.{name}"
                for name in ("id", "enrolment_id", "text", "legal_name", "signed_at", "signed_by_id")
            ),
        ),
        "the rules ask for agreements, and what was signed is a signature: see below",
    ),
    **dict.fromkeys(
        (
            f"{table}.{name}"
            for table in ("cohorts_programme", "cohorts_programmeevent")
            for name in ("who_can_apply", "how_it_is_funded")
        ),
        "they are texts of the rules, of every version: see below",
    ),
    **dict.fromkeys(RENAMED, "it has another name now, as `test_what_was_renamed_has_its_values` finds"),
    "applications_equalityresponse.answered_at": "nothing tells when somebody answered",
    "applications_equalityresponse.answers": "each answer names the question that it was given to",
}
#: Tables that are Django's own record of what there is.
ITS_OWN = {"django_migrations", "django_content_type", "auth_permission"}


def keep_copies() -> None:
    """Every table as it was, beside those that are migrated."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA formerly")
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'CREATE TABLE formerly."{table}" AS TABLE public."{table}"')


@dataclass(frozen=True)
class Before:
    """The schema of a new database, and the content types that the old one had."""

    schema: set[tuple[str, str, str]]
    kinds: set[tuple[str, str]]


@pytest.fixture(scope="module", autouse=True)
def before(django_db_setup, django_db_blocker) -> Iterator[Before]:
    """The tests of this file look at the old database after today's migrations, and change nothing in it."""
    with django_db_blocker.unblock():
        usual, old, new_schema = connection.settings_dict["NAME"], f"test_old_{os.getpid()}", schema()
        try:
            restore(old)
            ContentType.objects.clear_cache()
            kinds = set(ContentType.objects.values_list("app_label", "model"))
            keep_copies()
            with texts_without_rules():
                call_command("migrate", interactive=False, verbosity=0)
            yield Before(new_schema, kinds)
        finally:
            database.use(usual)
            database.drop(old)
            ContentType.objects.clear_cache()


def by_status(model: type) -> Counter:
    return Counter(model.objects.values_list("status", flat=True))


def test_it_has_the_schema_of_a_new_database(before):
    assert len(before.schema) > 2000
    migrated = schema()
    assert sorted(before.schema - migrated) == []
    assert sorted(migrated - before.schema) == []


def test_nothing_is_left_to_migrate():
    call_command("migrate", check_unapplied=True, verbosity=0)
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_every_kind_of_record_is_still_known_by_its_name(before):
    """Ledgers, files and links point at records by their content type."""
    assert len(before.kinds) > 80
    here = ContentType.objects.all()
    assert before.kinds - {("cohorts", "learningagreement")} <= set(here.values_list("app_label", "model"))
    assert [str(kind) for kind in here if kind.model_class() is None] == []
    assert not Permission.objects.exclude(content_type__in=here).exists()


def test_everybody_is_there_and_stands_where_they_stood():
    assert User.objects.count() == 141
    assert by_status(Application) == {
        "draft": 8,
        "submitted": 4,
        "in_review": 8,
        "turned_down": 4,
        "held": 1,
        "waiting": 2,
        "offered": 1,
        "accepted": 36,
        "declined": 2,
        "expired": 1,
        "withdrawn": 2,
    }
    assert by_status(Enrolment) == {"enrolled": 25, "completed": 9, "withdrawn": 2}
    assert by_status(Certificate) == {"issued": 8, "revoked": 1}
    assert by_status(Pair) == {"confirmed": 34, "ended": 2}
    assert by_status(Invoice) == {"issued": 3, "paid": 20}
    assert by_status(Message) == {"sent": 840, "queued": 9, "failed": 3}
    assert DayEntry.objects.aggregate(Sum("days"))["days__sum"] == Decimal("650.08")


def test_every_row_is_still_there_as_it_was():
    """In the columns that it had. What a migration changes on purpose stands in `CHANGED`."""
    formerly, now, lost = columns("formerly"), columns("public"), []
    assert len(formerly) > 80
    with connection.cursor() as cursor:
        for table in sorted(formerly.keys() - ITS_OWN):
            kept = [name for name in formerly[table] & now.get(table, set()) if f"{table}.{name}" not in CHANGED]
            gone = [name for name in formerly[table] - set(kept) if f"{table}.{name}" not in CHANGED]
            lost += [f"{table}.{name} is gone" for name in gone]
            if not kept:
                continue
            # As text: EXCEPT knows no order of JSON.
            finer = {name for name in kept if f"{table}.{name}" in FINER}
            said = ", ".join(
                f'trim_scale("{name}")::text' if name in finer else f'"{name}"::text' for name in sorted(kept)
            )
            cursor.execute(f'SELECT {said} FROM formerly."{table}" EXCEPT SELECT {said} FROM public."{table}" LIMIT 1')
            if row := cursor.fetchone():
                lost.append(f"{table}: a row is not as it was: {dict(zip(sorted(kept), row, strict=True))}"[:600])
    assert not lost, "\n" + "\n".join(lost)


def test_what_was_signed_is_a_signature_with_its_text_name_and_time():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT enrolment_id, text, legal_name, signed_at, signed_by_id FROM formerly.cohorts_learningagreement"
        )
        formerly = set(cursor.fetchall())
    here = Signature.objects.values_list("agreement__enrolment_id", "text", "name", "signed_at", "signed_by_id")
    assert set(here) == formerly
    assert len(formerly) == 36
    assert not Agreement.objects.to_sign().exists()
    assert {one.digest for one in Signature.objects.all()} == {fingerprint(text) for _, text, *_ in formerly}


def test_the_rules_of_each_programme_say_what_it_said():
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, who_can_apply, how_it_is_funded FROM formerly.cohorts_programme")
        formerly = set(cursor.fetchall())
    assert all(who for _, who, _ in formerly)
    assert set(RuleSet.objects.values_list("programme", "who_can_apply", "how_it_is_funded")) == formerly


def test_a_programme_that_had_texts_and_no_rules_yet_has_rules_with_them_that_ask_the_usual():
    """They would have been lost, as texts are of the rules; and rules that ask nothing could not be applied by."""
    rules = RuleSet.objects.get(programme__slug="later")
    assert (rules.who_can_apply, rules.how_it_is_funded) == ("Anybody.", "By a fund.")
    assert (rules.version, rules.frozen_at, rules.replaced_at) == (1, None, None)
    parts = rules.form_parts.order_by("order").values_list("kind", "key", "is_required")
    assert list(parts) == [(kind, kind, kind != "equality") for kind in USUAL]
    reasons = rules.reasons.order_by("order").values_list("key", "meaning", "words")
    assert {key: (meaning, words) for key, meaning, words in reasons} == USUAL_REASONS


@pytest.mark.requirement("B36")
def test_all_rules_ask_about_the_fee_where_they_did():
    parts: dict[int, list[str]] = {}
    for rules, kind in FormPart.objects.order_by("rule_set", "order").values_list("rule_set", "kind"):
        parts.setdefault(rules, []).append(kind)
    assert len(parts) == RuleSet.objects.count() > 0
    assert {tuple(kinds) for kinds in parts.values()} == {tuple(USUAL)}
    assert RuleSet.objects.exclude(frozen_at=None).exists()


def test_what_was_renamed_has_its_values():
    with connection.cursor() as cursor:
        for column, name in RENAMED.items():
            table, _, formerly = column.partition(".")
            cursor.execute(f"SELECT id, {formerly} FROM formerly.{table} EXCEPT SELECT id, {name} FROM public.{table}")
            assert not cursor.fetchall(), column


@pytest.mark.requirement("L3")
def test_whoever_was_turned_down_has_the_words_that_they_were_told_and_rules_have_the_same_reasons():
    for model in (Application, Application.events.rel.related_model, Decision):
        found = set(model.objects.exclude(reason="").values_list("reason", "reason_meaning", "reason_words"))
        assert found
        assert {(meaning, words) for _, meaning, words in found} <= set(USUAL_REASONS.values())
        assert not model.objects.filter(reason="").exclude(reason_words="", reason_meaning="").exists()
    turned_down = Application.objects.filter(status="turned_down").prefetch_related("cohort__rule_set__reasons")
    for one in turned_down:
        reasons = {row.key: row.words for row in one.cohort.rule_set.reasons.all()}
        assert reasons[one.reason] == one.reason_words
        assert list(reasons) == list(USUAL_REASONS)


@pytest.mark.requirement("B4", "B8", "B13")
def test_every_part_of_a_plan_is_recorded_as_its_kind_had_it_and_has_what_was_for_it():
    assert dict(Component.objects.values_list("kind", "recording")) == {
        "module": "register", "peer": "register", "stretch": "host", "mentoring": "pair",
    }  # fmt: skip
    assert not Component.objects.exclude(least=F("most"), counterpart="another").exists()
    assert not Component.objects.exclude(in_groups=Q(kind="peer")).exists()
    assert Placement.objects.exists()
    assert not Placement.objects.exclude(component__recording="host").exists()
    assert Pair.objects.exists()
    assert not Pair.objects.exclude(component__recording="pair", component__plan=F("enrolment__cohort__plan")).exists()


def test_every_place_has_its_memberships_from_the_history():
    places = Enrolment.objects.prefetch_related("memberships", "attendances__session")
    for place in places:
        spans = list(place.memberships.all())
        assert spans[0].starts_on <= timezone.localdate(place.enrolled_at)
        assert (spans[-1].ends_on is not None) == (place.withdrawn_at is not None)
        assert (spans[-1].employer_id, spans[-1].line_manager_id) == (place.employer_id, place.line_manager_id)
        assert [one.ends_on for one in spans[:-1]] == [one.starts_on for one in spans[1:]]
        for mark in place.attendances.all():  # groups were given before the first session
            of_day = place.memberships.on(timezone.localdate(mark.session.starts_at)).get()
            assert mark.session.peer_group_id in (None, of_day.peer_group_id)
    assert any(place.memberships.count() > 1 for place in places)


def test_what_was_encrypted_can_be_read():
    answers = [response.answers for response in EqualityResponse.objects.all()]
    assert len(answers) > 50
    for given in answers:
        for key, answer in given.items():
            question = EqualityQuestion.objects.get(pk=answer["question"])
            assert (question.key, answer["answer"] in dict(question.answers)) == (key, True)


def test_nothing_says_any_more_who_saved_the_page_of_equality_monitoring():
    events = type(Application.objects.first()).events.rel.related_model
    for model in (Application, events):
        assert not model.objects.filter(parts_done__contains="equality").exists()


def test_every_email_is_of_the_cohort_of_what_it_is_about():
    """Whoever looks after other cohorts does not read it: found by several foreign keys where the record names no cohort itself."""
    ways = {Application: "cohort", Enrolment: "cohort", Invoice: "agreement__cohort", Pair: "enrolment__cohort"}
    found = Counter()
    for model, way in ways.items():
        about = Message.objects.filter(content_type=ContentType.objects.get_for_model(model), provider__isnull=False)
        for message in about:
            of = model.objects.filter(pk=message.object_id).values_list(way, flat=True).first()
            assert message.cohort == of, message
            found[model] += 1
    assert {Application, Enrolment, Pair} <= found.keys()
