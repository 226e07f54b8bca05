"""What three employers in the NHS owe as their participants have left: waived, reduced and appealed against, and still to be decided."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile

from cohorts.actions import enrolments
from cohorts.models import Cohort, Enrolment
from funding.actions import liability
from funding.actions.liability_forms import EVIDENCE
from funding.links import CASE_LINK
from funding.models import LiabilityCase
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.demo import texts
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Cast
from steppingup.files.actions.files import store
from steppingup.files.models import StoredFile

COORDINATOR, FIRST, SECOND = "Duncan Farrell", "Sadia Rauf", "Gwen Prosser"
WAIVED, REDUCED, WAITS = "Precious Mutasa", "Imran Siddiqui", "Chipo Dube"
REDUCED_TO = Decimal(485)


@dataclass
class Leaving:
    """Writes who leaves, and what becomes of what is owed, into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    account: Callable[[str], User]

    def write(self, today: date) -> None:
        coordinator, first, second = (self.cast.staff[name] for name in (COORDINATOR, FIRST, SECOND))
        for ago, hour, by, act in (
            (20, 11, coordinator, partial(self.leave, WAIVED, "She has to look after her mother.")),
            (19, 11, coordinator, partial(self.leave, REDUCED, "He has a post elsewhere.")),
            (18, 11, coordinator, partial(self.leave, WAITS, "Her service cannot release her.")),
            (18, 19, partial(self.account, WAIVED), self.tell_of_caring),
            (17, 20, partial(self.account, REDUCED), self.tell_of_post),
            (15, 14, first, self.waive),
            (14, 15, first, self.reduce),
            (12, 9, None, self.appeal),
            (9, 16, second, self.decide_appeal),
            (8, 10, first, self.invoice),
            (6, 12, partial(self.account, WAITS), self.tell_of_service),
        ):
            self.diary.write(moment(today - timedelta(days=ago), hour), by, act)

    def leave(self, name: str, reason: str) -> None:
        place = Enrolment.objects.for_steps().get(participant=self.account(name), cohort=self.cohort)
        enrolments.withdraw(enrolment=place, reason=reason, by=self.cast.staff[COORDINATOR])

    def case(self, name: str) -> LiabilityCase:
        return LiabilityCase.objects.for_steps().get(agreement__person=self.account(name))

    # -- told ------------------------------------------------------------------------------------

    def tell(self, name: str, text: str, *files: StoredFile) -> None:
        liability.tell(case=self.case(name), text=text, files=files, by=self.account(name))

    def tell_of_caring(self) -> None:
        text = "My mother came home from hospital and cannot be alone. I have reduced my hours and cannot stay away overnight."
        lines = [
            "To whom it may concern",
            "",
            "Mrs Mutasa needs somebody with her day and night.",
            "",
            "Harbour Surgery",
        ]
        content = texts.pdf([lines])
        upload = SimpleUploadedFile("letter-from-the-surgery.pdf", content, content_type="application/pdf")
        by = self.account(WAIVED)
        self.tell(WAIVED, text, store(upload=upload, rule=EVIDENCE, by=by))

    def tell_of_post(self) -> None:
        self.tell(REDUCED, "I was offered a post at another trust, which begins before the first visit.")

    def tell_of_service(self) -> None:
        text = "Two of our team of five are on long-term sick leave, and my manager had to take back my release for the visits."
        self.tell(WAITS, text)

    # -- decided ---------------------------------------------------------------------------------

    def waive(self) -> None:
        reason = "The circumstances could not be foreseen. We would be glad of another application."
        liability.decide(case=self.case(WAIVED), outcome="waived", reason=reason, by=self.cast.staff[FIRST])

    def reduce(self) -> None:
        reason = (
            "A new post is no extenuating circumstance, but the place went to somebody else in time. We ask for half."
        )
        case, by = self.case(REDUCED), self.cast.staff[FIRST]
        liability.decide(case=case, outcome="reduced", amount=REDUCED_TO, reason=reason, by=by)

    def appeal(self) -> None:
        """The employer, by the link from the latest email."""
        case = self.case(REDUCED)
        link = TokenLink.objects.usable().filter(purpose=CASE_LINK, object_id=case.pk).latest("created_at")
        text = "The place was taken by somebody else within a day. We ask you to waive the rest."
        liability.appeal(case=case, text=text, by=LinkHolder(link))

    def decide_appeal(self) -> None:
        reason = "The room at the first visit could not be given back. Half of the cost is fair."
        by = self.cast.staff[SECOND]
        liability.decide_appeal(case=self.case(REDUCED), outcome="stands", reason=reason, by=by)

    def invoice(self) -> None:
        liability.invoice(case=self.case(REDUCED), by=self.cast.staff[FIRST])
