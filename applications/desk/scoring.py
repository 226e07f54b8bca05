"""An assessor's own reviews, and the page on which they score blind (design rule 7).

Nothing that says who applied reaches these pages: no name, address, employer, age, CV or equality answer. The CV is left
out because it names its writer on the first line (docs/adr)."""

from typing import Any, ClassVar, cast

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet, Value
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.templatetags.unfold_list import result_headers

from applications.actions import reviews
from applications.actions.access import DECIDE
from applications.desk.tags import REVIEW_TAGS
from applications.models import Criterion, Question, Review, Score
from applications.selection.masking import mask_for
from applications.states import ReviewStatus
from steppingup.desk.admin import own_page
from steppingup.desk.changelist import OfferedList
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats import english
from steppingup.formats.counting import length, plain_lines
from steppingup.history.lifecycle import NotPossible, refuse_if
from steppingup.site.export import Column
from steppingup.site.together import SEEN, Meeting, Seen, Sheet, Told, one_at_a_time, page_of

IN_ANOTHER_WINDOW = "Both are kept: save the page to choose."
MOST = 4000  # characters of a comment


class ReviewList(OfferedList):
    """Adds how many scores are given, to the rows of the page that is shown and to no others."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = shown = list(self.result_list)
        scores = Score.objects.filter(review__in=shown, value__isnull=False).order_by().values_list("review")
        given = dict(scores.annotate(number=Count("pk")))
        rules = {review.application.cohort.rule_set_id for review in shown}
        criteria = Criterion.objects.filter(rule_set__in=rules).order_by().values_list("rule_set")
        asked = dict(criteria.annotate(number=Count("pk")))
        for review in shown:
            review.given = given.get(review.pk, 0)
            review.asked = asked.get(review.application.cohort.rule_set_id, 0)


@admin.register(Review)
class ReviewAdmin(SteppedAdmin):
    """Assessors see their own reviews and nobody else's, whatever other roles they hold."""

    list_display = ("application_reference", "cohort", "state", "progress", "points", "assigned")
    list_filter: ClassVar[Any] = ("status",)
    search_fields = ("application__reference",)
    list_select_related = ("application__cohort__programme",)
    ordering = ("status", "assigned_at", "pk")
    actions = None
    export_columns = (
        Column("Application", "application__reference"),
        Column("Cohort", "application__cohort"),
        Column("Status", "get_status_display"),
        Column("Points", "total"),
        Column("Assigned to you", "assigned_at"),
        Column("Submitted", "submitted_at"),
    )
    list_class = ReviewList
    change_list_template = "admin/applications/reviews.html"

    application_reference = column("Application", "application__reference", "application__reference")
    cohort = column("Cohort", lambda review: str(review.application.cohort))
    state = column("Status", lambda review: REVIEW_TAGS[review.status], "status")
    progress = column("Scores", lambda review: f"{review.given} of {review.asked}")
    points = column("Points", lambda review: "" if review.total is None else review.total, "total")
    assigned = column("Assigned to you", lambda review: english.day_date(review.assigned_at), "assigned_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Review]:
        """One's own, except those that were taken off."""
        return super().get_queryset(request).exclude(status=ReviewStatus.REMOVED)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        shown = getattr(response, "context_data", None)
        if shown and "cl" in shown:
            shown["headers"] = list(result_headers(shown["cl"]))
            shown["review_rows"] = [
                {"pk": review.pk, **{name: getattr(self, name)(review) for name in self.list_display}}
                for review in shown["cl"].result_list
            ]
        return response

    # -- scoring -------------------------------------------------------------------------------

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Review:
        """One's own review; anybody else's is not found."""
        rows: Any = self.get_queryset(request).for_steps()  # type: ignore[attr-defined]
        return cast("Review", get_object_or_404(rows, pk=object_id if object_id.isdecimal() else None))

    def find_for_step(self, request: HttpRequest, step: Any, object_id: str) -> Review | None:
        """Coordinators take assessors off, and open scores again; they do not score in somebody's place."""
        if step.permission != DECIDE:
            return self.get_object(request, object_id)
        # Remembered on the row, for where to go on to.
        rows = Review.objects.visible_to(request.user, DECIDE).for_steps().annotate(of_others=Value(True))
        return rows.filter(pk=object_id).first() if object_id.isdecimal() else None

    def after_step(self, subject: Review, result: Any) -> str:
        """Back to one's own reviews, or to the application that the review is of."""
        if getattr(subject, "of_others", False):
            return reverse("admin:applications_application_change", args=[subject.application_id])
        return reverse("admin:applications_review_changelist")

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        return self._scoring(request, self.get_object(request, object_id))

    def _scoring(self, request: HttpRequest, review: Review, met: Meeting | None = None) -> HttpResponse:
        cohort = review.application.cohort
        locked = review.status != ReviewStatus.ASSIGNED
        others = list(Review.objects.by_others(review).prefetch_related("scores"))
        return self.page(
            request,
            "admin/applications/score.html",
            title=f"{review.application.reference} · {cohort}",
            review=review,
            state=REVIEW_TAGS[review.status],
            parts=_parts(review, others, met),
            further=_further(review),
            overall=met.data.get("comment", "") if met else review.comment,
            together=None if locked else page_of(met, scores_shown(review), review.pk),
            others=others,
            values=list(range(cohort.window.max_score + 1)),
            locked=locked,
            next=self._next(request, review),
            highest=cohort.window.max_score,
            missing=not locked and "missing" in request.GET,
        )

    def _next(self, request: HttpRequest, review: Review) -> Review | None:
        return super().get_queryset(request).to_do().exclude(pk=review.pk).order_by("assigned_at", "pk").first()

    def _given(self, request: HttpRequest, review: Review) -> tuple[dict[int, tuple[int | None, str]], str | None]:
        """What was posted: only the criteria that the form named."""
        kept = {score.criterion_id: score for score in review.scores.all()}
        given: dict[int, tuple[int | None, str]] = {}
        for criterion in Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id):
            value, comment = f"score_{criterion.pk}", f"comment_{criterion.pk}"
            if value not in request.POST and comment not in request.POST:
                continue
            before = kept.get(criterion.pk)
            raw = request.POST.get(value)
            refuse_if(bool(raw) and _number(raw) is None, "Choose a score that is a whole number.", "not_a_number")
            number = before.value if before and raw is None else _number(raw)
            text = plain_lines(request.POST.get(comment, before.comment if before else ""))
            given[criterion.pk] = (number, text)
        overall = request.POST.get("comment")
        for one in (*(text for _, text in given.values()), overall or ""):
            refuse_if(length(one) > MOST, f"A comment has {length(one)} characters. Shorten it to {MOST}.", "too_long")
        return given, None if overall is None else plain_lines(overall)

    def _save(self, request: HttpRequest, review: Review) -> None:
        given, comment = self._given(request, review)
        reviews.save_scores(review=review, scores=given, comment=comment, by=request.user)

    def _meeting(self, request: HttpRequest, review: Review) -> Meeting | None:
        """What was sent, with what was saved in another window since. The script sends single fields."""
        seen = Seen.read(request.POST.get(SEEN, ""))
        if seen is None or review.status != ReviewStatus.ASSIGNED:
            return None
        quiet = request.headers.get("X-Requested-With") == "fetch"
        sheet = scores_shown(review, request.POST if quiet else None)
        met = Meeting(sheet, seen, request.POST, request.FILES, lambda record, name: Told("You"))
        request.POST = met.data  # type: ignore[assignment]
        return met

    def _posted(self, request: HttpRequest, pk: int) -> Review:
        if request.method != "POST":
            raise Http404
        return self.get_object(request, str(pk))

    @own_page("<int:pk>/save/", "save")
    def save_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves what was typed. The page's script posts each field as it changes and reads the answer as JSON."""
        with one_at_a_time(Review, pk):
            return self._save_and_answer(request, pk)

    def _save_and_answer(self, request: HttpRequest, pk: int) -> HttpResponse:
        review = self._posted(request, pk)
        quiet = request.headers.get("X-Requested-With") == "fetch"
        page = reverse("admin:applications_review_change", args=[pk])
        met = self._meeting(request, review)
        if met is not None and met.shows:
            if quiet:
                return JsonResponse({"saved": False, "message": f"{met.met[0].words} {IN_ANOTHER_WINDOW}"}, status=409)
            return self._scoring(request, review, met)
        try:
            self._save(request, review)
        except NotPossible as sentence:
            if quiet:
                return JsonResponse({"saved": False, "message": str(sentence)}, status=409)
            messages.error(request, str(sentence))
            return HttpResponseRedirect(page)
        if quiet:
            if met is None:
                return JsonResponse({"saved": True})
            kept = Seen.of_sheet(scores_shown(self.get_object(request, str(pk))), pk)
            return JsonResponse({"saved": True, "seen": kept.sealed()})
        messages.success(request, "Saved. You can come back to it at any time.")
        return HttpResponseRedirect(page)

    @own_page("<int:pk>/submit/", "submit")
    def submit_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Saves, then submits. What was typed is kept, whatever is still missing."""
        with one_at_a_time(Review, pk):
            return self._save_and_submit(request, pk)

    def _save_and_submit(self, request: HttpRequest, pk: int) -> HttpResponse:
        review = self._posted(request, pk)
        page = reverse("admin:applications_review_change", args=[pk])
        if review.status == ReviewStatus.SUBMITTED:
            messages.info(request, "You have already submitted these scores.")
            return HttpResponseRedirect(page)
        met = self._meeting(request, review)
        if met is not None and met.shows:
            return self._scoring(request, review, met)
        try:
            self._save(request, review)
            reviews.submit(review=review, by=request.user)
        except NotPossible as sentence:
            messages.error(request, str(sentence))
            return HttpResponseRedirect(f"{page}?missing")
        seen = Review.objects.by_others(review).exists()
        others = "You can see what others gave below." if seen else "Nobody else has scored it yet."
        messages.success(request, f"Thank you. Your scores count now. {others}")
        return HttpResponseRedirect(page)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 5 else None


def scores_shown(review: Review, only: Any = None) -> Sheet:
    """The scores and comments as the page shows them now, to be compared with what is sent; `only` these, if given."""
    mine = {score.criterion_id: score for score in review.scores.all()}
    form = forms.Form()
    for criterion in Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id):
        score, title = mine.get(criterion.pk), criterion.title
        form.fields[f"score_{criterion.pk}"] = forms.IntegerField(
            label=f"score for “{title}”", initial=score.value if score else None
        )
        form.fields[f"comment_{criterion.pk}"] = forms.CharField(
            label=f"comment on “{title}”", initial=score.comment if score else ""
        )
    form.fields["comment"] = forms.CharField(label="overall comment", initial=review.comment)
    for name in [name for name in form.fields if only is not None and name not in only]:
        del form.fields[name]
    return Sheet(form)


def _further(review: Review) -> list[tuple[str, str]]:
    """Answers to the further questions that assessors are to see, masked like statements."""
    asked = Question.objects.filter(rule_set=review.application.cohort.rule_set_id, assessors_see=True)
    given = review.application.answers.filter(question__in=asked).select_related("question", "file")
    mask = mask_for(review.application)
    answers = sorted(given, key=lambda answer: (answer.question.order, answer.question_id))
    return [(answer.question.text, mask(answer.in_words)) for answer in answers]


def _parts(review: Review, others: list[Review], met: Meeting | None) -> list[dict[str, Any]]:
    """For each criterion: the masked statement, one's own score and comment (as they were sent, if the page is shown again),
    and others' once one's own are in."""
    sent = met.data if met else None
    mask = mask_for(review.application)
    written = {statement.criterion_id: statement.text for statement in review.application.statements.order_by()}
    mine = {score.criterion_id: score for score in review.scores.all()}
    parts = []
    for criterion in Criterion.objects.filter(rule_set=review.application.cohort.rule_set_id):
        score = mine.get(criterion.pk)
        parts.append(
            {
                "criterion": criterion,
                "text": mask(written.get(criterion.pk, "")),
                "value": _number(sent.get(f"score_{criterion.pk}")) if sent else score.value if score else None,
                "comment": sent.get(f"comment_{criterion.pk}", "") if sent else score.comment if score else "",
                "others": [one for other in others for one in other.scores.all() if one.criterion_id == criterion.pk],
            }
        )
    return parts
