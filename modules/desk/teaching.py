"""Modules of a cohort, and the key speakers from employers (B5, B6)."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property
from unfold.admin import TabularInline
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from cohorts.desk.filters import CohortFilter
from cohorts.models import Barrier, Session
from cohorts.states import Recording
from modules.actions import speakers as actions
from modules.models import Module, SessionSpeaker, Speaker, TalkFeedback
from modules.policies import KEEP
from steppingup.accounts.models import Organisation
from steppingup.desk.admin import FollowsParent, ScopedAdmin
from steppingup.desk.lists import column
from steppingup.desk.stepping import SteppedAdmin
from steppingup.formats.english import day_date
from steppingup.history.lifecycle import NotPossible
from steppingup.site.export import Column


def session_label(session: Session) -> str:
    return f"{session.cohort}: {session.title}, {day_date(session.starts_at)}"


def _sessions(request: HttpRequest) -> QuerySet[Session]:
    sessions = Session.objects.visible_to(request.user, KEEP)
    return sessions.select_related("cohort__programme").order_by("-cohort__starts_on", "starts_at", "pk")


class ModuleForm(forms.ModelForm):
    works_on = forms.MultipleChoiceField(
        label="Barriers that it works on", required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A module that has its cohort chooses among that cohort's days of modules, and the barriers of its plan."""
        super().__init__(*args, **kwargs)
        if "works_on" in self.fields:
            there = Barrier.objects.filter(plan__cohorts=self.instance.cohort_id) if self.instance.pk else ()
            barriers: Any = self.fields["works_on"]
            barriers.choices = [(one.key, str(one)) for one in there]
            barriers.help_text = (
                "" if barriers.choices else "Those of the cohort’s plan, once it has any and this is saved."
            )
        field = self.fields.get("sessions")
        if isinstance(field, forms.ModelMultipleChoiceField) and field.queryset is not None and self.instance.pk:
            here = Q(
                cohort=self.instance.cohort_id, component__recording=Recording.REGISTER, component__in_groups=False
            )
            field.queryset = field.queryset.filter(here | Q(modules=self.instance)).distinct()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        cohort = data.get("cohort") or self.instance.cohort_id and self.instance.cohort
        for session in data.get("sessions") or []:
            if cohort and session.cohort_id != cohort.pk:
                self.add_error("sessions", f"“{session}” belongs to {session.cohort}. Choose sessions of {cohort}.")
                break
        return data


