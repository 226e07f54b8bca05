"""Small pieces of HTML that the admin's lists repeat, made without a template: a list has hundreds of them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from applications.states import ApplicationStatus, ReviewStatus
from funding.states import AgreementStatus

S, A = ApplicationStatus, AgreementStatus
GROUP = {
    S.DRAFT: "over",
    S.SUBMITTED: "open",
    S.IN_REVIEW: "open",
    S.SHORTLISTED: "good",
    S.HELD: "waiting",
    S.INTERVIEW: "open",
    S.INTERVIEWED: "open",
    S.OFFERED: "good",
    S.WAITING: "waiting",
    S.ACCEPTED: "good",
    S.DECLINED: "over",
    S.EXPIRED: "over",
    S.TURNED_DOWN: "bad",
    S.WITHDRAWN: "over",
}
FEE_GROUP = {A.AGREED: "good", A.ASKED: "waiting", A.BURSARY_ASKED: "waiting", A.DECLINED: "bad"}
REVIEW_GROUP = {ReviewStatus.SUBMITTED: "good", ReviewStatus.ASSIGNED: "waiting"}


def tag(label: str, group: str) -> SafeString:
    return format_html('<span class="su-tag su-tag--{}">{}</span>', group, label)


# Labels are ours and known beforehand, so each tag is made once.
TAGS: dict[str, SafeString] = {state: tag(str(label), GROUP[S(state)]) for state, label in S.choices}
FEE_TAGS: dict[str, SafeString] = {
    state: tag(str(label), FEE_GROUP.get(A(state), "over")) for state, label in A.choices
}
REVIEW_TAGS: dict[str, SafeString] = {
    state: tag(str(label), REVIEW_GROUP.get(ReviewStatus(state), "over")) for state, label in ReviewStatus.choices
}
NO_FEE = mark_safe('<span class="su-quiet">None</span>')


def number(value: float | None, *, places: int = 1) -> str:
    """“21.5”, “21”; nothing for None."""
    if value is None:
        return ""
    return f"{value:.{places}f}".removesuffix(".0")
