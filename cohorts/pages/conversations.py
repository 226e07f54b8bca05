"""Conversations with the line manager: the pages of both, the same but for the way there, and the line manager's by a link (B52, B54)."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Max, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import conversations
from cohorts.actions.conversations import ConversationForm, holds_link, side_of
from cohorts.models import Conversation, Enrolment
from cohorts.models.conversations import ConversationQuerySet
from cohorts.notices.conversations import CONVERSATION_LINK
from cohorts.pages.participant import entry_of
from cohorts.pages.sides import place_of
from cohorts.pages.topics import MANAGED, OWN
from cohorts.progress.conversations import overdue
from cohorts.states import EnrolmentStatus
from cohorts.states.conversations import Side
from steppingup import clock
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.sections import once, one_page
from steppingup.site.stepping import act_on
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "conversations"
#: How each side's addresses begin.
NAMES = {Side.PARTICIPANT: "cohorts:conversation", Side.MANAGER: "cohorts:managed_conversation"}


def at(side: Side, what: str, *args: Any) -> str:
    return reverse(f"{NAMES[side]}{what}", args=args)


def _of(enrolment: Enrolment, side: Side) -> ConversationQuerySet:
    """All of the participant's; of a line manager only those that they had themselves."""
    found = Conversation.objects.filter(enrolment=enrolment).select_related("manager")
    return found if side == Side.PARTICIPANT else found.with_manager(enrolment.line_manager_id or 0)


def rows_of(enrolment: Enrolment, by: Any, side: Side) -> list[dict[str, Any]]:
    """Each, with what whoever looks may do with it."""
    rows = []
    for one in _of(enrolment, side):
        one.enrolment = enrolment
        manager = conversations.called(one)
        is_own = one.written_as == side
        rows.append(
            {
                "conversation": one,
                "manager": manager,
                "writer": "you" if is_own else manager if one.written_as == Side.MANAGER else enrolment.participant,
                "may_change": conversations.is_theirs(by, one),
            }
        )
    return rows


@require_safe
@login_required
@one_page()
def listing(request: SignedInRequest, pk: int, side: Side) -> HttpResponse:
    """What was agreed, the latest first."""
    enrolment, context = place_of(request, pk, side, TOPIC)
    entry_of(context["menu"], TOPIC)
    context |= {
        "rows": rows_of(enrolment, request.user, side),
        "side": side,
        "journal": next((one for one in context["menu"] if one.key == "journal"), None),
        "may_write": enrolment.line_manager_id and enrolment.status != EnrolmentStatus.WITHDRAWN,
        "names": {what: f"{NAMES[side]}_{what}" for what in ("write", "change", "remove", "put_back")},
    }
    return render(request, "cohorts/conversations.html", context)


def _form(request: HttpRequest, subject: Any, by: Any) -> ConversationForm:
    initial = {} if isinstance(subject, Conversation) else {"on": clock.today(), "submission": uuid.uuid4()}
    return ConversationForm(request.POST if request.method == "POST" else None, subject=subject, by=by, initial=initial)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int, side: Side) -> HttpResponse:
    """One more; the other is told that it is there."""
    enrolment, context = place_of(request, pk, side, TOPIC)
    if not conversations.log.is_offered(request.user, enrolment):
        raise Http404
    form = _form(request, enrolment, request.user)
    if act_on(form, conversations.log, enrolment=enrolment, by=request.user):
        messages.success(request, f"Kept for the two of you. {_other(enrolment, side)} gets an email that it is there.")
        return redirect(at(side, "s", pk))
    return _page(request, context, form, side, "Write down a conversation")


def _other(enrolment: Enrolment, side: Side) -> str:
    return enrolment.manager if side == Side.PARTICIPANT else str(enrolment.participant)


def _page(request: HttpRequest, context: dict[str, Any], form: Any, side: Side, heading: str) -> HttpResponse:
    enrolment = context["enrolment"]
    entry = next((one for one in context["menu"] if one.key == TOPIC), None)
    crumbs = [*context["breadcrumbs"], *([(entry.title, entry.url)] if entry else [])]
    own = {"form": form, "heading": heading, "back_url": at(side, "s", enrolment.pk), "breadcrumbs": crumbs}
    return render(request, "cohorts/conversation_form.html", {**context, **own})


