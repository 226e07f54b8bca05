"""The page of a provider, and the addresses of before: a programme stood by itself, as /programmes/stepping-up/, where now its
provider stands in between (docs/adr/0044-a-programme-is-found-at-its-provider-s.md)."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.urls import reverse

from cohorts.queries import published_programmes
from steppingup import clock
from steppingup.site.sections import render_sections


def by_name(request: HttpRequest, slug: str, rest: str = "") -> HttpResponse:
    """What a provider offers; or on to the programme of that name. Where several providers have one, people choose."""
    offered = list(published_programmes().filter(provider__slug=slug)) if not rest else []
    found = list(published_programmes().filter(slug=slug).exclude(pk__in=[one.pk for one in offered]))
    if offered and not found:
        return _listed(request, offered, str(offered[0].provider), provider=offered[0].provider)
    found = [*offered, *found]  # a provider may be called as a programme of another
    if not found:
        raise Http404
    if len(found) > 1:
        return _listed(request, found, "Which programme are you looking for?", is_choice=True, rest=rest)
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    page = f"{reverse('cohorts:programme', args=[found[0].path])}{rest}{query}"
    # A form that was open when the address changed is sent to where it belongs, with what was typed.
    return HttpResponsePermanentRedirect(page, preserve_request=request.method == "POST")


def _listed(request: HttpRequest, programmes: list, heading: str, **more: object) -> HttpResponse:
    crumbs = [("Home", "/"), ("Programmes", "/programmes/")]
    provider = more.get("provider")
    sections = render_sections("provider", request, provider) if provider else []
    context = {
        "sections": sections,
        "programmes": programmes,
        "heading": heading,
        "today": clock.today(),
        "breadcrumbs": crumbs,
        **more,
    }
    return render(request, "cohorts/programmes.html", context)
