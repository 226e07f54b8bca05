"""Windows, questions and applications, named after moments of applying."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from applications.actions import applications as actions
from applications.actions.nominations import NOMINATE
from applications.fee.agreement import begin
from applications.form.parts import parts_of
from applications.models import (
    Application,
    Criterion,
    EligibilityQuestion,
    EmployerRule,
    FormPart,
    Nomination,
    NominationRequest,
    Question,
    Window,
)
from applications.states import PartKind, QuestionKind, SupportRoute, Verdict
from cohorts.models import Cohort, RuleSet
from funding.actions import agreements, answers
from funding.links import AGREEMENT_LINK
from funding.models import FundingSource
from funding.queries import agreement_of
from funding.states import Route
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import Organisation, TokenLink, User
from steppingup.files.actions.files import store
from steppingup.files.rules import CV
from tests.factories.accounts import OrganisationFactory, UserFactory
from tests.factories.agreements import asked_by
from tests.factories.cohorts import PublishedCohortFactory
from tests.files.uploads import pdf, upload


class EligibilityQuestionFactory(DjangoModelFactory):
    """Given a programme, it belongs to what holds for its next cohort."""

    class Meta:
        model = EligibilityQuestion

    class Params:
        programme = None

    rule_set = factory.LazyAttribute(lambda o: RuleSet.objects.of(o.programme))

    key = factory.Sequence(lambda n: f"question-{n}")
    text = factory.Sequence(lambda n: f"Question {n}?")
    explanation = factory.LazyAttribute(lambda o: f"What {o.key} means.")
    if_no = Verdict.NO


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    class Params:
        programme = None

    rule_set = factory.LazyAttribute(lambda o: RuleSet.objects.of(o.programme))

    key = factory.Sequence(lambda n: f"criterion-{n}")
    title = factory.Sequence(lambda n: f"Criterion {n}")
    question = "Tell us about a time when you did this."
    word_limit = 20
    order = factory.Sequence(lambda n: n)


class WindowFactory(DjangoModelFactory):
    """Open since a week, for another three; the programme has two criteria and two questions."""

    class Meta:
        model = Window
        skip_postgeneration_save = True

    cohort = factory.SubFactory(PublishedCohortFactory)
    opens_at = factory.LazyFunction(lambda: timezone.localtime() - timedelta(days=7))
    closes_at = factory.LazyFunction(lambda: timezone.localtime() + timedelta(days=21))

    @factory.post_generation
    def commitment(window, create, extracted, **kwargs):
        """A text that is signed between offer and place."""
        if extracted:
            asked_by(window.cohort, key="commitment", text=extracted)

    @factory.post_generation
    def questions(window, create, extracted, **kwargs):
        rules = window.cohort.rule_set
        if extracted is False or rules.criteria.exists():
            return
        EligibilityQuestionFactory(rule_set=rules, key="groups", lists_target_groups=True)
        EligibilityQuestionFactory(rule_set=rules, key="led", allows_not_sure=True, if_not_sure=Verdict.ASK)
        CriterionFactory(rule_set=rules, key="leadership", title="Leadership experience")
        CriterionFactory(rule_set=rules, key="motivation", title="Motivation")


def internal_fund(
    window: Window, employer: Organisation, *, budget: str = "5000", approval: bool = False
) -> EmployerRule:
    """A fund pays for this employer's staff, and their employer need not approve (B34, B37)."""
    programme = window.cohort.programme
    fund, _ = FundingSource.objects.get_or_create(
        programme=programme,
        key="internal",
        defaults={"name": "Corporate Fund", "route": Route.INTERNAL, "budget": Decimal(budget)},
    )
    fund.employers.add(employer)
    return EmployerRule.objects.create(window=window, employer=employer, approval_needed=approval, funded_by=fund)


def started(window: Window | None = None, applicant: User | None = None, **answers: str) -> Application:
    """An application that was begun and holds nothing yet."""
    window = window or WindowFactory()
    return actions.start(cohort=window.cohort, by=applicant or UserFactory(), answers=answers)


