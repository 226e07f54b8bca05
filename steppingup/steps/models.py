"""What was done: each step that somebody took, and every row that it changed, so that it can be taken back exactly."""

from datetime import datetime
from typing import Any, Self

from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q

from steppingup import clock
from steppingup.accounts.models import RoleAssignment, User
from steppingup.accounts.roles import Permission
from steppingup.accounts.scope import Scope, ScopedModel, ScopedQuerySet, is_superuser, roles_held, scope_of
from steppingup.formats import english
from steppingup.history.patience import OWN_BACK
from steppingup.steps.asked import How, asked_in_words
from steppingup.steps.step import Step


def _kinds_of_record() -> dict[tuple[type[models.Model], Permission | None], list[str]]:
    """The steps by the model on whose page they stand and the permission with which staff take them back."""
    found: dict[tuple[type[models.Model], Permission | None], list[str]] = {}
    for step in Step.registry.values():
        found.setdefault((step.page_model, step.permission or step.back_by), []).append(step.key)
    return found


def _shared(model: type[models.Model], user: Any) -> Q | None:
    """Which of the records belong to no provider; nothing where all belong to one, or to whoever runs the whole site."""
    scope = scope_of(model)
    if is_superuser(user) or (scope.rule and not scope.provider):
        return None
    if not scope.provider:
        return Q(pk__isnull=False)
    return Q(**{scope.provider: None}) if scope.shared else None


def _colleagues(user: Any, wanted: Permission) -> models.QuerySet[Any]:
    """Everybody who has held a role where this person holds one with the permission."""
    providers = {role.provider_id for role in roles_held(user, wanted)}
    return RoleAssignment.objects.filter(provider__in=providers).values("user")


class TakingQuerySet(ScopedQuerySet["Taking"]):
    def visible_to(
        self, user: Any, permission: Permission | None = None, *, of: type[models.Model] | None = None
    ) -> Self:
        """Steps on records that this person sees, by the permission to take such a step; and what they did themselves. `of` one kind of
        record, where it is known: all that there are make a long question.

        A record that all providers share (an employer, a text for everywhere) is seen by all, but not who of another
        provider did something with it."""
        found = Q(by=user.pk or 0)
        for (model, wanted), keys in _kinds_of_record().items():
            rows: Any = model._default_manager
            if of not in (None, model):
                continue
            if wanted is not None and hasattr(rows, "visible_to"):
                seen = rows.visible_to(user, wanted).order_by()
                on_it = Q(object_id__in=seen.values("pk"))
                if of_nobody := _shared(model, user):
                    by_colleagues = Q(by__in=_colleagues(user, wanted))
                    on_it &= by_colleagues | ~Q(object_id__in=seen.filter(of_nobody).values("pk"))
                found |= Q(on_it, step__in=keys, content_type=ContentType.objects.get_for_model(model))
        return (
            self.filter(found) if of is None else self.filter(found, content_type=ContentType.objects.get_for_model(of))
        )

    def standing(self) -> Self:
        """Those that nobody has taken back."""
        return self.filter(taken_back_at=None)

    def on(self, record: models.Model) -> Self:
        """Those that stand on the page of this record, the latest first."""
        kind = ContentType.objects.get_for_model(record)
        return self.filter(content_type=kind, object_id=record.pk).order_by("-pk")

    def for_steps(self) -> Self:
        return self.select_related("by", "content_type").prefetch_related("subject")


class Taking(models.Model):
    """One step, taken once. `subject` is the record on whose page it stands, which may be the one that its own belongs to."""

    retention = "6 years, as the history of the records that it changed. What is needed to take it back: 12 months."
    visibility = Scope()  # by the step and its record: see `visible_to`

    step = models.CharField(max_length=100)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE, related_name="+")
    object_id = models.PositiveBigIntegerField()
    subject = GenericForeignKey("content_type", "object_id")
    #: What the record was called, so that a list of many kinds of record asks for none of them.
    name = models.CharField("record", max_length=200, blank=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="who")
    by_name = models.CharField(max_length=254, blank=True)
    at = models.DateTimeField("when", default=clock.now)
    #: Staff took it for somebody who rang or wrote (`steppingup.steps.behalf`): for whom, how, when and why.
    for_user = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+", verbose_name="for whom")
    for_name = models.CharField("for whom", max_length=254, blank=True)
    asked_how = models.CharField("how they asked", max_length=20, choices=How, blank=True)
    asked_on = models.DateField("when they asked", null=True)
    asked_why = models.TextField("what they said", blank=True)
    taken_back_at = models.DateTimeField("taken back", null=True)
    taken_back_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("why it was taken back", blank=True)

    objects = TakingQuerySet.as_manager()

    class Meta:
        verbose_name = "step that was taken"
        verbose_name_plural = "steps that were taken"
        ordering = ("-pk",)
        indexes = [models.Index(fields=["content_type", "object_id", "-id"], name="taking_by_record")]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_by=None)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
                name="taking_taken_back_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(asked_how="", asked_on=None, for_name="", asked_why="", for_user=None)
                | (~Q(asked_how="") & ~Q(for_name="") & ~Q(asked_why="") & Q(asked_on__isnull=False)),
                name="taking_for_somebody_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.past[:1].lower()}{self.past[1:]}"

    @property
    def what(self) -> "Step[Any, Any] | None":
        """The step; nothing where the code does not know it any more."""
        return Step.registry.get(self.step)

    @property
    def past(self) -> str:
        return self.what.past if self.what else self.step

    @property
    def whose(self) -> str:
        """“Ana Coordinator”, or “Ana Coordinator for Ben Okri, who rang on 3 May 2026”."""
        return f"{self.by or self.by_name} {self.for_whom}".strip()

    @property
    def for_whom(self) -> str:
        return asked_in_words(self.for_name, self.asked_how, self.asked_on) if self.asked_how else ""

    @property
    def own_until(self) -> datetime:
        """Until when whoever took it takes it back themselves, where there is such a limit."""
        return self.at + OWN_BACK

    @property
    def in_words(self) -> str:
        """“Turned down”, by Carla Coordinator on 3 November 2026 at 10:42."""
        return f"“{self.past}”, by {self.whose} on {english.when(self.at)}"


class Change(ScopedModel):
    """What a step did to one row, written by a trigger (`steppingup.steps.noting`): the columns as they were and as they
    became. Nothing before: the row was made. Nothing after: it was removed."""

    retention = "12 months, while the step can be taken back."
    visibility = Scope()  # nobody lists them

    taking = models.ForeignKey(Taking, on_delete=models.CASCADE, related_name="changes")
    table = models.CharField(max_length=63)
    key = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    def __str__(self) -> str:
        return f"{self.table} {self.key}"
