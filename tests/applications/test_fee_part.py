"""The fee is a part of the application: the rules say where it is asked about, whether it can wait, and whether at all (B36)."""

from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from applications.actions import applications as applying
from applications.actions import own_fee, sponsors
from applications.dry_run import dry_run
from applications.fee.agreement import begin, why_unsettled
from applications.fee.standing import fee_state
from applications.form.task_list import progress, task_groups
from applications.form.usual import USUAL
from applications.models import Application, FormPart, Window
from applications.rehearsal import page_of, pages_of
from applications.reminders import _closing
from applications.states import PartKind
from cohorts import readiness
from cohorts.models import Cohort
from cohorts.states import Selection, Standing
from funding.actions import agreements
from funding.pages.sections import cost_of_programme
from funding.queries import agreement_of
from funding.rules import Payer
from funding.states import AgreementStatus
from steppingup.history.lifecycle import NotPossible
from tests.applications.dry_run.scenes import EMPLOYED, ready
from tests.applications.test_payers import terms
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.applications import (
    WindowFactory,
    completed,
    internal_fund,
    sponsor_answers,
    sponsor_asked,
    submitted,
)
from tests.factories.cohorts import PublishedCohortFactory
from tests.factories.standings import agreed_oneself, completed_as, window_for_all
from tests.staff import posted, with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("B36")]


@pytest.fixture
def window() -> Window:
    return WindowFactory(cohort=PublishedCohortFactory(fee=Decimal(1000)))


def let_it(window: Window, **said) -> Window:
    """The rules say this of the part about the fee."""
    FormPart.objects.filter(rule_set=window.cohort.rule_set, kind=PartKind.FEE).update(**said)
    return again(window)


def leave_it_out(window: Window) -> Window:
    FormPart.objects.filter(rule_set=window.cohort.rule_set, kind=PartKind.FEE).delete()
    return again(window)


def again(window: Window) -> Window:
    """Read anew, without what was kept of its rules."""
    return Window.objects.select_related("cohort__rule_set", "cohort__programme__provider").get(pk=window.pk)


def fresh(application: Application) -> Application:
    return Application.objects.for_steps().get(pk=application.pk)


def listed(application: Application) -> list[tuple[str, list[str]]]:
    return [(group["title"], [task["title"] for task in group["tasks"]]) for group in task_groups(fresh(application))]


def submit(application: Application) -> Application:
    return applying.submit(application=fresh(application), by=application.applicant, notice_read=True)


def on_page(client, application: Application, name: str) -> str:
    client.force_login(application.applicant)
    return client.get(reverse(f"applications:{name}", args=[application.pk]), follow=True).text


# -- where -----------------------------------------------------------------------------------------


def test_the_fee_stands_where_the_rules_put_it(window, client):
    draft = completed(window, settle=False)
    usual = dict(listed(draft))
    assert usual["Your employer"][-1] == "Who agrees the fee of £1,000"
    assert [row.kind for row in window.cohort.rule_set.form_parts.all()] == list(USUAL)
    let_it(window, order=90, title="How the fee is met")
    headings = listed(draft)
    assert headings[-2] == ("The fee", ["How the fee is met"])
    assert "Who agrees the fee of £1,000" not in [title for _, titles in headings for title in titles]
    page = on_page(client, draft, "check_answers")
    assert page.index("Equality monitoring") < page.index("How the fee is met</h3>") < page.index("How it stands")
    assert "Not asked yet" in page


def test_who_has_nothing_to_pay_is_not_asked(client):
    free = WindowFactory(cohort__fee=0)
    draft = completed(free, settle=False)
    assert "fee" not in str(listed(draft)).lower()
    assert submit(draft).status == "submitted"


# -- whether it can wait ---------------------------------------------------------------------------


