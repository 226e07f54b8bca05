"""One's dates in the calendar that one has anyway: the page about it, the address that programs read, and a file."""

from django.conf import settings
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from steppingup import clock
from steppingup.accounts.links import LinkGone, discreet, token_view
from steppingup.accounts.models import TokenLink, User
from steppingup.accounts.requests import SignedInRequest
from steppingup.calendars.actions import PURPOSE, address_of, end_address, make_address
from steppingup.calendars.events import events_of
from steppingup.calendars.writing import as_calendar
from steppingup.files.names import disposition
from steppingup.messaging.addresses import address

CONTENT = "text/calendar; charset=utf-8"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def own(request: SignedInRequest) -> HttpResponse:
    """Get an address, make it anew, stop it. It is shown once, on the answer to the button."""
    made = ""
    if request.method == "POST" and request.POST.get("do") == "end":
        if end_address(by=request.user):
            notices.success(request, "The address has stopped. Your calendar keeps what it has read, and asks in vain.")
        return redirect("calendar")
    if request.method == "POST":
        made = address("calendar_feed", make_address(by=request.user))
    context = {
        "made": made,
        "webcal": made.replace("https://", "webcal://").replace("http://", "webcal://"),
        "address": address_of(request.user),
        "coming": sum(not one.is_cancelled and one.ends_at > clock.now() for one in events_of(request.user)),
        "breadcrumbs": [("Home", reverse("home"))],
    }
    return discreet(render(request, "calendars/own.html", context))


@require_safe
@token_view(PURPOSE)
def feed(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The dates as they are at this moment, for whoever has the address. Programs ask without signing in."""
    user = link.target
    if not isinstance(user, User) or not user.is_active:
        raise LinkGone
    return HttpResponse(as_calendar(settings.SITE_NAME, events_of(user)), content_type=CONTENT)


@require_safe
@login_required
def download(request: SignedInRequest) -> HttpResponse:
    """The same once, as a file."""
    headers = {"Content-Disposition": disposition(f"{settings.SITE_NAME} dates", "ics"), "Cache-Control": "no-store"}
    return HttpResponse(as_calendar(settings.SITE_NAME, events_of(request.user)), content_type=CONTENT, headers=headers)
