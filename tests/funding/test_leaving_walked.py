"""A finance officer when somebody leaves: what they read before, what they are told, what their pages list, and how it comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from applications.roles import RoleName
from cohorts.actions import enrolments, leaving, transfers
from cohorts.models import Enrolment
from funding.actions import after_death, credits, endings, invoices, liability, payments
from funding.actions import agreements as act
from funding.models import FeeAgreement, FundingSource, Invoice, LiabilityCase
from funding.queries import money_of
from funding.rules import AfterLeaving
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import make_usual_rules, work_out_reminders
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import OrganisationFactory, staff
from tests.factories.cohorts import PublishedCohortFactory, RunningCohortFactory, day
from tests.factories.funding import AgreementFactory, bursary_asked, granted, taken_up
from tests.funding.test_endings import told, under
from tests.staff import take_step, with_second_factor

pytestmark = pytest.mark.django_db


class Scene:
    """A place of £1,000 of which a pot pays £400, invoiced; half of the cohort's days have passed."""

    def __init__(self, rule: str = AfterLeaving.SHARE, bursary: int = 400) -> None:
        today = timezone.localdate()
        self.cohort = RunningCohortFactory(
            fee=1000, starts_on=today - timedelta(days=49), ends_on=today + timedelta(days=50)
        )
        start = under(rule, AgreementFactory(cohort=self.cohort))
        self.officer = staff(RoleName.FINANCE, start.provider, full_name="Fin Officer")
        self.coordinator = staff(RoleName.COORDINATOR, start.provider)
        if bursary:
            granted(
                request=bursary_asked(start),
                source=FundingSource.objects.get(),
                amount=Decimal(bursary),
                reason="A charity.",
                by=self.officer,
            )
        self.fee = taken_up(agreement=FeeAgreement.objects.get())
        self.invoice = invoices.issue(agreement=self.fee, by=self.officer)
        Message.objects.all().delete()

    @property
    def place(self) -> Enrolment:
        return Enrolment.objects.for_steps().get(pk=self.fee.enrolment_id)

    @property
    def agreement(self) -> FeeAgreement:
        return FeeAgreement.objects.for_steps().get(pk=self.fee.pk)

    def browser(self, person) -> Client:
        return with_second_factor(Client(), person)

    def page(self, name: str, step: str, record) -> str:
        return reverse(f"admin:{name}_step", args=[record.pk, step])

    def leaves(self) -> None:
        enrolments.withdraw(enrolment=self.place, reason="A private matter.", by=self.coordinator)

    def reads(self) -> str:
        """The latest letter to the finance officer."""
        return " ".join(Message.objects.filter(to=self.officer, kind="funding.settled").latest("pk").text.split())


def read(browser: Client, name: str, pk: int | None = None, **asked) -> str:
    page = reverse(f"admin:funding_{name}_{'change' if pk else 'changelist'}", args=[pk] if pk else [])
    return " ".join(browser.get(page, asked).text.split())


@pytest.mark.requirement("N13")
def test_before_it_is_confirmed_the_coordinator_reads_what_becomes_of_bursary_invoice_and_claim():
    scene = Scene()
    payments.record(invoice=scene.invoice, amount=Decimal(600), on=timezone.localdate(), by=scene.officer)
    browser, page = scene.browser(scene.coordinator), scene.page("cohorts_enrolment", "withdraw", scene.place)
    shown = browser.post(page, {"filled": "yes", "reason": "Elsewhere.", "on": timezone.localdate()}).text
    for words in (
        "£400 set aside or spent",
        "£200 set aside or spent",
        "£600 paid",
        "Owed for leaving",
        "£300: Waiting",
    ):
        assert words in shown
    assert scene.browser(scene.officer).get(page).status_code == 404, "who leaves is the coordinator's to say"
    assert not LiabilityCase.objects.exists()


@pytest.mark.requirement("N13", "B38")
def test_finance_reads_what_was_paid_and_is_owed_and_the_glance_counts_what_is_left():
    scene = Scene()
    assert money_of(scene.cohort)["bursary"] == 400
    scene.leaves()
    said = scene.reads()
    assert f"Invoice {scene.invoice} over £600 stands until then" in said
    assert "it is put right once it is settled what is owed. £600 of it has not been paid." in said
    assert "is to be paid" not in said
    assert "£200 has gone back to" in said
    money = money_of(scene.cohort)
    assert (money["employer"], money["bursary"]) == (300, 200)
    assert FundingSource.objects.get().committed == 200
    browser = scene.browser(scene.officer)
    assert str(scene.fee.person) in read(browser, "liabilitycase")
    assert "£300" in read(browser, "liabilitycase", LiabilityCase.objects.get().pk)
    exported = browser.get(reverse("admin:funding_feeagreement_changelist"), {"export": "csv"})
    assert "300.00" in b"".join(exported.streaming_content).decode()
    with pytest.raises(NotPossible):
        scene.leaves()
    assert LiabilityCase.objects.count() == 1


