"""The table of states: fee agreements, bursaries and invoices; jobs and messages."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from funding.actions import agreements, answers, bursaries, payments
from funding.links import AGREEMENT_LINK
from funding.models import BursaryRequest, FundingSource
from funding.states import AgreementStatus, BursaryStatus, InvoiceStatus, Route
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from steppingup.jobs import actions as jobs
from steppingup.jobs.states import STALE, UNFINISHED
from steppingup.messaging.actions import delivery
from steppingup.messaging.states import DUE, LEASE, MessageStatus
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
    return bursaries.grant(
        request=requested(agreement), source=pot(), amount=agreement.cohort.fee / share, reason="Yes.", by=w.finance
    )


def agree(agreement: Any) -> Any:
    details = {"name": "Sam", "job_title": "Head", "purchase_order": "1", "billing_address": "Here"}
    return answers.agree(agreement=agreement, by=sponsor(agreement), **details)


def ask(agreement: Any) -> Any:
    return agreements.ask(agreement=agreement, sponsor_name="Sam", sponsor_email="s@example.org", by=agreement.person)


A = AgreementStatus
AGREEMENT = Subject(
    "asked",
    lambda w, state: {
        "amount": Decimal(1000),
        "answered_at": now() if state in (A.AGREED, A.BURSARY_ASKED, A.DECLINED) else None,
        "decline_reason": "No." if state == A.DECLINED else "",
    },
    {
        "ask": Way(lambda w, a: ask(a)),
        "agree": Way(lambda w, a: agree(a)),
        "ask_for_bursary": Way(lambda w, a: answers.ask_for_bursary(agreement=a, reason="No budget.", by=sponsor(a))),
        "decline": Way(lambda w, a: answers.decline(agreement=a, reason="No.", by=sponsor(a))),
        "grant_bursary": Way(lambda w, a: granted(w, a, 1)),
        "grant_part": Way(lambda w, a: granted(w, a, 2)),
        "refuse_bursary": Way(lambda w, a: bursaries.refuse(request=requested(a), reason="No.", by=w.finance)),
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
    return {
        "decided_at": now() if decided else None,
        "decided_by": w.finance if decided else None,
        "decision_reason": "So it is." if decided else "",
        "amount": Decimal(1000) if state == BursaryStatus.GRANTED else None,
        "source": pot() if state == BursaryStatus.GRANTED else None,
    }


BURSARY = Subject(
    "bursary",
    bursary_also,
    {
        "grant": Way(
            lambda w, b: bursaries.grant(request=b, source=pot(), amount=Decimal(1000), reason="Yes.", by=w.finance)
        ),
        # The sponsor agrees after all; what was decided before stands.
        "withdraw": Way(lambda w, b: agree(b.agreement), quiet=ANYWHERE),
    },
)


def pay(w: World, invoice: Any, amount: Decimal | None = None) -> Any:
    return payments.record(invoice=invoice, amount=amount or invoice.amount, on=timezone.localdate(), by=w.finance)


def take_back(w: World, invoice: Any) -> Any:
    invoice.payments.create(amount=invoice.amount, on=timezone.localdate(), recorded_by=w.finance)
    return payments.take_back(invoice=invoice, by=w.finance)


INVOICE = Subject(
    "invoice",
    lambda w, state: {"paid_on": timezone.localdate() if state == InvoiceStatus.PAID else None},
    {
        "pay": Way(pay),
        "reopen": Way(take_back, quiet=(InvoiceStatus.ISSUED,)),  # a part payment is taken back
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
        "sent_at": now() if state == M.SENT else None,
        "sealed": None,
        "next_attempt_at": now() if state in DUE else None,
        "claimed_at": now() - 2 * LEASE,
    }


def give_up(w: World, message: Any) -> Any:
    type(message).objects.filter(pk=message.pk).update(expires_at=now() - timedelta(days=1))
    return delivery.give_up_late()


DELIVER = Way(lambda w, m: delivery.deliver_one(m.pk), quiet=ANYWHERE)
MESSAGE = Subject(
    "message",
    message_also,
    {
        "claim": DELIVER,
        "hand over": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "record as sent": Way(DELIVER.call, quiet=ANYWHERE, inside="claim"),
        "put off": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE),
        "give up": Way(give_up, quiet=ANYWHERE),
        "lose sight": Way(lambda w, m: delivery.release_lost(), quiet=ANYWHERE, other=(M.SENDING,)),
    },
)
