"""Agreements: another text, another host, and what staff do with them."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from cohorts.actions import agreements as actions
from cohorts.actions import enrolments, hosts, placements, transfers
from cohorts.actions.arranging import arrange_for
from cohorts.actions.behalf import sign_for_them
from cohorts.agreements import digest_of, text_of
from cohorts.desk.agreements import SIGNS, TemplateForm
from cohorts.models import Agreement, AgreementTemplate, Signature
from cohorts.states import Ending, Signatory, SignedHow
from steppingup.accounts.actors import SYSTEM, NotAllowed
from steppingup.accounts.models import Organisation
from steppingup.history.lifecycle import NotPossible
from steppingup.history.versions import copy_of, next_version
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import add_rule, work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from steppingup.steps.taking import look_ahead
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.agreements import anew, asked_by, page_of_link
from tests.factories.cohorts import ParticipantFactory, PublishedCohortFactory, RunningCohortFactory, complete, day
from tests.factories.contracts import cohort_with_a_contract, contract_of, fill, place_with_a_contract, told
from tests.staff import take_step

pytestmark = pytest.mark.django_db
P, E, H, PROVIDER = Signatory.PARTICIPANT, Signatory.EMPLOYER, Signatory.HOST, Signatory.PROVIDER


@pytest.fixture
def cohort():
    return cohort_with_a_contract()


@pytest.fixture
def place(cohort):
    return place_with_a_contract(cohort)


@pytest.fixture
def coordinator(cohort):
    return staff(provider=cohort.programme.provider, full_name="Cora Coordinator")


# -- another text ----------------------------------------------------------------------------------


@pytest.mark.requirement("N12")
def test_a_new_text_asks_those_on_the_programme_again_and_nobody_else(place, cohort, coordinator):
    left, done = (ParticipantFactory(cohort=cohort) for _ in range(2))
    for one in (left, done):
        arrange_for(one)
    old = contract_of(place)
    actions.sign(agreement=old, name="Amara Okafor", by=place.participant)
    enrolments.withdraw(enrolment=left, reason="A new job", by=coordinator)
    complete(done, by=coordinator)
    with pytest.raises(NotPossible, match="nothing new to sign"):
        actions.adopt_agreements(cohort=cohort, by=coordinator)
    with anew(cohort) as template:
        template.text = "Something else, {{ participant }}."
    cohort.refresh_from_db()
    ahead = look_ahead(actions.adopt_agreements, [cohort], by=coordinator, values=lambda one: {})
    assert "1 person on the programme will be asked to sign “Learning contract”" in ahead.outlooks[0].meaning
    assert {letter.to_email for letter in ahead.letters} == {place.participant.email, place.line_manager.email}
    actions.adopt_agreements(cohort=cohort, by=coordinator)
    old.refresh_from_db()
    assert (old.ended_because, old.signatures.count()) == (Ending.NEW_TEXT, 1)
    assert text_of(contract_of(place)) == "Something else, Amara Okafor."
    assert contract_of(place).missing == (P, E, PROVIDER)
    assert {one.template.text for one in (contract_of(left), contract_of(done))} == {old.template.text}
    cohort.refresh_from_db()
    assert cohort.agreement_rules == cohort.rule_set.newest() != cohort.rule_set


def test_a_new_version_with_the_same_text_needs_no_new_signature(place, cohort, coordinator):
    actions.sign(agreement=contract_of(place), name="Amara Okafor", by=place.participant)
    with anew(cohort) as template:
        template.is_required = False
    before, written = contract_of(place), Message.objects.count()
    cohort.refresh_from_db()
    actions.adopt_agreements(cohort=cohort, by=coordinator)
    after = contract_of(place)
    assert after == before
    assert (after.template.is_required, after.missing) == (False, (E, PROVIDER))
    assert Message.objects.count() == written


def test_a_text_that_somebody_was_asked_to_sign_stays_as_it_is(place):
    template = AgreementTemplate.objects.get()
    template.text = "Another."
    with pytest.raises(IntegrityError, match="stay as they are"), transaction.atomic():
        template.save()
    new, _ = next_version(template.rule_set)
    assert new.agreement_templates.get().text == template.__class__.objects.get(pk=template.pk).text
    copy, _ = copy_of(template.rule_set, name="Another")
    assert copy.agreement_templates.get().signatories == (P, E, PROVIDER)


def test_whoever_moves_to_another_cohort_keeps_what_they_signed(place, cohort, coordinator):
    actions.sign(agreement=contract_of(place), name="Amara Okafor", by=place.participant)
    other = PublishedCohortFactory(programme=cohort.programme, plan=cohort.plan)
    assert other.rule_set == cohort.rule_set
    transfers.transfer(enrolment=place, cohort=other, by=coordinator)
    moved = contract_of(place)
    assert (moved.cohort, moved.missing) == (other, (E, PROVIDER))


# -- the assignment --------------------------------------------------------------------------------


@pytest.fixture
def with_host(coordinator):
    """An assignment that may not begin before the host and the participant have signed."""

    def make(**fields):
        cohort = RunningCohortFactory(programme__provider=coordinator.current_roles[0].provider)
        if fields:
            asked_by(cohort, "assignment", key="training", title="Training contract", host_signs=True, **fields)
        place = ParticipantFactory(cohort=cohort, participant__full_name="Amara Okafor")
        host, _ = Organisation.objects.get_or_create(name="Avon Museums", defaults={"slug": "avon-museums"})
        return placements.set_placement(enrolment=place, host=host, by=coordinator, kind="project", title="A new desk")

    return make


@pytest.mark.requirement("B9")
def test_days_of_an_assignment_count_from_the_last_signature_where_the_rules_say_so(with_host, coordinator, client):
    placement = with_host(text="{{ participant }} works on {{ assignment }} at {{ host }}.")
    person = placement.enrolment.participant
    agreement = Agreement.objects.get(template__key="training")
    said, terms = text_of(agreement).split("\n\n**The assignment**\n\n")
    assert said == "Amara Okafor works on A new desk at Avon Museums."
    assert terms == "- What: A new desk (project)"

    def work(ago: int = 0):
        return placements.record_day(placement=placement, on=day(-ago), days=1, by=person)

    with pytest.raises(NotPossible, match="has to be signed: “Training contract” .the participant and the host"):
        work()
    actions.sign(agreement=agreement, name="Amara Okafor", by=person)
    actions.ask_to_sign(agreement=agreement, role=H, name="Delia Marsh", email="delia@museums.example", by=coordinator)
    with pytest.raises(NotPossible, match="the host of the assignment"):
        work()
    page = page_of_link(agreement, H)
    assert "the host of the assignment, Avon Museums" in client.get(page).text
    client.post(page, fill(agreement, "Delia Marsh"))
    with pytest.raises(NotPossible, match="Days count from then on"):
        work(1)
    assert work().days == 1
    # Another host signs anew, and only then do days count again.
    hosts.change_host(placement=placement, host=OrganisationFactory(name="Harbour Trust"), by=coordinator)
    agreement.refresh_from_db()
    assert agreement.ended_because == Ending.OTHER_HOST
    placement.refresh_from_db()
    with pytest.raises(NotPossible, match="has to be signed"):
        placements.record_day(placement=placement, on=day(-2), days=1, by=person)


def test_where_the_rules_ask_for_nothing_or_leave_it_open_days_count_at_once(with_host):
    for fields in ({}, {"is_required": False}):
        placement = with_host(**fields)
        person = placement.enrolment.participant
        assert placements.record_day(placement=placement, on=day(0), days=1, by=person).days == 1


# -- staff -----------------------------------------------------------------------------------------


def test_staff_see_who_has_signed_filter_download_and_print(place, coordinator, in_admin, client):
    actions.sign(agreement=contract_of(place), name="Amara Okafor", by=place.participant)
    browser, page = in_admin(coordinator), reverse("admin:cohorts_agreement_changelist")
    assert "Learning contract" in browser.get(page, {"waits": "employer"}).text
    assert "Learning contract" in browser.get(page, {"signed": "open"}).text
    assert "0 " in browser.get(page, {"waits": "participant"}).text
    rows = b"".join(browser.get(page, {"export": "csv"}).streaming_content).decode()
    assert "Amara Okafor (The participant)" in rows
    assert digest_of(contract_of(place)) in rows
    pdf = browser.get(reverse("admin:cohorts_agreement_pdf", args=[contract_of(place).pk]))
    assert pdf["Content-Type"] == "application/pdf"
    record = browser.get(reverse("admin:cohorts_agreement_change", args=[contract_of(place).pk])).text
    assert "of a programme" not in record
    assert place.line_manager.email in record


def test_many_are_signed_for_the_provider_at_once_but_never_ones_own(cohort, coordinator, place):
    own = ParticipantFactory(cohort=cohort, participant=coordinator)
    arrange_for(own)
    with pytest.raises(NotAllowed, match="your own"):
        actions.countersign(agreement=contract_of(own), name="Cora Coordinator", by=coordinator)
    assert actions.countersign.bulk
    actions.countersign(agreement=contract_of(place), name="Cora Coordinator", by=coordinator)
    with pytest.raises(NotPossible, match="signed for the provider already"):
        actions.countersign(agreement=contract_of(place), name="Cora Coordinator", by=coordinator)


def test_what_was_signed_on_paper_says_so_and_who_entered_it(place, coordinator, in_admin):
    url = reverse("admin:cohorts_agreement_step", args=[contract_of(place).pk, "sign_for_them"])
    said = {"asked_how": "telephone", "asked_on": f"{day(0)}", "asked_why": "She has no computer.", "asked_by": "1"}
    take_step(in_admin(coordinator), url, name="Mo Manager", **said)
    signature = Signature.objects.get()
    assert (signature.role, signature.how, signature.name) == (E, SignedHow.STAFF, "Mo Manager")
    # What staff entered by mistake is nobody's signature, so it can be taken back.
    taking = Taking.objects.get(step="cohorts.agreement.sign_for_them")
    take_back(taking=taking, reason="It was another participant’s.", by=coordinator)
    assert contract_of(place).missing == (P, E, PROVIDER)


def test_whoever_has_not_signed_is_reminded(place):
    add_rule(kind="cohorts.agreement_unsigned", days=7, when="after", until=60)
    add_rule(kind="cohorts.agreement_unsigned_by_others", days=7, when="after", until=60)
    work_out_reminders(today=day(8))
    assert told("agreement_reminder", place.participant.email) == 1
    assert told("agreement_asked_reminder", place.line_manager.email) == 1
    links = re.findall(
        r"https?://\S+/sign/\S+/", Message.objects.get(kind="cohorts.agreement_asked_reminder").whole["text"]
    )
    assert links


def test_whoever_has_signed_or_left_is_not_reminded(place, coordinator):
    add_rule(kind="cohorts.agreement_unsigned", days=7, when="after", until=60)
    add_rule(kind="cohorts.agreement_unsigned_by_others", days=7, when="after", until=60)
    enrolments.withdraw(enrolment=place, reason="A new job", by=coordinator)
    work_out_reminders(today=day(8))
    assert told("agreement_reminder") == told("agreement_asked_reminder") == 0


# -- what is written -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("Dear {{ name }}", "“{{ name }}” is not available"), ("{% if x %}", "stray bracket"), ("{{ host }} }}", "stray")],
)
def test_a_text_with_a_placeholder_that_there_is_not_is_refused_beside_it(text, sentence):
    form = type(
        "Form",
        (TemplateForm,),
        {"Meta": type("Meta", (TemplateForm.Meta,), {"model": AgreementTemplate, "fields": ["text", *SIGNS]})},
    )
    found = form({"text": text})
    assert sentence in str(found.errors["text"])


def test_a_host_signs_nothing_before_there_is_one():
    template = asked_by(RunningCohortFactory(), "assignment", host_signs=True)
    template.needed = "place"
    with pytest.raises(ValidationError, match="there is none before"):
        template.validate_constraints()


def test_what_somebody_calls_themselves_is_no_markdown(cohort):
    place = ParticipantFactory(cohort=cohort, participant__full_name="**Ada** [Osei](x)")
    arrange_for(place)
    assert r"\*\*Ada\*\*" in text_of(contract_of(place))


def test_by_the_system_nobody_signs(place):
    with pytest.raises(NotAllowed):
        actions.sign(agreement=contract_of(place), name="Some Body", by=SYSTEM)


def test_what_is_not_possible_says_why(place, cohort, coordinator):
    agreement, by = contract_of(place), coordinator
    with pytest.raises(NotPossible, match="first name and your last name"):
        actions.countersign(agreement=agreement, name="Cora", by=by)
    with pytest.raises(NotPossible, match="Choose for whom they sign"):
        actions.ask_to_sign(agreement=agreement, role=H, name="Delia", email="delia@example.org", by=by)
    other = asked_by(RunningCohortFactory(), "start", key="code")
    alone = ParticipantFactory(cohort__rule_set=other.rule_set, cohort__programme=other.rule_set.programme)
    (code,) = arrange_for(alone)
    anybody = staff(provider=other.rule_set.programme.provider)
    with pytest.raises(NotPossible, match="The provider does not sign this agreement"):
        actions.countersign(agreement=code, name="Cora Coordinator", by=anybody)
    with pytest.raises(NotPossible, match="Nobody has still to sign it"):
        actions.ask_to_sign(agreement=code, role=E, name="Hal", email="hal@example.org", by=anybody)
    actions.sign(agreement=code, name="Ada Osei Mensah", by=alone.participant)
    given = {"name": "Ada Osei", "asked_how": "telephone", "asked_on": day(0), "asked_why": "She rang."}
    with pytest.raises(NotPossible, match="Everybody but the provider has signed it"):
        sign_for_them(agreement=code, by=anybody, **given)
    enrolments.withdraw(enrolment=place, reason="A new job", by=by)
    with pytest.raises(NotPossible, match="nothing to sign any more"):
        actions.sign(agreement=agreement, name="Amara Okafor", by=place.participant)
