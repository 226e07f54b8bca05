"""What the applicant's pages show of an ending fee, until they look ahead at their own step. Goes when nothing calls it."""

from funding.models import FeeAgreement
from funding.notices import NOT_NEEDED, to_sponsor
from funding.states import AgreementStatus
from steppingup.messaging.actions import MessagePreview, preview


def would_end(agreement: FeeAgreement | None, reason: str) -> list[MessagePreview]:
    """Who would be told if the agreement ended now: nobody where nothing is promised and nobody is being asked."""
    quiet = (AgreementStatus.DRAFT, AgreementStatus.DECLINED, AgreementStatus.RELEASED)
    if agreement is None or agreement.status in quiet or not agreement.sponsor_email:
        return []
    notice = to_sponsor(NOT_NEEDED, agreement, reason=reason)
    scopes, provider = agreement.message_scopes, agreement.provider
    context = notice.work_out()
    return [
        preview(kind=NOT_NEEDED.key, to=notice.to, name=notice.name, scopes=scopes, context=context, provider=provider)
    ]
