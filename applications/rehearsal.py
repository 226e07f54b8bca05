"""Every page of a cohort as each person will see it, before it is public: made-up people do what real ones would, by the same
steps and pages, and all of it is undone.

pages_of(cohort)                        # which there are
page_of(request, cohort, "applicant-list")      # one of them, as HTML

It is a preview (`steppingup.history.previews`): nothing that it writes survives, and nobody is written to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest
from django.urls import reverse

from applications.actions import applications, sponsors
from applications.dry_run.cast import AT, Cast
from applications.form.part import PAGE
from applications.models import Application, Criterion, Nomination, NominationRequest, Window
from applications.standings import not_asked_for_fee
from applications.states import PartKind
from cohorts.actions import enrolments
from cohorts.actions.arranging import arrange
from cohorts.agreements import text_of
from cohorts.models import Agreement, Cohort, Enrolment, Programme, Signature
from cohorts.models.agreements import fingerprint
from cohorts.states import CohortStatus, Recording, Signatory, SignedHow
from funding.links import new_sponsor_link
from funding.models import FeeAgreement
from funding.rules import Payer
from funding.terms import terms_for
from steppingup import clock
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation, User
from steppingup.history.lifecycle import NotPossible
from steppingup.history.previews import previewing
from steppingup.site.asking import page_for
from steppingup.site.topics import topic_of, topics_of


class Shown(NamedTuple):
    """One page: whose it is, and what it is."""

    key: str
    who: str
    title: str


def pages_of(cohort: Cohort) -> list[Shown]:
    """What visitors, applicants, the employer and participants of this cohort see, in the order of their way."""
    found = [
        Shown("visitor-programme", "A visitor", "The programme"),
        Shown("visitor-partners", "A visitor", "Its partners"),
    ]
    rules = cohort.rule_set
    if rules.eligibility_questions.filter(is_active=True).exists():
        found.append(Shown("visitor-check", "A visitor", "Whether it is for them"))
    found += [
        Shown("applicant-begin", "An applicant", "Before they begin"),
        Shown("applicant-list", "An applicant", "What to fill in"),
    ]
    found += [Shown(f"part-{key}", "An applicant", title) for key, title in _parts(cohort)]
    if asks_employer(cohort):
        found.append(Shown("employer-fee", "Their employer", "What the employer agrees to"))
    return [
        *found,
        Shown("participant-own", "A participant", "Their own page"),
        *(
            Shown(f"participant-{topic.key}", "A participant", topic.title)
            for topic in topics_of("participant")
            if topic.key in _from_the_first_day(cohort)
        ),
        Shown("manager-own", "Their line manager", "The page of somebody they manage"),
        Shown("manager-calendar", "Their line manager", topic_of("manager", "calendar").title),
    ]


def _from_the_first_day(cohort: Cohort) -> set[str]:
    """The pages that a participant has as soon as they take part."""
    recorded = set(cohort.plan.components.values_list("recording", flat=True))
    there = {
        "modules": cohort.modules.exists(),
        "assignment": Recording.HOST in recorded,
        "study": Recording.OWN in recorded,
        "mentoring": Recording.PAIR in recorded,
        "qualification": cohort.programme.qualifications.offered().exists(),
    }
    return {"days", "calendar", "people", *(key for key, is_there in there.items() if is_there)}


def _parts(cohort: Cohort) -> Iterator[tuple[str, str]]:
    """The parts of the application, each with its heading."""
    rules = cohort.rule_set
    questions = set(rules.questions.values_list("page", flat=True))
    for row in rules.form_parts.all():
        if row.kind == PartKind.SUPPORT and rules.is_by_nomination:  # the employer has said so already
            continue
        if row.kind == PartKind.QUESTIONS and row.key not in questions:
            continue
        if row.kind == PartKind.FEE and not asks_for_fee(cohort):
            continue
        if row.kind == PartKind.STATEMENTS:
            for criterion in Criterion.objects.filter(rule_set=rules):
                yield f"statement-{criterion.key}", criterion.title
        elif row.kind == PartKind.QUESTIONS:
            yield f"{PAGE}{row.key}", row.heading
        else:
            yield row.key, row.heading


def asks_employer(cohort: Cohort) -> bool:
    """Is somebody at the employer asked to agree to a fee?"""
    return asks_for_fee(cohort) and terms_for(cohort).payer == Payer.EMPLOYER and not not_asked_for_fee([cohort])


def asks_for_fee(cohort: Cohort) -> bool:
    """Has somebody to agree to a fee, or the applicant?"""
    return bool(cohort.fee) and terms_for(cohort).payer in (Payer.EMPLOYER, Payer.PERSON)


@dataclass
class Stage:
    """The made-up people of one cohort, each made when a page first needs them. Only inside a preview."""

    cohort: Cohort

    def open(self) -> None:
        """Let everybody see the cohort, and apply for it."""
        now = clock.now()
        Programme.objects.filter(pk=self.cohort.programme_id, is_published=False).update(is_published=True)
        Cohort.objects.filter(pk=self.cohort.pk, status=CohortStatus.DRAFT).update(status=CohortStatus.PUBLISHED)
        window = Window.objects.filter(cohort=self.cohort).first() or Window(cohort=self.cohort)
        if not window.pk or not window.is_open(now):
            window.opens_at, window.closes_at = now - timedelta(minutes=1), now + timedelta(days=28)
            window.save()
        self.cohort = Cohort.objects.for_steps().select_related("rule_set", "window").get(pk=self.cohort.pk)

    @cached_property
    def cast(self) -> Cast:
        return Cast(self.cohort.programme.provider)

    @property
    def employer(self) -> Organisation:
        return self.cast.employer

    @property
    def applicant(self) -> User:
        return self.cast.applicant

    @cached_property
    def application(self) -> Application:
        if self.cohort.rule_set.is_by_nomination:
            self._nominate()
        applications.start(cohort=self.cohort, by=self.applicant)
        found = Application.objects.for_steps().get(cohort=self.cohort, applicant=self.applicant)
        Application.objects.filter(pk=found.pk).update(employer=self.employer)
        return Application.objects.for_steps().get(pk=found.pk)

    def _nominate(self) -> None:
        asked = NominationRequest.objects.create(
            cohort=self.cohort,
            organisation=self.employer,
            name="Make-believe nominator",
            email=f"nominator@{AT}",
            places=1,
        )
        email = self.applicant.email
        Nomination.objects.create(
            request=asked, cohort=self.cohort, name=self.applicant.full_name, email=email, why="She leads."
        )

    @cached_property
    def agreement(self) -> FeeAgreement:
        given = {"name": "Make-believe sponsor", "email": f"employer@{AT}", "job_title": "Head of people"}
        return sponsors.ask(application=self.application, by=self.applicant, **given)

    @cached_property
    def place(self) -> Enrolment:
        self._sign()
        return enrolments.enrol(
            cohort=self.cohort, participant=self.applicant, employer=self.employer, line_manager_name="Make-believe manager",
            line_manager_email=f"manager@{AT}", job_title="Team leader", by=SYSTEM,
        )  # fmt: skip

    def _sign(self) -> None:
        """Whatever is signed before a place is taken is signed, by everybody who has to."""
        arrange(person=self.applicant, cohort=self.cohort, employer=self.employer, told=False)
        for agreement in Agreement.objects.of_place(self.applicant, self.cohort).for_steps():
            text = text_of(agreement)
            for role in agreement.missing:
                given = {"name": self.applicant.full_name, "text": text, "digest": fingerprint(text)}
                how = {"how": SignedHow.ACCOUNT, "signed_by": self.applicant if role == Signatory.PARTICIPANT else None}
                Signature.objects.create(agreement=agreement, role=role, **given, **how)


def _address(stage: Stage, key: str) -> tuple[str, Any]:
    """Where the page is, and who looks at it."""
    path, nobody = stage.cohort.programme.path, AnonymousUser()
    if key == "visitor-programme":
        return reverse("cohorts:programme", args=[path]), nobody
    if key == "visitor-partners":
        return reverse("cohorts:partners", args=[path]), nobody
    if key == "visitor-check":
        return reverse("applications:check", args=[path]), nobody
    if key == "applicant-begin":
        return reverse("applications:start", args=[stage.cohort.pk]), stage.applicant
    if key == "applicant-list":
        return reverse("applications:application", args=[stage.application.pk]), stage.applicant
    if key == "employer-fee":
        return urlsplit(new_sponsor_link(stage.agreement)).path, nobody
    if key == "participant-own":
        return reverse("cohorts:participant", args=[stage.place.pk]), stage.applicant
    if key == "manager-own":
        return reverse("cohorts:managed", args=[stage.place.pk]), stage.place.line_manager
    if key == "manager-calendar":
        return topic_of("manager", "calendar").url(stage.place), stage.place.line_manager
    if key.startswith("participant-"):
        return topic_of("participant", key.removeprefix("participant-")).url(stage.place), stage.applicant
    if key == "part-fee":
        return reverse("applications:fee", args=[stage.application.pk]), stage.applicant
    return reverse("applications:part", args=[stage.application.pk, key.removeprefix("part-")]), stage.applicant


def page_of(request: HttpRequest, cohort: Cohort, key: str) -> str:
    """The page as its person would see it. Raises NotPossible, with the sentence that they would read instead."""
    with previewing():
        stage = Stage(cohort)
        stage.open()
        path, user = _address(stage, key)
        try:
            return page_for(path, user, like=request)
        except Http404 as nowhere:
            raise NotPossible("The made-up people do not come to this page.", "form") from nowhere
