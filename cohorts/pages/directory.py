"""The directory as those see it who are in it: a list, an entry, and what people do with one another (C6)."""

from functools import cached_property, partial
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cohorts.actions import directory_letters as letters
from cohorts.directory import may_join, seen_by, seen_with, standing_of
from cohorts.models import DirectoryBlock, DirectoryEntry, DirectoryLetter, Enrolment
from cohorts.models.directory import PROGRAMME, whose
from cohorts.relations import SELF, enrolments_of
from steppingup.accounts.models import User
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats.fields import NameInput
from steppingup.site.lists import ListFilter, ListPage
from steppingup.site.stepping import act_on

HOME = ("Home", "/")


class EntryFilter(ListFilter):
    """Find somebody by a word of their entry, or those of one programme, organisation or place."""

    search_in = ("name", "job_title", "organisation", "place", "offers", "seeks")
    programme = forms.ChoiceField(label="Programme", required=False)
    organisation = NameInput(label="Organisation", required=False, max_length=100)
    place = NameInput(label="Town or region", required=False, max_length=100)

    def __init__(self, *args: Any, programmes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["programme"]
        field.choices = [("", "All programmes"), *programmes]

    def narrow(self, rows: QuerySet[DirectoryEntry], values: dict[str, Any]) -> QuerySet[DirectoryEntry]:
        if values.get("programme"):  # who does not show it is not found by it
            rows = rows.filter(**{PROGRAMME: values["programme"]}, shows_programme=True)
        if values.get("organisation"):
            rows = rows.filter(organisation__finds=values["organisation"])
        return rows.filter(place__finds=values["place"]) if values.get("place") else rows


class Directory(LoginRequiredMixin, ListPage):
    """Everybody whom the reader sees. Whoever is not in it themselves is shown the way in."""

    heading = "Directory"
    noun, noun_plural = "person", "people"
    template_name = "cohorts/directory/list.html"
    request: SignedInRequest

    @cached_property
    def own(self) -> list[DirectoryEntry]:
        return standing_of(self.request.user)

    def get_rows(self) -> QuerySet[DirectoryEntry]:
        return seen_with(self.request.user, self.own).joined().order_by("name", "pk")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not self.own:
            return _way_in(request)
        shown = self.get_rows().filter(shows_programme=True).order_by("enrolment__cohort__programme__name")
        columns = (PROGRAMME, f"{PROGRAMME}__name", f"{PROGRAMME}__provider__name")
        programmes = [
            (str(pk), f"{name} ({provider})") for pk, name, provider in shown.values_list(*columns).distinct()
        ]
        self.form_class = partial(EntryFilter, programmes=programmes)  # type: ignore[assignment]
        return super().get(request, *args, **kwargs)

    def get_extra(self) -> dict[str, Any]:
        blocks = DirectoryBlock.objects.of_person(self.request.user)
        return {"own": self.own, "blocks": list(blocks), "breadcrumbs": [HOME]}


def _way_in(request: HttpRequest) -> HttpResponse:
    """Nothing of others: what there is, and how to be in it. Raises Http404 for whoever could not be."""
    found = enrolments_of(request.user, SELF).select_related("cohort__programme__provider", "directory_entry")
    able = [one for one in found.order_by("-cohort__starts_on") if may_join(one)]
    if not able:
        raise Http404
    return render(request, "cohorts/directory/closed.html", {"enrolments": able, "breadcrumbs": [HOME]})


def _seen(user: User, pk: int) -> DirectoryEntry:
    return get_object_or_404(seen_by(user).joined(), pk=pk)


def _trail(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [HOME, ("Directory", reverse("cohorts:directory")), *more]


@require_safe
@login_required
def entry(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person, as they want to be seen."""
    found = _seen(request.user, pk)
    context = {"entry": found, "way": "entry", "key": pk, "breadcrumbs": _trail()}
    return render(request, "cohorts/directory/entry.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def write(request: SignedInRequest, pk: int) -> HttpResponse:
    """A message, which the site passes on."""
    found = _seen(request.user, pk)
    if not found.can_be_written_to:
        raise Http404
    form = letters.LetterForm(request.POST or None, by=request.user)
    if act_on(form, letters.write, enrolment=found.enrolment, by=request.user):
        notices.success(request, f"Your message is on its way to {found.name}.")
        return redirect("cohorts:directory_entry", pk)
    page = reverse("cohorts:directory_entry", args=[pk])
    context = {"entry": found, "form": form, "back_url": page, "breadcrumbs": _trail((found.name, page))}
    return render(request, "cohorts/directory/write.html", context)


@require_safe
@login_required
def letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """Where an email through the directory leads: to an answer, as long as both are in it, and to blocking and reporting."""
    found = _own_letter(request, pk)
    other = seen_by(request.user).filter(enrolment=found.sender).first()
    context = {"letter": found, "entry": other, "way": "letter", "key": pk, "breadcrumbs": _trail()}
    return render(request, "cohorts/directory/letter.html", context)


def _own_letter(request: SignedInRequest, pk: int) -> DirectoryLetter:
    own = DirectoryLetter.objects.of_person(request.user)
    return get_object_or_404(own.select_related("sender__participant", "sender__cohort__programme__provider"), pk=pk)


def _met(request: SignedInRequest, way: str, pk: int) -> tuple[Enrolment, str, str]:
    """Whom it is about, what they are called and the page to go back to: by their entry, or by a message of theirs."""
    if way == "letter":
        found = _own_letter(request, pk)
        return found.sender, found.sender_name, reverse("cohorts:directory_letter", args=[pk])
    seen = _seen(request.user, pk)
    return seen.enrolment, seen.name, reverse("cohorts:directory_entry", args=[pk])


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def report(request: SignedInRequest, way: str, pk: int) -> HttpResponse:
    """Tell those who run the programme."""
    enrolment, name, page = _met(request, way, pk)
    form = letters.ReportForm(request.POST or None)
    told = act_on(form, letters.report, enrolment=enrolment, by=request.user)
    if told is not None:
        said = f"Thank you. Those who run {enrolment.cohort.programme} have your report."
        notices.success(request, said)
        return redirect(page)
    context = {
        "form": form,
        "name": name,
        "programme": whose(enrolment.cohort.programme),
        "back_url": page,
        "breadcrumbs": _trail((name, page)),
    }
    return render(request, "cohorts/directory/report.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def block(request: SignedInRequest, way: str, pk: int) -> HttpResponse:
    """See no more of somebody, and be seen by them no more."""
    enrolment, name, page = _met(request, way, pk)
    if request.method == "POST":
        letters.block(enrolment=enrolment, by=request.user)
        notices.success(request, f"You and {name} do not see one another in the directory any more.")
        return redirect("cohorts:directory")
    return render(request, "cohorts/directory/block.html", {"name": name, "back_url": page, "breadcrumbs": _trail()})


@require_POST
@login_required
def unblock(request: SignedInRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(DirectoryBlock.objects.of_person(request.user), pk=pk)
    name = found.name
    letters.unblock(block=found, by=request.user)
    notices.success(request, f"You and {name} see one another again, if both of you are in the directory.")
    return redirect("cohorts:directory")