def _one(request: SignedInRequest, pk: int, side: Side, conversation: int) -> tuple[Conversation, dict[str, Any]]:
    """One that whoever looks has written down themselves; the other's is read, and not changed."""
    enrolment, context = place_of(request, pk, side, TOPIC)
    found = get_object_or_404(_of(enrolment, side), pk=conversation)
    found.enrolment = enrolment
    if not conversations.is_theirs(request.user, found):
        raise Http404
    return found, context


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: SignedInRequest, pk: int, side: Side, conversation: int) -> HttpResponse:
    found, context = _one(request, pk, side, conversation)
    form = _form(request, found, request.user)
    if act_on(form, conversations.correct, conversation=found, by=request.user):
        messages.success(request, "Saved. Both of you see that it was changed.")
        return redirect(at(side, "s", pk))
    return _page(request, context, form, side, "Correct the conversation")


@require_POST
@login_required
def remove(request: SignedInRequest, pk: int, side: Side, conversation: int) -> HttpResponse:
    found, _ = _one(request, pk, side, conversation)
    conversations.remove(conversation=found, by=request.user)
    messages.success(request, "Removed. Neither of you can read it any more. You can put it back.")
    return redirect(at(side, "s", pk))


@require_POST
@login_required
def put_back(request: SignedInRequest, pk: int, side: Side, conversation: int) -> HttpResponse:
    found, _ = _one(request, pk, side, conversation)
    conversations.put_back(conversation=found, by=request.user)
    messages.success(request, "It is back, as it was.")
    return redirect(at(side, "s", pk))


# -- by a link -------------------------------------------------------------------------------------


def _of_link(link: TokenLink) -> Enrolment:
    """Raises LinkGone once somebody else is the line manager, or the participant has left."""
    behind: Any = link.target
    found = Enrolment.objects.for_steps().get(pk=behind.pk)
    if not holds_link(link, found) or found.status == EnrolmentStatus.WITHDRAWN:
        raise LinkGone(link=link)
    return found


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """What became of it. It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if holds_link(link, found) and found.status != EnrolmentStatus.WITHDRAWN and link.revoked_at is None:
        return None
    if holds_link(link, found) and found.status != EnrolmentStatus.WITHDRAWN:
        return "This link has been replaced", "Please use the link in our latest email."
    return "There is nothing more to do", "This link was for conversations with somebody in your team. It is over."


@token_view(CONVERSATION_LINK, afterwards)
def talked(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """What the two have agreed, and one more, without an account."""
    enrolment, by = _of_link(link), LinkHolder(link)
    form = _form(request, enrolment, by)
    if act_on(form, conversations.log, enrolment=enrolment, by=by):
        messages.success(request, f"Thank you. {enrolment.participant} gets an email that it is there.")
        return redirect(reverse("cohorts:talked", args=[link.raw]))
    context = {
        "enrolment": enrolment,
        "form": form,
        "rows": rows_of(enrolment, by, Side.MANAGER),
        "by_link": True,
        "provider": enrolment.cohort.programme.provider,
    }
    return render(request, "cohorts/talked.html", context)


# -- the topic, on both front pages ------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    rows = Conversation.objects.standing().filter(enrolment=OuterRef("pk")).order_by().values("enrolment")
    return {"talked_on": rows.annotate(last=Max("on")).values("last")}


def _managers_facts(viewer: Any) -> dict[str, Any]:
    theirs = Conversation.objects.standing().filter(enrolment=OuterRef("pk"), manager=viewer)
    return {"talked_on": theirs.order_by().values("enrolment").annotate(last=Max("on")).values("last")}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if subject.talked_on:
        return Status(f"Last on {english.day_date(subject.talked_on)}")
    return Status("None written down yet") if subject.line_manager_id else None


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    """To talk again, when it is time."""
    if subject.status != EnrolmentStatus.ENROLLED or not subject.line_manager_id or not _may_be_due(subject):
        return []
    found = once(("silent", subject.pk), lambda: overdue([subject])).get(subject.pk)
    if not found:
        return []
    side = side_of(viewer, subject) or Side.MANAGER
    return [
        Ask(
            f"Talk with {_other(subject, side)} and write it down",
            "Write it down",
            at(side, "_write", subject.pk),
            line=f"We know of no conversation since {english.day_date(found[0])}",
            hidden=f"what you talked about with {_other(subject, side)}",
        )
    ]


def _may_be_due(subject: Any) -> bool:
    """Not yet, where the programme has not begun."""
    return bool(subject.cohort.starts_on < clock.today() and subject.talked_on != clock.today())


TOPICS = (
    Topic(OWN, TOPIC, 56, "Talking with your line manager", "cohorts:conversations", _status, _asks, _facts),
    Topic(MANAGED, TOPIC, 30, "Your conversations", "cohorts:managed_conversations", _status, _asks, _managers_facts),
)
