"""The statuses of a fee agreement, a bursary request and an invoice."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class AgreementStatus(models.TextChoices):
    DRAFT = "draft", "Not asked yet"
    ASKED = "asked", "Waiting for an answer"
    AGREED = "agreed", "Fee agreed"
    BURSARY_ASKED = "bursary_asked", "Bursary requested"
    DECLINED = "declined", "Declined"
    RELEASED = "released", "No longer needed"


A = AgreementStatus
#: The place is paid for: the application may be submitted.
SETTLED = (A.AGREED,)
#: The sponsor may still answer, or answer differently.
ANSWERABLE = (A.ASKED, A.BURSARY_ASKED, A.DECLINED)
BEFORE_AGREEMENT = (A.DRAFT, *ANSWERABLE)

AGREEMENT = Lifecycle(
    "fee agreement",
    A,
    A.DRAFT,
    {
        "ask": move((A.DRAFT, A.ASKED, A.DECLINED), A.ASKED, "Ask for agreement to the fee"),
        "take_back": move(ANSWERABLE, A.DRAFT, "Ask somebody else"),
        "agree": move(ANSWERABLE, A.AGREED, "Agree the fee"),
        # A fund may step in after an employer was asked, or has declined.
        "settle_internally": move((A.DRAFT, A.ASKED, A.DECLINED), A.AGREED, "Fund the place internally"),
        "settle_by_provider": move((A.DRAFT, A.ASKED, A.DECLINED), A.AGREED, "Have the provider pay for the place"),
        "ask_for_bursary": move((A.ASKED, A.DECLINED), A.BURSARY_ASKED, "Ask for a bursary"),
        # Whoever pays for their own place has nobody to ask.
        "agree_oneself": move((A.DRAFT, *ANSWERABLE), A.AGREED, "Agree to pay the fee"),
        "ask_for_own_bursary": move((A.DRAFT, A.ASKED, A.DECLINED), A.BURSARY_ASKED, "Ask for a bursary"),
        # Not from “declined”: the reason that was given stands until the sponsor agrees or asks for a bursary.
        "decline": move((A.ASKED, A.BURSARY_ASKED), A.DECLINED, "Decline the fee"),
        "grant_bursary": move(A.BURSARY_ASKED, A.AGREED, "Grant the bursary"),
        "grant_part": move(A.BURSARY_ASKED, A.ASKED, "Grant part of the fee"),
        "refuse_bursary": move(A.BURSARY_ASKED, A.ASKED, "Refuse the bursary"),
        "release": move((*BEFORE_AGREEMENT, A.AGREED), A.RELEASED, "Release the fee agreement"),
        "begin_again": move(A.RELEASED, A.DRAFT, "Start again"),
    },
    noun="fee agreement",
)


class Outcome(models.TextChoices):
    """What is proposed to be decided about a bursary."""

    GRANT = "grant", "Grant it"
    REFUSE = "refuse", "Refuse it"


class BursaryStatus(models.TextChoices):
    REQUESTED = "requested", "Requested"
    PROPOSED = "proposed", "Waiting for a second person"
    GRANTED = "granted", "Granted"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"


B = BursaryStatus
BURSARY = Lifecycle(
    "bursary request",
    B,
    B.REQUESTED,
    {
        "propose": move(B.REQUESTED, B.PROPOSED, "Propose a decision"),
        "grant": move(B.PROPOSED, B.GRANTED, "Grant the bursary"),
        "refuse": move(B.PROPOSED, B.REFUSED, "Refuse the bursary"),
        "send_back": move(B.PROPOSED, B.REQUESTED, "Send it back"),
        "withdraw": move((B.REQUESTED, B.PROPOSED), B.WITHDRAWN, "Withdraw the request"),
    },
    noun="bursary request",
)


class InvoiceStatus(models.TextChoices):
    ISSUED = "issued", "Issued"
    PAID = "paid", "Paid"
    CREDITED = "credited", "Credited"
    WRITTEN_OFF = "written_off", "Written off"


#: Which it is follows from the sums alone: see `actions.standing.follow_sums`.
INVOICE = Lifecycle(
    "invoice",
    InvoiceStatus,
    InvoiceStatus.ISSUED,
    {
        "pay": move(InvoiceStatus.ISSUED, InvoiceStatus.PAID, "Record it as paid"),
        "reopen": move((InvoiceStatus.PAID, InvoiceStatus.WRITTEN_OFF), InvoiceStatus.ISSUED, "Open it again"),
        "credit": move((InvoiceStatus.ISSUED, InvoiceStatus.PAID), InvoiceStatus.CREDITED, "Credit it"),
        "write_off": move(InvoiceStatus.ISSUED, InvoiceStatus.WRITTEN_OFF, "Write it off"),
    },
    noun="invoice",
)


class AdjustmentKind(models.TextChoices):
    WRITE_OFF = "write_off", "Write-off"
    REFUND = "refund", "Refund"


class AdjustmentStatus(models.TextChoices):
    """What one person proposes, another confirms."""

    PROPOSED = "proposed", "Waiting for a second person"
    CONFIRMED = "confirmed", "Confirmed"
    DECLINED = "declined", "Not confirmed"
    WITHDRAWN = "withdrawn", "Withdrawn"
    TAKEN_BACK = "taken_back", "Taken back"


J = AdjustmentStatus
ADJUSTMENT = Lifecycle(
    "adjustment",
    J,
    J.PROPOSED,
    {
        "confirm": move(J.PROPOSED, J.CONFIRMED, "Confirm it"),
        # Not from “declined”: the reason that was given stands until the sponsor agrees or asks for a bursary.
        "decline": move(J.PROPOSED, J.DECLINED, "Decline it"),
        "withdraw": move(J.PROPOSED, J.WITHDRAWN, "Withdraw the proposal"),
        "take_back": move(J.CONFIRMED, J.TAKEN_BACK, "Take it back"),
    },
    noun="proposal",
)


class CaseStatus(models.TextChoices):
    """Of what is owed because somebody has left (N13 to N15)."""

    OPEN = "open", "Waiting for circumstances"
    ASKED = "asked", "Circumstances to decide"
    DECIDED = "decided", "Decided, can be appealed"
    APPEALED = "appealed", "Appeal to decide"
    OWED = "owed", "Owed"
    WAIVED = "waived", "Waived"
    CLOSED = "closed", "Closed"


C = CaseStatus
#: Nobody knows yet what will be owed in the end: nothing is invoiced, and nobody is reminded.
UNDECIDED = (C.OPEN, C.ASKED, C.DECIDED, C.APPEALED)
#: It has come to its end.
SETTLED_CASES = (C.OWED, C.WAIVED, C.CLOSED)
LIABILITY = Lifecycle(
    "liability case",
    C,
    C.OPEN,
    {
        # Whoever has told us something can add to it until it is decided.
        "tell": move((C.OPEN, C.ASKED), C.ASKED, "Tell us of circumstances"),
        "decide": move(C.ASKED, C.DECIDED, "Decide about the circumstances"),
        "waive": move((C.OPEN, C.ASKED), C.WAIVED, "Waive what is owed"),
        "appeal": move(C.DECIDED, C.APPEALED, "Appeal"),
        "decide_appeal": move(C.APPEALED, C.OWED, "Decide the appeal"),
        "allow_appeal": move(C.APPEALED, C.WAIVED, "Allow the appeal"),
        "lapse": move((C.OPEN, C.DECIDED), C.OWED, "Let it stand"),
        "reopen": move(C.OWED, C.OPEN, "Open it again"),
        "close": move((*UNDECIDED, C.OWED), C.CLOSED, "Close it"),
    },
    noun="liability case",
)


class CaseOutcome(models.TextChoices):
    """What is decided about what is owed."""

    WAIVED = "waived", "Waive it: nothing is owed"
    REDUCED = "reduced", "Reduce it"
    STANDS = "stands", "It stands as it is"


class Route(models.TextChoices):
    """Where the money for a place comes from (B36 to B38)."""

    EMPLOYER = "employer", "Employer"
    INTERNAL = "internal", "Internal fund"
    BURSARY = "bursary", "Bursary"
    PROVIDER = "provider", "The provider"


#: Which of them are funds and pots.
OF_FUNDS = (Route.INTERNAL, Route.BURSARY)
#: No employer is asked for the fee.
WITHOUT_EMPLOYER = (Route.INTERNAL, Route.PROVIDER)
