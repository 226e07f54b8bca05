"""One's own entry in the directory: in it or not, in which words, as others see it, and out of it again (C6)."""

from typing import Any, NamedTuple

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import directory
from cohorts.actions.directory import WORDS, EntryForm
from cohorts.directory import circles_of, confirm_by, may_join, programmes_within, whom_it_reaches
from cohorts.models import DirectoryBlock, DirectoryEntry, DirectoryLetter, Enrolment
from cohorts.models.directory import whose
from cohorts.pages.participant import around, own_enrolment, own_place, trail_from
from cohorts.states import DirectoryReach
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.export import Column, export
from steppingup.site.sections import one_page
from steppingup.site.stepping import act_on

PREVIEW, CONFIRMED = "preview", "confirmed"


def _entry_of(enrolment: Enrolment) -> DirectoryEntry | None:
    return DirectoryEntry.objects.filter(enrolment=enrolment).joined().first()


def _within(entry: DirectoryEntry) -> str:
    """The programmes whose people see it, in words."""
    return english.listed(whose(one) for one in programmes_within(entry.programme, entry.circle))


def _page(enrolment: Enrolment, **more: Any) -> dict[str, Any]:
    provider = enrolment.cohort.programme.provider
    return {"enrolment": enrolment, "provider": provider, "breadcrumbs": trail_from("directory", enrolment), **more}


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """What I say of myself, who sees it, and what the directory holds of me; or what it is, and the way in."""
    enrolment = own_place(request.user, pk)
    entry = _entry_of(enrolment)
    if entry is None and enrolment.cohort.programme.directory == DirectoryReach.NONE:
        raise Http404
    context = {**around(enrolment, request.user, "directory"), "entry": entry, "may_join": may_join(enrolment)}
    if entry:
        # What is sent and received stands on the page too: it is theirs to know.
        context |= {
            "reaches": whom_it_reaches(entry) if not entry.hidden_at else "",
            "programmes": _within(entry),
            "confirm_by": confirm_by(entry),
            "is_off": entry.programme.directory == DirectoryReach.NONE,
        }
    return render(request, "cohorts/directory/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """The words, then the page as others see it, then the button: nothing is kept before that is pressed."""
    enrolment = own_enrolment(request.user, pk)
    entry = _entry_of(enrolment)
    if not may_join(enrolment):
        raise Http404
    asked = request.POST.get("do", PREVIEW) if request.method == "POST" else ""
    form = EntryForm(request.POST if asked else None, subject=enrolment, circles=circles_of(enrolment.cohort.programme))
    action: Any = directory.change if entry else directory.join
    if asked == CONFIRMED and act_on(form, action, enrolment=enrolment, by=request.user):
        notices.success(request, "Changed." if entry else "You are in the directory now.")
        return redirect("cohorts:own_entry", pk)
    context = _page(enrolment, form=form, entry=entry)
    if asked == PREVIEW and form.is_valid():
        shown = DirectoryEntry(enrolment=enrolment, **{name: form.cleaned_data[name] for name in WORDS})
        hidden = [field.as_hidden() for field in form]
        within = _within(shown)
        return render(
            request,
            "cohorts/directory/preview.html",
            context | {"shown": shown, "hidden": hidden, "programmes": within},
        )
    return render(request, "cohorts/directory/edit.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def leave(request: SignedInRequest, pk: int) -> HttpResponse:
    """Out of it at once; before and after it is said whom the entry no longer reaches."""
    enrolment = own_enrolment(request.user, pk)
    entry = _entry_of(enrolment)
    if entry is None:
        raise Http404
    if request.method == "POST":
        reached = directory.leave(enrolment=enrolment, by=request.user)
        gone = f" Your entry no longer reaches {reached}." if reached else ""
        notices.success(request, f"You are not in the directory any more, and what you wrote is deleted.{gone}")
        return redirect("cohorts:participant", pk)
    reaches = whom_it_reaches(entry) if not entry.hidden_at else ""
    return render(request, "cohorts/directory/leave.html", _page(enrolment, entry=entry, reaches=reaches))


@require_POST
@login_required
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    """A graduate stays."""
    enrolment = own_enrolment(request.user, pk)
    if _entry_of(enrolment) is None:
        raise Http404
    entry = directory.confirm(enrolment=enrolment, by=request.user)
    by = confirm_by(DirectoryEntry.objects.joined().get(pk=entry.pk))
    notices.success(request, f"Thank you. You stay in the directory{f' until {english.day_date(by)}' if by else ''}.")
    return redirect("cohorts:own_entry", pk)


HELD = (Column("What", "what"), Column("What it says", "says"))


@require_safe
@login_required
def held(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that the directory holds of this person, to take away."""
    enrolment = own_enrolment(request.user, pk)
    rows = held_of(enrolment)
    if not rows:
        raise Http404
    return export("csv", "what-the-directory-holds", HELD, rows)


class Held(NamedTuple):
    what: str
    says: Any


def held_of(enrolment: Enrolment) -> list[Held]:
    """The entry column by column, who wrote to whom and when, and whom they have blocked."""
    found: list[Held] = []
    if entry := _entry_of(enrolment):
        names = (*WORDS, "joined_at", "changed_at", "confirmed_at", "hidden_at", "hidden_because")
        for name in names:
            title = str(getattr(entry._meta.get_field(name), "verbose_name", name))
            found.append(Held(f"{title[:1].upper()}{title[1:]}", getattr(entry, name)))
    for letter in DirectoryLetter.objects.filter(sender=enrolment):
        found.append(Held(f"Message to {letter.receiver_name}", letter.sent_at))
    for letter in DirectoryLetter.objects.filter(receiver=enrolment):
        found.append(Held(f"Message from {letter.sender_name}", letter.sent_at))
    for block in DirectoryBlock.objects.of_person(enrolment.participant):
        found.append(Held(f"Blocked: {block.name}", block.blocked_at))
    return found
