"""The journal: its writer's own pages, and what those read whom an entry is shared with (B53)."""

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import journal
from cohorts.forms import DayField
from cohorts.journal import holding, read_by, readers_of
from cohorts.models import Enrolment, Goal, JournalEntry, SharedEntry
from cohorts.models.journal import LONGEST, JournalEntryQuerySet
from cohorts.pages.participant import around, own_enrolment, own_place, trail_from
from cohorts.pages.topics import MANAGED, OWN
from cohorts.relations import LINE_MANAGER, Relation
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.files.fields import CheckedFileField
from steppingup.files.rules import FileRule
from steppingup.files.serving import serve
from steppingup.formats import english
from steppingup.formats.fields import NameInput
from steppingup.site.lists import ListFilter
from steppingup.site.sections import Section, one_page
from steppingup.site.stepping import SignedInStepView, act_on
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "journal"
PER_PAGE = 20
READ_AT_ONCE = 20
ATTACHED = FileRule(kinds=frozenset({"pdf", "docx", "png", "jpeg"}), max_bytes=5_000_000)


# -- of whoever writes it ------------------------------------------------------------------------------


class EntryForm(forms.Form):
    title = NameInput(label="Title", max_length=120, error_messages={"required": journal.NO_TITLE})
    on: Any = DayField(
        missing="Enter the day it is about.",
        label="Which day is it about?",
        help_text="For example, 27 3 2020",
        require_all_fields=False,
    )
    text = forms.CharField(
        label="What would you like to keep?",
        help_text="What happened, what you learned, what you will try next. It is private until you share it.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12, "class": "govuk-textarea"}),
        error_messages={
            "required": journal.NO_TEXT,
            "max_length": f"Keep it to {LONGEST:,} characters, and write the rest in another entry.",
        },
    )
    file = CheckedFileField(rule=ATTACHED, label="Add a file, if you like", required=False)
    submission = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, entry: JournalEntry | None = None, **kwargs: Any) -> None:
        begins = {name: getattr(entry, name) for name in ("title", "on", "text")} if entry else {"on": clock.today()}
        kwargs["initial"] = {**begins, "submission": uuid.uuid4()}
        super().__init__(*args, **kwargs)
        self.fields["file"].by = by  # type: ignore[attr-defined]
        if entry:
            del self.fields["submission"]


class EntryFilter(ListFilter):
    search_in = ("title", "text")
    shared = forms.ChoiceField(
        label="Show", required=False, choices=[("", "All entries"), ("yes", "Shared"), ("no", "Private")]
    )

    def narrow(self, rows: Any, values: dict[str, Any]) -> Any:
        if chosen := values.get("shared"):
            shared = Exists(SharedEntry.objects.standing().filter(entry=OuterRef("pk")))
            return rows.filter(shared if chosen == "yes" else ~shared)
        return rows


def _own_entries(enrolment: Enrolment) -> JournalEntryQuerySet:
    return JournalEntry.objects.filter(enrolment=enrolment)


def _own_entry(user: User, pk: int, entry: int) -> JournalEntry:
    own = own_enrolment(user, pk)
    found = get_object_or_404(_own_entries(own), pk=entry)
    found.enrolment = own
    return found


def _address(entry: JournalEntry) -> str:
    if goal := Goal.objects.filter(entry=entry).first():
        return reverse("cohorts:goal", args=[entry.enrolment_id, goal.pk])
    return reverse("cohorts:journal_entry", args=[entry.enrolment_id, entry.pk])


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """What I have written, the latest first; found by its words, and by whether it is shared."""
    enrolment = own_place(request.user, pk)
    context = around(enrolment, request.user, TOPIC)
    if not any(entry.key == TOPIC for entry in context["menu"]):
        raise Http404
    form = EntryFilter(request.GET)
    every = _own_entries(enrolment).filter(goal=None)
    page = Paginator(form.apply(every.with_readers()), PER_PAGE).get_page(request.GET.get("page"))
    now = {(one.role, one.user.pk): one.called for one in readers_of(enrolment)}
    context |= {
        "rows": [(entry, _shared_with(entry, now)) for entry in page.object_list],
        "has_any": bool(page.object_list) or every.exists(),
        "may_write": True,
        "filter_form": form,
        "is_filtered": any(form.cleaned_data.values()),
        "noun": "entry",
        "noun_plural": "entries",
        "page_obj": page,
        "page_range": page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
    }
    return render(request, "cohorts/journal.html", context)


