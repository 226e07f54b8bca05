"""How a pledge stands: one page by a link, for whoever speaks for the employer, with no account (L10)."""

from typing import Any

from crispy_forms_gds.layout import Field, Size
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from representation.actions import commitments
from representation.models import PledgeQuestion
from representation.pledge_notices import PLEDGE_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.site.layout import laid_out
from steppingup.site.stepping import act_on


class Form(commitments.AnswerForm):
    """Laid out for a telephone."""

    helper = laid_out(
        Field.radios("answer", legend_size=Size.MEDIUM),
        Field("kept_on", context={"legend_size": Size.SMALL}),
        Field.textarea("words", label_size=Size.SMALL, rows=5),
    )


def _question(link: TokenLink) -> PledgeQuestion:
    """Raises LinkGone once somebody has looked at the answer, or the pledge is kept."""
    behind: Any = link.target
    found = PledgeQuestion.objects.for_steps().get(pk=behind.pk)
    if found.settled_at or found.commitment.is_kept:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.settled_at:
        return ("Thank you", "Your answer has been looked at, and there is nothing more to do.")
    if found.commitment.is_kept:
        return ("There is nothing more to do", "This pledge is on record as kept.")
    return None


@token_view(PLEDGE_LINK, afterwards)
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """The pledge, what was said of it, and a form."""
    question, here = _question(link), reverse("representation:pledge", args=[link.raw])
    by = LinkHolder(link)
    form = Form(request.POST if request.method == "POST" else None, subject=question, by=by)
    act: Any = commitments.answer_pledge
    if act_on(form, act, question=question, by=by):
        messages.success(request, "Thank you. We have your answer, and look at it before anybody else reads it.")
        return redirect(here)
    commitment = question.commitment
    context = {"question": question, "commitment": commitment, "provider": commitment.provider, "form": form}
    return render(request, "representation/pledge.html", context)
