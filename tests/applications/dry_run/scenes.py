"""A cohort that lacks nothing, for made-up people to go through."""

from contextlib import contextmanager
from datetime import timedelta

from django.utils import timezone

from applications.dry_run.cast import Kind
from applications.models import Window
from cohorts.models import Cohort, CompletionRule
from cohorts.states import Selection
from tests.factories import funding as money
from tests.factories import review as make
from tests.factories.accounts import staff
from tests.factories.cohorts import SessionFactory
from tests.sweeps.fingerprints import fingerprints

EMPLOYED = Kind("Employed")


def everything():
    return fingerprints("everything", lambda table: table != "django_session")


@contextmanager
def nothing_kept(files):
    """No table and no file is another afterwards."""
    tables, stored = everything(), sorted(files.rglob("*"))
    yield
    assert everything() == tables
    assert sorted(files.rglob("*")) == stored


def fresh(cohort):
    return Cohort.objects.for_steps().select_related("rule_set").get(pk=cohort.pk)


def said_of(report, state="lacking"):
    return {line.what: line.said for line in report.lines if line.state == state}


def ready(selection=Selection.WITH_INTERVIEW, **fields):
    """A cohort that lacks nothing: with dates, people, money and a completion rule."""
    window = make.chosen_by(selection, **fields)
    cohort, provider = window.cohort, window.cohort.programme.provider
    Window.objects.filter(pk=window.pk).update(assessors_each=1)
    starts = timezone.localdate() + timedelta(days=120)
    Cohort.objects.filter(pk=cohort.pk).update(starts_on=starts, ends_on=starts + timedelta(days=300))
    cohort = fresh(cohort)
    SessionFactory(cohort=cohort, starts_at=in_it(cohort, 1), ends_at=in_it(cohort, 1) + timedelta(hours=7))
    CompletionRule.objects.create(cohort=cohort, component=None, minimum=1)
    for role in ("coordinator", "assessor", "finance", "finance"):
        staff(role, provider)
    money.InvoiceSeriesFactory(provider=provider)
    return fresh(cohort)


def in_it(cohort, days):
    return timezone.now() + timedelta(days=(cohort.starts_on - timezone.localdate()).days + days)
