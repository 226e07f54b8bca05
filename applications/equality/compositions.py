"""What equality figures say of those who are in the pool, were voluntary heads, or stepped up: on the pages of these, and the way back
(B58, L2, R7)."""

from typing import Any

from django.urls import reverse

from applications.models import EqualityRelease, Stage
from applications.permissions import ApplicationPermission
from representation.models import HeadsScheme, OutcomeStudy, Post
from representation.permissions import RepresentationPermission
from steppingup.accounts.actors import may
from steppingup.accounts.models import User
from steppingup.disclosure.tables import FEWEST

SEE = ApplicationPermission.SEE_EQUALITY
LATEST = 6  # on a page; all of them stand in the register
#: Where people of a stage are looked after: what it is called, where, and with which permission.
KEPT = {
    Stage.IN_POOL: ("Succession pool", "post_changelist", RepresentationPermission.KEEP_POOL),
    Stage.VOLUNTARY_HEAD: ("Voluntary heads", "headsscheme_changelist", RepresentationPermission.KEEP_PLAN),
    Stage.STEPPED_UP: ("Did it work?", "outcomestudy_changelist", RepresentationPermission.KEEP_PLAN),
}


def _composition(viewer: User, stage: Stage, where: str, **of: Any) -> dict[str, Any]:
    """What was published of them, the newest first, and where more can be."""
    rows = EqualityRelease.objects.visible_to(viewer).filter(stage=stage, **of)
    found = rows.select_related("programme", "cohort").defer("contents", "people")
    return {"releases": found[:LATEST], "whom": stage.label, "where": where, "fewest": FEWEST}


def of_pool(*, subject: Post, viewer: User) -> dict[str, Any] | None:
    """Of everybody who was in a pool of the provider: one post has too few people."""
    if not may(viewer, SEE, subject.provider_id):
        return None
    where = reverse("applications:equality")
    return _composition(viewer, Stage.IN_POOL, where, programme__provider=subject.provider_id)


def of_heads(*, subject: HeadsScheme, viewer: User) -> dict[str, Any] | None:
    """Of everybody who was a voluntary head at the provider, in whichever year."""
    if not may(viewer, SEE, subject.provider_id):
        return None
    where = reverse("applications:equality")
    return _composition(viewer, Stage.VOLUNTARY_HEAD, where, programme__provider=subject.provider_id)


def of_stepped_up(*, subject: OutcomeStudy, viewer: User) -> dict[str, Any] | None:
    """Of the graduates of one programme."""
    programme = subject.programme
    if not may(viewer, SEE, programme.provider_id):
        return None
    where = reverse("applications:equality_register", args=[programme.path])
    return _composition(viewer, Stage.STEPPED_UP, where, programme=programme.pk)


def way_back(release: EqualityRelease, viewer: User) -> tuple[str, str] | None:
    """From figures to the page of those whom they are about, for whoever looks after them."""
    if release.stage not in KEPT:
        return None
    words, name, permission = KEPT[Stage(release.stage)]
    if not may(viewer, permission, release.programme.provider_id):
        return None
    study = release.stage == Stage.STEPPED_UP and OutcomeStudy.objects.filter(programme=release.programme_id).first()
    if study:
        return words, reverse("admin:representation_outcomestudy_outcomes", args=[study.pk])
    return words, reverse(f"admin:representation_{name}")
