"""Copies of a cohort and of all that stands around it, so that a dry run touches no row that anybody else is at.

A copied provider has its own invoice numbers, courses and texts, a copied programme its own funds: what the made-up people lock,
count up and freeze is theirs. Organisations are shared: nothing writes to them.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.contenttypes.models import ContentType
from django.db import models

from applications.models import (
    Criterion,
    EligibilityQuestion,
    EmployerRule,
    FormPart,
    Grade,
    Question,
    Reason,
    StandingRule,
    Window,
)
from cohorts.actions.copying import shifted
from cohorts.models import (
    AgreementTemplate,
    Aim,
    Barrier,
    Cohort,
    CompletionRule,
    Component,
    Partner,
    Plan,
    Programme,
    RuleSet,
    Session,
    SessionPart,
    TargetGroup,
)
from cohorts.states import CohortStatus
from funding.models import FeeTerms, FundingSource, InvoiceSeries
from mentoring.models import MatchingWeights, Theme
from modules.models import Course, Module, Qualification
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.formats.fields import NameField
from steppingup.history.versions import copied
from steppingup.messaging.models import MessageTemplate

#: A year later dates lie on the same day of the week.
YEAR = timedelta(days=364)
#: Names exist once; what is said to people of a dry run says the name itself.
OF_A_COPY = " (dry run)"
Rows = Callable[["Copies"], Iterable[Any]]


def _of_rules(model: type[models.Model]) -> Rows:
    return lambda copies: model._default_manager.filter(rule_set__in=copies.originals(RuleSet))


#: What is copied, in an order in which everything comes after what it refers to, and which rows of it.
COPIED: dict[type[models.Model], Rows] = {
    Organisation: lambda copies: [copies.cohort.programme.provider],
    InvoiceSeries: lambda copies: InvoiceSeries.objects.filter(provider=copies.cohort.programme.provider),
    Course: lambda copies: Course.objects.filter(provider=copies.cohort.programme.provider),
    Programme: lambda copies: [copies.cohort.programme],
    Partner: lambda copies: copies.cohort.programme.partners.all(),
    Theme: lambda copies: copies.cohort.programme.mentoring_themes.all(),
    MatchingWeights: lambda copies: MatchingWeights.objects.filter(programme=copies.cohort.programme),
    Qualification: lambda copies: Qualification.objects.filter(programme=copies.cohort.programme, successor=None),
    FundingSource: lambda copies: copies.cohort.programme.funding_sources.all(),
    RuleSet: lambda copies: RuleSet.objects.filter(pk__in=[copies.cohort.rule_set_id, copies.cohort.agreement_rules_id]),
    TargetGroup: _of_rules(TargetGroup),
    AgreementTemplate: _of_rules(AgreementTemplate),
    EligibilityQuestion: _of_rules(EligibilityQuestion),
    Grade: _of_rules(Grade),
    Criterion: _of_rules(Criterion),
    StandingRule: _of_rules(StandingRule),
    FormPart: _of_rules(FormPart),
    Question: _of_rules(Question),
    Reason: _of_rules(Reason),
    Plan: lambda copies: [copies.cohort.plan],
    Component: lambda copies: copies.cohort.plan.components.all(),
    Aim: lambda copies: copies.cohort.plan.aims.all(),
    Barrier: lambda copies: copies.cohort.plan.barriers.all(),
    Cohort: lambda copies: [copies.cohort],
    CompletionRule: lambda copies: CompletionRule.objects.filter(cohort=copies.cohort),
    FeeTerms: lambda copies: FeeTerms.objects.filter(
        models.Q(cohort=copies.cohort) | models.Q(programme=copies.cohort.programme, cohort=None)
    ),
    Window: lambda copies: Window.objects.filter(cohort=copies.cohort),
    EmployerRule: lambda copies: EmployerRule.objects.filter(window__cohort=copies.cohort),
    Session: lambda copies: Session.objects.going_ahead().filter(cohort=copies.cohort, peer_group=None),
    SessionPart: lambda copies: SessionPart.objects.filter(session__in=copies.originals(Session)),
    Module: lambda copies: Module.objects.filter(cohort=copies.cohort),
    MessageTemplate: lambda copies: MessageTemplate.objects.filter(copies.scopes()),
}  # fmt: skip
#: What a copy says of itself, where it is not what the original says.
OTHERWISE: dict[type[models.Model], dict[str, Any]] = {
    Programme: {"is_published": True},
    Cohort: {"status": CohortStatus.DRAFT, "admission_began_at": None, "completion_settled_at": None, "numbered": 0},
    RuleSet: {"frozen_at": None, "successor_id": None, "replaced_at": None},
    Plan: {"frozen_at": None, "successor_id": None, "replaced_at": None},
    Qualification: {"frozen_at": None, "successor_id": None, "replaced_at": None},
    InvoiceSeries: {"last_number": 0},
    Session: {"needs_by": None, "needs_asked_at": None, "managers_invited_at": None},
    Window: {"interest_told_at": None},
}


class Copies:
    """The copies of one cohort, made at once. Only inside a preview."""

    cohort: Cohort

    def __init__(self, cohort: Cohort) -> None:
        self.cohort = cohort
        self.shift = _shift_of(cohort)
        self._made: dict[type[models.Model], dict[int, models.Model]] = {model: {} for model in COPIED}
        for model, rows in COPIED.items():
            for row in rows(self):
                self._copy(model, row)

    def originals(self, model: type[models.Model]) -> list[int]:
        return list(self._made[model])

    def of(self, model: type[models.Model], pk: int | None) -> Any:
        """The copy of this row, as it was made."""
        return self._made[model].get(pk or 0)

    @property
    def copy(self) -> Cohort:
        """The cohort as it is now."""
        return Cohort.objects.for_steps().get(pk=self.of(Cohort, self.cohort.pk).pk)

    def scopes(self) -> models.Q:
        """Texts of the programme and of the cohort."""
        found = models.Q(pk__in=[])
        for model in (Programme, Cohort):
            kind = ContentType.objects.get_for_model(model)
            found |= models.Q(content_type=kind, object_id__in=self.originals(model))
        return found

    def _copy(self, model: type[models.Model], row: models.Model) -> None:
        new = copied(row, **self._elsewhere(row) | OTHERWISE.get(model, {}))
        new.is_copy = True
        new.save(force_insert=True)
        self._made[model][row.pk] = new
        for field in model._meta.many_to_many:
            made, there = self._made_for(field), getattr(row, field.name).all()
            rows = there if made is None else [made[one.pk] for one in there if one.pk in made]
            getattr(new, field.name).set(rows)

    def _made_for(self, field: Any) -> dict[int, models.Model] | None:
        """The copies that such a reference leads to; None where what it leads to is shared."""
        is_shared = field.related_model is Organisation and field.name != "provider"
        return None if is_shared else self._made.get(field.related_model)

    def _elsewhere(self, row: models.Model) -> dict[str, Any]:
        """References to copies, names and keys that exist once, and moments, which are moved."""
        found: dict[str, Any] = {}
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.name == "object_id":
                value = self._of_scope(row)
            elif field.is_relation:
                value = self._reference(field, value)
            elif isinstance(row, Organisation) and field.name in ("name", "slug"):
                value = f"{value}{_own(field)}"
            elif field.unique and not field.primary_key and isinstance(value, str):
                value = f"{value[:30]}{_own(field)}"
            elif isinstance(row, Cohort | Window | Session) and isinstance(value, date):
                value = self._moved(value)
            found[field.attname] = value
        return {name: value for name, value in found.items() if name != row._meta.pk.attname}

    def _reference(self, field: Any, value: Any) -> Any:
        made = (self._made_for(field) or {}).get(value)
        return made.pk if made is not None else value

    def _of_scope(self, row: Any) -> Any:
        model: Any = ContentType.objects.get_for_id(row.content_type_id).model_class()
        return self._made[model][row.object_id].pk

    def _moved(self, value: date) -> date:
        return shifted(value, self.shift) if isinstance(value, datetime) else value + self.shift


def _own(field: Any) -> str:
    """What makes a name or a key another one than all that there are."""
    return OF_A_COPY if isinstance(field, NameField) else f"-{uuid4().hex[:8]}"


def _shift_of(cohort: Cohort) -> timedelta:
    """By how many years a cohort is moved that people cannot apply for any more."""
    window, shift = Window.objects.filter(cohort=cohort).first(), timedelta(0)
    while window is not None and window.closes_at + shift <= clock.now() + timedelta(days=1):
        shift += YEAR
    return shift