def test_of_an_invoice_that_was_paid_the_payer_and_finance_read_what_is_returned():
    scene = Scene()
    payments.record(invoice=scene.invoice, amount=Decimal(600), on=timezone.localdate(), by=scene.officer)
    scene.leaves()
    [letter] = told("still_owed")
    assert (
        f"You have paid invoice {scene.invoice} already. If less is owed in the end, we return the rest." in letter.text
    )
    assert "We do not remind you" not in letter.text
    assert "It has been paid." in scene.reads()
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    assert "credit the rest. £300 more was paid for it than is owed, and has to be returned." in scene.reads()


def test_what_was_credited_while_somebody_was_away_is_billed_again_when_they_are_back():
    scene = Scene(bursary=0)
    scene.leaves()
    LiabilityCase.objects.update(ask_until=timezone.localdate() - timedelta(days=1))
    liability.lapse_due()
    invoice = Invoice.objects.get()
    credits.credit(invoice=invoice, amount=Decimal(500), reason="A share is owed.", by=scene.officer)
    enrolments.come_back(enrolment=scene.place, by=scene.coordinator)
    assert (
        f"Invoice {invoice} is over £500, and £1,000 is owed for the place: credit it, and issue another."
        in scene.reads()
    )


# -- somebody dies ---------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["let_stand", "release"])
def test_after_a_death_finance_decides_and_nothing_waits_that_no_step_could_end(how):
    scene = Scene(rule=AfterLeaving.WHOLE)
    leaving.record_death(enrolment=scene.place, by=scene.coordinator)
    assert "Then release the fee agreement, or let the fee stand" in scene.reads()
    browser = scene.browser(scene.officer)
    today = browser.get(reverse("admin:index")).text
    assert "participant has died, and it is not decided what becomes of the fee" in " ".join(today.split())
    assert "and the fee is not settled" not in today
    with pytest.raises(NotPossible, match="nothing to settle"):
        endings.settle(agreement=scene.agreement, by=scene.officer)
    Message.objects.all().delete()
    page = scene.page("funding_feeagreement", how, scene.agreement)
    assert take_step(browser, page, **({} if how == "let_stand" else {"reason": "As we said."})).status_code == 302
    assert not FeeAgreement.objects.to_decide_after_death().exists()
    scene.invoice.refresh_from_db()
    kinds = set(Message.objects.values_list("kind", flat=True))
    if how == "let_stand":
        assert (scene.agreement.still_owed, scene.agreement.owed, kinds) == (True, 600, set())
        assert money_of(scene.cohort)["employer"] == 600
        assert not FeeAgreement.objects.to_invoice().exists()
        make_usual_rules()
        work_out_reminders(today=scene.invoice.due_on + timedelta(days=7))
        assert not told("invoice_overdue")
        with pytest.raises(NotPossible, match="nothing to decide"):
            after_death.let_stand(agreement=scene.agreement, by=scene.officer)
        act.release(agreement=scene.agreement, reason="They cannot pay.", by=scene.officer)
    assert not scene.agreement.is_settled
    assert FundingSource.objects.get().committed == 0


def test_what_was_decided_after_a_death_is_taken_back():
    scene = Scene()
    leaving.record_death(enrolment=scene.place, by=scene.coordinator)
    after_death.let_stand(agreement=scene.agreement, by=scene.officer)
    take_back(taking=Taking.objects.latest("pk"), reason="Not yet.", by=scene.officer)
    assert FeeAgreement.objects.to_decide_after_death().count() == 1


# -- badly -----------------------------------------------------------------------------------------


def test_whoever_left_after_another_employer_took_them_on_reads_who_owes_what_was_agreed():
    scene = Scene()
    former = scene.agreement.employer_display
    enrolments.change_employer(
        enrolment=scene.place, employer=OrganisationFactory(name="Avon Museums"), by=scene.coordinator
    )
    Message.objects.all().delete()
    scene.leaves()
    [letter] = told("liability_opened")
    assert f"{former} owes £300" in letter.text
    assert "your employer" not in letter.text


def test_a_fee_that_nobody_pays_goes_along_to_another_cohort():
    scene = Scene(rule=AfterLeaving.NOTHING)
    scene.leaves()
    enrolments.come_back(enrolment=scene.place, by=scene.coordinator)
    later = PublishedCohortFactory(programme=scene.cohort.programme, plan=scene.cohort.plan, starts_on=day(60), fee=800)
    transfers.transfer(enrolment=scene.place, cohort=later, by=scene.coordinator)
    assert scene.agreement.cohort == later
    assert "Nobody pays for the place at the moment: begin the fee agreement again." in scene.reads()
    assert str(scene.invoice) in scene.reads()