@admin.register(Module)
class ModuleAdmin(ScopedAdmin):
    """A module: its number, subject, and the sessions that make it up."""

    deletes = True
    change_permission = KEEP
    form = ModuleForm
    fixed_fields = ("cohort",)
    list_display = ("number", "title", "cohort", "how_many_sessions")
    list_display_links = ("number", "title")
    list_filter = (CohortFilter,)
    search_fields = ("title", "summary", "cohort__name")
    ordering = ("-cohort__starts_on", "cohort", "number")
    fields = ("cohort", ("number", "title"), "summary", "works_on", "sessions")
    export_columns = (
        Column("Cohort", "cohort__name"),
        Column("Number", "number"),
        Column("Title", "title"),
        Column("Summary", "summary"),
        Column("Sessions", "session_count"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Module]:
        rows = super().get_queryset(request).select_related("cohort__programme")
        return rows.annotate(session_count=Count("sessions"))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs |= {"queryset": _sessions(request), "widget": UnfoldAdminCheckboxSelectMultipleWidget}
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.label_from_instance = session_label
        return field

    how_many_sessions = column("Sessions", "session_count", "session_count")


class TalkForm(forms.ModelForm):
    """Refuses a speaker whose employer does not take part, with the sentence of the action."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        session, speaker = data.get("session"), self.instance.speaker if self.instance.speaker_id else None
        speaker = speaker or getattr(self, "speaker", None)
        if session and speaker and (reason := actions.why_not_speaker(session, speaker)):
            raise ValidationError({"session": reason})
        return data


class TalkFormSet(forms.BaseInlineFormSet):
    """Gives each form the speaker as the page says it, whose employer may have been changed there."""

    @cached_property
    def forms(self) -> list[Any]:
        found: list[Any] = super().forms
        if self.instance.organisation_id and self.instance.provider_id:
            for form in found:
                form.speaker = self.instance
        return found


class TalkInline(FollowsParent, TabularInline):
    model = SessionSpeaker
    form = TalkForm
    formset = TalkFormSet
    extra = 1
    verbose_name = "talk"
    fields = ("session", "subject", "answer")
    readonly_fields = ("answer",)

    def get_queryset(self, request: HttpRequest) -> Any:
        """A speaker is of the provider; talks are of cohorts, and each is changed by those who look after it."""
        rows: Any = super().get_queryset(request)
        return rows.visible_to(request.user, KEEP)

    @display(description="Do they come?")
    def answer(self, talk: Any) -> str:
        return talk.answer_in_words if talk.pk else ""

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        is_session = db_field.name == "session"
        if is_session:
            kwargs["queryset"] = _sessions(request).filter(cancelled_at=None)
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if is_session:
            field.label_from_instance = session_label
        return field


@admin.register(Speaker)
class SpeakerAdmin(SteppedAdmin):
    """A key speaker, tied to an employer that takes part, and their talks."""

    deletes = True
    list_display = ("name", "post", "organisation", "how_many_talks")
    list_filter = (("organisation__sector", admin.ChoicesFieldListFilter),)
    search_fields = ("name", "post", "organisation__name", "talks__subject")
    change_permission = KEEP
    inlines = (TalkInline,)
    export_columns = (
        Column("Name", "name"),
        Column("Post", "post"),
        Column("Organisation", "organisation__name"),
        Column("Email", "email"),
        Column("Talks", "talk_count"),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Speaker]:
        rows = super().get_queryset(request).select_related("organisation", "provider")
        return rows.annotate(talk_count=Count("talks", distinct=True))

    def has_delete_permission(self, request: HttpRequest, obj: Speaker | None = None) -> bool:
        """Not while they speak in a cohort that somebody else looks after: that talk would go too."""
        allowed = super().has_delete_permission(request, obj)
        if not allowed or obj is None:
            return allowed
        if TalkFeedback.objects.filter(talk__speaker=obj).exists():
            return False  # what participants wrote would go too
        return not obj.talks.exclude(pk__in=SessionSpeaker.objects.visible_to(request.user, KEEP)).exists()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "organisation":
            providers = Organisation.objects.providers_of(request.user, KEEP)
            partners = Organisation.objects.filter(partnerships__programme__provider__in=providers)
            kwargs["queryset"] = (partners | providers).distinct()
            kwargs["help_text"] = (
                "A partner of one of your programmes. If it is not in the list, add it to the partners first."
            )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Talks are booked and cancelled by the action, which asks the same question again."""
        formset.save(commit=False)
        for talk in formset.deleted_objects:
            self._try(request, partial(actions.cancel, talk=talk, by=request.user))
        for row in (*formset.changed_objects, *((new,) for new in formset.new_objects)):
            is_moved = row[0].pk and "session" in (row[1] if len(row) > 1 else ())
            self._try(request, partial(self._book, row[0], bool(is_moved), request.user))

    def _book(self, talk: SessionSpeaker, is_moved: bool, by: Any) -> None:
        if is_moved:
            actions.cancel(talk=SessionSpeaker.objects.get(pk=talk.pk), by=by)
        actions.book(session=talk.session, speaker=talk.speaker, subject=talk.subject, by=by)

    def _try(self, request: HttpRequest, act: Callable[[], Any]) -> None:
        """One talk that cannot be changed does not stop the others."""
        try:
            act()
        except NotPossible as sentence:
            self.message_user(request, str(sentence), "ERROR")

    how_many_talks = column("Talks", "talk_count", "talk_count")
