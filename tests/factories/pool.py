"""The succession pool, by the moments of a place in it."""

from typing import Any

from cohorts.models import Enrolment
from representation.models import PoolEntry, PoolEvidence, PoolReview, Post, PostViewer
from representation.states import POOL_ENTRY
from steppingup import clock
from steppingup.accounts.models import Organisation
from tests.factories.cohorts import day


def post(provider: Organisation, title: str = "Head of Adult Services", **more: Any) -> Post:
    found = Post.objects.create(provider=provider, title=title, **{"tier": "Head of service", **more})
    return Post.objects.for_steps().get(pk=found.pk)


def fresh(entry: PoolEntry) -> PoolEntry:
    return PoolEntry.objects.for_steps().get(pk=entry.pk)


def asked(of: Post, enrolment: Enrolment, **more: Any) -> PoolEntry:
    return fresh(PoolEntry.objects.create(post=of, enrolment=enrolment, **more))


def in_pool(of: Post, enrolment: Enrolment, *, is_seen: bool = True) -> PoolEntry:
    entry = asked(of, enrolment)
    POOL_ENTRY.move(entry, "join_pool", agreed_at=clock.now(), is_seen=is_seen)
    return fresh(entry)


def reviewed(
    of: Post, enrolment: Enrolment, readiness: str = "soon", *, days: int = 200, is_seen: bool = True
) -> PoolEntry:
    """In it, and said to be ready; with `days` below nought it has lapsed."""
    entry = in_pool(of, enrolment, is_seen=is_seen)
    PoolReview.objects.create(entry=entry, readiness=readiness, words="Led the project well.", review_by=day(days))
    PoolEntry.objects.filter(pk=entry.pk).update(readiness=readiness, review_by=day(days))
    return fresh(entry)


def shown(entry: PoolEntry, placement: Any, words: str = "I led six people.") -> PoolEvidence:
    return PoolEvidence.objects.create(entry=entry, placement=placement, words=words)


def viewer(of: Post, name: str = "Mel Manager", email: str = "mel@example.org") -> PostViewer:
    found = PostViewer.objects.create(post=of, name=name, email=email)
    return PostViewer.objects.for_steps().get(pk=found.pk)
