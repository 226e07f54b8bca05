"""The tools that somebody has taken, on their own page: everything that is held about them there, and what they write themselves (L10)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.pages.participant import around, own_enrolment, own_place, trail_from
from cohorts.pages.topics import OWN
from representation.actions import tools
from representation.models import ToolTaken, tools_of
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Status, Topic

TOPIC = "tools"


class WriteForm(forms.Form):
    text = tools.write_field()


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """Each tool, with what is on record about it and what I wrote. There is no page before the first."""
    enrolment = own_place(request.user, pk)
    found = list(tools_of(enrolment).select_related("recorded_by"))
    if not found:
        raise Http404
    return render(request, "representation/tools.html", {**around(enrolment, request.user, TOPIC), "tools": found})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int, tool: int) -> HttpResponse:
    """What I took from one of them."""
    enrolment = own_enrolment(request.user, pk)
    found = get_object_or_404(tools_of(enrolment).select_related("enrolment__participant"), pk=tool)
    if hasattr(found, "result"):
        return redirect("cohorts:journal_entry", enrolment.pk, found.result.entry_id)
    form = WriteForm(request.POST if request.method == "POST" else None)
    if act_on(form, tools.write_about, tool=found, by=request.user):
        messages.success(request, "Saved. Only you read it.")
        return redirect("representation:tools", enrolment.pk)
    context = {
        "enrolment": enrolment,
        "tool": found,
        "form": form,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
    }
    return render(request, "representation/tool_write.html", context)


def _facts(viewer: Any) -> dict[str, Any]:
    number = ToolTaken.objects.filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return {"tools_number": Coalesce(Subquery(number.annotate(number=Count("pk")).values("number")), 0)}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    return Status(english.counted(subject.tools_number, "tool", "tools")) if subject.tools_number else None


TOPICS = (Topic(OWN, TOPIC, 76, "Tools you have taken", "representation:tools", _status, facts=_facts),)
