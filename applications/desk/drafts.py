"""Applications in progress, for whoever chases them: who, how far, waiting for whom since when. What was written stays the
applicant's own until it is submitted."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import display

from applications.actions.late import give_time
from applications.desk.filling import FillIn
from applications.models import Draft, EmployerRule, StandingRule, Window
from applications.states import Asked, PartKind
from cohorts.desk.filters import CohortFilter
from cohorts.models import RuleSet
from funding.states import AgreementStatus
from steppingup.desk.admin import own_page
from steppingup.desk.changelist import OfferedList
from steppingup.desk.lists import choose, column
from steppingup.formats import english
from steppingup.site.export import Column

#: Parts that everybody has to complete where the rules want them: not conditions, support, statements and pages of questions.
PLAIN = (PartKind.DETAILS, PartKind.WORK, PartKind.CV, PartKind.ACCESS)


def _wanted(*kinds: PartKind) -> Count:
    """How many parts of these kinds have to be complete."""
    return Count("form_parts", filter=Q(form_parts__is_required=True, form_parts__kind__in=kinds), distinct=True)


WAITING = {
    "sponsor": ("For the sponsor", lambda rows: rows.filter(fee_status=AgreementStatus.ASKED)),
    "us": ("For us, about a bursary", lambda rows: rows.filter(fee_status=AgreementStatus.BURSARY_ASKED)),
    "declined": ("The sponsor declined", lambda rows: rows.filter(fee_status=AgreementStatus.DECLINED)),
}


def waits_for(draft: Draft) -> str:
    """“Sam Jones, since 3 May 2026” where a sponsor was asked; whom else it waits for; nothing where it is the applicant."""
    row: Any = draft
    if row.fee_status == AgreementStatus.ASKED:
        return f"{row.sponsor or 'the sponsor'}, since {english.day_date(row.fee_asked_at)}"
    if row.fee_status == AgreementStatus.BURSARY_ASKED:
        return "us: a bursary was asked for"
    return "a sponsor: the first has declined" if row.fee_status == AgreementStatus.DECLINED else ""


class DraftList(OfferedList):
    """Adds how far each is to the rows of the page that is shown: what is asked is found out once for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = shown = list(self.result_list)
        asked = RuleSet.objects.filter(cohorts__in={draft.cohort_id for draft in shown}).distinct()
        counted: Any = asked.annotate(
            statements=Count("criteria", distinct=True),
            conditions=Count("eligibility_questions", filter=Q(eligibility_questions__is_active=True), distinct=True),
            plain=_wanted(*PLAIN),
            wants_statements=_wanted(PartKind.STATEMENTS),
            wants_support=_wanted(PartKind.SUPPORT),
            pages=_wanted(PartKind.QUESTIONS),
        )
        rules = {one.pk: one for one in counted}
        kept = EmployerRule.objects.filter(window__cohort__in={draft.cohort_id for draft in shown})
        needs = {
            (cohort, employer or kind): approval
            for cohort, employer, kind, approval in kept.values_list(
                "window__cohort", "employer", "kind", "approval_needed"
            )
        }
        without = set(
            StandingRule.objects.filter(rule_set__in=rules, support=Asked.LEFT_OUT).values_list("rule_set", "standing")
        )
        for draft in shown:
            kind = draft.employer.kind if draft.employer else ""
            approval = needs.get((draft.cohort_id, draft.employer_id), needs.get((draft.cohort_id, kind), True))
            of = rules[draft.cohort.rule_set_id]
            approval = approval and (of.pk, draft.standing) not in without
            draft.parts_asked = of.plain + of.pages + bool(of.conditions) + of.wants_statements * of.statements
            draft.parts_asked += of.wants_support * approval


@admin.register(Draft)
class DraftAdmin(FillIn):
    """Who has begun an application and not submitted it. Nobody opens one but what they fill in for somebody who asked."""

    list_class = DraftList
    adds = False
    list_display = ("whose", "email", "cohort", "began", "changed", "far", "waits", "until")
    list_display_links = None
    list_select_related = ("applicant", "employer", "cohort__programme", "cohort__window")
    list_filter = (CohortFilter, choose("waiting", "waiting", WAITING))
    # Not what the account is called: an application from paper has the name that was written on it.
    search_fields = ("reference", "full_name", "applicant__email")
    search_help_text = "Name, email address or reference"
    export_columns = (
        Column("Reference", "reference"),
        Column("Name", lambda draft: draft.full_name or str(draft.applicant)),
        Column("Email", "applicant__reached_at"),
        Column("Cohort", "cohort__name"),
        Column("Started", "started_at"),
        Column("Last changed", "changed_at"),
        Column("Parts complete", lambda draft: len(done(draft))),
        Column("Waiting for", waits_for),
        Column("Can submit until", lambda draft: until_when(draft)),
    )

    @display(description="Name", ordering="full_name")
    def whose(self, draft: Draft) -> SafeString:
        """With the way to what is filled in for them, or to begin with that once they have asked for it."""
        helped = draft.helped_at is not None
        name, args = draft.full_name or str(draft.applicant), [draft.pk] if helped else [draft.pk, "let_help_for_them"]
        address = reverse(f"admin:applications_draft_{'change' if helped else 'step'}", args=args)
        words = "Fill it in" if helped else "Fill it in for them"
        link = '{}<br><a class="su-link" href="{}">{}<span class="su-hidden">: {}</span></a>'
        return format_html(link, name, address, words, name)

    email = column("Email", lambda draft: draft.applicant.reached_at, "applicant__email")
    began = column("Started", lambda draft: english.day_date(draft.started_at), "started_at")
    changed = column("Last changed", lambda draft: english.day_date(draft.changed_at), "changed_at")
    far = column("How far", lambda draft: f"{min(len(done(draft)), draft.parts_asked)} of {draft.parts_asked} parts")
    waits = column("Waiting for", waits_for)

    @display(description="Can submit until")
    def until(self, draft: Draft) -> SafeString:
        """With the way to more time for this one person."""
        address = reverse("admin:applications_draft_time", args=[draft.pk])
        link = '{}{}<br><a class="su-link" href="{}">Give more time<span class="su-hidden">: {}</span></a>'
        longer = " (more time given)" if draft.own_window.is_longer else ""
        return format_html(link, until_when(draft), longer, address, draft.full_name or draft.applicant)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Draft]:
        return super().get_queryset(request).with_sponsor().with_own_closing()

    @own_page("<int:pk>/more-time/", "time")
    def time_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """On to the step of the window, for this person."""
        draft = get_object_or_404(self.get_queryset(request), pk=pk)
        own: Any = self.admin_site.get_model_admin(Window)
        return own.open_step(request, give_time, draft.cohort.window, email=draft.applicant.email)


def until_when(draft: Draft) -> str:
    return english.when(draft.own_window.last_moment)


def done(draft: Draft) -> list[str]:
    """The parts that are complete and must be."""
    return [part for part in draft.parts_done if part != "equality"]
