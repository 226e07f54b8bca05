"""A file changes what a programme says; whoever has begun keeps what they began with. And the pages on which that is done."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.actions import applications
from applications.models import Application, Criterion, EligibilityQuestion, Statement, Window
from cohorts.actions import programmes
from cohorts.models import Cohort, CompletionRule, Plan, Programme, RuleSet
from cohorts.programme_files import writing
from cohorts.programme_files.loading import read
from cohorts.programme_files.tables import Table
from steppingup.accounts.actors import NotAllowed
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from tests.factories import review as make
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db
STARTS = date(2031, 9, 1)


@pytest.fixture
def provider():
    return OrganisationFactory(is_provider=True)


@pytest.fixture
def coordinator(provider):
    return staff(provider=provider)


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
        (b"", "Choose a file|This file is empty"),
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


def test_what_the_rest_of_the_programme_names_or_rules_out_is_said_and_stays(window, coordinator, monkeypatch):
    programme, plan = window.cohort.programme, window.cohort.plan
    tables = writing.programme(programme)
    [said] = [one for one in tables["plans"] if one["name"] == plan.name]
    CompletionRule.objects.create(
        cohort=window.cohort, component=plan.components.get(key=said["components"][-1]["key"]), minimum=1
    )
    del said["components"][-1]
    with pytest.raises(NotPossible, match="The file does not have"):
        programmes.upload(programme=programme, text=writing.as_text({"plans": [said]}, "It"), by=coordinator)
    Programme.objects.filter(pk=programme.pk).update(reach=0)
    monkeypatch.setattr(programmes, "against_reach", lambda programme, reach: ["2 pairs"])
    text = writing.as_text({"programme": {"reach": 2}}, "It")
    with pytest.raises(NotPossible, match="would rule out 2 pairs"):
        programmes.upload(programme=Programme.objects.get(pk=programme.pk), text=text, by=coordinator)
    text = writing.as_text({"programme": {"sumary": "It"}, "plans": []}, "It")
    with pytest.raises(NotPossible, match="programme: “sumary” means nothing here"):
        programmes.start(provider=programme.provider, text=text, name="New", starts_on=STARTS, by=coordinator)
