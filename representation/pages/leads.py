"""How an item is getting on: one page by a link, for whoever leads it, with no account (R16)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from representation.actions import leads
from representation.models import LeadRequest, ProgressReport
from representation.notices import LEAD_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on

LATEST = 10


class Form(leads.AnswerForm):
    """Laid out for a telephone."""

    helper = laid_out(
        Field.radios("status", legend_size=Size.MEDIUM),
        Field.textarea("words", label_size=Size.SMALL, rows=5),
        Field.textarea("evidence", label_size=Size.SMALL, rows=2),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].label = "Where can this be seen? (optional)"


def _request(link: TokenLink) -> LeadRequest:
    """Raises LinkGone once they do not lead it any more."""
    behind: Any = link.target
    rows = LeadRequest.objects.select_related("lead__group", "lead__item__plan__provider", "lead__item__section")
    found: LeadRequest = rows.get(pk=behind.pk)
    if not found.is_theirs:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.is_theirs:
        return None
    return ("There is nothing more to do", "Somebody else leads this item of the plan now.")


@token_view(LEAD_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The item, what was reported of it so far, and a form."""
    asked = _request(link)
    item, here = asked.lead.item, reverse("representation:lead", args=[link.raw])
    by = LinkHolder(link)
    form = Form(request.POST if request.method == "POST" else None, subject=asked, by=by)
    act: Any = leads.answer_as_lead
    if act_on(form, act, request=asked, by=by):
        messages.success(request, "Thank you. Your answer is in the plan now.")
        return redirect(here)
    reports = ProgressReport.objects.filter(item=item).select_related("by")
    context = {
        "asked": asked,
        "item": item,
        "plan": item.plan,
        "provider": item.plan.provider,
        "reports": reports[:LATEST],
        "form": form,
    }
    return render(request, "representation/lead.html", context)
