"""Where graduates are: who was asked and what they said, and the figures of a cohort and of its programme, with n of m."""

from typing import Any, NamedTuple

from django.contrib import admin
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse

from cohorts.desk.filters import CohortFilter, cohort_or_404
from cohorts.models import Cohort, Destination, DestinationAnswer, DestinationMoment
from cohorts.models.destinations import after
from cohorts.permissions import CohortPermission
from cohorts.states.destinations import SHORT, Move
from steppingup.desk.admin import ReadOnlyInline, own_page
from steppingup.desk.lists import choose, column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.site.export import FORMATS, Column, export

RUN = CohortPermission.RUN_COHORTS
STANDS = {
    "answered": ("Answered", lambda rows: rows.answered()),
    "none": ("No answer", lambda rows: rows.exclude(pk__in=rows.answered().values("pk")).filter(stopped_at=None)),
    "stopped": ("Does not want to be asked", lambda rows: rows.exclude(stopped_at=None)),
}
COLOURS = {"Answered": "success", "No answer": "warning", "Does not want to be asked": "info"}


def _confirmed(answer: DestinationAnswer) -> str:
    """How it stands, who was asked, and what they wrote."""
    asked = answer.confirmation
    if asked is None:
        return answer.confirmed_in_words
    words = f": “{asked.words}”" if asked.words else ""
    return f"{asked.how_it_stands} ({asked.name}, {asked.email}){words}"


class AnswerInline(ReadOnlyInline):
    """Every answer, the one that stands first."""

    model = DestinationAnswer
    fields = readonly_fields = ("said_on", "in_words", "job_title", "words", "confirmed", "entered_by", "replaced_at")
    related = ("entered_by",)
    verbose_name_plural = "what they said"
    hide_title = True
    in_words = column("Where they are", lambda one: one.in_words)
    confirmed = column("Confirmed by the employer", lambda one: _confirmed(one))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("confirmations")


def _moved(move: Move) -> Any:
    return lambda one: "" if one.answer is None else "Yes" if move in one.answer.moves else "No"


@admin.register(Destination)
class DestinationAdmin(SteppedAdmin):
    """Made by the clock; answered by links. What was told by telephone is entered by a step."""

    adds = False
    list_display = ("graduate", "moment", "asked_at", "stands", "where", "job_title", "confirmed")
    list_filter = (CohortFilter, "months", choose("answer", "stands", STANDS))
    search_fields = ("enrolment__participant__full_name", "enrolment__participant__email")
    list_select_related = ("enrolment__participant", "enrolment__cohort__programme__provider")
    ordering = ("-due_on", "-pk")
    inlines = (AnswerInline,)
    fields = readonly_fields = ("graduate", "cohort", "moment", "due_on", "asked_at", "stands", "stopped_at")
    export_columns = (
        Column("Graduate", "enrolment__participant"),
        Column("Cohort", "enrolment__cohort"),
        Column("Months after the end", "months"),
        Column("Asked", "asked_at"),
        Column("How it stands", "how_it_stands"),
        *(Column(SHORT[move], _moved(move)) for move in Move),
        Column("Job title", lambda one: one.answer.job_title if one.answer else ""),
        Column("In their words", lambda one: one.answer.words if one.answer else ""),
        Column("Said on", lambda one: one.answer.said_on if one.answer else None),
        Column("Confirmed by the employer", lambda one: one.answer.confirmed_in_words if one.answer else ""),
    )

    graduate = column("Graduate", lambda one: one.enrolment.participant, "enrolment__participant__full_name")
    cohort = column("Cohort", lambda one: one.enrolment.cohort)
    moment = column("Moment", lambda one: after(one.months), "months")
    stands = column("How it stands", lambda one: one.how_it_stands, colours=COLOURS)
    where = column("Where they are", lambda one: one.answer.in_words if one.answer else "")
    job_title = column("Job title", lambda one: one.answer.job_title if one.answer else "")
    confirmed = column("Confirmed by the employer", lambda one: one.answer.confirmed_in_words if one.answer else "")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("answers__confirmations")


class Figures(NamedTuple):
    """Of one moment: how many were asked, how many answered, and how many of those said what."""

    months: int
    asked: int
    answered: int
    stopped: int
    moves: list[tuple[str, int]]

    @property
    def moment(self) -> str:
        words = after(self.months)
        return f"{words[:1].upper()}{words[1:]}"

    @property
    def silent(self) -> int:
        """Asked, and neither answered nor wanting to be left alone."""
        return self.asked - self.answered - self.stopped


def figures_of(rows: Any) -> list[Figures]:
    """The rows of destinations by their moments. Who does not answer counts among those asked, and among nobody else."""
    standing = Q(answers__isnull=False, answers__replaced_at=None)
    said = {move.value: Count("pk", filter=standing & Q(answers__moves__contains=[move.value])) for move in Move}
    # Of each at most one answer stands, so no row is counted twice where only those that stand are.
    per = rows.order_by().values("months").annotate(answered=Count("pk", filter=standing), **said).order_by("months")
    asked = {
        one["months"]: one
        for one in rows.order_by()
        .values("months")
        .annotate(asked=Count("pk"), stopped=Count("pk", filter=~Q(stopped_at=None)))
    }
    answered = rows.answered().exclude(stopped_at=None).order_by().values("months").annotate(both=Count("pk"))
    both = {one["months"]: one["both"] for one in answered}
    return [
        Figures(
            one["months"],
            asked[one["months"]]["asked"],
            one["answered"],
            asked[one["months"]]["stopped"] - both.get(one["months"], 0),
            [(SHORT[move], one[move.value]) for move in Move],
        )
        for one in per
    ]


class Line(NamedTuple):
    """One line of the download: of those who answered, how many said this."""

    of: str
    moment: str
    asked: int
    answered: int
    what: str
    number: int


COLUMNS = (
    Column("Of", "of"),
    Column("Moment", "moment"),
    Column("Asked", "asked"),
    Column("Answered", "answered"),
    Column("What", "what"),
    Column("How many of those who answered", "number"),
)


def _lines(of: str, found: list[Figures]) -> list[Line]:
    return [Line(of, one.moment, one.asked, one.answered, what, number) for one in found for what, number in one.moves]


class DestinationsMixin(SteppedAdmin):
    """The page of a cohort on which those who run it see where its graduates are."""

    @own_page("<int:pk>/destinations/", "destinations")
    def destinations_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        cohort: Cohort = cohort_or_404(request, pk, RUN)
        rows = Destination.objects.visible_to(request.user, RUN)
        here = figures_of(rows.filter(enrolment__cohort=cohort))
        everywhere = figures_of(rows.filter(enrolment__cohort__programme=cohort.programme_id))
        if (kind := request.GET.get("export", "")) in FORMATS:
            lines = _lines(str(cohort), here) + _lines(str(cohort.programme), everywhere)
            return export(kind, f"destinations-{cohort.slug}", COLUMNS, lines)
        moments = DestinationMoment.objects.visible_to(request.user).filter(programme=cohort.programme_id)
        return self.page(
            request,
            "admin/cohorts/destinations.html",
            title="Where graduates are",
            cohort=cohort,
            moments=english.listed(after(one.months) for one in moments),
            tables=[(f"This cohort: {cohort.name}", here), (f"All cohorts of {cohort.programme.name}", everywhere)],
            formats=list(FORMATS),
        )
