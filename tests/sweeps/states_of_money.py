"""The table of states: fee agreements, bursaries and invoices; jobs and messages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.utils import timezone

from cohorts.actions import enrolments
from funding.actions import adjustments, agreements, answers, bursaries, credits, liability, own, payments
from funding.links import AGREEMENT_LINK
from funding.models import Adjustment, BursaryRequest, FeeAgreement, FundingSource, Payment
from funding.states import SETTLED_CASES, AgreementStatus, BursaryStatus, InvoiceStatus, Route
from funding.states import CaseStatus as C
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import Lifecycle
from steppingup.jobs import actions as jobs
from steppingup.jobs.states import STALE, UNFINISHED
from steppingup.messaging.actions import delivery, failures
from steppingup.messaging.actions.incoming import come_back
from steppingup.messaging.states import DUE, LEASE, MessageStatus
from tests.factories import funding as money
from tests.sweeps.ways import ANYWHERE, Subject, Way, now
from tests.sweeps.world import World


def sponsor(agreement: Any) -> LinkHolder:
    link, _ = TokenLink.issue(purpose=AGREEMENT_LINK, target=agreement, email="s@example.org", days=3)
    return LinkHolder(link)


def requested(agreement: Any) -> BursaryRequest:
    return BursaryRequest.objects.create(agreement=agreement, reason="No budget.")


def pot() -> FundingSource:
    return FundingSource.objects.get(route=Route.BURSARY)


def granted(w: World, agreement: Any, share: int) -> Any:
    amount = agreement.cohort.fee / share
    return money.granted(request=requested(agreement), source=pot(), amount=amount, reason="Yes.", by=w.finance)


def agree(agreement: Any) -> Any:
    details = {"name": "Sam", "job_title": "Head", "purchase_order": "1", "billing_address": "Here"}
    return answers.agree(agreement=agreement, by=sponsor(agreement), **details)


def oneself(agreement: Any) -> Any:
    """The same, of somebody who pays for their own place."""
    with pgtrigger.ignore("funding.FeeAgreement:frozen_once_agreed"):
        FeeAgreement.objects.filter(pk=agreement.pk).update(self_paid=True)
    return FeeAgreement.objects.for_steps().get(pk=agreement.pk)


def ask(agreement: Any) -> Any:
    return agreements.ask(agreement=agreement, sponsor_name="Sam", sponsor_email="s@example.org", by=agreement.person)


A = AgreementStatus
AGREEMENT = Subject(
    "asked",
    lambda w, state: {
        "amount": Decimal(1000),
        "cost": Decimal(1000),
        "answered_at": now() if state in (A.AGREED, A.BURSARY_ASKED, A.DECLINED) else None,
        "decline_reason": "No." if state == A.DECLINED else "",
    },
    {
        "ask": Way(lambda w, a: ask(a)),
        "agree": Way(lambda w, a: agree(a)),
        "ask_for_bursary": Way(lambda w, a: answers.ask_for_bursary(agreement=a, reason="No budget.", by=sponsor(a))),
        "agree_oneself": Way(lambda w, a: own.agree_oneself(agreement=oneself(a), billing_address="Here", by=a.person)),
        "ask_for_own_bursary": Way(
            lambda w, a: own.ask_for_own_bursary(agreement=oneself(a), reason="Too little.", by=a.person)
        ),
        "decline": Way(lambda w, a: answers.decline(agreement=a, reason="No.", by=sponsor(a))),
        "grant_bursary": Way(lambda w, a: granted(w, a, 1)),
        "grant_part": Way(lambda w, a: granted(w, a, 2)),
        "refuse_bursary": Way(lambda w, a: money.refused(request=requested(a), reason="No.", by=w.finance)),
        "release": Way(
            lambda w, a: agreements.release(agreement=a, reason="Not needed.", by=a.person), quiet=(A.RELEASED,)
        ),
        # Whoever begins finds what there is already.
        "begin_again": Way(
            lambda w, a: agreements.begin(
                cohort=a.cohort, person=a.person, employer=a.employer, employer_name=a.employer_name, by=a.person
            ),
            quiet=ANYWHERE,
        ),
    },
)


def bursary_also(w: World, state: str) -> dict[str, Any]:
    decided = state in (BursaryStatus.GRANTED, BursaryStatus.REFUSED)
    proposed = state == BursaryStatus.PROPOSED
    return {
        "decided_at": now() if decided else None,
        "decided_by": w.finance if decided else None,
        "decision_reason": "So it is." if decided or proposed else "",
        "amount": Decimal(1000) if state in (BursaryStatus.GRANTED, BursaryStatus.PROPOSED) else None,
        "source": pot() if state in (BursaryStatus.GRANTED, BursaryStatus.PROPOSED) else None,
        "proposed_outcome": "grant" if proposed else "",
        "proposed_by": w.coordinator if proposed else None,
        "proposed_at": now() if proposed else None,
    }


def propose(w: World, request: Any) -> Any:
    return bursaries.propose_grant(request=request, source=pot(), amount=Decimal(1000), reason="Yes.", by=w.finance)


def refuse(w: World, request: Any) -> Any:
    type(request).objects.filter(pk=request.pk, status="proposed").update(proposed_outcome="refuse")
    return bursaries.confirm(request=request, by=w.finance)


BURSARY = Subject(
    "bursary",
    bursary_also,
    {
        "propose_grant": Way(propose),
        # Both are one step: which of them it is says what was proposed.
        "grant": Way(lambda w, b: bursaries.confirm(request=b, by=w.finance)),
        "refuse": Way(refuse),
        # The sponsor agrees after all; what was decided before stands.
        "withdraw": Way(lambda w, b: agree(b.agreement), quiet=ANYWHERE),
    },
)


def case_also(w: World, state: str) -> dict[str, Any]:
    decided = state in (C.DECIDED, C.APPEALED)
    return {
        "ask_until": timezone.localdate() + timedelta(days=3),
        "appeal_until": timezone.localdate() + timedelta(days=3) if decided else None,
        "outcome": "stands" if decided else "",
        "reason": "So it is." if decided else "",
        "decided_at": now() if decided else None,
        "decided_by": w.coordinator if decided else None,
        "ended_at": now() if state in SETTLED_CASES else None,
    }


def lapse(w: World, case: Any) -> Any:
    past = timezone.localdate() - timedelta(days=1)
    values = {"ask_until": past, **({"appeal_until": past} if case.appeal_until else {})}
    type(case).objects.filter(pk=case.pk).update(**values)
    return liability.lapse_due()


def told(case: Any) -> Any:
    return liability.tell(case=case, text="She is still ill.", by=case.agreement.person)


def decided(step: Any, case: Any, by: Any, outcome: str) -> Any:
    return step(case=case, outcome=outcome, reason="So it is.", by=by)


LIABILITY = Subject(
    "case",
    case_also,
    {
        "tell": Way(lambda w, c: told(c)),
        "decide": Way(lambda w, c: decided(liability.decide, c, w.finance, "stands")),
        "waive": Way(lambda w, c: decided(liability.decide, c, w.finance, "waived")),
        "appeal": Way(lambda w, c: liability.appeal(case=c, text="No.", by=c.agreement.person)),
        "decide_appeal": Way(lambda w, c: decided(liability.decide_appeal, c, w.finance, "stands")),
        "allow_appeal": Way(lambda w, c: decided(liability.decide_appeal, c, w.finance, "waived")),
        "lapse": Way(lapse, quiet=ANYWHERE),
        "close": Way(
            lambda w, c: enrolments.come_back(enrolment=c.agreement.enrolment, by=w.coordinator), quiet=ANYWHERE
        ),
    },
)


def pay(w: World, invoice: Any, amount: Decimal | None = None) -> Any:
    return payments.record(invoice=invoice, amount=amount or invoice.amount, on=timezone.localdate(), by=w.finance)


def paid(w: World, invoice: Any, amount: Decimal) -> Payment:
    """Written by hand: what there is in the state from which it is taken back."""
    payment = Payment.objects.create(invoice=invoice, amount=amount, on=timezone.localdate(), recorded_by=w.finance)
    payment.allocations.create(invoice=invoice, amount=amount)
    return payment


def reverse(w: World, invoice: Any) -> Any:
    payment = paid(w, invoice, invoice.amount)
    return payments.take_back(invoice=invoice, payment=payment, reason="Wrong.", by=w.finance)


def credit(w: World, invoice: Any) -> Any:
    return credits.credit(invoice=invoice, amount=invoice.creditable, reason="A mistake.", by=w.finance)


def write_off(w: World, invoice: Any) -> Any:
    Adjustment.objects.filter(invoice=invoice).waiting().update(status="withdrawn")
    return adjustments.confirm(adjustment=money.proposed(invoice, amount=invoice.outstanding), by=w.finance)


INVOICE = Subject(
    "invoice",
    lambda w, state: {"paid_on": timezone.localdate() if state == InvoiceStatus.PAID else None},
    {
        # What is paid twice, or after it was credited, is kept as credit; the sums alone say what it is then.
        "pay": Way(
            pay, quiet=(InvoiceStatus.PAID, InvoiceStatus.CREDITED), other=(InvoiceStatus.PAID, InvoiceStatus.CREDITED)
        ),
        "reopen": Way(reverse, quiet=ANYWHERE, other=(InvoiceStatus.ISSUED, InvoiceStatus.CREDITED)),
        "credit": Way(credit, quiet=ANYWHERE, other=(InvoiceStatus.CREDITED, InvoiceStatus.WRITTEN_OFF)),
        "write_off": Way(write_off, other=(InvoiceStatus.PAID, InvoiceStatus.CREDITED, InvoiceStatus.WRITTEN_OFF)),
    },
)


def second(w: World, adjustment: Any) -> Any:
    return adjustments.confirm(adjustment=adjustment, by=w.finance)


ADJUSTMENT = Subject(
    "adjustment",
    lambda w, state: (
        {"decided_by": None, "decided_at": None}
        if state in ("proposed", "withdrawn")
        else {"decided_by": w.finance, "decided_at": now()}
    ),
    {
        "confirm": Way(second),
        "decline": Way(lambda w, j: adjustments.decline(adjustment=j, reason="No.", by=w.finance)),
        "withdraw": Way(lambda w, j: adjustments.withdraw(adjustment=j, by=j.proposed_by)),
        "take_back": Way(lambda w, j: adjustments.take_back(adjustment=j, reason="Paid after all.", by=w.finance)),
    },
)


def lost(w: World, job: Any) -> Any:
    type(job).objects.filter(pk=job.pk).update(heartbeat_at=now() - 2 * STALE, created_at=now())
    return jobs.restart_lost()


RUN = Way(lambda w, j: jobs.run(j.pk), quiet=ANYWHERE)
JOB = Subject(
    "job",
    lambda w, state: {"finished_at": None if state in UNFINISHED else now()},
    {
        "begin": RUN,
        "finish": Way(RUN.call, quiet=ANYWHERE, inside="begin"),
        "fail": Way(RUN.call, quiet=ANYWHERE, inside="begin"),
        "put back": Way(lost, quiet=ANYWHERE),
    },
)

M = MessageStatus


def message_also(w: World, state: str) -> dict[str, Any]:
    return {
        "sent_at": now() if state in (M.SENT, M.POSTED) else None,
        "sealed": None,
        "next_attempt_at": now() if state in DUE else None,
        "claimed_at": now() - 2 * LEASE,
    }


def give_up(w: World, message: Any) -> Any:
    type(message).objects.filter(pk=message.pk).update(expires_at=now() - timedelta(days=1))
    return delivery.give_up_late()


def by_post_again(w: World, message: Any) -> Any:
    """What staff note of a letter that the post brought back."""
    type(message).objects.filter(pk=message.pk).update(to_email="amara@by-post.invalid")
    message.refresh_from_db()
    return failures.note_failure(message=message, why="Not known there.", by=w.coordinator)


DELIVER = Way(lambda w, m: delivery.deliver_one(m.pk), quiet=ANYWHERE)
MESSAGE = Subject(
    "message",
    message_also,
    {
        "claim": DELIVER,
        # What the mailbox of replies says.
        "come back": Way(lambda w, m: come_back(m, "550 No such user"), quiet=ANYWHERE),
        # What `send` does for somebody without an email address, as it writes the message.
        "set aside": Way(lambda w, m: Lifecycle.registry["message"].move(m, "set aside")),
        "come back by post": Way(by_post_again, quiet=ANYWHERE),
        "hand over": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "record as sent": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "put off": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE),
        "give up": Way(give_up, quiet=ANYWHERE),
        "lose sight": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE, other=(M.SENDING,)),
    },
)
