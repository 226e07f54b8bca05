"""How people apply: in several sittings, with a sponsor who answers or does not, in time or not."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from applications.actions import applications as actions
from applications.actions import sponsors
from applications.equality.questions import asked_in
from applications.models import Window
from applications.states import SupportRoute
from cohorts.models import Cohort
from funding.actions import answers, bursaries
from funding.links import AGREEMENT_LINK
from funding.models import BursaryRequest, FeeAgreement, FundingSource
from funding.queries import agreement_of
from funding.states import Route
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink, User
from steppingup.demo import texts
from steppingup.demo.clock import moment
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast, person
from steppingup.files.actions.files import store
from steppingup.files.rules import CV
from steppingup.history.lifecycle import NotPossible

ABOUT = ("details", "eligibility", "work", "support")
SCHOOLING = (
    "A levels",
    "BTEC National Diploma",
    "Degree in social policy",
    "NVQ level 4",
    "Higher National Certificate",
    "Degree, and a postgraduate certificate in management",
    "GCSEs, and what I learned on the job",
)
NEEDS = (
    "I lip-read. Please speak facing me, and send me slides beforehand.",
    "I use a wheelchair, and need a desk that can be raised.",
    "I am dyslexic. Written tasks on coloured paper and a little more time help.",
    "Somewhere to pray at midday, and no meals during Ramadan, please.",
)
#: How many of a hundred give which answer, where the demonstration does not throw dice over all of them.
LIKELY = {
    "age": {"25_to_34": 24, "35_to_44": 42, "45_to_54": 30, "prefer_not": 4},
    "sex": {"female": 68, "male": 28, "prefer_not": 4},
    "ethnic_group": {
        "black_caribbean": 18,
        "black_african": 20,
        "asian_indian": 10,
        "asian_pakistani": 12,
        "asian_other": 6,
        "mixed_white_black_caribbean": 9,
        "white_british": 18,
        "arab": 4,
        "prefer_not": 3,
    },
    "condition": {"yes": 30, "no": 62, "prefer_not": 8},
}
WHY_BURSARY = (
    "We are a charity of {n} people. Our reserves cover seven weeks. We can release {name} for every one of the days, "
    "and cannot find the fee as well."
)
HOW = {
    "granted": "A small charity without a training budget, and exactly the applicant the programme is for.",
    "part": "The hospice has a training budget that covers part of the fee. We pay the rest.",
    "refused": "The organisation had a surplus of more than £200,000 last year, so others need this money more.",
}
WHY_DECLINED = (
    "We cannot release anybody for thirty days while the depots are being reorganised. We would support an application "
    "next year."
)
SOME_FEE = Decimal(1000)


@dataclass
class Applying:
    """Writes the applications for one cohort into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort
    teller: texts.Storyteller

    @property
    def window(self) -> Window:
        return self.cohort.window

    def write(self, who: Applicant, begin: datetime, end: datetime) -> None:
        """From the first click to submitting at `end`, or to where they stop."""
        span = end - begin
        if who.fate in ("begun", "half", "incomplete"):
            self._at(who, begin, partial(self.begin, who, end_early=True))
            if who.fate != "begun":
                self._at(who, begin + span / 3, partial(self.statements, who, slice(0, 3)))
            self._at(who, begin + span / 2, partial(self.leave_half_typed, who))
            return
        self._at(who, begin, partial(self.begin, who))
        self._at(who, begin + span * 0.3, partial(self.statements, who, slice(0, 3)))
        self._at(who, begin + span * 0.6, partial(self.statements, who, slice(3, None)))
        self._at(who, begin + span * 0.65, partial(self.the_rest, who))
        self._fee(who, begin, span)
        if who.fate == "late":
            self._at(who, self.window.closes_at, partial(self.too_late, who))
        elif who.fate not in ("ready", "waiting_for_sponsor", "declined_by_sponsor"):
            self._at(who, end, partial(self.submit, who))

    def _at(self, who: Applicant, at: datetime, act: Callable[[], object]) -> None:
        """By the applicant, whose account is made when they come for the first time."""
        self.diary.write(at, partial(self.account, who), act)

    def account(self, who: Applicant) -> User:
        if who.user is None:
            phone = f"0117 496 0{who.dice.randint(100, 999)}"
            who.user = person(who.name, who.employer, who.row["job_title"], phone=phone)
        return who.user

    # -- sittings --------------------------------------------------------------------------------

    def begin(self, who: Applicant, end_early: bool = False) -> None:
        answers = {q.key: "yes" for q in self.cohort.rule_set.eligibility_questions.filter(is_active=True)}
        if who.row["writing"] == "short":
            answers["level"] = "not_sure"
        who.application = actions.start(cohort=self.cohort, by=who.account, answers=answers)
        self._save(who, ABOUT[:1] if end_early and who.fate == "begun" else ABOUT)

    def _save(self, who: Applicant, parts: Iterable[str]) -> None:
        for part in parts:
            if part == "eligibility" and part in who.applied.parts_done:
                continue
            if part == "support" and not actions.approval_needed(who.applied):
                continue
            values = getattr(self, f"_{part}")(who)
            who.application = actions.save_part(application=who.applied, part=part, values=values, by=who.account)

    def statements(self, who: Applicant, which: slice) -> None:
        for criterion in list(self.cohort.rule_set.criteria.all())[which]:
            text = self.teller.statement(criterion.key, who.row["writing"])
            part = f"statement-{criterion.key}"
            who.application = actions.save_part(
                application=who.applied, part=part, values={"text": text}, by=who.account
            )

    def the_rest(self, who: Applicant) -> None:
        self._save(who, ("cv", "access", "equality"))

    def leave_half_typed(self, who: Applicant) -> None:
        """What is not complete is kept as it was typed."""
        key = self.cohort.rule_set.criteria.all()[3].key
        text = self.teller.statement(key, "plain")
        typed = {"text": [text[: len(text) * 2 // 3].rsplit(" ", 1)[0]]}
        actions.keep_draft(application=who.applied, part=f"statement-{key}", typed=typed, by=who.account)

    def submit(self, who: Applicant) -> None:
        who.application = actions.submit(application=who.applied, by=who.account, notice_read=True)

    def too_late(self, who: Applicant) -> None:
        """At the second at which the window closes."""
        with suppress(NotPossible):
            self.submit(who)
            raise AssertionError("An application was taken after the window had closed.")

    # -- what stands in the parts ----------------------------------------------------------------

    def _details(self, who: Applicant) -> dict[str, Any]:
        return {"full_name": who.name, "phone": who.account.phone, "education": who.dice.choice(SCHOOLING)}

    def _eligibility(self, who: Applicant) -> dict[str, Any]:
        return {q.key: "yes" for q in self.cohort.rule_set.eligibility_questions.filter(is_active=True)}

    def _work(self, who: Applicant) -> dict[str, Any]:
        name, post = who.manager
        return {
            "job_title": who.row["job_title"],
            "grade": who.row["grade"],
            "employer": who.employer,
            "employer_name": "",
            "manager_name": name,
            "manager_email": texts.address(name, who.employer.slug),
            "manager_job_title": post,
        }

    def _support(self, who: Applicant) -> dict[str, Any]:
        if who.dice.random() < 0.4:
            name, _ = who.manager
            email = texts.address(name, who.employer.slug)
            return {"support_route": SupportRoute.NOMINATED, "nominator_name": name, "nominator_email": email}
        return {"support_route": SupportRoute.TOLD, "told_on": clock.today() - timedelta(days=5)}

    def _cv(self, who: Applicant) -> dict[str, Any]:
        years = [clock.today().year - offset for offset in (1, 4, 8, 11)]
        lines = [
            "",
            f"{years[1]} to date: {who.row['job_title']}, {who.employer}",
            f"{years[2]} to {years[1]}: Deputy, then acting team leader",
            f"{years[3]} to {years[2]}: First post in the sector",
            "",
            f"Education: {who.dice.choice(SCHOOLING)}",
            "Volunteering: school governor, and treasurer of a residents' group",
        ]
        name = texts.address(who.name, "x").split("@")[0].replace(".", "-")
        content = texts.pdf([[who.name, "Curriculum vitae", *lines]])
        upload = SimpleUploadedFile(f"cv-{name}.pdf", content, content_type="application/pdf")
        return {"cv": store(upload=upload, rule=CV, by=who.account)}

    def _access(self, who: Applicant) -> dict[str, Any]:
        needs = who.dice.random() < 0.2
        return {"has_needs": needs, "text": who.dice.choice(NEEDS) if needs else ""}

    def _equality(self, who: Applicant) -> dict[str, Any]:
        """Any answer that the questions offer, and sometimes none: it says nothing about the person of that name.
        The best known questions are answered as such a programme might see it, so that the figures look like figures."""
        own = Random(f"{who.name} about themselves")
        chosen = {question.key: who.dice.choice(question.answers)[0] for question in asked_in(who.applied)}
        chosen |= {key: own.choices(list(odds), list(odds.values()))[0] for key, odds in LIKELY.items()}
        return {key: value for key, value in chosen.items() if who.dice.random() < 0.85}

    # -- the fee ---------------------------------------------------------------------------------

    def _fee(self, who: Applicant, begin: datetime, span: timedelta) -> None:
        if who.fee in ("internal", "none"):
            return
        self._at(who, begin + span * 0.1, partial(self.ask_sponsor, who))
        steps: dict[str, tuple[tuple[float, Callable[[Applicant], object]], ...]] = {
            "employer": ((0.7, self.agree),),
            "agreed": ((0.7, self.agree),),
            "bursary": ((0.4, self.ask_for_bursary), (0.8, self.grant)),
            "bursary_part": ((0.4, self.ask_for_bursary), (0.7, self.grant_part), (0.9, self.agree)),
            "bursary_refused": ((0.4, self.ask_for_bursary), (0.7, self.refuse), (0.9, self.agree)),
            "bursary_pending": ((0.95, self.ask_for_bursary),),
            "declined": ((0.97, self.decline),),
            "waiting": (),
        }
        for share, act in steps[who.fee]:
            decides = act in (self.grant, self.grant_part, self.refuse)
            at = self._in_office_hours(begin + span * share, share, before=begin + span)
            self.diary.write(at, self.cast.finance if decides else None, partial(act, who))

    def _in_office_hours(self, at: datetime, share: float, before: datetime) -> datetime:
        """People apply at night; sponsors and finance officers answer in the daytime, as long as that is in time."""
        there = moment(timezone.localdate(at), 10 + int(6 * share), at.minute)
        return there if there < min(before, self.diary.clock.real) else at

    def ask_sponsor(self, who: Applicant) -> None:
        name, post = who.sponsor
        email = texts.address(name, who.employer.slug)
        sponsors.ask(application=who.applied, name=name, email=email, job_title=post, by=who.account)

    def _asked(self, who: Applicant) -> tuple[FeeAgreement, LinkHolder]:
        """The sponsor, with the link from the latest email."""
        agreement = agreement_of(who.applied.applicant_id, who.applied.cohort_id)
        assert agreement is not None
        links = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=agreement.pk)
        return agreement, LinkHolder(links.latest("created_at"))

    def agree(self, who: Applicant) -> None:
        agreement, holder = self._asked(who)
        name, post = who.sponsor
        answers.agree(
            agreement=agreement,
            name=name,
            job_title=post,
            purchase_order=f"{who.employer.slug[:3].upper()}-{who.dice.randint(10_000, 99_999)}",
            billing_address=f"{who.employer}\nAccounts payable\n{who.dice.randint(1, 90)} Quay Street\nBristol BS1 9ZZ",
            by=holder,
        )

    def ask_for_bursary(self, who: Applicant) -> None:
        agreement, holder = self._asked(who)
        reason = WHY_BURSARY.format(n=who.dice.randint(6, 40), name=who.name.split()[0])
        answers.ask_for_bursary(agreement=agreement, reason=reason, by=holder)

    def decline(self, who: Applicant) -> None:
        agreement, holder = self._asked(who)
        answers.decline(agreement=agreement, reason=WHY_DECLINED, by=holder)

    def _request(self, who: Applicant) -> BursaryRequest:
        return BursaryRequest.objects.waiting().get(
            agreement=agreement_of(who.applied.applicant_id, who.applied.cohort_id)
        )

    def _grant(self, who: Applicant, amount: Decimal, reason: str) -> None:
        request = self._request(who)
        pot = FundingSource.objects.get(programme=self.cohort.programme, route=Route.BURSARY)
        bursaries.propose_grant(request=request, source=pot, amount=amount, reason=reason, by=self.cast.finance)
        bursaries.confirm(request=request, by=self.cast.second_finance)

    def grant(self, who: Applicant) -> None:
        self._grant(who, self.cohort.fee, HOW["granted"])

    def grant_part(self, who: Applicant) -> None:
        self._grant(who, SOME_FEE, HOW["part"])

    def refuse(self, who: Applicant) -> None:
        request = self._request(who)
        bursaries.propose_refusal(request=request, reason=HOW["refused"], by=self.cast.finance)
        bursaries.confirm(request=request, by=self.cast.second_finance)
