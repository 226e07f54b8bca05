"""A programme goes into a file and comes back from it: what begins from a file is the same, and what a file changes is said."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import programmes
from cohorts.models import Aim, Barrier, Component, Plan, Programme, RuleSet
from cohorts.models.plan import ASKED_BY
from cohorts.programme_files import writing
from cohorts.programme_files.keeping import NOT_SAID, columns_said
from cohorts.programme_files.loading import PARTS, load_file, shipped
from funding.models import FundingSource
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import RoleAssignment
from steppingup.history.lifecycle import NotPossible
from steppingup.history.versions import copied
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import CohortFactory
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db
SHIPPED = sorted(shipped())
STARTS = date(2031, 9, 1)


@pytest.fixture
def provider():
    return OrganisationFactory(is_provider=True)


@pytest.fixture
def coordinator(provider):
    return staff(provider=provider)


def begun(text: str, coordinator: Any, **more: Any) -> Programme:
    provider = RoleAssignment.objects.filter(user=coordinator).first().provider
    given = {"name": "Rising", "starts_on": STARTS, **more}
    return programmes.start(provider=provider, text=text, by=coordinator, **given)


def parts_of(programme: Programme) -> dict[str, Any]:
    """What of a programme is nobody's own: rules and plans."""
    tables = writing.programme(programme)
    return {name: tables[name] for name in ("rule_sets", "plans")}


# -- there and back --------------------------------------------------------------------------------------


@pytest.mark.requirement("R8")
@pytest.mark.parametrize("name", SHIPPED)
def test_whatever_is_shipped_is_the_same_after_it_went_into_a_file_and_began_elsewhere(name, coordinator):
    programme, _ = load_file(shipped()[name])
    text = writing.as_text(writing.programme(programme), programme.name)
    new = begun(text, coordinator)
    assert parts_of(new) == parts_of(programme)
    assert new.about == programme.about
    assert not new.is_published
    assert new.contact_email == ""
    assert new.provider != programme.provider
    firsts = [min(one.starts_on for one in each.cohorts.all()) for each in (programme, new)]
    assert firsts[1] == STARTS
    for old, cohort in zip(programme.cohorts.order_by("starts_on"), new.cohorts.order_by("starts_on"), strict=True):
        assert cohort.status == "draft"
        assert cohort.starts_on - old.starts_on == firsts[1] - firsts[0]
        assert (cohort.fee, cohort.cost, cohort.capacity) == (old.fee, old.cost, old.capacity)
        rules = [{str(rule) for rule in one.completion_rules.all()} for one in (old, cohort)]
        assert rules[0] == rules[1]
        moved = timezone.localtime(cohort.window.closes_at).date() - timezone.localtime(old.window.closes_at).date()
        assert moved == firsts[1] - firsts[0]


def another(field: models.Field, key: str) -> Any:
    """A value that the column does not usually have."""
    if field.choices:
        return next(value for value, _ in field.flatchoices if value not in (field.get_default(), ""))
    if isinstance(field, models.BooleanField):
        return not field.get_default()
    if isinstance(field, models.DecimalField):
        return Decimal(7)
    if isinstance(field, models.JSONField):
        return [f"{key}-7"]
    if isinstance(field, models.IntegerField):
        return 7
    return {"text": 'Said **so**.\n\nAnd "so", {{ participant }}.'}.get(field.name, f"{key}-7")


def filled(row: models.Model, **own: Any) -> models.Model:
    new = copied(row, pk=None, **own)
    for field in columns_said(type(row)):
        if field.name not in (*NOT_SAID, *own):
            setattr(new, field.name, another(field, field.name))
    return new


@pytest.mark.parametrize("name", sorted(PARTS))
def test_every_column_of_a_part_of_rules_goes_into_the_file_and_comes_back(name, coordinator):
    """Also a column that somebody adds next year."""
    programme, _ = load_file(shipped()["bristol"])
    rules, model = RuleSet.objects.of(programme), PARTS[name]
    own = {"key": "extra", "rule_set_id": rules.pk, "order": 90}
    if name == "agreements":
        own["needed"] = "assignment"  # the host signs no others
    if name == "standings":
        own["standing"] = "volunteer"  # whoever is employed names the employer
    row = filled(model(rule_set=rules), **own)
    if name == "parts":
        row.kind = "questions"
    row.save()
    assert {one.name for one in columns_said(model)} - set(NOT_SAID) <= set(writing.said(row)) | {"kind"} | signs(model)
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    there = model._default_manager.get(rule_set=RuleSet.objects.of(new), key=row.key)
    for field in columns_said(model):
        if field.name != "order":
            assert getattr(there, field.name) == getattr(row, field.name), field.name


def signs(model: Any) -> set[str]:
    return {one.name for one in columns_said(model) if one.name.endswith("_signs")}


