"""The headers Content-Security-Policy and Permissions-Policy: what a page of ours may load and run, and what it may ask of
the device. And who may keep it.

Public pages run no inline scripts and no inline styles, and load nothing from elsewhere. The admin (Unfold) works
with Alpine, which evaluates expressions in attributes, and sets styles inline: it has a policy of its own (docs/security.md
says why).
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

#: Nothing of the device is used but a passkey; nor may what a page shows from elsewhere (there is nothing) ask for any.
PERMISSIONS = {
    **dict.fromkeys(
        (
            *(
                "accelerometer",
                "autoplay",
                "bluetooth",
                "browsing-topics",
                "camera",
                "display-capture",
                "encrypted-media",
            ),
            *(
                "gamepad",
                "geolocation",
                "gyroscope",
                "hid",
                "idle-detection",
                "local-fonts",
                "magnetometer",
                "microphone",
            ),
            *("midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking"),
        ),
        "()",
    ),
    **dict.fromkeys(
        ("publickey-credentials-create", "publickey-credentials-get", "fullscreen", "clipboard-write"), "(self)"
    ),
}


def header(policy: dict[str, list[str]]) -> str:
    """The policy as one header. Sign-in by OpenID Connect posts a form that ends at another host: see CSP_FORM_HOSTS."""
    forms = [*policy["form-action"], *settings.CSP_FORM_HOSTS]
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in (policy | {"form-action": forms}).items())


_PERMISSIONS = ", ".join(f"{what}={whom}" for what, whom in PERMISSIONS.items())


class ContentSecurityPolicyMiddleware(MiddlewareMixin):
    """Adds the headers to every answer that does not bring its own."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault(
            HEADER, header(ADMIN if request.path.startswith(reverse("admin:index")) else PUBLIC)
        )
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:  # what somebody saw does not stay on a shared computer
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response
