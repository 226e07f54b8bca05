"""Work outside the request: what is to be done, how far it is, and what came of it."""

import uuid
from datetime import timedelta
from typing import Any, Self

from django.apps import apps
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.urls import reverse

from steppingup import clock
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet
from steppingup.jobs.states import JOB, NOBODY_LEFT, RECENT, UNFINISHED, JobStatus, Part


class JobQuerySet(ScopedQuerySet["Job"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)

    def for_person(self, user: Any) -> Self:
        """Those that this person may look at: their own, and those of the providers whose cohorts they run (whoever asks
        for what a colleague has started is led to it); a superuser all."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(started_by=user) | self.visible_to(user)

    def stopped(self) -> Self:
        """What stopped lately and was not begun anew since."""
        same = {name: OuterRef(name) for name in ("kind", "content_type", "object_id")}
        anew = Job.objects.filter(**same, created_at__gt=OuterRef("created_at"))
        lately = self.filter(~Exists(anew), status=JobStatus.FAILED, finished_at__gt=clock.now() - RECENT)
        return lately.exclude(error=NOBODY_LEFT)

    def left_open(self) -> Self:
        """What waits, runs, or has stopped and was not begun anew: somebody is still to see to it. Pages before a step are only
        looked at."""
        return (self.unfinished() | self.stopped()).exclude(kind="steps.look_ahead")

    def about(self, obj: models.Model) -> Self:
        """What was done with an object, the newest first."""
        content_type = ContentType.objects.get_for_model(obj)
        return self.filter(content_type=content_type, object_id=obj.pk).order_by("-created_at")

    def forget(self) -> int:
        """Remove what their pages showed about people; numbers and addresses stay. Returns of how many."""
        shown = Func(F("result"), Value("shown"), template="%(expressions)s", arg_joiner=" - ")
        return self.filter(result__has_key="shown").update(result=shown)


class Job(models.Model):
    """One piece of work. A handler does it in a worker; it can be begun again if the worker dies."""

    retention = (
        "Kept 12 months: who started what, addresses of pages and numbers. What a page shows of a step before it is taken "
        "goes once it is, or after a day; what came of it, and what was asked for, after 30 days."
    )
    visibility = Scope(see=SitePermission.WATCH_WORK, provider="provider", cohort="cohort")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    content_type = models.ForeignKey(ContentType, null=True, on_delete=models.SET_NULL, related_name="+")
    object_id = models.PositiveBigIntegerField(null=True)
    about = GenericForeignKey("content_type", "object_id")
    provider = models.ForeignKey(
        Organisation,
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Whose staff see it in the admin.",
    )
    #: By its id, as for messages: a role that is limited to others does not see it. None: work for the whole provider.
    cohort = models.PositiveBigIntegerField(null=True, editable=False)
    key = models.CharField(max_length=120, blank=True)
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=20, choices=JobStatus, default=JobStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="jobs")
    attempts = models.PositiveSmallIntegerField(default=0)
    # Beginnings since it last got any further, and how far it was then. A batch of thousands may be interrupted often.
    futile = models.PositiveSmallIntegerField(default=0, editable=False)
    furthest = models.PositiveIntegerField(default=0, editable=False)
    got_on_at = models.DateTimeField(null=True, editable=False)
    # When it was begun last, and for how long it had run before that: it may run for so long in all, and no longer.
    begun_at = models.DateTimeField(null=True, editable=False)
    ran_for = models.DurationField(default=timedelta, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    created_at = models.DateTimeField("requested", default=clock.now)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = "job", "jobs"
        ordering = ("-created_at", "-pk")
        indexes = [
            models.Index(fields=["status", "heartbeat_at"], name="job_unfinished", condition=Q(status__in=UNFINISHED)),
            models.Index(fields=["content_type", "object_id"], name="job_by_object"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="job_once_at_a_time", condition=Q(status__in=UNFINISHED) & ~Q(key="")
            ),
            models.CheckConstraint(
                condition=Q(status__in=UNFINISHED, finished_at=None)
                | (~Q(status__in=UNFINISHED) & Q(finished_at__isnull=False)),
                name="job_finished_has_time",
            ),
        ]
        triggers = [*JOB.triggers()]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job", args=[self.uuid])

    @property
    def progress_url(self) -> str:
        return reverse("jobs:progress", args=[self.uuid])

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED

    @property
    def running_time(self) -> timedelta:
        """How long it has run in all, since somebody asked for it; not what it waited."""
        now = self.status == JobStatus.RUNNING and self.begun_at
        return self.ran_for + (clock.now() - now if now else timedelta(0))

    @property
    def begun_anew(self) -> bool:
        """Was work of the same kind about the same thing asked for after this?"""
        later = Job.objects.filter(kind=self.kind, created_at__gt=self.created_at)
        about = {"content_type": self.content_type_id, "object_id": self.object_id}
        return self.content_type_id is not None and later.filter(**about).exists()

    @property
    def result_url(self) -> str:
        """Where the result is to be seen, if the handler said so."""
        return str(self.result.get("url", "")) if self.status == JobStatus.DONE else ""

    def missed_by(self, user: Any) -> list[str]:
        """What it could not do something for, as far as this person sees these records: a handler gives their models and keys as
        `missed`, never their names, and whoever sees none of them has the number alone."""
        found = []
        for label, key in self.result.get("missed", ()):
            rows: Any = apps.get_model(label)._default_manager
            found += [str(one) for one in rows.visible_to(user).filter(pk=key)]
        return found

    @property
    def label(self) -> str:
        """How it stands, in one line."""
        if self.status == JobStatus.FAILED:
            return self.error
        if self.status == JobStatus.DONE:
            return str(self.result.get("message") or f"{self.title}: done")
        if self.note:
            return self.note
        if self.status == JobStatus.RUNNING and self.total:
            return f"{self.title}: {self.done} of {self.total}"
        return str(self.get_status_display())


class Heartbeat(ScopedModel):
    """A process of ours that said lately that it is alive."""

    retention = "Removed when its process ends, or after a day; names processes, not people."
    visibility = Scope()

    part = models.CharField(max_length=20, choices=Part)
    process = models.CharField(max_length=200)
    heard_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "process"], name="heartbeat_once_a_process")]

    def __str__(self) -> str:
        return f"{self.part} {self.process}"