def _shared_with(entry: Any, now: dict[tuple[str, int], str]) -> str:
    """“Jo Maddern and Helen Osei”; nothing where nobody reads it today."""
    return english.listed(
        [now[one.role, one.reader_id] for one in entry.shared_now if (one.role, one.reader_id) in now]
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """Another entry."""
    enrolment = own_enrolment(request.user, pk)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = EntryForm(*given, by=request.user)
    if made := act_on(form, journal.write, enrolment=enrolment, by=request.user):
        messages.success(request, "Kept. Only you can read it.")
        return redirect(_address(made))
    return _form_page(request, enrolment, form, "Write an entry", reverse("cohorts:journal", args=[pk]))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def change(request: SignedInRequest, pk: int, entry: int) -> HttpResponse:
    """Other words for an entry, or one more file."""
    found = _own_entry(request.user, pk, entry)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = EntryForm(*given, by=request.user, entry=found)
    if act_on(form, journal.change, entry=found, by=request.user):
        messages.success(request, "Saved.")
        return redirect(_address(found))
    return _form_page(request, found.enrolment, form, "Change the entry", _address(found))


def _form_page(request: SignedInRequest, enrolment: Enrolment, form: EntryForm, heading: str, back: str) -> Any:
    context = {
        "enrolment": enrolment,
        "form": form,
        "heading": heading,
        "back_url": back,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
    }
    return render(request, "cohorts/journal_form.html", context)


@require_safe
@login_required
def entry(request: SignedInRequest, pk: int, entry: int) -> HttpResponse:
    """One entry: what it says, its files, who may read it and has."""
    found = _own_entry(request.user, pk, entry)
    if Goal.objects.filter(entry=found).exists():
        return redirect(_address(found))
    context = {
        "enrolment": found.enrolment,
        "entry": found,
        "files": found.files.select_related("file"),
        **who_reads(found, request.user),
        "provider": found.enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, found.enrolment),
    }
    return render(request, "cohorts/journal_entry.html", context)


def who_reads(entry: JournalEntry, viewer: User) -> dict[str, Any]:
    """Who reads an entry of one's own now, who had opened it before, and whether it can be shared with somebody more."""
    sharings = list(entry.sharings.select_related("reader").order_by("since"))
    now = holding([one for one in sharings if one.ended_at is None], entry.enrolment)
    holds = {one.pk for one, _ in now}
    before = [one for one in sharings if one.first_read_at and one.pk not in holds]
    return {
        "readers": [(one, who, one.read_in_words(who.called)) for one, who in now],
        "before": [(one, one.read_in_words(one.reader)) for one in before],
        "may_share": journal.share.is_offered(viewer, entry),
    }


class Share(SignedInStepView):
    """Let somebody read it."""

    step = journal.share
    done = "Shared. They have an email that there is something to read, without a word of it."

    def load(self) -> JournalEntry:
        return _own_entry(self.request.user, self.kwargs["pk"], self.kwargs["entry"])

    def after(self, subject: JournalEntry, result: Any) -> str:
        return _address(subject)

    def get_extra(self, subject: JournalEntry) -> dict[str, Any]:
        return {"provider": subject.enrolment.cohort.programme.provider}


@require_POST
@login_required
def take_back(request: SignedInRequest, pk: int, entry: int, sharing: int) -> HttpResponse:
    """At once, without another page: it may have been shared by mistake. Says whether it was read."""
    found = _own_entry(request.user, pk, entry)
    shared = get_object_or_404(found.sharings.standing().select_related("reader"), pk=sharing)
    shared.entry = found
    called = journal.called_to_writer(shared)
    taken = journal.take_back(sharing=shared, by=request.user)
    messages.success(request, f"Taken back: {called} cannot read it any more. {taken.read_in_words(called)}")
    return redirect(_address(found))


@require_POST
@login_required
def remove_file(request: SignedInRequest, pk: int, entry: int, file: int) -> HttpResponse:
    """A file leaves the entry."""
    found = _own_entry(request.user, pk, entry)
    attached = get_object_or_404(found.files.select_related("file"), pk=file)
    attached.entry = found
    journal.remove_file(file=attached, by=request.user)
    messages.success(request, "The file is removed.")
    return redirect(_address(found))


@require_POST
@login_required
def delete(request: SignedInRequest, pk: int, entry: int) -> HttpResponse:
    """Nothing of it is kept."""
    found = _own_entry(request.user, pk, entry)
    page = "cohorts:plan" if Goal.objects.filter(entry=found).exists() else "cohorts:journal"
    journal.delete(entry=found, by=request.user)
    messages.success(request, "Deleted. Nothing of it is kept.")
    return redirect(page, pk)


@require_safe
@login_required
def own_file(request: SignedInRequest, pk: int, entry: int, file: int) -> FileResponse:
    """A file of one's own."""
    found = _own_entry(request.user, pk, entry)
    return serve(get_object_or_404(found.files.select_related("file"), pk=file).file)


# -- of whoever reads it ---------------------------------------------------------------------------------


