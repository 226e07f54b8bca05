"""What participants could do themselves, and staff do for those who rang or wrote on paper; and signatures given on paper."""

from typing import Any

from django.utils import timezone
from django.utils.html import format_html

from cohorts.actions.agreements import BY_LINK, require_live, sign
from cohorts.actions.apologies import can_come, cannot_come
from cohorts.actions.placements import record_day
from cohorts.actions.staying import confirm_needs
from cohorts.actions.study import record_study
from cohorts.actions.working_days import say_working_days
from cohorts.agreement_notices import SIGNING_LINK
from cohorts.agreements import text_of
from cohorts.models import Agreement, Enrolment, Placement, SigningRequest
from cohorts.permissions import CohortPermission
from cohorts.states import Signatory
from steppingup.accounts.actors import LinkHolder, require_colleague
from steppingup.accounts.models import TokenLink
from steppingup.formats.english import markdown
from steppingup.formats.fields import NameInput
from steppingup.history.lifecycle import refuse_if
from steppingup.steps.behalf import Person, on_behalf
from steppingup.steps.step import StepForm

record_day_for_them = on_behalf(
    record_day,
    Placement,
    "Record a day for them",
    past="Day recorded for them",
    whose=lambda placement: placement.enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="The day counts, or waits for the host, as if they had recorded it themselves.",
)
record_study_for_them = on_behalf(
    record_study,
    Enrolment,
    "Record study for them",
    past="Study recorded for them",
    whose=lambda enrolment: enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="It counts at once, as if they had recorded it themselves.",
)
confirm_needs_for_them = on_behalf(
    confirm_needs,
    Enrolment,
    "Say for them what they need",
    past="What they need was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="It stands in place of what they said before, and is confirmed for this session.",
)

say_working_days_for_them = on_behalf(
    say_working_days,
    Enrolment,
    "Say for them on which days they work",
    past="Their working days were said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="Dates and the forecast go by these days, as if they had said so themselves.",
)

cannot_come_for_them = on_behalf(
    cannot_come,
    Enrolment,
    "Say for them that they cannot come",
    past="That they cannot come was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="Whoever takes the register finds them excused. You need not know why.",
)
can_come_for_them = on_behalf(
    can_come,
    Enrolment,
    "Say for them that they can come after all",
    past="That they can come after all was said for them",
    whose=lambda enrolment: enrolment.participant,
    permission=CohortPermission.RUN_COHORTS,
    meaning="They are expected again, as if they had said so themselves.",
)


def whoever_signs(agreement: Agreement) -> list[Person]:
    """Those whose signature is missing, but the provider's: the participant, and whoever signs for the employer and the host, with
    the rights that a link gives them, which need not have been sent."""
    found: list[Person] = [agreement.person] if Signatory.PARTICIPANT in agreement.missing else []
    for role in BY_LINK:
        if role in agreement.missing:
            asked = agreement.requested_of(role)
            request = asked or SigningRequest(agreement=agreement, role=role, name=f"Somebody for {role.in_sentence}")
            found.append(LinkHolder(TokenLink(purpose=SIGNING_LINK, target=request, email=request.email)))
    return found


def _require_missing(agreement: Agreement) -> None:
    require_live(agreement)
    refuse_if(not whoever_signs(agreement), "Everybody but the provider has signed it.", "signed")


class SignedForm(StepForm):
    """The name, below the text that it stands under."""

    name = NameInput(
        label="The full name, as they signed",
        max_length=150,
        error_messages={"required": "Enter the full name, as they signed: the first name and the last name."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = format_html(
            "Read the text to them, or send it, before you do this, and keep what they signed."
            '<details><summary class="su-link">The agreement</summary><div class="su-text">{}</div></details>',
            markdown(text_of(self.subject)),
        )


sign_for_them = on_behalf(
    sign,
    Agreement,
    "They signed on paper or by telephone",
    past="Signed on paper or by telephone",
    form=SignedForm,
    whose=whoever_signs,
    permission=CohortPermission.RUN_COHORTS,
    guard=lambda by, agreement: require_colleague(
        by, agreement.person, "You cannot enter signatures under your own agreement. Ask a colleague."
    ),
    policy=_require_missing,
    since=lambda agreement: timezone.localdate(agreement.asked_at),
    meaning="The name, the time and the text as it stands are kept under it, and that you entered it for them.",
)