def part_values(application: Application, employer: Organisation | None = None) -> dict[str, dict]:
    """Good values for every part."""
    employer = employer or OrganisationFactory()
    values: dict[str, dict] = {
        "details": {"full_name": "Amara Okafor", "phone": "0117 496 0117", "education": "A levels"},
        "eligibility": {q.key: "yes" for q in application.cohort.rule_set.eligibility_questions.filter(is_active=True)},
        "work": {
            "job_title": "Team leader",
            "grade": "Band 6",
            "employer": employer,
            "employer_name": "",
            "manager_name": "Mo Patel",
            "manager_email": "mo.patel@example.org",
            "manager_job_title": "Head of service",
        },
        "support": {"support_route": SupportRoute.TOLD, "told_on": timezone.localdate()},
        "access": {"has_needs": False, "text": ""},
    }
    for criterion in application.cohort.rule_set.criteria.all():
        values[f"statement-{criterion.key}"] = {"text": f"What I did about {criterion.title}."}
    values["cv"] = {"cv": store(upload=upload(pdf()), rule=CV, by=application.applicant)}
    for part in parts_of(application):
        if part.page:
            values[part.key] = {one.key: an_answer(one, application.applicant) for one in part.page.questions}
    return values


def an_answer(question: Question, by: User) -> Any:
    """Something that can be answered to a further question."""
    if question.offered:
        return question.offered[:1] if question.kind == QuestionKind.SEVERAL else question.offered[0]
    if question.kind == QuestionKind.FILE:
        return store(upload=upload(pdf()), rule=CV, by=by)
    return {QuestionKind.NUMBER: Decimal(12), QuestionKind.DAY: date(2024, 3, 27)}.get(question.kind, "My answer.")


def completed(
    window: Window | None = None,
    applicant: User | None = None,
    employer: Organisation | None = None,
    *,
    settle: bool = True,
) -> Application:
    """Every part is complete; with `settle`, the sponsor has agreed the fee. It can be submitted."""
    application = started(window, applicant)
    for key, values in part_values(application, employer).items():
        if key not in {part.key for part in parts_of(application)}:
            continue
        application = actions.save_part(application=application, part=key, values=values, by=application.applicant)
    if settle:
        sponsor_agrees(application)
    return application


def sponsor_asked(application: Application) -> Application:
    agreement = begin(application, by=application.applicant)
    agreements.ask(
        agreement=agreement,
        sponsor_name="Sam Sponsor",
        sponsor_email=f"sponsor{application.pk}@example.org",
        by=application.applicant,
    )
    return application


def sponsor_link(application: Application) -> LinkHolder:
    """The sponsor, with the link from the latest email."""
    agreement = agreement_of(application.applicant_id, application.cohort_id)
    links = TokenLink.objects.usable().filter(purpose=AGREEMENT_LINK, object_id=agreement.pk)
    return LinkHolder(links.latest("created_at"))


def sponsor_agrees(application: Application) -> Application:
    sponsor_asked(application)
    return sponsor_answers(application)


def sponsor_answers(application: Application) -> Application:
    """Yes, by the link that they were sent."""
    answers.agree(
        agreement=agreement_of(application.applicant_id, application.cohort_id),
        name="Sam Sponsor",
        job_title="Head of people",
        purchase_order="PO-1",
        billing_address="1 High Street\nBristol",
        by=sponsor_link(application),
    )
    return application


def submitted(
    window: Window | None = None,
    applicant: User | None = None,
    employer: Organisation | None = None,
) -> Application:
    """An application that has arrived."""
    application = completed(window, applicant, employer)
    return actions.submit(application=application, by=application.applicant, notice_read=True)


def cohort_open_for_applications(**fields) -> Cohort:
    return WindowFactory(cohort=PublishedCohortFactory(**fields)).cohort


def nominated(cohort: Cohort, email: str = "nils@partner.example") -> tuple[Nomination, NominationRequest, str]:
    """An employer has nominated somebody: with the secret of the link by which it did."""
    request = NominationRequest.objects.create(
        cohort=cohort, organisation=OrganisationFactory(), name="Nora", email="nora@partner.example"
    )
    made = Nomination.objects.create(request=request, cohort=cohort, name="Nils", email=email, why="She leads.")
    return made, request, TokenLink.issue(purpose=NOMINATE, target=request, email=request.email, days=9)[1]


def ask_more(rules: RuleSet) -> None:
    """A page with further questions of several kinds, one of which hangs on another, and a page for a file."""
    asked = {"more": ("line", "text", "choice", "several", "number", "yes_no", "day"), "papers": ("file",)}
    for page, kinds in asked.items():
        title = f"Further questions: {page}"
        FormPart.objects.create(rule_set=rules, kind=PartKind.QUESTIONS, key=page, title=title, order=3)
        for order, kind in enumerate(kinds):
            Question.objects.create(
                rule_set=rules, page=page, key=f"about-{kind}", text=f"What about the {kind}?", kind=kind, order=order,
                choices="North\nSouth", in_list=kind in ("choice", "number"), assessors_see=kind in ("text", "choice"),
                shown_if="about-choice" if kind == "day" else "", shown_if_answer="North" if kind == "day" else "",
            )  # fmt: skip
