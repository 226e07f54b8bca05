"""Steps for several applications at once, from the ranking; and the next place for the waiting list."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.dateparse import parse_datetime

from applications.actions import offers
from applications.actions.together import STEPS, for_all, possible, would_be_told
from applications.admin.forms import TimesForm
from applications.admin.ranking import RankingMixin, wanted_of
from applications.models import Application
from applications.queries import places_left
from applications.states import Reason
from cohorts.models import Cohort
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.roles import Permission
from steppingup.desk.fields import style
from steppingup.history.lifecycle import NotPossible
from steppingup.jobs import actions as jobs

#: More than this is done by a worker, with a progress bar.
AT_ONCE = 50
Own = dict[int, dict[str, Any]]


def _people(number: int) -> str:
    return f"{number} {'person' if number == 1 else 'people'}"


def problem_of(step: str, reason: str, chosen: list[Application]) -> str:
    """What is missing, in a sentence."""
    if step not in STEPS:
        return "Choose what to do with the applications that you ticked."
    if not chosen:
        return "Tick at least one application."
    if step == "turn_down" and reason not in Reason.values:
        return "Choose a reason for turning the applications down. The applicants read it."
    return ""


def meaning_of(step: str, cohort: Cohort, number: int) -> str:
    """What it means beside the e-mails: offers are counted against the places."""
    if step != "offer":
        return ""
    free, open_offers = places_left(cohort)
    text = offers.places_in_words(cohort)
    if open_offers + number > free:
        text += " These are more offers than places: whoever accepts last may find none and go on the waiting list."
    return text


class DecidingMixin(RankingMixin):
    """The page before something is done for several, and the page that offers a free place to the next in line."""

    def get_urls(self) -> list[URLPattern]:
        view, name = self.admin_site.admin_view, "applications_application"
        return [
            path("ranking/<int:cohort>/decide/", view(self.decide_view), name=f"{name}_decide"),
            path("ranking/<int:cohort>/next/", view(self.next_view), name=f"{name}_next"),
            *super().get_urls(),
        ]

    @admin.action(description="Decide about them (they are ticked in the ranking)", permissions=["allocate"])
    def decide_selected(self, request: HttpRequest, queryset: QuerySet[Application]) -> HttpResponse | None:
        """The ranking with these ticked: there it says what can be done with them."""
        chosen = dict(queryset.order_by().values_list("pk", "cohort"))
        cohorts = set(chosen.values())
        if len(cohorts) != 1:
            messages.error(request, "Choose applications of one cohort: filter the list by cohort first.")
            return None
        found = self._of_cohort(request, cohorts.pop(), Permission.DECIDE_APPLICATIONS)
        return self.ranking_page(request, found, "all", ticked=chosen)

    def decide_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """First POST: who will be told what (after a form with times, for interviews). With `confirm` it happens."""
        found = self._of_cohort(request, cohort, Permission.DECIDE_APPLICATIONS)
        show = wanted_of(request.POST.get("show", ""))
        back = f"{reverse('admin:applications_application_ranking', args=[found.pk])}?show={show}"
        if request.method != "POST":
            return HttpResponseRedirect(back)
        step, reason, note = (request.POST.get(name, "") for name in ("step", "reason", "note"))
        chosen = self._chosen(request, found)
        problem = problem_of(step, reason, chosen)
        if problem:
            messages.error(request, problem)
            ticked = {application.pk for application in chosen}
            return self.ranking_page(request, found, show, ticked=ticked, step=step)
        if "confirm" in request.POST:
            own = _own_times(request, chosen) if step == "invite" else {}
            return self._decide(request, found, chosen, step, reason, note.strip()[:2000], back, own)
        return self._before(request, found, chosen, step, reason, show, back)

    def _before(
        self,
        request: HttpRequest,
        cohort: Cohort,
        chosen: list[Application],
        step: str,
        reason: str,
        show: str,
        back: str,
    ) -> HttpResponse:
        """Who it is about, what is asked, and (once nothing more is asked) who will be told what."""
        movable = [a for a in chosen if possible(a, step) and a.applicant_id != request.user.pk]
        form, own = self._times(request, movable) if step == "invite" else (None, {})
        asking = form is not None and not own
        told = [] if asking else would_be_told(applications=movable, step=step, reason=reason, values=own)
        return self._page(
            request,
            "decide",
            title=f"{STEPS[step].label}: {_people(len(movable))}",
            cohort=cohort,
            step=step,
            label=STEPS[step].label,
            meaning=meaning_of(step, cohort, len(movable)),
            with_note="note" in STEPS[step].asks,
            reason=reason,
            reason_label=dict(Reason.choices).get(reason, ""),
            chosen=movable,
            left_out=[a for a in chosen if a not in movable],
            form=form if movable else None,
            asking=asking,
            times=[(a, own[a.pk]["starts_at"]) for a in movable if a.pk in own],
            told=told,
            show=show,
            back_url=back,
            by_worker=len(movable) > AT_ONCE,
            trail_to=[(str(cohort), back)],
        )

    def _times(self, request: HttpRequest, chosen: list[Application]) -> tuple[forms.Form, Own]:
        """The form, and once it is filled in well, everybody's time in the order of the ranking."""
        given = request.POST if "first_on" in request.POST else None
        cohort = chosen[0].cohort if chosen else None
        form = TimesForm(given, number=len(chosen), cohort=cohort)
        style(form)
        if given is None or not form.is_valid():
            return form, {}
        return form, {
            application.pk: {"starts_at": starts_at, **form.shared()}
            for application, starts_at in zip(chosen, form.times(), strict=True)
        }

    def _chosen(self, request: HttpRequest, cohort: Cohort) -> list[Application]:
        ids = [int(pk) for pk in request.POST.getlist("application") if pk.isdecimal()]
        related = ("cohort__programme__provider", "cohort__window", "applicant", "employer", "fee_agreement")
        rows = Application.objects.filter(cohort=cohort).submitted().select_related(*related).in_bulk(ids)
        return [rows[pk] for pk in dict.fromkeys(ids) if pk in rows]

    def _decide(
        self,
        request: HttpRequest,
        cohort: Cohort,
        chosen: list[Application],
        step: str,
        reason: str,
        note: str,
        back: str,
        own: Own,
    ) -> HttpResponse:
        if len(chosen) > AT_ONCE:
            ids = [application.pk for application in chosen]
            kept = {
                str(pk): {k: v.isoformat() if isinstance(v, datetime) else v for k, v in values.items()}
                for pk, values in own.items()
            }
            job = jobs.start(
                kind="applications.decide",
                title=f"{STEPS[step].label}: {_people(len(ids))}",
                about=cohort,
                by=request.user,
                arguments={
                    "cohort": cohort.pk,
                    "applications": ids,
                    "step": step,
                    "reason": reason,
                    "note": note,
                    "values": kept,
                },
                key=f"cohort-{cohort.pk}",
                provider=cohort.programme.provider,
            )
            return HttpResponseRedirect(job.get_absolute_url())
        outcome = for_all(applications=chosen, step=step, by=request.user, reason=reason, note=note, values=own)
        level = messages.SUCCESS if outcome.done else messages.INFO
        messages.add_message(request, level if not outcome.refused else messages.WARNING, outcome.sentence())
        return HttpResponseRedirect(back)

    def next_view(self, request: HttpRequest, cohort: int) -> HttpResponse:
        """Offer a free place to the first on the waiting list, after showing who that is."""
        found = self._of_cohort(request, cohort, Permission.DECIDE_APPLICATIONS)
        back = reverse("admin:applications_application_ranking", args=[found.pk])
        related = ("cohort__programme__provider", "cohort__window", "applicant", "fee_agreement")
        first = Application.objects.filter(cohort=found).waiting_in_order().select_related(*related).first()
        if first is None:
            messages.error(request, "Nobody is on the waiting list.")
            return HttpResponseRedirect(back)
        if request.method != "POST":
            told = [offers.would_be_offered(application=first)]
            more = {"title": "Offer the next place", "application": first, "told": told, "back_url": back}
            return self._page(request, "next", cohort=found, trail_to=[(str(found), back)], **more)
        try:
            if request.POST.get("application") != str(first.pk):
                raise NotPossible("Somebody else is the first on the waiting list now. Please look again.")
            offers.offer_next(cohort=found, by=request.user)
        except NotAllowed as error:
            raise Http404 from error
        except NotPossible as sentence:
            messages.error(request, str(sentence))
        else:
            messages.success(request, f"A place was offered to {first.full_name}, who was told.")
        return HttpResponseRedirect(back)


def _own_times(request: HttpRequest, chosen: list[Application]) -> Own:
    """The times as they stood on the page that was confirmed, whatever has happened since."""
    form = TimesForm(request.POST, number=len(chosen), cohort=chosen[0].cohort)
    if not form.is_valid():
        raise NotPossible("The times are not complete any more. Please choose them again.")
    own: Own = {}
    for application in chosen:
        starts_at = parse_datetime(request.POST.get(f"starts_{application.pk}", ""))
        if starts_at is None or starts_at.tzinfo is None:
            raise NotPossible(f"{application.full_name} has no time. Please choose the times again.")
        own[application.pk] = {"starts_at": starts_at, **form.shared()}
    return own
