"""The NHS Leadership Academy's Stepping Up, as it is shipped: two cohorts with rules and plans of their own."""

import datetime
import re
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from applications.models import Window
from cohorts.models import Cohort, Programme
from cohorts.states import Selection
from funding.rules import AfterLeaving, OwedOf
from funding.terms import if_they_leave
from steppingup.formats.english import pounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def nhs() -> Programme:
    call_command("load_programmes", "nhs-stepping-up", verbosity=0)
    return Programme.objects.get(slug="nhs-stepping-up")


def cohort(nhs: Programme, slug: str) -> Cohort:
    return nhs.cohorts.select_related("plan", "rule_set", "window").get(slug=slug)


@pytest.mark.requirement("N2", "N4", "N5", "N6")
@pytest.mark.parametrize(
    ("slug", "days", "grades"),
    [("bands-5-and-6", [2, 2], ["Band 5", "Band 6"]), ("band-7", [3, 2], ["Band 7"])],
)
def test_each_cohort_has_its_bands_and_its_residential_visits(nhs, slug, days, grades):
    of = cohort(nhs, slug)
    assert [component.days for component in of.plan.components.order_by("order")] == [Decimal(day) for day in days]
    assert [grade.name for grade in of.rule_set.grades.filter(is_in_range=True)] == grades
    months = (of.ends_on - of.starts_on).days / 30.5
    assert 2 <= months <= 3


@pytest.mark.requirement("N11", "N17", "N18")
def test_both_take_people_in_the_order_of_submission_and_ask_for_no_fee(nhs):
    for of in nhs.cohorts.select_related("rule_set"):
        assert (of.rule_set.selection, of.fee) == (Selection.FIRST_COME, 0)
        assert not of.rule_set.criteria.exists()


@pytest.mark.requirement("N16")
def test_applications_are_open_from_9_july_2019_to_the_end_of_12_february_2020(nhs):
    for window in Window.objects.filter(cohort__programme=nhs):
        opens, closes = timezone.localtime(window.opens_at), timezone.localtime(window.closes_at)
        assert f"{opens:%A %d %B %Y, %H:%M}" == "Tuesday 09 July 2019, 00:00"
        assert f"{closes:%A %d %B %Y, %H:%M}" == "Thursday 13 February 2020, 00:00"
        last = closes - datetime.timedelta(seconds=1)
        assert window.is_open(last)
        assert f"{last:%A %d %B %Y}" == "Wednesday 12 February 2020"
        assert not window.is_open(closes)


@pytest.mark.requirement("N1", "N3", "N10", "N20")
def test_the_public_page_says_for_whom_it_is_what_it_does_and_whom_to_ask(client, nhs):
    page = client.get(reverse("cohorts:programme", args=[nhs.path])).text
    text = " ".join(re.sub("<[^>]+>", " ", page).split())
    for words in (
        "Black, Asian and minority ethnic people",
        "in the NHS or in an organisation that provides NHS care",
        "Prepare and develop for more senior leadership roles within the NHS",
        "0113 322 5699",
    ):
        assert words in text, words


def test_only_what_is_named_is_loaded(nhs, capsys):
    assert Programme.objects.count() == 1
    call_command("load_programmes")
    assert "Shipped are: bristol, nhs-ready-now, nhs-stepping-up, skills-for-care" in capsys.readouterr().out
    assert Programme.objects.count() == 1
    with pytest.raises(CommandError, match="There is no programme and no file “bath”"):
        call_command("load_programmes", "bath")
    call_command("load_programmes", "bristol", verbosity=0)
    assert Programme.objects.count() == 2


@pytest.mark.requirement("N11", "N15")
def test_the_academy_pays_what_a_place_costs(nhs):
    costs = {of.slug: of.cost for of in nhs.cohorts.all()}
    assert costs == {"bands-5-and-6": 970, "band-7": 1310}
    assert {(terms.payer, terms.cohort) for terms in nhs.fee_terms.all()} == {("provider", None)}


@pytest.mark.requirement("N13", "N15")
def test_whoever_withdraws_leaves_their_organisation_liable_for_the_full_cost(nhs):
    terms = nhs.fee_terms.get()
    assert (terms.after_leaving, terms.owed_of) == (AfterLeaving.WHOLE, OwedOf.COST)
    for of in nhs.cohorts.all():
        said = if_they_leave("Ada", "Her trust", terms, of.cost)
        assert f"Her trust pays {pounds(of.cost)}." in said
        assert "extenuating circumstances" in said
