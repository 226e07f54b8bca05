"""Beside the register: the screen at the door with the code to check in by, and the register on paper."""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse

from cohorts.actions import checking_in
from cohorts.actions.attendance import registers_of
from cohorts.documents import register_response
from cohorts.models import Session
from cohorts.states import Mark
from steppingup import clock
from steppingup.desk.admin import own_page
from steppingup.desk.stepping import SteppedAdmin


class ScreenMixin(SteppedAdmin):
    """The pages of a session that are projected and printed."""

    def _session(self, request: HttpRequest, pk: Any) -> Session:
        found = self.get_object(request, str(pk))
        if found is None:
            raise Http404
        return found

    @own_page("<int:pk>/register/screen/", "register_screen")
    def screen_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """The code of this minute, large enough for a room, and how many are here."""
        session = self._session(request, pk)
        is_open = checking_in.is_open(session)
        page = request.build_absolute_uri(reverse("cohorts:scanned"))
        shown = {
            **_now(session, page),
            "title": f"Check in: {session}",
            "session": session,
            "provider": session.cohort.programme.provider,
            "is_open": is_open,
            "is_over": session.ends_at <= clock.now(),
            "address": page.removeprefix("https://").removeprefix("http://"),
            "again": reverse("admin:cohorts_session_register_code", args=[session.pk]),
        }
        return self.page(request, "cohorts/check_in_screen.html", original=session, **shown)

    @own_page("<int:pk>/register/screen/now/", "register_code")
    def code_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """What the screen shows by now, for its script; nothing once nobody can check in any more."""
        session = self._session(request, pk)
        if not checking_in.is_open(session):
            return JsonResponse({})
        return JsonResponse(_now(session, request.build_absolute_uri(reverse("cohorts:scanned"))))

    @own_page("<int:pk>/register/sheet.pdf", "register_sheet")
    def sheet_view(self, request: HttpRequest, pk: Any) -> HttpResponse:
        """To be printed before the day, where there may be no signal."""
        session = self._session(request, pk)
        return register_response(session, registers_of(session))


def _now(session: Session, page: str) -> dict[str, Any]:
    """The code of this minute with its picture, until when, and how many are here."""
    code = checking_in.code_now(session)
    lines = [line for group in registers_of(session) for line in group.lines]
    return {
        "code": code,
        "picture": segno.make(f"{page}?code={code}", error="m", micro=False).png_data_uri(border=2, scale=8),
        "left": checking_in.seconds_left(),
        "here": sum(line.kind == Mark.PRESENT for line in lines),
        "expected": len(lines),
    }
