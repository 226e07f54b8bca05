"""A coordinator sets up programmes, plans and cohorts without a developer; each mistake gets a sentence."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from applications.actions import dry_runs
from applications.models import Criterion
from applications.roles import RoleName
from cohorts.actions import cohorts as actions
from cohorts.extensions import on_publishing
from cohorts.keys import LONGEST, free_key
from cohorts.models import Cohort, ProgrammeDocument, TargetGroup
from funding.models import FeeTerms, InvoiceSeries
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.second_factor import DEMONSTRATION_SESSION
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs
from tests.factories import review as make
from tests.factories.accounts import RoleAssignmentFactory, UserFactory, staff
from tests.factories.applications import CriterionFactory, EligibilityQuestionFactory, WindowFactory
from tests.factories.cohorts import CohortFactory, PlanFactory, SessionFactory
from tests.files.uploads import pdf
from tests.staff import posted

pytestmark = pytest.mark.django_db


@pytest.fixture
def cohort() -> Cohort:
    return CohortFactory()


@pytest.fixture
def browser(client, cohort, settings):
    settings.DEMONSTRATION = True
    client.force_login(staff(provider=cohort.programme.provider))
    session = client.session
    session[DEMONSTRATION_SESSION] = True
    session.save()
    return client


def test_a_key_is_made_of_the_title_and_never_twice():
    assert free_key("Critical thinking!", set()) == "critical-thinking"
    assert free_key("Critical thinking", {"critical-thinking"}) == "critical-thinking-2"
    assert free_key("…", set()) == "part"
    assert len(free_key("x" * 300, {"x" * LONGEST})) == LONGEST


def test_nobody_types_a_key_for_a_group_or_a_criterion(browser, cohort):
    address = reverse("admin:cohorts_ruleset_change", args=[cohort.rule_set_id])
    data = posted(browser.get(address))
    number = int(data["target_groups-TOTAL_FORMS"])
    for place in (number, number + 1):
        data |= {f"target_groups-{place}-name": "care leavers", f"target_groups-{place}-statement": "I am"}
        data |= {f"target_groups-{place}-order": "0"}
    new = {"title": "Empathy", "question": "When?", "word_limit": "200", "order": "0"}
    place = int(data["criteria-TOTAL_FORMS"])
    data |= {f"criteria-{place}-{name}": value for name, value in new.items()}
    data |= {"target_groups-TOTAL_FORMS": str(number + 2), "criteria-TOTAL_FORMS": str(place + 1)}
    assert browser.post(address, data).status_code == 302
    found = TargetGroup.objects.filter(rule_set=cohort.rule_set, name="care leavers")
    assert sorted(found.values_list("key", flat=True)) == ["care-leavers", "care-leavers-2"]
    assert Criterion.objects.get(rule_set=cohort.rule_set, title="Empathy").key == "empathy"


@pytest.mark.requirement("B20")
def test_a_brochure_is_uploaded_checked_and_read_on_the_programmes_page(browser, cohort):
    address = reverse("admin:cohorts_programme_change", args=[cohort.programme_id])
    page = browser.get(address)
    prefix = next(i.formset.prefix for i in page.context["inline_admin_formsets"] if i.opts.model is ProgrammeDocument)
    wrong = {f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-0-title": "Our employers", f"{prefix}-0-order": "0"}
    text = browser.post(
        address, {**posted(page), **wrong, f"{prefix}-0-file": SimpleUploadedFile("a.pdf", b"no")}
    ).content.decode()
    assert "PDF" in text
    assert not ProgrammeDocument.objects.exists()
    right = {**posted(page), **wrong, f"{prefix}-0-file": SimpleUploadedFile("Employers.pdf", pdf())}
    assert browser.post(address, right).status_code == 302
    document = ProgrammeDocument.objects.get()
    assert document.file.name == "Employers.pdf"
    shown = browser.get(f"/programmes/{cohort.programme.path}/").content.decode()
    assert "Our employers" in shown
    # Nothing changes when it is saved again, without the file.
    assert browser.post(address, posted(browser.get(address))).status_code == 302
    document.refresh_from_db()
    assert document.file.name == "Employers.pdf"


def test_mistakes_about_a_cohort_get_sentences(browser, cohort):
    other = PlanFactory(programme__provider=cohort.programme.provider)
    address = reverse("admin:cohorts_cohort_change", args=[cohort.pk])
    data = posted(browser.get(address))
    wrong = {"ends_on": "01/01/2001", "plan": other.pk, "fee": "-5"}
    text = browser.post(address, {**data, **wrong}).content.decode()
    for sentence in ("cannot end before it starts", "belongs to another programme", "cannot be below zero"):
        assert sentence in text, sentence
    assert "is violated" not in text


def test_a_cohort_for_which_people_wait_is_not_cancelled_behind_their_backs():
    window = make.window()
    make.arrived(window)
    by = staff(provider=window.cohort.programme.provider)
    with pytest.raises(NotPossible, match="1 applicant is waiting"):
        actions.cancel(cohort=window.cohort, by=by)


def test_before_a_cohort_is_published_its_page_says_who_hears_of_it(browser, cohort):
    assert on_publishing(cohort) == ["Nobody can apply yet: there are no application dates."]
    window = make.window()
    assert "register of interest" in on_publishing(window.cohort)[0]


def test_a_programme_is_made_for_ones_own_provider_and_stays_with_it(browser, cohort):
    own, other = cohort.programme.provider, CohortFactory().programme.provider
    address = reverse("admin:cohorts_programme_add")
    form = browser.get(address).context["adminform"].form
    assert form["provider"].value() == own.pk  # the only choice is made
    data = {**posted(browser.get(address)), "name": "Taken", "slug": "taken", "summary": "S.", "about": "A."}
    text = browser.post(address, {**data, "provider": other.pk}).content.decode()
    assert "This cannot be chosen" in text
    mine = reverse("admin:cohorts_programme_change", args=[cohort.programme_id])
    browser.post(mine, {**posted(browser.get(mine)), "provider": other.pk})
    cohort.programme.refresh_from_db()
    assert cohort.programme.provider == own


def test_an_empty_form_says_what_to_fill_in(browser, cohort):
    text = browser.post(reverse("admin:cohorts_cohort_add"), {"capacity": "0", **_no_rules()}).content.decode()
    for sentence in ("Fill in “Name”.", "Fill in “Starts on”.", "Choose one.", "Enter 1 or more."):
        assert sentence in text, sentence
    assert "This field is required" not in text


def _no_rules() -> dict[str, str]:
    return {"completion_rules-TOTAL_FORMS": "0", "completion_rules-INITIAL_FORMS": "0"}


def test_the_page_before_publishing_says_everything_that_is_missing(browser, cohort):
    address = reverse("admin:cohorts_cohort_step", args=[cohort.pk, "publish"])
    Cohort.objects.filter(pk=cohort.pk).update(venue="")
    text = browser.post(address).text
    needed, _, others = text.partition("Nobody can apply without: ")[2].partition("missing: ")
    assert {"application dates", "criteria"} <= {one.strip(" .") for one in re.split("[;.]", needed)}
    assert {"a venue", "completion rules"} <= {one.strip(" .") for one in re.split("[;.]", others.partition("<")[0])}
    Cohort.objects.filter(pk=cohort.pk).update(venue="City Hall")
    WindowFactory(cohort=cohort, questions=False)
    CriterionFactory(rule_set=cohort.rule_set)
    EligibilityQuestionFactory(rule_set=cohort.rule_set)
    TargetGroup.objects.create(rule_set=cohort.rule_set, name="women", statement="I am a woman")
    cohort.completion_rules.create(minimum=5)
    cohort.plan.aims.create(text="Lead a service of your own")
    programme = cohort.programme
    programme.contact_email, programme.is_published = "us@example.org", True
    programme.save()
    cohort.rule_set.who_can_apply, cohort.rule_set.how_it_is_funded = "You.", "By us."
    cohort.rule_set.save()
    SessionFactory(cohort=cohort)
    provider = programme.provider
    for role in (RoleName.ASSESSOR, RoleName.ASSESSOR, RoleName.FINANCE):
        RoleAssignmentFactory(user=UserFactory(is_staff=True), role=role, provider=provider)
    FeeTerms.objects.create(programme=programme, text="Pay.", invoiced_when="Soon.")
    InvoiceSeries.objects.create(provider=provider, prefix="X-")
    provider.retention_periods.create(kind="applications.1_unsuccessful", months=12)
    assert "Still missing: a dry run." in browser.post(address).text
    assert jobs.run(dry_runs.ask_for(cohort=cohort, by=SYSTEM).pk)
    assert "issing:" not in browser.post(address).text
