"""The front page, the pages that every site owes its visitors, and a provider's colour and logo."""

import mimetypes
import re
from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from steppingup.accounts import colours
from steppingup.accounts.models import Organisation
from steppingup.retention.actions.periods import said_by
from steppingup.site.sections import render_sections

LOGO_TYPES = {"image/png", "image/jpeg", "image/webp", "image/svg+xml"}
A_YEAR = 31_536_000


class Home(TemplateView):
    """Open programmes, and for somebody who is signed in their own things first: sections of the page “home”."""

    template_name = "pages/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(sections=render_sections("home", self.request), **kwargs)


@method_decorator(require_safe, name="dispatch")
class Page(TemplateView):
    """A page of plain text that every visitor may read."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contact = re.sub(r"^.*<|>$", "", settings.DEFAULT_FROM_EMAIL)
        return super().get_context_data(contact_email=contact, breadcrumbs=[("Home", "/")], **kwargs)


class Privacy(Page):
    """What the site does with what people tell it; and the pages of those who decide about it."""

    template_name = "pages/privacy.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = Organisation.objects.filter(is_provider=True).order_by("name")
        return super().get_context_data(providers=providers, **kwargs)


@require_safe
def provider_privacy(request: HttpRequest, slug: str) -> HttpResponse:
    """What a provider says of privacy in its own words, and for how long it keeps what."""
    provider = get_object_or_404(Organisation, slug=slug, is_provider=True)
    crumbs = [("Home", "/"), ("Privacy", reverse("privacy"))]
    context = {"provider": provider, "periods": said_by(provider), "breadcrumbs": crumbs}
    return render(request, "pages/provider_privacy.html", context)


@require_safe
@cache_control(public=True, max_age=A_YEAR, immutable=True)
def brand_stylesheet(request: HttpRequest, colour: str) -> HttpResponse:
    """The custom properties for one colour. The address holds the colour, so it may be kept for ever."""
    if not re.fullmatch(r"[0-9a-f]{6}", colour):
        raise Http404
    return HttpResponse(colours.stylesheet(f"#{colour}"), content_type="text/css; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def provider_logo(request: HttpRequest, slug: str) -> FileResponse:
    """A provider's logo. Whatever it holds, it is a picture: no script in it runs."""
    provider = get_object_or_404(Organisation, slug=slug, is_provider=True)
    kind = mimetypes.guess_type(provider.logo.name or "")[0]
    if not provider.logo or kind not in LOGO_TYPES:
        raise Http404
    response = FileResponse(provider.logo.open("rb"), content_type=kind)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
