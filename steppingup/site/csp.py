"""The Content-Security-Policy header: what a page of ours may load and run.

Public pages run no inline scripts and no inline styles, and load nothing from elsewhere. The admin (Unfold) works
with Alpine, which evaluates expressions in attributes, and sets styles inline: it has a policy of its own.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.deprecation import MiddlewareMixin

HEADER = "Content-Security-Policy"

PUBLIC: dict[str, list[str]] = {
    "default-src": ["'self'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
}
ADMIN: dict[str, list[str]] = PUBLIC | {
    "script-src": ["'self'", "'unsafe-eval'"],
    "style-src": ["'self'", "'unsafe-inline'"],
    "img-src": ["'self'", "data:", "blob:"],
}


def header(policy: dict[str, list[str]]) -> str:
    """The policy as one header. Sign-in by OpenID Connect posts a form that ends at another host: see CSP_FORM_HOSTS."""
    forms = [*policy["form-action"], *settings.CSP_FORM_HOSTS]
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in (policy | {"form-action": forms}).items())


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Adds the header to every answer that does not bring one of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault(
            HEADER, header(ADMIN if request.path.startswith(reverse("admin:index")) else PUBLIC)
        )
        return response