def test_it_can_wait_until_a_place_is_offered_where_the_rules_let_it(window, client):
    let_it(window, is_required=False)
    draft = completed(again(window), settle=False)
    page = on_page(client, draft, "application")
    assert "It has to be settled before we can offer you a place, not before you submit." in page
    done, of = progress(task_groups(fresh(draft)))
    assert done == of
    assert "before we can offer you a place" in on_page(client, draft, "fee")
    assert "before you can submit" not in on_page(client, draft, "fee")
    assert "- Who agrees the fee" not in _closing(fresh(draft))["left"]
    sent = submit(draft)
    agreement = agreement_of(sent.applicant_id, sent.cohort_id)
    assert (sent.fee_agreement, agreement.status, agreement.self_paid) == (agreement, AgreementStatus.DRAFT, False)
    assert "See who can agree it" in on_page(client, sent, "application")
    sponsors.ask(application=fresh(sent), name="Sam", email="sam@example.org", job_title="", by=sent.applicant)
    assert not fee_state(fresh(sent)).settled
    sponsor_answers(fresh(sent))
    assert fee_state(fresh(sent)).settled


def test_nobody_is_offered_a_place_before_it_is_settled(window):
    let_it(window, is_required=False)
    sent = submit(completed(again(window), settle=False))
    assert "The fee has not been settled yet" in why_unsettled(fresh(sent))
    sponsor_asked(fresh(sent))
    sponsor_answers(fresh(sent))
    assert why_unsettled(fresh(sent)) == ""


def test_where_it_must_not_wait_nothing_is_submitted_before(window, client):
    draft = completed(window, settle=False)
    with pytest.raises(NotPossible, match="must agree the fee of £1,000 before you can submit"):
        submit(draft)
    assert "- Who agrees the fee" in _closing(fresh(draft))["left"]


def test_whoever_pays_for_themselves_can_agree_after_submitting_too():
    window = window_for_all(cohort=PublishedCohortFactory(fee=Decimal(1000)))
    let_it(window, is_required=False)
    sent = submit(completed_as(Standing.SELF_EMPLOYED, again(window)))
    assert sent.fee_agreement.self_paid
    assert fee_state(fresh(sent)).kind == "own"
    agreed_oneself(fresh(sent))
    assert fee_state(fresh(sent)).kind == "agreed"


# -- left out --------------------------------------------------------------------------------------


def test_what_the_rules_leave_out_is_not_asked_and_stands_against_nothing_but_a_place(window, client):
    draft = completed(leave_it_out(window), settle=False)
    assert "fee" not in str(listed(draft)).lower()
    assert "Who agrees the fee" not in on_page(client, draft, "fee")  # leads back to the application
    with pytest.raises(NotPossible, match="You are not asked about the fee here") as refused:
        sponsors.ask(application=fresh(draft), name="Sam", email="sam@example.org", job_title="", by=draft.applicant)
    assert refused.value.code == "fee_not_asked"
    with pytest.raises(NotPossible, match="You are not asked about the fee here"):
        own_fee.agree(application=fresh(draft), billing_address="1 Quay Street", by=draft.applicant)
    sent = submit(draft)
    assert sent.fee_agreement.status == AgreementStatus.DRAFT
    assert "The fee:" not in on_page(client, sent, "application")


def test_once_staff_have_asked_somebody_the_applicant_follows_it_and_can_ask_somebody_else(window, client):
    sent = submit(completed(leave_it_out(window), settle=False))
    agreements.ask(
        agreement=begin(sent, by=sent.applicant), sponsor_name="Sam Sponsor", sponsor_email="sam@example.org",
        by=staff("finance", sent.cohort.programme.provider),
    )  # fmt: skip
    assert "Waiting for Sam Sponsor" in on_page(client, sent, "application")
    assert "Ask somebody else" in on_page(client, sent, "fee")
    assert sponsors.ask(
        application=fresh(sent), name="Jo", email="jo@example.org", job_title="", by=sent.applicant
    ).sponsor_name == "Jo"  # fmt: skip


def test_a_fund_pays_whether_or_not_the_fee_is_a_part(window):
    employer = OrganisationFactory()
    internal_fund(window, employer)
    sent = submit(completed(leave_it_out(window), employer=employer, settle=False))
    assert sent.fee_agreement.is_settled


# -- what is said of it ----------------------------------------------------------------------------


