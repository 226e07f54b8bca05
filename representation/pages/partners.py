"""The employers of a provider, and what they have committed themselves to, for anybody to read (L10, B59).

Public is what was approved, of employers that the provider lists; a page of an employer without anything is not there."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohorts.models import Partner, Programme
from cohorts.pages.programmes import PartnerFilter
from representation.models import Commitment, listed_partners
from representation.states import CommitmentKind
from steppingup.accounts.models import Organisation
from steppingup.formats import english
from steppingup.site.export import Column
from steppingup.site.lists import ListPage

#: The parts of an employer's page, in this order: what stands above those of a kind.
HEADINGS = {
    CommitmentKind.POLICY: "Positive action",
    CommitmentKind.PLEDGE: "Pledges",
    CommitmentKind.FAST_TRACK: "Fast track",
    CommitmentKind.APPRENTICESHIP: "Apprenticeships",
    CommitmentKind.PAY_GAP: "Pay gaps",
}
COLOURS = {"Kept": "govuk-tag--green", "Overdue": "govuk-tag--red", "Not yet": "govuk-tag--blue"}


def _provider(slug: str) -> Organisation:
    """One with a published programme. Raises Http404."""
    programmes = Programme.objects.published().filter(provider__slug=slug).select_related("provider")
    programme = programmes.first()
    if programme is None:
        raise Http404
    return programme.provider


def _listed(provider: Organisation) -> QuerySet[Partner]:
    return listed_partners(provider).select_related("programme").order_by("programme__name", "pk")


def _employers(provider: Organisation) -> QuerySet[Organisation]:
    """Each with `shown_partnerships` and `shown_commitments`, by its name."""
    rows = Organisation.objects.filter(pk__in=listed_partners(provider).values("organisation"))
    shown = Commitment.objects.public(provider).order_by("kind", "-year", "title", "pk")
    return rows.order_by("name", "pk").prefetch_related(
        Prefetch("partnerships", _listed(provider), to_attr="shown_partnerships"),
        Prefetch("commitments", shown, to_attr="shown_commitments"),
    )


def policies_of(employer: Any) -> list[str]:
    """The words of its policy on positive action, each once: programmes may have the same (B59)."""
    return list(dict.fromkeys(one.policy.strip() for one in employer.shown_partnerships if one.policy.strip()))


def what_it_says(employer: Any) -> str:
    """“A positive-action policy, 2 pledges”; nothing where nothing is public."""
    kinds = [one.kind for one in employer.shown_commitments]
    found = ["a policy on positive action"] if policies_of(employer) or CommitmentKind.POLICY in kinds else []
    for kind, one, many in (
        (CommitmentKind.PLEDGE, "pledge", "pledges"),
        (CommitmentKind.FAST_TRACK, "fast-track rule", "fast-track rules"),
        (CommitmentKind.APPRENTICESHIP, "apprenticeship commitment", "apprenticeship commitments"),
        (CommitmentKind.PAY_GAP, "pay gap", "pay gaps"),
    ):
        if number := kinds.count(kind):
            found.append(english.counted(number, one, many))
    words = english.listed(found)
    return words[:1].upper() + words[1:]


class EmployerFilter(PartnerFilter):
    """By its name, or all of one sector."""

    search_in = ("name",)

    def narrow(self, rows: QuerySet[Any], values: dict[str, Any]) -> QuerySet[Any]:
        return rows.filter(sector=values["sector"]) if values.get("sector") else rows


class EmployerDirectory(ListPage):
    """The employers that a provider lists, with what each has made public."""

    heading = "What employers have committed to"
    noun = "employer"
    template_name = "representation/partners.html"
    form_class = EmployerFilter
    columns = (
        Column("Employer", "name"),
        Column("Sector", "get_sector_display"),
        Column("Kind", "get_kind_display"),
        Column("What it has committed to", what_it_says),
    )

    def get_rows(self) -> QuerySet[Organisation]:
        self.provider = _provider(self.kwargs["slug"])
        return _employers(self.provider)

    def get_extra(self) -> dict[str, Any]:
        for employer in self.page:
            employer.says = what_it_says(employer)
        return {"provider": self.provider, "breadcrumbs": _crumbs(self.provider)}


def _crumbs(provider: Organisation, *more: tuple[str, str]) -> list[tuple[str, str]]:
    page = reverse("cohorts:provider", args=[provider.slug])
    return [("Home", "/"), ("Programmes", "/programmes/"), (str(provider), page), *more]


@require_safe
def employer_page(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One employer: its policy, what it has committed itself to, and how its pledges stand. Gone once nothing of it is public."""
    provider = _provider(slug)
    employer: Any = get_object_or_404(_employers(provider), pk=pk)
    policies = policies_of(employer)
    if not policies and not employer.shown_commitments:
        raise Http404
    by_kind = {kind: [one for one in employer.shown_commitments if one.kind == kind] for kind in HEADINGS}
    parts = [
        {"kind": str(kind), "heading": heading, "rows": [(one, COLOURS.get(one.how_it_stands, "")) for one in found]}
        for kind, heading in HEADINGS.items()
        if (found := by_kind[kind]) or (kind == CommitmentKind.POLICY and policies)
    ]
    above = ("What employers have committed to", reverse("representation:partners", args=[provider.slug]))
    context = {
        "provider": provider,
        "employer": employer,
        "policies": policies,
        "programmes": employer.shown_partnerships,
        "parts": parts,
        "breadcrumbs": _crumbs(provider, above),
    }
    return render(request, "representation/partner.html", context)


def at_provider(*, subject: Organisation, viewer: Any) -> dict[str, Any] | None:
    """The way there from the provider's own page, once there is something to read."""
    found = Commitment.objects.public(subject)
    return {"address": reverse("representation:partners", args=[subject.slug])} if found.exists() else None
