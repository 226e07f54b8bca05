"""The succession pool for those in it, who see everything that is held about them there, and for whoever is named to see some (L2)."""

from typing import Any, ClassVar

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohorts.pages.participant import around, own_enrolment, own_place
from cohorts.pages.topics import OWN
from representation.actions import pool
from representation.models import PoolEntry, PoolEvidence, PostViewer
from representation.pool_notices import VIEWER_LINK
from representation.states import PoolStatus
from steppingup.accounts.links import LinkGone, token_view
from steppingup.accounts.models import TokenLink
from steppingup.accounts.requests import SignedInRequest
from steppingup.site.sections import one_page
from steppingup.site.stepping import SignedInStepView
from steppingup.site.topics import Ask, Status, Topic

TOPIC = "pool"
EVIDENCE = Prefetch("evidence", PoolEvidence.objects.select_related("placement__host"))
#: What somebody can do about their own place, by its name in the address; and how its button reads.
STEPS: dict[str, Any] = {
    "join": pool.join_pool,
    "decline": pool.decline_pool,
    "show": pool.show_evidence,
    "remove": pool.remove_evidence,
    "seen": pool.choose_who_sees,
    "leave": pool.leave_pool,
}
BUTTONS = {
    "join": "Say yes",
    "decline": "Say no",
    "show": "Show what you did on an assignment",
    "remove": "Remove something that you show",
    "seen": "Change who may see you",
    "leave": "Leave the pool",
}


@require_safe
@login_required
@one_page()
def own(request: SignedInRequest, pk: int) -> HttpResponse:
    """For each post: what I was asked, what I said, what is said of me, until when it holds, and who sees it."""
    enrolment = own_place(request.user, pk)
    rows = PoolEntry.objects.filter(enrolment=enrolment).for_steps().order_by("-asked_at", "-pk")
    found = list(rows.prefetch_related(EVIDENCE, "reviews", "choices", "post__viewers"))
    if not found:
        raise Http404
    entries = [
        {
            "entry": one,
            "viewers": [viewer for viewer in one.post.viewers.all() if viewer.ended_at is None],
            "evidence": one.evidence.all(),
            "reviews": one.reviews.all(),
            "choices": one.choices.all(),
            "buttons": [(name, BUTTONS[name]) for name in _offered(one)],
        }
        for one in found
    ]
    return render(request, "representation/pool.html", {**around(enrolment, request.user, TOPIC), "entries": entries})


def _offered(entry: PoolEntry) -> list[str]:
    """What can be done about it now. Whether there is another assignment to show is found out on the page of the step."""
    if entry.status == PoolStatus.ASKED:
        return ["join", "decline"]
    if entry.status != PoolStatus.AGREED:
        return ["remove"] if entry.evidence.all() else []
    return ["show", *(["remove"] if entry.evidence.all() else []), "seen", "leave"]


def _own_one(request: SignedInRequest, pk: int, entry: int) -> PoolEntry:
    rows = PoolEntry.objects.for_steps().filter(enrolment=own_enrolment(request.user, pk))
    return get_object_or_404(rows, pk=entry)


class Step(SignedInStepView):
    """One of the steps about my own place."""

    step: ClassVar[Any] = pool.join_pool

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Raises Http404 for a step that there is not."""
        super().setup(request, *args, **kwargs)
        if kwargs["name"] not in STEPS:
            raise Http404
        self.step = STEPS[kwargs["name"]]  # type: ignore[misc]

    def load(self) -> PoolEntry:
        return _own_one(self.request, self.kwargs["pk"], self.kwargs["entry"])

    def after(self, subject: PoolEntry, result: Any) -> str:
        return reverse("representation:pool", args=[self.kwargs["pk"]])

    def get_extra(self, subject: PoolEntry) -> dict[str, Any]:
        return {"provider": subject.post.provider}


# -- by a link ---------------------------------------------------------------------------------------


def afterwards(link: TokenLink) -> tuple[str, str] | None:
    """It names nobody: the mail may have been passed on."""
    found: Any = link.target
    if found.ended_at is None:
        return None
    return ("There is nothing to see any more", "You are not named for this post any more.")


@token_view(VIEWER_LINK, afterwards)
@require_safe
def by_link(request: HttpRequest, link: TokenLink) -> HttpResponse:
    """Those who agreed to be seen for this one post, and whose readiness holds today."""
    behind: Any = link.target
    viewer = PostViewer.objects.for_steps().get(pk=behind.pk)
    if viewer.ended_at:
        raise LinkGone(link=link)
    people = PoolEntry.objects.filter(post=viewer.post_id).shown().for_steps().prefetch_related(EVIDENCE)
    context = {
        "viewer": viewer,
        "post": viewer.post,
        "provider": viewer.post.provider,
        "people": people.order_by("enrolment__participant__full_name", "pk"),
    }
    return render(request, "representation/pool_viewer.html", context)


# -- the topic ---------------------------------------------------------------------------------------


def _facts(viewer: Any) -> dict[str, Any]:
    rows = PoolEntry.objects.filter(enrolment=OuterRef("pk"))
    return {
        "was_asked_into_pool": Exists(rows),
        "is_asked_into_pool": Exists(rows.filter(status=PoolStatus.ASKED)),
        "is_in_pool": Exists(rows.filter(status=PoolStatus.AGREED)),
    }


def _status(*, subject: Any, viewer: Any) -> Status | None:
    if not subject.was_asked_into_pool:
        return None
    if subject.is_asked_into_pool:
        return Status("You are asked")
    return Status("You are in it" if subject.is_in_pool else "You are not in it")


def _asks(*, subject: Any, viewer: Any) -> list[Ask]:
    if not subject.is_asked_into_pool:
        return []
    line = "You decide, and can change your mind whenever you like"
    return [
        Ask("Say whether you want to be in a succession pool", "Read and answer", TOPICS[0].url(subject), line=line)
    ]


TOPICS = (
    Topic(
        OWN,
        TOPIC,
        75,
        "Succession pool",
        "representation:pool",
        _status,
        asks=_asks,
        facts=_facts,
        steps=tuple(STEPS.values()),
    ),
)