def _shared_with_me(user: User, pk: int) -> SharedEntry:
    """What is shared with this person today; everybody else gets 404."""
    return get_object_or_404(read_by(user).for_steps(), pk=pk)


@require_safe
@login_required
def shared(request: SignedInRequest, pk: int) -> HttpResponse:
    """An entry that is shared with me: its words, once I have pressed “Read”."""
    sharing = _shared_with_me(request.user, pk)
    enrolment = sharing.entry.enrolment
    context = {
        "sharing": sharing,
        "entry": sharing.entry,
        "writer": enrolment.participant,
        "files": sharing.entry.files.select_related("file") if sharing.is_open else [],
        "goal": Goal.objects.filter(entry=sharing.entry).prefetch_related("actions").first(),
        "enrolment": enrolment,
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": [("Home", reverse("home"))],
    }
    return render(request, "cohorts/journal_shared.html", context)


@require_POST
@login_required
def open_shared(request: SignedInRequest, pk: int) -> HttpResponse:
    """“Read”: its writer can see that it was."""
    try:
        journal.open_entry(sharing=_shared_with_me(request.user, pk), by=request.user)
    except NotAllowed as gone:
        raise Http404 from gone
    return redirect("cohorts:shared_entry", pk)


@require_safe
@login_required
def shared_file(request: SignedInRequest, pk: int, file: int) -> FileResponse:
    """A file of an entry that I have opened."""
    sharing = _shared_with_me(request.user, pk)
    if not sharing.is_open:
        raise Http404
    return serve(get_object_or_404(sharing.entry.files.select_related("file"), pk=file).file)


def entries_to_show(user: User, relation: Relation, enrolments: Iterable[Enrolment]) -> dict[int, list[SharedEntry]]:
    """What people share with this person, by place, the latest first: for pages of whoever reads."""
    found: dict[int, list[SharedEntry]] = {}
    rows = read_by(user, as_what=relation).filter(entry__enrolment__in=list(enrolments)).select_related("entry")
    for one in rows.order_by("-entry__on", "-pk"):
        found.setdefault(one.entry.enrolment_id, []).append(one)
    return found


# -- the topic, on both front pages ------------------------------------------------------------------------


def _own_facts(viewer: Any) -> dict[str, Any]:
    entries = JournalEntry.objects.filter(enrolment=OuterRef("pk"), goal=None).order_by().values("enrolment")
    return {"journal_number": entries.annotate(number=Count("pk")).values("number")}


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if number := subject.journal_number:
        return Status(english.counted(number, "entry", "entries"))
    is_on_it = subject.status == EnrolmentStatus.ENROLLED
    return Status("For you alone, unless you share an entry") if is_on_it else None


def _managers_facts(viewer: Any) -> dict[str, Any]:
    theirs = (
        SharedEntry.objects.standing()
        .filter(entry__enrolment=OuterRef("pk"), role=LINE_MANAGER.name, reader=viewer)
        .order_by()
    )
    return {
        "entries_shared": theirs.values("entry__enrolment").annotate(number=Count("pk")).values("number"),
        "entries_to_read": theirs.to_read().values("entry__enrolment").annotate(number=Count("pk")).values("number"),
    }


def _managed(*, subject: Any, viewer: Any) -> Status | None:
    """What they share with this line manager."""
    if not subject.entries_shared or viewer.pk != subject.line_manager_id:
        return None
    shared = f"{english.counted(subject.entries_shared, 'entry', 'entries')} shared with you"
    return Status(f"{shared}, {subject.entries_to_read} to read" if subject.entries_to_read else shared)


def _managers_asks(*, subject: Any, viewer: Any) -> list[Ask]:
    """To read what is new: the list of their people says that it waits for them, too."""
    if (
        subject.status != EnrolmentStatus.ENROLLED
        or viewer.pk != subject.line_manager_id
        or not subject.entries_to_read
    ):
        return []
    number, page = subject.entries_to_read, reverse("cohorts:managed_journal", args=[subject.pk])
    what = f"Read {'what' if number == 1 else f'{number} entries that'} {subject.participant} shared with you"
    return [Ask(what, "Read it" if number == 1 else "Read them", page, hidden=f"from {subject.participant}")]


def _managers_section(*, subject: Any, viewer: Any) -> dict[str, Any] | None:
    found = entries_to_show(viewer, LINE_MANAGER, [subject]).get(subject.pk)
    return {"sharings": found, "writer": subject.participant} if found else None


TOPICS = (
    Topic(OWN, TOPIC, 55, "Your journal", "cohorts:journal", _status, facts=_own_facts),
    Topic(MANAGED, TOPIC, 55, "Journal", "cohorts:managed_journal", _managed, _managers_asks, _managers_facts),
)
SECTIONS = (Section(MANAGED, TOPIC, 55, "cohorts/sections/journal_shared.html", _managers_section, topic=TOPIC),)
