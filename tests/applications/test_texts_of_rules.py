"""Who can apply, and how it is funded, are texts of the admission rules: two cohorts can differ, and next year's text does not rewrite
what this year's applicants read."""

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from applications.models import Window
from cohorts import readiness
from cohorts.actions import programmes
from cohorts.actions import rules as actions
from cohorts.models import Cohort, RuleSet
from cohorts.models.rules import TEXTS
from cohorts.programme_files import writing
from cohorts.programme_files.keeping import columns_said
from cohorts.programme_files.loading import load_file, shipped
from steppingup.messaging.models import Message
from tests.applications.test_programme_files import another, begun
from tests.factories.accounts import staff
from tests.factories.applications import WindowFactory, completed, submitted
from tests.factories.cohorts import PublishedCohortFactory, day
from tests.staff import posted, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def window() -> Window:
    window = WindowFactory(cohort__fee=0, cohort__name="Bands 5 and 6", cohort__starts_on=day(30))
    said(window.cohort.rule_set, "You are in **band 5 or 6**.", "The Academy pays £970.")
    return window


@pytest.fixture
def coordinator(window):
    return staff(provider=window.cohort.programme.provider)


@pytest.fixture
def desk(client, coordinator):
    return with_second_factor(client, coordinator)


def said(rules: RuleSet, who: str, funded: str = "") -> RuleSet:
    RuleSet.objects.filter(pk=rules.pk).update(who_can_apply=who, how_it_is_funded=funded)
    rules.refresh_from_db()
    return rules


def beside(window: Window, rules: RuleSet) -> Window:
    """Another cohort of the programme that is open too, by these rules."""
    cohort = PublishedCohortFactory(
        programme=window.cohort.programme, plan=window.cohort.plan, name="Band 7", fee=0, rule_set=rules, starts_on=day(60)
    )  # fmt: skip
    return WindowFactory(cohort=cohort)


def on_the_site(client, window: Window) -> str:
    return client.get(reverse("cohorts:programme", args=[window.cohort.programme.path])).text


def change(desk, rules: RuleSet, **texts: str) -> RuleSet:
    page = reverse("admin:cohorts_ruleset_change", args=[rules.pk])
    assert desk.post(page, posted(desk.get(page)) | texts).status_code == 302
    return RuleSet.objects.current().get(programme=rules.programme, name=rules.name)


def test_cohorts_that_are_open_at_once_say_what_differs_under_their_names_and_once_what_does_not(client, window):
    rules = RuleSet.objects.create(programme=window.cohort.programme, name="Band 7")
    said(rules, "You are in band 7.", "The Academy pays £970.")
    beside(window, rules)
    page = on_the_site(client, window)
    first, second = page.index("You are in <strong>band 5 or 6</strong>."), page.index("You are in band 7.")
    headed = [page.rindex(f'<h3 class="govuk-heading-m">{name}</h3>', 0, at) for name, at in
              (("Bands 5 and 6", first), ("Band 7", second))]  # fmt: skip
    assert headed[0] < first < headed[1] < second
    assert page.count("The Academy pays £970.") == 1
    said(rules, "You are in **band 5 or 6**.", "The Academy pays £1,310.")
    page = on_the_site(client, window)
    assert page.count("You are in <strong>band 5 or 6</strong>.") == 1
    assert page.index("The Academy pays £970.") < page.index("The Academy pays £1,310.")


def test_each_cohort_tells_those_who_apply_what_holds_for_it(client, window):
    rules = RuleSet.objects.create(programme=window.cohort.programme, name="Band 7")
    other = beside(window, said(rules, "You are in band 7.", "The Academy pays £1,310."))
    draft = completed(other)
    client.force_login(draft.applicant)
    for page in ("applications:application", "applications:start"):
        of = draft.pk if page.endswith("application") else window.cohort.pk
        text = client.get(reverse(page, args=[of])).text
        own, others = ("band 7", "band 5 or 6") if page.endswith("application") else ("band 5 or 6", "band 7")
        assert (own in text, others in text) == (True, False)


def test_whoever_has_applied_goes_on_reading_what_they_applied_by(client, desk, window):
    rules = window.cohort.rule_set
    sent = submitted(window)
    next_year = beside(window, rules)
    draft = completed(next_year)
    new = change(desk, rules, who_can_apply="You are in band 4.", how_it_is_funded="Your employer pays.")
    assert (new.version, new.who_can_apply, new.how_it_is_funded) == (2, "You are in band 4.", "Your employer pays.")
    rules.refresh_from_db()
    assert (rules.who_can_apply, rules.how_it_is_funded) == ("You are in **band 5 or 6**.", "The Academy pays £970.")
    for application, words, others in ((sent, "band 5 or 6", "band 4"), (draft, "band 4", "band 5 or 6")):
        client.force_login(application.applicant)
        text = client.get(reverse("applications:application", args=[application.pk])).text
        assert (words in text, others in text) == (True, False)
    assert not Message.objects.filter(kind="applications.questions_changed").exists()  # nobody is asked anything else