@pytest.mark.requirement("N9", "N10", "L1")
@pytest.mark.parametrize("model", [Aim, Barrier])
def test_every_column_of_an_aim_and_of_a_barrier_goes_into_the_file_and_comes_back(model, coordinator):
    programme, _ = load_file(shipped()["bristol"])
    plan = programme.plans.get()
    row = filled(model(plan=plan), key="extra", plan_id=plan.pk, order=90, text="In our own words, and “so”")
    row.save()
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    there = model.objects.get(plan__programme=new, key="extra")
    for field in columns_said(model):
        if field.name != "order":
            assert getattr(there, field.name) == getattr(row, field.name), field.name


@pytest.mark.requirement("N10")
def test_how_a_plan_asks_people_about_themselves_goes_into_the_file_and_comes_back(coordinator):
    programme, _ = load_file(shipped()["bristol"])
    plan = programme.plans.get()
    own = {
        "scale": "No\nYes",
        "barrier_scale": "Low\nMiddle\nHigh",
        "before_days": 3,
        "midway_days": 9,
        "after_days": 40,
    }
    assert set(own) == set(ASKED_BY)
    programme.plans.update(**own)
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    assert {name: getattr(new.plans.get(), name) for name in own} == own
    assert new.plans.get().is_offered == plan.is_offered


@pytest.mark.requirement("L1")
def test_a_part_cannot_work_on_a_barrier_that_the_plan_does_not_have(coordinator):
    text = shipped()["bristol"].read_text(encoding="utf-8")
    wrong = text.replace('key = "modules"', 'key = "modules"\nworks_on = ["confidence"]', 1)
    with pytest.raises(NotPossible, match="“works_on” names “confidence”, which is no barrier of the plan"):
        begun(wrong, coordinator, is_shipped=True)


def test_every_column_of_a_part_of_a_plan_goes_into_the_file_and_comes_back(coordinator):
    programme, _ = load_file(shipped()["bristol"])
    plan = programme.plans.get()
    Barrier.objects.create(plan=plan, key="works_on-7", theme="Social")
    row = filled(
        Component(plan=plan),
        key="extra",
        plan_id=plan.pk,
        order=90,
        least=3,
        unit="hours",
        days_each=None,
        meetings=None,
    )
    row.save()
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    there = Component.objects.get(plan__programme=new, key="extra")
    for field in columns_said(Component):
        if field.name != "order":
            assert getattr(there, field.name) == getattr(row, field.name), field.name


def test_nobodys_name_is_in_a_file(coordinator):
    window = make.window()
    application = make.arrived(window, name="Amara Okafor")
    text = writing.as_text(writing.programme(window.cohort.programme), "It")
    for word in ("Amara", application.applicant.email, application.reference):
        assert word not in text


# -- a file that is wrong --------------------------------------------------------------------------------


def mistakes() -> dict[str, tuple[str, str, str]]:
    """What is changed in Bristol's file, and what the page then says."""
    return {
        "a misspelt column": (
            'title = "Leadership experience"',
            'titel = "Leadership experience"',
            "criteria 1.*“titel” means nothing here",
        ),
        "a choice that there is not": (
            'recording = "host"',
            'recording = "boss"',
            "components 2.*“recording”.*register",
        ),
        "a number that is none": ("word_limit = 250", 'word_limit = "many"', "criteria 1.*“word_limit”"),
        "an amount that is missing": ("days = 15", "", "components 2 .“Stretch assignment”.*neither “days”"),
        "a table that is misspelt": (
            "[[criteria]]",
            "[[criterias]]",
            "“criterias” means nothing here. Do you mean “criteria”",
        ),
        "a part that a rule names": ('component = "stretch"', 'component = "strech"', "no part “strech”"),
        "a plan that a cohort names": ('plan = "30 days"', 'plan = "31 days"', "“31 days”"),
        "a signatory": ('signed_by = ["participant"]', 'signed_by = ["friend"]', "agreements 1.*friend"),
        "a placeholder": ("{{ employer }} releases", "{{ boss }} releases", "{{ boss }}"),
        "a bracket": ('key = "groups"', 'key = "groups', "cannot be read.*line"),
        "a fund": ('funded_by = "corporate-fund"', 'funded_by = "corporate"', "employer_rules 1"),
        "a list for a number": ("capacity = 24", "capacity = [24]", "cohorts 1.*“capacity” is one value"),
        "text for a date": ("starts_on = 2020-02-12", 'starts_on = "soon"', "“starts_on”|“fromisoformat"),
        "a column that there is not": (
            'key = "ilm-5"',
            'key = "ilm-5"\nlevels = 5',
            "qualifications 1.*“levels”.*“level”",
        ),
    }


