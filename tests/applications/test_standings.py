"""How people may work who apply is data: what is asked of each, what is refused, and what becomes of what was typed (B2, B16, B19)."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from applications.actions import applications as actions
from applications.actions import decisions, offers
from applications.actions import rules as versions
from applications.desk.export import FACTS
from applications.form.parts import approval_needed, missing_parts, parts_of
from applications.loading import load_applications
from applications.models import Application, StandingRule
from applications.readiness import of_admission
from applications.selection.masking import mask_for
from applications.standings import accepted
from applications.states import Asked, FeeBy, OfferStatus, SupportRoute
from cohorts.models import RuleSet
from cohorts.programme_files.keeping import Keeper
from cohorts.programme_files.tables import Table
from cohorts.states import Standing
from steppingup.history.lifecycle import NotPossible
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.applications import WindowFactory, completed, started
from tests.factories.review import arrived
from tests.factories.standings import (
    ALONE,
    accept,
    agreed_oneself,
    completed_as,
    submitted_as,
    window_for_all,
    work_of,
)

pytestmark = pytest.mark.django_db
WORKS_ALONE = [Standing.SELF_EMPLOYED, Standing.NOT_EMPLOYED]


def save_work(application: Application, values: dict) -> Application:
    return actions.save_part(application=application, part="work", values=values, by=application.applicant)


def page_of_work(application: Application) -> str:
    return reverse("applications:part", args=[application.pk, "work"])


@pytest.mark.requirement("B2", "B16")
def test_rules_that_name_none_are_for_people_who_are_employed_and_ask_nothing_new(client):
    application = started()
    assert [rule.standing for rule in accepted(application)] == [Standing.EMPLOYED]
    client.force_login(application.applicant)
    page = client.get(page_of_work(application)).text
    assert "How do you work?" not in page
    assert "Your employer" in page
    assert "My employer is not on this list" in page
    with pytest.raises(NotPossible, match="This programme is for people who are employed"):
        save_work(application, work_of(Standing.SELF_EMPLOYED))


@pytest.mark.parametrize("standing", WORKS_ALONE)
def test_whoever_works_alone_is_asked_for_no_employer_manager_or_support(standing, client):
    application = save_work(started(window_for_all()), work_of(standing))
    assert (application.standing, application.employer, application.manager_email) == (standing, None, "")
    assert "support" not in [part.key for part in parts_of(application)]
    assert not approval_needed(application)
    client.force_login(application.applicant)
    assert "How do you work?" in client.get(page_of_work(application)).text
    shown = client.get(reverse("applications:check_answers", args=[application.pk])).text
    assert "Your line manager" not in shown


@pytest.mark.requirement("B2")
def test_each_way_of_working_asks_what_its_rule_says():
    window = WindowFactory()
    accept(window.cohort.rule_set, Standing.SEVERAL, Standing.VOLUNTEER)
    application = started(window)
    assert application.standing == Standing.SEVERAL  # as the rules are not for people who are employed by one
    home = OrganisationFactory()
    several = {"employer": home, "manager_name": "Mo", "manager_email": "mo@example.org"}
    for missing in ("employer", "manager_email", "other_employers"):
        with pytest.raises(NotPossible):
            save_work(application, work_of(Standing.SEVERAL, **several | {missing: ""}))
    save_work(application, work_of(Standing.SEVERAL, **several))
    with pytest.raises(NotPossible, match="organisation that you volunteer with"):
        save_work(application, work_of(Standing.VOLUNTEER))
    application = save_work(application, work_of(Standing.VOLUNTEER, employer_name="Harbour Food Bank"))
    assert (application.manager_name, application.other_employers) == ("", "")
    with pytest.raises(NotPossible, match="line manager’s email"):  # begun, so both
        save_work(application, work_of(Standing.VOLUNTEER, employer=home, manager_name="Mo"))
    with pytest.raises(NotPossible, match="for people who work for several employers or are volunteers"):
        save_work(application, work_of(Standing.NOT_EMPLOYED))


@pytest.mark.parametrize("support", Asked.values)
def test_how_the_organisation_knows_is_asked_as_the_rule_says(support, client):
    window = WindowFactory()
    accept(window.cohort.rule_set, Standing.VOLUNTEER, support=support)
    application = save_work(started(window), work_of(Standing.VOLUNTEER, employer=OrganisationFactory()))
    asked = {part.key: part for part in parts_of(application)}
    assert ("support" in asked) == (support != Asked.LEFT_OUT)
    if support == Asked.LEFT_OUT:
        return
    assert asked["support"].title == "How your organisation knows that you are applying"
    assert ("support" in [part.key for part in missing_parts(application)]) == (support == Asked.REQUIRED)
    client.force_login(application.applicant)
    page = client.get(reverse("applications:part", args=[application.pk, "support"])).text
    assert "employer" not in page.split("<main")[1].split("</main")[0]
    empty = {"support_route": "", "nominator_name": "", "nominator_email": "", "told_on": None}
    given = {"application": application, "part": "support", "values": empty, "by": application.applicant}
    if support == Asked.REQUIRED:
        with pytest.raises(NotPossible, match="how your organisation knows"):
            actions.save_part(**given)
    else:
        actions.save_part(**given)


def test_what_was_typed_comes_back_when_somebody_works_otherwise_again_until_they_submit(client):
    window = window_for_all(cohort__fee=0)
    application = started(window)
    client.force_login(application.applicant)
    page = page_of_work(application)
    typed = {
        "job_title": "Coach", "grade": "", "employer": "not-listed", "employer_name": "Harbour Housing",
        "manager_name": "Mo Patel", "manager_email": "mo@example.org", "manager_job_title": "", "other_employers": "",
    }  # fmt: skip
    assert client.post(page, {"standing": "employed", **typed, "save": "yes"}).status_code == 302
    assert (
        client.post(page, {"standing": "self_employed", **typed, "manager_email": "no", "save": "yes"}).status_code
        == 302
    )
    application.refresh_from_db()
    assert (application.standing, application.employer_name, application.manager_name) == ("self_employed", "", "")
    shown = client.get(page).text
    assert 'value="Harbour Housing"' in shown
    assert 'value="Mo Patel"' in shown
    assert client.post(page, {"standing": "employed", **typed, "save": "yes"}).status_code == 302
    application.refresh_from_db()
    assert (application.employer_name, application.set_aside) == ("Harbour Housing", {})
    application = completed_as(Standing.SELF_EMPLOYED, window)
    Application.objects.filter(pk=application.pk).update(set_aside={"manager_name": "Mo Patel"})
    application = actions.submit(application=application, by=application.applicant, notice_read=True)
    application.refresh_from_db()
    assert application.set_aside == {}


def test_nothing_is_chosen_for_anybody_and_a_missing_choice_is_said_beside_it(client):
    application = started(window_for_all())
    client.force_login(application.applicant)
    page = page_of_work(application)
    assert "checked" not in client.get(page).text
    answered = client.post(page, {"job_title": "Coach", "save": "yes"})
    assert "Choose how you work." in answered.text
    assert 'value="Coach"' in answered.text
    assert "Enter your line manager" not in answered.text


def test_another_way_of_working_asks_anew_how_the_organisation_knows():
    application = completed(window_for_all(), settle=False)
    assert "support" in application.parts_done
    application = save_work(application, work_of(Standing.SELF_EMPLOYED))
    assert "support" not in application.parts_done
    assert application.support_route == ""


def test_rules_that_no_longer_accept_a_way_of_working_say_so_before_it_is_submitted():
    application = agreed_oneself(completed_as(Standing.SELF_EMPLOYED))
    StandingRule.objects.filter(standing=Standing.SELF_EMPLOYED).delete()
    application = Application.objects.get(pk=application.pk)
    with pytest.raises(NotPossible, match="This programme is for people who") as refused:
        actions.submit(application=application, by=application.applicant, notice_read=True)
    assert refused.value.code == "standing"


@pytest.mark.requirement("B2")
@pytest.mark.parametrize("standing", [*WORKS_ALONE, Standing.VOLUNTEER])
def test_a_place_is_offered_and_taken_without_an_employer(standing):
    window = window_for_all()
    window.cohort.rule_set.__class__.objects.filter(pk=window.cohort.rule_set_id).update(selection="without_interview")
    work = {"employer": OrganisationFactory(name="Harbour Food Bank")} if standing == Standing.VOLUNTEER else {}
    application = submitted_as(standing, window, **work)
    assert application.support_route == SupportRoute.NOT_NEEDED
    by = staff(provider=window.cohort.programme.provider)
    application = Application.objects.for_steps().get(pk=application.pk)
    assert not Application.objects.of_unknown_employers().exists()
    decisions.shortlist(application=application, by=by)
    offer = offers.make(application=application, by=by)
    offer = offers.accept(offer=offer, by=application.applicant, legal_name="Amara Okafor")
    assert offer.status == OfferStatus.ACCEPTED
    application.refresh_from_db()
    place = application.enrolment
    assert (place.standing, place.employer) == (standing, application.employer)
    assert place.fee_agreement.self_paid


def test_a_volunteers_organisation_that_was_typed_is_settled_before_an_offer():
    application = submitted_as(Standing.VOLUNTEER, employer_name="Harbour Food Bank")
    assert Application.objects.of_unknown_employers().get() == application
    by = staff(provider=application.cohort.programme.provider)
    with pytest.raises(NotPossible, match="which organisation"):
        offers.make(application=application, by=by)


# -- the desk --------------------------------------------------------------------------------------


def test_the_queue_shows_and_filters_how_people_work_and_exports_it(in_admin):
    window = window_for_all()
    alone = submitted_as(Standing.SELF_EMPLOYED, window)
    employed = arrived(window, name="Blessing")
    browser = in_admin(staff(provider=window.cohort.programme.provider))
    listed = reverse("admin:applications_application_changelist")
    assert "Self-employed" in browser.get(listed).text
    narrowed = browser.get(listed, {"standing": "self_employed"}).text
    assert alone.reference in narrowed
    assert employed.reference not in narrowed
    assert "Standing" in FACTS
    rows = browser.get(listed, {"export": "csv"})
    text = b"".join(rows.streaming_content).decode() if rows.streaming else rows.content.decode()
    assert "Self-employed" in text
    page = browser.get(reverse("admin:applications_application_change", args=[alone.pk])).text
    assert "Self-employed" in page
    assert "not on our list" not in page


@pytest.mark.requirement("B16")
def test_other_employers_are_masked_for_assessors():
    application = completed_as(Standing.SEVERAL, other_employers="Avon Water, Harbour Trust")
    assert (
        mask_for(application)("At Avon Water and at Harbour Trust I led.") == "At [employer] and at [employer] I led."
    )


def test_the_page_of_the_rules_sets_up_ways_of_working_and_compares_them(in_admin):
    window = WindowFactory()
    rules = window.cohort.rule_set
    browser = in_admin(staff(provider=window.cohort.programme.provider))
    page = browser.get(reverse("admin:cohorts_ruleset_change", args=[rules.pk])).text
    assert "How people may work who apply" in page
    accept(rules, Standing.SELF_EMPLOYED)
    other = RuleSet.objects.create(programme=rules.programme, name="Other rules")
    shown = browser.get(reverse("admin:cohorts_ruleset_compare", args=[rules.pk]), {"with": other.pk}).text
    assert "Self-employed" in shown


def test_ways_of_working_are_frozen_and_copied_with_the_rules():
    application = submitted_as(Standing.SELF_EMPLOYED)
    rules = application.cohort.rule_set
    with pytest.raises(IntegrityError, match="People have applied"), transaction.atomic():
        StandingRule.objects.filter(rule_set=rules).update(support=Asked.LEFT_OUT, fee_by=FeeBy.PERSON)
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingRule.objects.filter(rule_set=rules).delete()
    newer, _ = versions.revise(rules=rules, by=staff(provider=rules.programme.provider))
    said = ("key", "standing", "organisation", "line_manager", "support", "fee_by", "order")
    assert list(newer.standing_rules.values_list(*said)) == list(rules.standing_rules.values_list(*said))
    assert newer.pk != rules.pk


@pytest.mark.parametrize(
    "said",
    [
        {"standing": Standing.EMPLOYED, "organisation": Asked.OPTIONAL},
        {"standing": Standing.SELF_EMPLOYED},
        {"standing": Standing.NOT_EMPLOYED, **ALONE, "fee_by": FeeBy.EITHER},
        {"standing": Standing.VOLUNTEER, "organisation": Asked.LEFT_OUT},
    ],
)
def test_the_database_keeps_rules_that_cannot_be_followed_out(said):
    rules = WindowFactory().cohort.rule_set
    with pytest.raises(IntegrityError), transaction.atomic():
        StandingRule.objects.create(rule_set=rules, **said)


def test_ways_of_working_stand_in_a_programmes_file():
    cohort = WindowFactory().cohort
    said = {
        "rule_sets": [
            {
                "name": cohort.rule_set.name,
                "standings": [
                    {"standing": "employed"},
                    {"standing": "self_employed", **{name: str(value) for name, value in ALONE.items()}},
                ],
            }
        ]
    }
    keep = Keeper()
    load_applications(cohort.programme, Table(said), keep)
    found = StandingRule.objects.filter(rule_set__programme=cohort.programme).order_by("order")
    assert [(one.key, one.fee_by) for one in found] == [("employed", "employer"), ("self-employed", "person")]


def test_a_plan_with_a_part_in_ones_own_organisation_is_said_to_leave_some_out():
    window = WindowFactory()
    titles = [point.title for point in of_admission(window.cohort)]
    accept(window.cohort.rule_set, Standing.EMPLOYED, Standing.SELF_EMPLOYED)
    assert [point.title for point in of_admission(window.cohort)] == titles
    window.cohort.plan.components.filter(key="stretch").update(counterpart="own")
    (said,) = [point for point in of_admission(window.cohort) if point.title not in titles]
    assert "some who may apply have none" in said.without
