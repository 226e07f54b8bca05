"""The equality lead's pages: the register of everything that was published, and each release. Answers are nowhere here.

Figures are opened and downloaded by a button, because that is written down: a page that is only looked at writes nothing."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from applications.actions import releases
from applications.equality import compositions
from applications.models import EqualityLook, EqualityRelease
from applications.permissions import ApplicationPermission
from cohorts.models import Programme
from representation.models import FigureRelease
from steppingup.accounts.actors import holds
from steppingup.accounts.requests import SignedInRequest
from steppingup.accounts.second_factor import sensitive_page
from steppingup.disclosure.audit import Shown
from steppingup.disclosure.protection import NOT_KNOWN
from steppingup.jobs.models import Job
from steppingup.site import export
from steppingup.site.export import Column
from steppingup.site.stepping import SignedInStepView

SEE = ApplicationPermission.SEE_EQUALITY
LATEST = 20  # looks on the page; all of them stand in the admin
#: Below this a share of the people would be as rough as the rounding (HESA leaves out shares of fewer than 22.5).
FOR_A_SHARE = 25

How = EqualityLook.How


def programme_at(request: HttpRequest, path: str) -> Programme:
    mine = Programme.objects.visible_to(request.user, SEE)
    return get_object_or_404(mine.at(path))


@require_safe
@sensitive_page
def by_name(request: SignedInRequest, slug: str) -> HttpResponse:
    """The address of before: on to the programme of that name, or to the list where there are several."""
    mine = list(Programme.objects.visible_to(request.user, SEE).filter(slug=slug).select_related("provider")[:2])
    if not mine:
        raise Http404
    if len(mine) > 1:
        return redirect("applications:equality")
    return redirect("applications:equality_register", mine[0].path, permanent=True)


def _trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Home", reverse("home")), ("Equality figures", reverse("applications:equality")), *more]


def trail_to(programme: Programme) -> list[tuple[str, str]]:
    """Down to the figures of a programme."""
    return _trail((programme.name, reverse("applications:equality_register", args=[programme.path])))


@require_safe
@sensitive_page
def programme_list(request: SignedInRequest) -> HttpResponse:
    """The programmes of the provider."""
    if not holds(request.user, SEE):
        raise Http404
    mine = Programme.objects.visible_to(request.user, SEE).select_related("provider")
    context = {"programmes": mine, "breadcrumbs": _trail()[:1]}
    return render(request, "applications/equality/list.html", context)


@require_safe
@sensitive_page
def register(request: SignedInRequest, path: str) -> HttpResponse:
    """Everything that was published of one programme, newest first, and who looked at it."""
    programme = programme_at(request, path)
    rows = EqualityRelease.objects.visible_to(request.user).of_programme(programme)
    looks = EqualityLook.objects.visible_to(request.user).filter(release__programme=programme)
    context = {
        "programme": programme,
        "provider": programme.provider,
        "releases": rows.select_related("cohort", "made_by"),
        "looks": looks.select_related("release__cohort", "by")[:LATEST],
        "breadcrumbs": _trail(),
    }
    return render(request, "applications/equality/register.html", context)


class Publish(SignedInStepView):
    """Publish figures: whom they are about, what will be published and what is withheld, then the button."""

    step = releases.publish
    template_name = "applications/equality/publish.html"

    def load(self) -> Programme:
        return programme_at(self.request, self.kwargs["path"])

    def after(self, subject: Any, result: Any) -> str:
        """How far it is; who has done it already, or goes back, sees the register."""
        if isinstance(result, Job):
            return result.get_absolute_url()
        return reverse("applications:equality_register", args=[self.kwargs["path"]])

    def get_extra(self, subject: Any) -> dict[str, Any]:
        trail = _trail((subject.name, self.after(subject, None)))
        # Nobody here knows who of the workforce applied, so whoever publishes is told what both would tell (docs/adr/0086).
        has_grids = FigureRelease.objects.filter(provider=subject.provider_id).exists()
        return {"programme": subject, "provider": subject.provider, "breadcrumbs": trail, "has_grids": has_grids}

    @method_decorator(never_cache)
    @method_decorator(cast("Any", sensitive_page))
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, **kwargs)


def tables_of(release: EqualityRelease) -> list[dict[str, Any]]:
    """The frozen tables with, for each line, from which number to which the true one may lie, and its share."""
    return [
        {**table, "lines": [_line(release, line) for line in table["lines"]]} for table in release.contents["tables"]
    ]


def _line(release: EqualityRelease, line: dict[str, Any]) -> dict[str, Any]:
    # As on the page of whoever made it: nothing here is worked out from answers.
    shown = Shown(frozenset(release.people), frozenset(line["cells"]), line["number"])
    share = min(100, round(100 * shown.number / release.number)) if release.number >= FOR_A_SHARE else None
    return {**line, "least": shown.least, "most": shown.most, "share": share, "unknown": line["label"] == NOT_KNOWN}


def _rows(release: EqualityRelease) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """For a download: a row for each line, and one for each question that was withheld."""
    for table in tables_of(release):
        yield from ((table, line) for line in table["lines"] or [{"label": table["withheld"]}])


def _columns(release: EqualityRelease) -> list[Column]:
    return [
        Column("Programme", lambda row: release.programme.name),
        Column("Cohorts", lambda row: ", ".join(release.contents["cohorts"])),
        Column("People", lambda row: release.get_stage_display()),
        Column("Number of people", lambda row: release.number),
        Column("Published", lambda row: timezone.localdate(release.made_at)),
        Column("Question", lambda row: row[0]["text"]),
        Column("Answer", lambda row: row[1]["label"]),
        Column("Rounded number", lambda row: row[1].get("number")),
        Column("At least", lambda row: row[1].get("least")),
        Column("At most", lambda row: row[1].get("most")),
        Column("Source of the question", lambda row: row[0]["source"]),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@sensitive_page
def release_page(request: SignedInRequest, pk: int) -> HttpResponse:
    """One release: what it is about; by a button its figures, on the page or as a file."""
    rows = EqualityRelease.objects.visible_to(request.user).select_related("programme__provider", "cohort", "made_by")
    release = get_object_or_404(rows, pk=pk)
    tables = None
    if request.method == "POST":
        how = request.POST.get("how", "")
        if how not in How:
            raise Http404
        releases.look(release=release, how=how, by=request.user)
        if how in export.FORMATS:
            name = slugify(f"equality figures {release.programme} {release}")
            return export.export(how, name, _columns(release), _rows(release))
        tables = tables_of(release)
    address = reverse("applications:equality_register", args=[release.programme.path])
    context = {
        "release": release,
        "tables": tables,
        "provider": release.programme.provider,
        "back": compositions.way_back(release, request.user),
        "breadcrumbs": _trail((release.programme.name, address)),
    }
    return render(request, "applications/equality/release.html", context)