@pytest.mark.parametrize("which", mistakes())
def test_a_mistake_in_a_file_is_named_by_its_place_and_nothing_is_changed(which, coordinator):
    before, after, said = mistakes()[which]
    text = shipped()["bristol"].read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(NotPossible) as refused:
        begun(text.replace(before, after, 1), coordinator, is_shipped=True)
    assert re.search(said, str(refused.value)), refused.value
    assert refused.value.field == "text"
    assert not Programme.objects.exists()
    assert not Plan.objects.exists()


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("details", "“Your details” is always needed"),
        ("work", "“Your job, your employer and your line manager” is always needed"),
        ("eligibility", "asks the questions of the eligibility check"),
    ],
)
def test_a_file_leaves_out_no_part_that_a_place_needs(kind, said, coordinator):
    text = shipped()["nhs-stepping-up"].read_text(encoding="utf-8")
    with pytest.raises(NotPossible, match=said):
        begun(text.replace(f'{{ kind = "{kind}" }},', "", 1), coordinator, is_shipped=True)


def test_all_mistakes_of_a_file_are_said_at_once(coordinator):
    text = shipped()["bristol"].read_text(encoding="utf-8")
    for before, after, _ in (
        mistakes()[which] for which in ("a misspelt column", "a choice that there is not", "a number that is none")
    ):
        text = text.replace(before, after)
    with pytest.raises(NotPossible) as refused:
        begun(text, coordinator)
    for word in ("titel", "boss", "many"):
        assert word in str(refused.value)


def test_an_address_that_is_taken_is_said_beside_it(coordinator):
    text = shipped()["bristol"].read_text(encoding="utf-8")
    begun(text, coordinator, name="Stepping Up")
    with pytest.raises(NotPossible, match="at the address “stepping-up”") as refused:
        begun(text, coordinator, name="Stepping Up")
    assert refused.value.field == "slug"
    assert begun(text, coordinator, name="Stepping Up", slug="stepping-up-bath").slug == "stepping-up-bath"


def test_what_is_in_a_fund_is_a_finance_officers_to_say(provider, coordinator):
    text = shipped()["bristol"].read_text(encoding="utf-8")
    begun(text, coordinator)
    assert set(FundingSource.objects.values_list("budget", flat=True)) == {0}
    both = staff(provider=provider)
    RoleAssignment.objects.create(user=both, provider=provider, role=RoleName.FINANCE)
    new = begun(text, type(both).objects.get(pk=both.pk), name="Another")
    assert set(FundingSource.objects.filter(programme=new).values_list("budget", flat=True)) == {40000, 15000}
    assert {one.name for one in FundingSource.objects.filter(programme=new)} == {
        "Corporate Fund, Another", "Bursaries for not-for-profit organisations, Another",
    }  # fmt: skip


def test_whoever_keeps_some_cohorts_or_another_provider_begins_no_programme(provider, coordinator):
    text = shipped()["bristol"].read_text(encoding="utf-8")
    limited = staff(provider=provider)
    CohortFactory(programme__provider=provider).limited_roles.set(RoleAssignment.objects.filter(user=limited))
    for somebody in (type(limited).objects.get(pk=limited.pk), staff(), staff(RoleName.ASSESSOR, provider=provider)):
        with pytest.raises(NotAllowed):
            programmes.start(provider=provider, text=text, name="Rising", starts_on=STARTS, by=somebody)


def test_a_file_that_is_chosen_is_sent_from_every_page_that_asks_for_one(client, coordinator):
    """A browser sends only its name from a form that does not say so."""
    provider = coordinator.role_assignments.get().provider
    browser = with_second_factor(client, coordinator)
    programme = begun(shipped()["bristol"].read_text(encoding="utf-8"), coordinator)
    for url in (
        reverse("admin:accounts_organisation_step", args=[provider.pk, "start_programme"]),
        reverse("admin:cohorts_programme_step", args=[programme.pk, "upload"]),
    ):
        page = browser.post(url).text
        assert 'type="file"' in page
        form = page[: page.index('type="file"')].rpartition("<form")[2]
        assert 'enctype="multipart/form-data"' in form.partition(">")[0]


def test_a_file_that_is_uploaded_on_the_page_begins_a_programme(client, coordinator):
    provider = coordinator.role_assignments.get().provider
    browser = with_second_factor(client, coordinator)
    url = reverse("admin:accounts_organisation_step", args=[provider.pk, "start_programme"])
    text = shipped()["bristol"].read_text(encoding="utf-8")
    file = SimpleUploadedFile("ours.toml", text.encode(), "text/plain")
    given = {"filled": "yes", "source": "file", "name": "Rising", "slug": "", "starts_on": "2031-03-03"}
    page = browser.post(url, {**given, "file": file}).text
    assert "error" not in page.partition("<h1")[2].partition("</form>")[0].lower() or "What would" in page
    assert "Nothing happens yet" not in page, "it is looked at, and can be confirmed"
