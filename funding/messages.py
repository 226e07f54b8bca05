"""What funding tells people: sponsors, applicants and finance officers. Registered when the app is ready."""

from steppingup.messaging.kinds import MessageKind, register

APPLICANT = "The applicant"
SPONSOR = "The sponsor"
FINANCE = "The finance officers"
COORDINATORS = "The coordinators"
STAFF = (FINANCE, COORDINATORS)

PLACE = {
    "participant": "the name of the applicant",
    "programme": "the programme",
    "cohort": "the cohort",
    "employer": "the employer",
    "days": "the days of the programme, such as “18½ days”",
    "starts_on": "the first day",
    "ends_on": "the last day",
    "fee": "the fee in pounds",
    "to_pay": "what the employer pays, in pounds",
}
SPONSOR_WORDS = {"sponsor": "the sponsor's name"}
LINK = {"link": "the sponsor's own page"}
PAGE = {"page": "the applicant's own page"}
SAMPLES = {
    "participant": "Amara Okafor",
    "sponsor": "Jo Harris",
    "employer": "Harbour Housing",
    "days": "12 days",
    "starts_on": "3 February 2020",
    "ends_on": "20 November 2020",
    "fee": "£1,200",
    "to_pay": "£1,200",
    "until": "12 December 2019",
    "reason": "Our training budget for this year is spent.",
    "invoice": "SU00017",
    "amount": "£1,200",
    "outstanding": "£1,200",
    "due_on": "4 March 2020",
    "purchase_order": "PO 4711",
    "bursary": "£800",
}


def _kind(key: str, title: str, told: str, more: dict[str, str], *, link: str = "", button: str = "") -> MessageKind:
    """`link` names the secret link of the sponsor, `button` what the button leads to where that is no secret."""
    words = {**PLACE, **more}
    secret = {link} if link else set()
    return register(MessageKind(f"funding.{key}", title, told, words, secret, link or button or None, {**SAMPLES}))


ASKED = _kind(
    "asked",
    "A sponsor is asked to agree the fee",
    SPONSOR,
    {**SPONSOR_WORDS, **LINK, "until": "the last day on which the link works"},
    link="link",
)
ASKED_REMINDER = _kind(
    "asked_reminder",
    "A sponsor has not answered",
    SPONSOR,
    {**SPONSOR_WORDS, **LINK, "asked_on": "the day on which the sponsor was asked"},
    link="link",
)
AGREED = _kind("agreed", "The employer has agreed the fee", APPLICANT, {**SPONSOR_WORDS, **PAGE}, button="page")
AGREED_COPY = _kind(
    "agreed_copy",
    "A sponsor's copy of what was agreed",
    SPONSOR,
    {
        **SPONSOR_WORDS,
        "terms": "the terms, as they were read",
        "purchase_order": "the purchase order number",
        "billing_address": "where the invoice goes",
        "agreed_at": "when it was agreed",
    },
)
BURSARY_ASKED = _kind(
    "bursary_asked",
    "The employer has asked for a bursary",
    APPLICANT,
    {**SPONSOR_WORDS, **PAGE},
    button="page",
)
BURSARY_TO_DECIDE = _kind(
    "bursary_to_decide",
    "A bursary waits for a decision",
    FINANCE,
    {**SPONSOR_WORDS, "reason": "what the sponsor wrote", "page": "the page where it is decided"},
    button="page",
)
DECIDED = {"bursary": "pounds granted", "reason": "why, as the finance officer wrote it"}
BURSARY_GRANTED = _kind("bursary_granted", "A bursary was granted", APPLICANT, {**DECIDED, **PAGE}, button="page")
BURSARY_GRANTED_SPONSOR = _kind(
    "bursary_granted_sponsor", "A bursary for the whole fee was granted", SPONSOR, {**SPONSOR_WORDS, **DECIDED}
)
BURSARY_PART = _kind("bursary_part", "A bursary pays a part of the fee", APPLICANT, {**DECIDED, **PAGE}, button="page")
BURSARY_PART_SPONSOR = _kind(
    "bursary_part_sponsor",
    "A bursary pays a part, and the sponsor is asked for the rest",
    SPONSOR,
    {**SPONSOR_WORDS, **DECIDED, **LINK},
    link="link",
)
REFUSED = {"reason": "why, as the finance officer wrote it"}
BURSARY_REFUSED = _kind("bursary_refused", "A bursary was refused", APPLICANT, {**REFUSED, **PAGE}, button="page")
BURSARY_REFUSED_SPONSOR = _kind(
    "bursary_refused_sponsor",
    "A bursary was refused, and the sponsor is asked again",
    SPONSOR,
    {**SPONSOR_WORDS, **REFUSED, **LINK},
    link="link",
)
DECLINED = _kind(
    "declined",
    "The employer has declined the fee",
    APPLICANT,
    {**SPONSOR_WORDS, **PAGE, "reason": "why, as the sponsor wrote it"},
    button="page",
)
DECLINED_STAFF = _kind(
    "declined_staff",
    "An employer has declined a fee",
    COORDINATORS,
    {**SPONSOR_WORDS, "reason": "why, as the sponsor wrote it", "page": "the fee agreement's page"},
    button="page",
)
NOT_NEEDED = _kind(
    "not_needed",
    "A sponsor need not do anything any more",
    SPONSOR,
    {**SPONSOR_WORDS, "reason": "why"},
)
INVOICE_WORDS = {
    **SPONSOR_WORDS,
    **LINK,
    "invoice": "the number of the invoice",
    "amount": "its amount in pounds",
    "due_on": "the day on which it is due",
    "purchase_order": "the purchase order number",
}
INVOICE = _kind("invoice", "An invoice", SPONSOR, INVOICE_WORDS, link="link")
INVOICE_OVERDUE = _kind(
    "invoice_overdue",
    "An invoice is overdue",
    SPONSOR,
    {**INVOICE_WORDS, "outstanding": "pounds that are still to be paid"},
    link="link",
)