def test_nobody_is_told_to_name_somebody_who_is_not_asked(window, client):
    draft = completed(window, settle=False)
    client.force_login(UserFactory())
    start = reverse("applications:start", args=[window.cohort.pk])
    assert "they have to answer before you can submit" in client.get(start).text
    said = cost_of_programme(subject=window.cohort.programme, viewer=AnonymousUser())
    assert (said["is_agreed_first"], said["is_settled_later"]) == (True, False)
    let_it(window, is_required=False)
    assert "They have to answer before we can offer you a place" in client.get(start).text
    leave_it_out(window)
    assert "agree the fee" not in client.get(start).text
    said = cost_of_programme(subject=window.cohort.programme, viewer=AnonymousUser())
    assert (said["is_agreed_first"], said["is_settled_later"]) == (False, True)
    assert draft.status == "draft"


def points(window: Window) -> dict[str, readiness.Point]:
    return {point.title: point for stage in readiness.stages_of(window.cohort) for point in stage.points}


def test_getting_ready_says_where_a_fee_is_due_and_nobody_is_asked(window, client):
    title = "The fee, as a part of the application"
    assert points(window)[title].done
    window = leave_it_out(window)
    missing = points(window)[title]
    assert not missing.done
    assert "somebody has to agree the fee of £1,000, the application leaves it out" in missing.without
    assert missing.url == reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])
    terms(window.cohort.programme, payer=Payer.PROVIDER)
    assert title not in points(window)
    terms(window.cohort.programme, payer=Payer.PERSON)
    assert not points(window)[title].done


@pytest.mark.requirement("N13")
def test_getting_ready_says_so_too_where_only_what_is_owed_by_leavers_is_agreed(client):
    window = WindowFactory(cohort=PublishedCohortFactory(fee=Decimal(0), cost=Decimal(970)))
    terms(window.cohort.programme, payer=Payer.PROVIDER, after_leaving="whole", owed_of="cost")
    start = reverse("applications:start", args=[window.cohort.pk])
    client.force_login(UserFactory())
    assert "who can agree to what it owes if you leave" in client.get(start).text
    missing = points(leave_it_out(window))["The fee, as a part of the application"]
    assert "what is owed by whoever leaves" in missing.without
    assert "who can agree to what it owes if you leave" not in client.get(start).text


def test_a_dry_run_stops_where_nobody_is_asked():
    cohort = ready(Selection.WITH_INTERVIEW)
    Cohort.objects.filter(pk=cohort.pk).update(fee=900, cost=900)
    FormPart.objects.filter(rule_set=cohort.rule_set, kind=PartKind.FEE).delete()
    report = dry_run(Cohort.objects.for_steps().get(pk=cohort.pk), EMPLOYED)
    assert report.stuck is not None
    assert "the application leaves it out, so nobody can be offered a place" in report.stuck.said


def test_the_page_about_the_fee_is_shown_before_it_is_public(window, rf):
    assert "part-fee" in [one.key for one in pages_of(window.cohort)]
    request = rf.get("/")
    request.user = staff(provider=window.cohort.programme.provider)
    assert "Your employer must agree the fee of £1,000" in page_of(request, window.cohort, "part-fee")
    window = leave_it_out(window)
    assert not {"part-fee", "employer-fee"} & {one.key for one in pages_of(window.cohort)}


# -- the desk --------------------------------------------------------------------------------------


def test_the_desk_lets_it_wait_and_takes_it_away(client, window):
    desk = with_second_factor(client, staff(provider=window.cohort.programme.provider))
    rules, page = window.cohort.rule_set, reverse("admin:cohorts_ruleset_change", args=[window.cohort.rule_set_id])
    data = posted(desk.get(page))
    place = next(n for n in range(20) if data.get(f"form_parts-{n}-kind") == "fee")
    assert data[f"form_parts-{place}-is_required"]
    data.pop(f"form_parts-{place}-is_required")
    assert desk.post(page, data).status_code == 302
    assert not rules.form_parts.get(kind=PartKind.FEE).is_required
    assert desk.post(page, posted(desk.get(page)) | {f"form_parts-{place}-DELETE": "on"}).status_code == 302
    assert not rules.form_parts.filter(kind=PartKind.FEE).exists()


def test_rules_that_people_applied_by_go_on_asking_as_they_did(window):
    sent = submitted(window)
    assert [row.kind for row in sent.cohort.rule_set.form_parts.all()] == list(USUAL)
