"""Papers for a committee: parts that are each made from one release, and the whole as it was issued, with its digest."""

from typing import Any, Self

import pghistory
import pgtrigger
from django.db import models
from django.db.models import Q

from cohorts.models import Story
from cohorts.models.concerns import new_reference
from representation.models.heads import HeadsScheme
from representation.models.plan import LONGEST, ActionPlan
from representation.models.published import PublishedFigure
from representation.models.releases import FigureRelease
from representation.models.targets import Target
from representation.permissions import RepresentationPermission
from representation.states import PAPER, PaperStatus, PartKind
from steppingup.accounts.models import Organisation, User
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.formats.date_fields import DayField
from steppingup.formats.fields import NameField
from steppingup.history.lifecycle import frozen


class PaperQuerySet(ScopedQuerySet["Paper"]):
    def for_steps(self) -> Self:
        return self.select_related("provider")

    def public(self) -> Self:
        """Those that everybody can read."""
        return self.filter(status=PaperStatus.ISSUED, published_at__isnull=False)


@pghistory.track(exclude=["contents"])  # frozen once it is there
class Paper(models.Model):
    """A paper for a committee. While it is a draft its parts are what they were made from; once issued it is `contents`, and `digest` is
    the SHA-256 of these."""

    retention = "As long as the provider keeps its plans. Stories in it go when whoever told them takes them back."

    provider = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField("number", max_length=8, unique=True, default=new_reference, editable=False)
    title = NameField(max_length=200)
    committee = NameField("for whom", max_length=200, help_text="“Equalities Committee”, for example.")
    meets_on = DayField("their meeting", null=True, blank=True)
    opening = models.TextField("what it is about", max_length=LONGEST, blank=True)
    status = models.CharField(max_length=20, choices=PaperStatus, default=PaperStatus.DRAFT, editable=False)
    issued_at = models.DateTimeField("issued", null=True, blank=True, editable=False)
    issued_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    digest = models.CharField("SHA-256", max_length=64, blank=True, editable=False)
    contents = models.JSONField(null=True, blank=True, editable=False)
    published_at = models.DateTimeField("public since", null=True, blank=True, editable=False)

    visibility = Scope(see=RepresentationPermission.KEEP_PLAN, provider="provider", whole=True)
    objects = PaperQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status=PaperStatus.DRAFT,
                    issued_at=None,
                    issued_by=None,
                    digest="",
                    contents=None,
                    published_at=None,
                )
                | (
                    Q(
                        status=PaperStatus.ISSUED,
                        issued_at__isnull=False,
                        issued_by__isnull=False,
                        contents__isnull=False,
                    )
                    & ~Q(digest="")
                ),
                name="paper_issued_whole",
                violation_error_message="An issued paper has its contents, its digest, its day and who issued it; a draft has none.",
            )
        ]
        triggers = [
            *PAPER.triggers(),
            frozen(
                *("provider", "reference", "title", "committee", "meets_on", "opening"),
                *("issued_at", "digest", "contents"),
                once=pgtrigger.Q(old__status=PaperStatus.ISSUED),
                name="issued_stays",
            ),
            pgtrigger.Protect(
                name="issued_is_kept", operation=pgtrigger.Delete, condition=pgtrigger.Q(old__status=PaperStatus.ISSUED)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == PaperStatus.DRAFT


#: What a part of each kind is made from.
MADE_FROM = {
    PartKind.PLAN: "plan",
    PartKind.FIGURES: "release",
    PartKind.TARGET: "target",
    PartKind.HEADS: "scheme",
    PartKind.STORY: "story",
}


def _made_from_its_own() -> Q:
    """Each kind names what it is made from, and nothing else; a target is held against a release, too."""
    found = Q()
    for kind in PartKind:
        names = {name: name != MADE_FROM.get(kind) for name in MADE_FROM.values()}
        if kind == PartKind.TARGET:
            names.pop("release")
        found |= Q(kind=kind, **{f"{name}__isnull": is_empty for name, is_empty in names.items()})
    return found


class PaperPartQuerySet(ScopedQuerySet["PaperPart"]):
    def for_steps(self) -> Self:
        return self.select_related("paper", "plan", "release__snapshot", "target", "scheme", "story", "against")


@pghistory.track(exclude=["contents"])
class PaperPart(models.Model):
    """A part of a draft: own words, and below them what was made from one release. It is made anew only when somebody says so."""

    retention = "With its paper."

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="parts")
    order = models.PositiveSmallIntegerField(default=0)
    kind = models.CharField("made from", max_length=20, choices=PartKind, editable=False)
    heading = NameField(max_length=200)
    words = models.TextField("in your words", max_length=LONGEST, blank=True)
    plan = models.ForeignKey(ActionPlan, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    release = models.ForeignKey(FigureRelease, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Target, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    scheme = models.ForeignKey(HeadsScheme, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    # Goes with whoever told it: an issued paper says that a story stood there.
    story = models.ForeignKey(Story, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    against = models.ForeignKey(PublishedFigure, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    evidence = models.CharField(max_length=50, blank=True, editable=False)
    contents = models.JSONField(default=dict, editable=False)

    visibility = Scope(through="paper")
    objects = PaperPartQuerySet.as_manager()

    class Meta:
        verbose_name = "part of a paper"
        verbose_name_plural = "parts of papers"
        ordering = ("paper", "order", "pk")
        constraints = [
            models.CheckConstraint(
                condition=_made_from_its_own(),
                name="paper_part_made_from_its_own",
                violation_error_message="Choose what this part is made from, and nothing else.",
            ),
            models.CheckConstraint(
                condition=Q(kind=PartKind.EVIDENCE) & ~Q(evidence="") | ~Q(kind=PartKind.EVIDENCE) & Q(evidence=""),
                name="paper_part_names_evidence",
                violation_error_message="Choose what is said of whether it worked.",
            ),
        ]

    def __str__(self) -> str:
        return self.heading

    @property
    def subject(self) -> Any:
        """What it is made from."""
        name = MADE_FROM.get(PartKind(self.kind))
        return getattr(self, name) if name else None
