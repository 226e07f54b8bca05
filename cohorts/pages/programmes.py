"""What everybody may read: programmes, their cohorts and dates, who can apply, who takes part (B1 to B7, B11, B20)."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cohorts.models import Partner, Programme, ProgrammeDocument, Story, TargetGroup
from cohorts.pages.aims import aims_shown, barriers_of, by_barrier, choices_of, parts_work_on
from cohorts.queries import once_each, published_programmes, rules_shown
from steppingup import clock
from steppingup.accounts.models import Organisation
from steppingup.files.serving import serve
from steppingup.formats import english
from steppingup.site.export import Column
from steppingup.site.lists import ListFilter, ListPage
from steppingup.site.sections import render_sections


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    """Every published programme, with its next cohort; or those that work on a barrier (L1)."""
    every = list(published_programmes())
    barriers = barriers_of(every)
    chosen = request.GET.get("barrier", "")
    context = {
        "programmes": by_barrier(every, barriers, chosen),
        "barriers": choices_of(barriers),
        "chosen": chosen,
        "today": clock.today(),
        "breadcrumbs": [("Home", "/")],
    }
    return render(request, "cohorts/programmes.html", context)


def _plans_shown(programme: Programme, cohorts: list[Any]) -> list[dict[str, Any]]:
    """Each plan once, with the cohorts that follow it where there are several; else the one that the next will follow."""
    names: dict[Any, list[str]] = {}
    for cohort in cohorts:
        names.setdefault(cohort.plan, []).append(cohort.name)
    if not names and (plan := programme.plans.offered().prefetch_related("components").first()):
        names[plan] = []
    return [{"plan": plan, "of": english.listed(of) if len(names) > 1 else ""} for plan, of in names.items()]


def _who_can_apply(programme: Programme, cohorts: list[Any]) -> dict[str, Any]:
    """Whom each cohort is for, the groups and the provider's words, each once, with the cohorts where they differ; else whom the
    next one will be for."""
    rules = rules_shown(programme, cohorts)
    by_rules: dict[int, list[str]] = {}
    for group in TargetGroup.objects.filter(rule_set__in=[one for _, one in rules]).order_by("order", "pk"):
        by_rules.setdefault(group.rule_set_id, []).append(group.name)
    groups = once_each((name, tuple(by_rules.get(one.pk, ()))) for name, one in rules)
    words = once_each((name, one.who_can_apply.strip()) for name, one in rules)
    return {
        "groups": [{"names": names, "of": of} for names, of in groups if names],
        "who_can_apply": [{"text": text, "of": of} for text, of in words if text],
    }


@require_safe
def programme_page(request: HttpRequest, path: str) -> HttpResponse:
    """One programme. Apps add how to apply (first), how it is funded, and qualifications as sections."""
    programme = get_object_or_404(published_programmes().at(path))
    sections = {section.key: section for section in render_sections("programme", request, programme)}
    first = [sections.pop(key) for key in ("apply", "interest") if key in sections]
    today = clock.today()
    cohorts = programme.public_cohorts
    coming = [cohort for cohort in cohorts if cohort.starts_on > today]
    shown = (coming or cohorts)[:1]
    plans = _plans_shown(programme, coming or shown)
    found = [one["plan"] for one in plans]
    parts_work_on(found)
    context = {
        "programme": programme,
        "provider": programme.provider,
        **_who_can_apply(programme, coming),
        "plans": plans,
        "aims": aims_shown(plans),
        "coming": coming,
        "earlier": [cohort for cohort in cohorts if cohort.starts_on <= today],
        "partner_count": programme.partners.listed().count(),
        "has_stories": Story.objects.on_pages(programme).exists(),
        "documents": programme.documents.select_related("file"),
        "first": first,
        "sections": list(sections.values()),
        "breadcrumbs": [("Home", "/"), ("Programmes", "/programmes/")],
    }
    return render(request, "cohorts/programme.html", context)


class PartnerFilter(ListFilter):
    """Find a partner by name, or all of one sector."""

    search_in = ("organisation__name",)
    sector = forms.ChoiceField(
        label="Sector", required=False, choices=[("", "All sectors"), *Organisation.Sector.choices]
    )

    def narrow(self, rows: QuerySet[Partner], values: dict[str, Any]) -> QuerySet[Partner]:
        return rows.filter(organisation__sector=values["sector"]) if values.get("sector") else rows


class PartnerDirectory(ListPage):
    """The employers that take part, for anybody to read (B3, B59)."""

    heading = "Partner organisations"
    noun = "partner"
    per_page = 100
    template_name = "cohorts/partners.html"
    form_class = PartnerFilter
    columns = (
        Column("Organisation", "organisation__name"),
        Column("Sector", lambda partner: partner.organisation.get_sector_display()),
        Column("Kind", lambda partner: partner.organisation.get_kind_display()),
        Column("Pledged on", "pledged_on"),
    )

    def get_rows(self) -> QuerySet[Partner]:
        self.programme = get_object_or_404(Programme.objects.published().at(self.kwargs["path"]))
        return self.programme.partners.listed()

    def get_extra(self) -> dict[str, Any]:
        programme = self.programme
        crumbs = [("Home", "/"), ("Programmes", "/programmes/"), (programme.name, f"/programmes/{programme.path}/")]
        return {"programme": programme, "provider": programme.provider, "breadcrumbs": crumbs}


@require_safe
def document(request: HttpRequest, path: str, pk: int) -> FileResponse:
    """A brochure or guide of a published programme (B20)."""
    found = get_object_or_404(
        ProgrammeDocument.objects.filter(programme__in=Programme.objects.published().at(path)).select_related("file"),
        pk=pk,
    )
    return serve(found.file, as_attachment=False)
