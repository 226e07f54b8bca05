"""What stands in letters about money: every placeholder with a sample, whom they tell, and where their buttons lead."""

from funding.models.payer_words import PAYER_WORDS
from steppingup.messaging.kinds import Kinds, Told

FINANCE = "The finance officers"
COORDINATORS = "The coordinators"
STAFF = (FINANCE, COORDINATORS)
APPLICANT = Told("The applicant", "the applicant's own page", at="page")
PARTICIPANT = Told("The participant", "the participant's own page about it", at="page")
SPONSOR = Told("The sponsor", "the sponsor's own page", lets_in=True, called="Jo Harris")
PAYER = Told("The finance contact, or the sponsor", "the sponsor's own page", lets_in=True, called="Lee Grant")
TO_DECIDE = Told(FINANCE, "the page where it is decided", at="page", called="Grace Tulloch")
TO_FINANCE = Told(FINANCE, "the fee agreement's page", at="page", called="Grace Tulloch")
TO_PROPOSER = Told(FINANCE, "its page", at="page", called="Grace Tulloch")
OF_CANCELLED = Told(FINANCE, "the fee agreements of the cohort", at="page", called="Grace Tulloch")
TO_COORDINATORS = Told(COORDINATORS, "the fee agreement's page", at="page", called="Priya Nair")

#: What every letter about a place may say.
PLACE = {
    "participant": ("the name of the applicant", "Amara Okafor"),
    "programme": ("the programme", "Stepping Up"),
    "cohort": ("the cohort", "2020"),
    "employer": ("the employer", "Harbour Housing"),
    "days": ("the days of the programme, such as “18½ days”", "30 days"),
    "starts_on": ("the first day", "12 February 2020"),
    "ends_on": ("the last day", "30 November 2020"),
    "fee": ("the fee in pounds", "£1,200"),
    "cost": ("what the place costs, in pounds", "£1,200"),
    "what": ("what is agreed to: “the fee”, or where there is none, “the terms”", "the fee"),
    "to_pay": ("what the employer pays, in pounds", "£1,200"),
    **PAYER_WORDS,
}
CLOSES = "Applications close on Saturday 30 November 2019, 11:59pm."
LEAVING = (
    "If Amara Okafor leaves the programme once it has started, the fee is still owed. Harbour Housing pays £1,200. Within 14 days of "
    "leaving, Amara Okafor or Harbour Housing can ask us to take account of extenuating circumstances, and within 14 days of our decision "
    "can appeal."
)
#: Every placeholder: what it stands for, and a sample.
WORDS = {
    **PLACE,
    "sponsor": ("the sponsor's name", "Jo Harris"),
    "asks": (
        "who asks for it, in a sentence",
        "Amara Okafor of Harbour Housing would like to apply for Stepping Up (2020), and named you as the person who can agree the fee.",
    ),
    "invoiced": (
        "when the fee is invoiced",
        "which is invoiced only if Amara Okafor is offered a place and accepts it",
    ),
    "leaving": ("what is owed if the participant leaves, in sentences", LEAVING),
    "answers": (
        "what the sponsor can answer, such as “agree, ask whether a bursary is possible, or decline”",
        "agree, ask whether a bursary is possible, or decline",
    ),
    "closing": (
        "when applications close, or that they have, in sentences; nothing where that does not matter",
        f"{CLOSES} Please answer before then: Amara Okafor cannot submit theirs otherwise.",
    ),
    "waits": (
        "what waits for the answer, in a sentence; nothing where no answer helps any more",
        "Amara Okafor’s application cannot go ahead until you have answered.",
    ),
    "next": (
        "what can be done now, or need not be, in sentences",
        f"You can carry on with the rest of your application in the meantime. {CLOSES}",
    ),
    "asked_on": ("the day on which the sponsor was asked", "28 October 2019"),
    "terms": (
        "the terms, as they were read",
        "Harbour Housing releases Amara Okafor for 30 days between 12 February 2020 and 30 November 2020. The fee is £1,200. We send the "
        f"invoice once the place has been accepted. {LEAVING}",
    ),
    "purchase_order": ("the purchase order number", "PO 4711"),
    "billing_address": ("where the invoice goes", "Harbour Housing, Accounts, 12 Quay Street, Bristol BS1 4ND"),
    "agreed_at": ("when it was agreed", "Monday 4 November 2019, 2:30pm"),
    "bursary": ("pounds granted", "£1,200"),
    "reason": ("why, as the finance officer wrote it", "Harbour Housing is a small charity without a training budget."),
    "invoice": ("the number of the invoice", "SU-2019-20-00017"),
    "amount": ("its amount in pounds", "£1,200"),
    "due_on": ("the day on which it is due", "4 March 2020"),
    "outstanding": ("pounds that are still to be paid", "£1,200"),
    "contact": ("who has the invoice", "Lee Grant"),
    "credit_note": ("the number of the credit note", "CN-2019-20-00003"),
    "credited": ("its amount in pounds", "£300"),
    "refund": ("pounds paid back", "£300"),
    "on": ("the day", "18 May 2020"),
    "owed": ("pounds that are owed as it stands", "£1,200"),
    "left_on": ("the last day of the participant", "4 May 2020"),
    "can": ("what can still be done, in a few words", "tell us of circumstances"),
    "who": ("who told us, in a few words", "Amara Okafor"),
    "decision": ("what was decided, in a sentence", "Harbour Housing owes £400."),
}
OF_PLACE = Kinds("funding", WORDS, tuple(PLACE))
OF_COHORT = Kinds("funding", WORDS, ("programme", "cohort"))
