"""How far somebody has come: where they see themselves before and after, and with whom they share it (N9, N10)."""

from typing import Any

from django import forms
from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohorts.actions import assessing
from cohorts.actions.assessing import Said
from cohorts.assessing.own import (
    Thing,
    answers_of,
    facts_of_assessments,
    lines_of,
    standing_of,
    things_of,
)
from cohorts.models import Assessment, Enrolment, SharedAssessment
from cohorts.models.assessing import LONGEST
from cohorts.pages.participant import around, own_place, trail_from
from cohorts.pages.topics import MANAGED, OWN
from cohorts.states import LookedAt
from steppingup.accounts.requests import SignedInRequest
from steppingup.formats import english
from steppingup.site.sections import Section, one_page
from steppingup.site.stepping import SignedInStepView, act_on
from steppingup.site.topics import Ask, Status, Topic

Context = dict[str, Any] | None
TITLE, TOPIC = "How far you have come", "how-far"
HEADINGS = {
    LookedAt.BEFORE: "Where do you begin?",
    LookedAt.MIDWAY: "Where are you now?",
    LookedAt.AFTER: "How far have you come?",
}


class AssessForm(forms.Form):
    """An answer and a sentence about each thing, none of which must be given; begins with what was said."""

    def __init__(self, data: Any, *, things: list[Thing], said: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.things = things
        for thing in things:
            before = said.get(thing.key)
            self.fields[thing.key] = forms.TypedChoiceField(
                label=thing.words,
                choices=list(enumerate(thing.labels, 1)),
                coerce=int,
                empty_value=None,
                required=False,
                widget=forms.RadioSelect,
                initial=before.value if before else None,
            )
            self.fields[f"said-{thing.key}"] = forms.CharField(
                label="In a sentence, if you like",
                max_length=LONGEST,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "class": "govuk-textarea"}),
                initial=before.sentence if before else "",
            )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The things under their headings, each with its two fields."""
        found: dict[str, list[Any]] = {}
        for thing in self.things:
            pair = {"thing": thing, "choice": self[thing.key], "sentence": self[f"said-{thing.key}"]}
            found.setdefault(thing.group, []).append(pair)
        return [{"title": title, "things": things} for title, things in found.items()]

    def answers(self) -> dict[str, Said]:
        given = self.cleaned_data
        return {one.key: Said(given[one.key], given[f"said-{one.key}"]) for one in self.things}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assess(request: SignedInRequest, pk: int, moment: str) -> HttpResponse:
    """Where I see myself at this moment, in several sittings."""
    enrolment = own_place(request.user, pk)
    standing = standing_of(enrolment)
    if standing is None or moment not in LookedAt.values:
        raise Http404
    if standing.now is None or standing.now.moment != moment:
        notices.info(request, "You are not asked about this now. What you said stands here.")
        return redirect("cohorts:how_far", enrolment.pk)
    things = things_of(enrolment.cohort.plan)
    kept = Assessment.objects.filter(enrolment=enrolment, moment=moment).first()
    form = AssessForm(request.POST or None, things=things, said=answers_of(kept))
    later = "later" in request.POST

    def keep(**given: Any) -> Assessment:
        given = {"answers": form.answers(), "done": not later}
        return assessing.assess(enrolment=enrolment, moment=moment, by=request.user, **given)

    if act_on(form, keep):
        said = "Saved. It is a draft until you finish it." if later else "Thank you. You can still change it until {}."
        notices.success(request, said.format(english.day_date(standing.now.closes)))
        return redirect("cohorts:how_far", enrolment.pk)
    context = {
        "enrolment": enrolment,
        "form": form,
        "window": standing.now,
        "heading": HEADINGS[LookedAt(moment)],
        "provider": enrolment.cohort.programme.provider,
        "breadcrumbs": trail_from(TOPIC, enrolment),
    }
    return render(request, "cohorts/assess.html", context)


@require_safe
@login_required
@one_page()
def how_far(request: SignedInRequest, pk: int) -> HttpResponse:
    """Before and after, side by side; and who may see it."""
    enrolment = own_place(request.user, pk)
    standing = standing_of(enrolment)
    if standing is None:
        raise Http404
    given = list(Assessment.objects.filter(enrolment=enrolment))
    shared = SharedAssessment.objects.filter(enrolment=enrolment, manager=enrolment.line_manager_id or 0).first()
    context = around(enrolment, request.user, TOPIC) | {
        "standing": standing,
        "drafts": [one for one in given if one.given_at is None],
        "groups": _grouped(lines_of(things_of(enrolment.cohort.plan), given)),
        "shared": shared,
        "may_share": assessing.share.is_offered(request.user, enrolment),
    }
    return render(request, "cohorts/how_far.html", context)


def _grouped(lines: list[Any]) -> list[dict[str, Any]]:
    found: dict[str, list[Any]] = {}
    for line in lines:
        found.setdefault(line.thing.group, []).append(line)
    return [{"title": title, "lines": rows} for title, rows in found.items()]


class Own(SignedInStepView):
    """A step about who sees it."""

    def load(self) -> Enrolment:
        return own_place(self.request.user, self.kwargs["pk"])

    def after(self, subject: Enrolment, result: Any) -> str:
        return reverse("cohorts:how_far", args=[self.kwargs["pk"]])

    def get_extra(self, subject: Enrolment) -> dict[str, Any]:
        return {"provider": subject.cohort.programme.provider}


class Share(Own):
    """Let my line manager see it."""

    step = assessing.share


class StopSharing(Own):
    """My line manager sees it no more."""

    step = assessing.stop_sharing


@require_http_methods(["POST"])
@login_required
def delete(request: SignedInRequest, pk: int) -> HttpResponse:
    """Nothing of it is kept."""
    assessing.forget(enrolment=own_place(request.user, pk), by=request.user)
    notices.success(request, "Deleted. Nothing of it is kept.")
    return redirect("cohorts:participant", pk)


# -- the topic, on both front pages ------------------------------------------------------------------------


def _status(*, subject: Any, viewer: Any) -> Status | None:
    standing = standing_of(subject)
    if standing is None or not standing.says_anything:
        return None
    said = [moment.label.lower() for moment in LookedAt if moment in standing.given]
    if said:
        return Status(f"You have said where you see yourself {english.listed(said)}")
    return Status("Where you see yourself, before and after")


def _asked(*, subject: Any, viewer: Any) -> list[Ask]:
    """Where they see themselves now, as long as they have not finished it."""
    standing = standing_of(subject)
    if standing is None or standing.waits is None:
        return []
    url = reverse("cohorts:assess", args=[subject.pk, standing.waits.moment])
    is_begun = standing.waits.moment in standing.begun
    button = "Go on" if is_begun else "Say where you see yourself"
    line = "It takes ten minutes, and it is for you alone"
    return [
        Ask(
            ASKED[standing.waits.moment],
            button,
            url,
            standing.waits.closes,
            line,
            "with where you see yourself" if is_begun else "",
        )
    ]


def _shared(*, subject: Any, viewer: Any) -> Status | None:
    """What a participant shares with this line manager."""
    is_theirs = viewer.pk == subject.shared_with == subject.line_manager_id
    given = is_theirs and any(one["given"] for one in subject.assessments_found)
    return Status("What they share with you") if given else None


def managers_section(*, subject: Any, viewer: Any) -> Context:
    """What was chosen for aims and benefits, without a word of theirs."""
    if _shared(subject=subject, viewer=viewer) is None:
        return None
    given = Assessment.objects.filter(enrolment=subject).exclude(given_at=None)
    lines = lines_of(things_of(subject.cohort.plan, barriers=False), given, sentences=False)
    return {"groups": _grouped(lines)}


ASKED = {
    LookedAt.BEFORE: "Say where you begin",
    LookedAt.MIDWAY: "Say where you are, halfway",
    LookedAt.AFTER: "Look back: how far have you come?",
}
TOPICS = (
    Topic(
        OWN, TOPIC, 60, TITLE, "cohorts:how_far", _status, asks=_asked, facts=facts_of_assessments,
        steps=(assessing.share, assessing.stop_sharing),
    ),
    Topic(MANAGED, TOPIC, 60, "How far they have come", "cohorts:managed_how_far", _shared, facts=facts_of_assessments),
)  # fmt: skip
SECTIONS = (Section(MANAGED, TOPIC, 60, "cohorts/sections/how_far_shared.html", managers_section, topic=TOPIC),)
