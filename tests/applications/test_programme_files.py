"""A programme goes into a file and comes back from it: what begins from a file is the same, and what a file changes is said."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format  # noqa: F401 - the site's own, patched by the apps

from applications.models import Application, Criterion, EligibilityQuestion, Statement, Window
from applications.roles import RoleName
from cohorts.actions import programmes
from cohorts.models import Cohort, Component, Plan, Programme, RuleSet
from cohorts.programme_files import writing
from cohorts.programme_files.keeping import NOT_SAID, columns_said
from cohorts.programme_files.loading import PARTS, load_file, read, shipped
from cohorts.programme_files.tables import Table
from funding.models import FundingSource
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import RoleAssignment
from steppingup.history.lifecycle import NotPossible
from steppingup.history.versions import copied
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import CohortFactory, ParticipantFactory
from tests.staff import take_step, with_second_factor

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
    assert (new.about, new.who_can_apply, new.how_it_is_funded) == (
        programme.about, programme.who_can_apply, programme.how_it_is_funded,
    )  # fmt: skip
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
        own |= {"key": "volunteer", "standing": "volunteer"}  # whoever is employed names an employer
    row = filled(model(rule_set=rules), **own)
    if name == "parts":
        row.kind = "questions"
    row.save()
    assert {one.name for one in columns_said(model)} - set(NOT_SAID) <= set(writing.said(row)) | {"kind"} | signs(model)
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    there = model._default_manager.get(rule_set=RuleSet.objects.of(new), key=own["key"])
    for field in columns_said(model):
        if field.name != "order":
            assert getattr(there, field.name) == getattr(row, field.name), field.name


def signs(model: Any) -> set[str]:
    return {one.name for one in columns_said(model) if one.name.endswith("_signs")}


def test_every_column_of_a_part_of_a_plan_goes_into_the_file_and_comes_back(coordinator):
    programme, _ = load_file(shipped()["bristol"])
    plan = programme.plans.get()
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
    load_file(shipped()["bristol"])
    text = shipped()["bristol"].read_text(encoding="utf-8")
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


# -- a file for what is there ----------------------------------------------------------------------------


@pytest.fixture
def window(provider):
    """A programme that people apply for."""
    found = make.window()
    Programme.objects.filter(pk=found.cohort.programme_id).update(provider=provider)
    return make.fresh(found)


def file_of(programme: Programme, **changed: Any) -> str:
    return writing.as_text({**writing.programme(programme), **changed}, "It")


def uploaded(window: Window, coordinator: Any, text: str) -> RuleSet:
    programmes.upload(programme=window.cohort.programme, text=text, by=coordinator)
    return RuleSet.objects.get(pk=window.cohort.rule_set_id).newest()


def test_a_file_that_says_what_is_there_is_refused(window, coordinator):
    make.arrived(window)
    with pytest.raises(NotPossible, match="nothing would change"):
        uploaded(window, coordinator, file_of(window.cohort.programme))
    assert RuleSet.objects.count() == 1


def with_limit(programme: Programme, limit: int) -> str:
    tables = writing.programme(programme)
    tables["rule_sets"][0]["criteria"][0]["word_limit"] = limit
    return writing.as_text(tables, "It")


def test_rules_that_people_have_applied_by_get_a_next_version_and_theirs_stay(window, coordinator):
    application = make.arrived(window)
    before = writing.rule_set(application.cohort.rule_set)
    new = uploaded(window, coordinator, with_limit(window.cohort.programme, 77))
    assert (new.version, new.criteria.order_by("order").first().word_limit) == (2, 77)
    old = RuleSet.objects.get(pk=window.cohort.rule_set_id)
    assert writing.rule_set(old) == before
    assert old.is_frozen
    assert Cohort.objects.get(pk=window.cohort.pk).rule_set == old


def test_whoever_is_writing_goes_on_with_the_new_rules_keeps_what_they_wrote_and_is_told(window, coordinator):
    draft = begin(window)
    criterion, *_ = make.criteria(window)
    Statement.objects.create(application=draft, criterion=criterion, text="What I wrote.")
    new = uploaded(window, coordinator, with_limit(window.cohort.programme, 77))
    assert Statement.objects.get(application=draft).criterion == new.criteria.get(key=criterion.key)
    assert Message.objects.about(draft).filter(kind="applications.questions_changed").count() == 1
    tables = writing.programme(window.cohort.programme)
    gone = tables["rule_sets"][0]["criteria"].pop(0)
    last = uploaded(window, coordinator, writing.as_text(tables, "It"))
    assert not last.criteria.filter(key=gone["key"]).exists()
    assert Statement.objects.get(application=draft).text == "What I wrote."


def begin(window: Window) -> Application:
    from applications.actions import applications
    from tests.factories.accounts import UserFactory

    return applications.start(cohort=window.cohort, by=UserFactory())


def test_rules_that_nobody_has_begun_by_are_changed_where_they_are(window, coordinator):
    tables = writing.programme(window.cohort.programme)
    [rules] = tables["rule_sets"]
    dropped = rules["criteria"].pop()
    rules["eligibility"] = [{"key": "new", "text": "Are you sure?", "allows_not_sure": True}]
    new = uploaded(window, coordinator, writing.as_text(tables, "It"))
    assert new.pk == window.cohort.rule_set_id
    assert new.version == 1
    assert not Criterion.objects.filter(rule_set=new, key=dropped["key"]).exists()
    assert [one.text for one in EligibilityQuestion.objects.filter(rule_set=new)] == ["Are you sure?"]


def test_what_a_part_does_not_say_any_more_is_as_usual_again(window, coordinator):
    row = window.cohort.rule_set.criteria.first()
    Criterion.objects.filter(pk=row.pk).update(guidance="Once more.", word_limit=99)
    tables = writing.programme(window.cohort.programme)
    for one in tables["rule_sets"][0]["criteria"]:
        if one["key"] == row.key:
            del one["guidance"], one["word_limit"]
    uploaded(window, coordinator, writing.as_text(tables, "It"))
    row.refresh_from_db()
    assert (row.guidance, row.word_limit) == ("", 250)


@pytest.mark.parametrize("is_begun", [False, True])
def test_a_plan_is_changed_where_it_is_until_somebody_is_on_it(window, coordinator, is_begun):
    programme, plan = window.cohort.programme, window.cohort.plan
    if is_begun:
        ParticipantFactory(cohort=window.cohort)
    tables = writing.programme(programme)
    [said] = [one for one in tables["plans"] if one["name"] == plan.name]
    said["components"].append({"key": "extra", "kind": "module", "title": "Extra", "days": 3})
    programmes.upload(programme=programme, text=writing.as_text({"plans": [said]}, "It"), by=coordinator)
    now = Plan.objects.get(pk=plan.pk).newest()
    assert now.version == (2 if is_begun else 1)
    assert now.components.filter(key="extra").exists()
    assert Plan.objects.get(pk=plan.pk).components.filter(key="extra").exists() != is_begun


def test_cohorts_that_are_there_stay_and_others_are_in_preparation(window, coordinator):
    programme = window.cohort.programme
    tables = writing.programme(programme)
    [one] = tables["cohorts"]
    tables["cohorts"] = [
        {**one, "fee": 1},
        {**one, "slug": "next", "name": "Next", "published": True, "starts_on": one["starts_on"] + timedelta(days=365),
         "ends_on": one["ends_on"] + timedelta(days=365)},
    ]  # fmt: skip
    programmes.upload(programme=programme, text=writing.as_text(tables, "It"), by=coordinator)
    assert Cohort.objects.get(pk=window.cohort.pk).fee == window.cohort.fee
    assert Cohort.objects.get(programme=programme, slug="next").status == "draft"


def test_a_file_publishes_nothing_and_moves_no_address(window, coordinator):
    programme = window.cohort.programme
    Programme.objects.filter(pk=programme.pk).update(is_published=False)
    said = {"slug": "elsewhere", "is_published": True, "summary": "In other words."}
    programmes.upload(programme=programme, text=writing.as_text({"programme": said}, "It"), by=coordinator)
    now = Programme.objects.get(pk=programme.pk)
    assert (now.slug, now.is_published, now.summary) == (programme.slug, False, "In other words.")


def test_whoever_applies_changes_no_rules_by_a_file(window, provider):
    colleague = staff(provider=provider)
    Application.objects.filter(pk=begin(window).pk).update(applicant=colleague)
    with pytest.raises(NotAllowed):
        uploaded(window, colleague, with_limit(window.cohort.programme, 77))


# -- on the pages ----------------------------------------------------------------------------------------


@pytest.fixture
def browser(client, coordinator):
    return with_second_factor(client, coordinator)


def toml(text: str | bytes, name: str = "rising.toml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text if isinstance(text, bytes) else text.encode(), "application/toml")


def test_the_list_of_programmes_leads_to_a_new_one_from_what_is_shipped(browser, provider):
    lists = browser.get(reverse("admin:cohorts_programme_changelist")).content.decode()
    url = re.search(r'href="([^"]*/step/start_programme/)"', lists)[1]
    asked = browser.get(url).content.decode()
    assert "Stepping Up, as Bristol City Council runs it" in asked
    given = {
        "source": "bristol",
        "name": "Rising",
        "starts_on_0": "1",
        "starts_on_1": "9",
        "starts_on_2": "2031",
        "starts_on": "2031-09-01",
    }
    done = take_step(browser, url, **given)
    new = Programme.objects.get(slug="rising")
    assert done.status_code == 302
    assert done.url == reverse("admin:cohorts_programme_guide")
    assert new.provider == provider
    assert new.cohorts.get().name == "September 2031"
    assert not mail.outbox


def test_a_file_with_a_mistake_stands_on_the_page_and_is_mended_there(browser, window):
    programme = window.cohort.programme
    url = reverse("admin:cohorts_programme_step", args=[programme.pk, "upload"])
    text = with_limit(programme, 77).replace("word_limit", "word_limits", 1)
    page = browser.post(url, {"file": toml(text), "filled": "yes"})
    assert "“word_limits” means nothing here" in page.text
    typed = page.context["form"]["text"].value()
    assert "word_limits = 77" in typed
    assert take_step(browser, url, text=typed.replace("word_limits", "word_limit")).status_code == 302
    assert 77 in RuleSet.objects.of(programme).criteria.values_list("word_limit", flat=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0", "not a text file"),
        (b"x = 'a\0b'", "not a text file"),
        ("x" * 300_001, "too large"),
        (b"", "Choose a file|submitted file is empty"),
    ],
)
def test_what_is_no_file_of_ours_is_refused_beside_its_field(browser, window, given, said):
    url = reverse("admin:cohorts_programme_step", args=[window.cohort.programme_id, "upload"])
    page = browser.post(url, {"file": toml(given), "filled": "yes"})
    assert page.status_code == 200
    assert re.search(said, " ".join(page.context["form"].errors["file"]))


def test_programmes_rules_and_plans_are_downloaded_and_read_again(browser, window):
    cohort = window.cohort
    for model, row in (("programme", cohort.programme), ("ruleset", cohort.rule_set), ("plan", cohort.plan)):
        page = browser.get(reverse(f"admin:cohorts_{model}_change", args=[row.pk])).text
        url = reverse(f"admin:cohorts_{model}_file", args=[row.pk])
        assert url in page
        answer = browser.get(url)
        assert ".toml" in answer["Content-Disposition"]
        assert isinstance(read(answer.content.decode()), Table)


def test_others_get_none_of_it(client, window):
    browser = with_second_factor(client, staff())
    cohort = window.cohort
    for model, row in (("programme", cohort.programme), ("ruleset", cohort.rule_set), ("plan", cohort.plan)):
        assert browser.get(reverse(f"admin:cohorts_{model}_file", args=[row.pk])).status_code == 404
    assert browser.get(reverse("admin:cohorts_programme_step", args=[cohort.programme_id, "upload"])).status_code == 404
    own = reverse("admin:accounts_organisation_step", args=[cohort.programme.provider_id, "start_programme"])
    assert browser.get(own).status_code == 404