def test_the_database_keeps_what_people_applied_by(window):
    submitted(window)
    for name in TEXTS:
        with pytest.raises(InternalError), transaction.atomic():
            RuleSet.objects.filter(pk=window.cohort.rule_set_id).update(**{name: "Everybody."})


def test_between_cohorts_the_page_says_what_holds_for_the_next_one(client, desk, window):
    submitted(window)
    change(desk, window.cohort.rule_set, who_can_apply="You are in band 4.")
    assert "band 5 or 6" in on_the_site(client, window)
    Cohort.objects.filter(pk=window.cohort.pk).update(starts_on=day(-3))
    page = on_the_site(client, window)
    assert ("band 4" in page, "band 5 or 6" in page) == (True, False)


def test_a_copy_of_rules_has_their_texts_and_what_differs_then_is_shown_side_by_side(desk, window, coordinator):
    copy = actions.copy(rules=window.cohort.rule_set, name="Band 7", by=coordinator)
    assert [getattr(copy, name) for name in TEXTS] == [getattr(window.cohort.rule_set, name) for name in TEXTS]
    change(desk, copy, who_can_apply="You are in band 7.")
    page = desk.get(reverse("admin:cohorts_ruleset_compare", args=[copy.pk])).text
    texts = page.partition(">Texts</h2>")[2].partition("</section>")[0]
    assert "You are in band 7." in texts
    assert "You are in **band 5 or 6**." in texts
    assert "The same in both: “How it is funded”." in texts


def test_the_page_of_a_programme_leads_to_where_its_texts_are(desk, window):
    page = desk.get(reverse("admin:cohorts_programme_change", args=[window.cohort.programme_id])).text
    assert reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id]) in page
    assert "Written in the admission rules" in page


def test_getting_ready_says_which_text_is_missing_and_where_it_is_written(window):
    said(window.cohort.rule_set, "You.")
    points = {point.title: point for stage in readiness.stages_of(window.cohort) for point in stage.points}
    assert (points["Who can apply"].done, points["How it is funded"].done) == (True, False)
    assert points["How it is funded"].url == reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])


# -- files -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("R8")
def test_every_column_of_rules_goes_into_the_file_and_comes_back(coordinator):
    """Also one that somebody adds next year."""
    programme, _ = load_file(shipped()["bristol"])
    given = {one.name: another(one, one.name) for one in columns_said(RuleSet)}
    given["is_offered"] = True  # what no cohort has and is not offered is left out
    RuleSet.objects.filter(programme=programme).update(**given)
    new = begun(writing.as_text(writing.programme(programme), "It"), coordinator)
    rules = new.rule_sets.get()
    assert {name: getattr(rules, name) for name in given} == given


@pytest.mark.requirement("N2", "N15")
def test_the_academy_tells_band_7_something_else_than_bands_5_and_6(coordinator):
    programme, _ = load_file(shipped()["nhs-stepping-up"])
    said = {rules.name: rules.who_can_apply + rules.how_it_is_funded for rules in programme.rule_sets.all()}
    assert ("£970" in said["Bands 5 and 6"], "£1,310" in said["Bands 5 and 6"]) == (True, False)
    assert ("£970" in said["Band 7"], "£1,310" in said["Band 7"]) == (False, True)


def test_what_a_file_says_of_the_programme_holds_for_each_set_of_rules_that_does_not_say_it_itself(coordinator):
    """As files of before have it."""
    text = """
[programme]
summary = "S."
about = "A."
who_can_apply = "Anybody."
how_it_is_funded = "We pay."
[[rule_sets]]
name = "One"
[[rule_sets]]
name = "Another"
who_can_apply = "You."
[[plans]]
name = "P"
components = [{ key = "m", kind = "module", title = "M", days = 1 }]
"""
    rules = {one.name: one for one in begun(text, coordinator).rule_sets.all()}
    assert [getattr(rules["One"], name) for name in TEXTS] == ["Anybody.", "We pay."]
    assert [getattr(rules["Another"], name) for name in TEXTS] == ["You.", "We pay."]


def test_a_file_with_another_text_makes_the_next_version_where_people_have_applied(window, coordinator):
    programme, rules = window.cohort.programme, window.cohort.rule_set
    submitted(window)
    tables = writing.programme(programme)
    tables["rule_sets"][0]["who_can_apply"] = "You are in band 4."
    programmes.upload(programme=programme, text=writing.as_text(tables, "It"), by=coordinator)
    rules.refresh_from_db()
    assert (rules.who_can_apply, rules.newest().who_can_apply) == ("You are in **band 5 or 6**.", "You are in band 4.")
    assert rules.newest().how_it_is_funded == "The Academy pays £970."
