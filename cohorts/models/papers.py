"""What participants read or watch before and after a session: files and links."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q

from cohorts.models.joint import host_of
from cohorts.models.session import Session
from steppingup import clock
from steppingup.accounts.scope import Scope, ScopedQuerySet
from steppingup.files.models import StoredFile
from steppingup.formats.fields import NameField


class SessionPaperQuerySet(ScopedQuerySet["SessionPaper"]):
    def shown_at(self, session: Session) -> Self:
        """Those that whoever is due at the session can open by now; on a joint day those of its host too."""
        held = {session.pk, host_of(session).pk}
        return self.filter(session__in=held).filter(Q(for_after=False) | Q(session__ends_at__lte=clock.now()))


@pghistory.track()
class SessionPaper(models.Model):
    """A file or a link for those who are due at a session: slides, a case to read, a recording."""

    retention = "Holds no personal data; kept with its session."

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="papers")
    title = NameField(max_length=150)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="session_papers")
    link = models.URLField(blank=True)
    for_after = models.BooleanField(
        "only once the session is over", default=False, help_text="Such as model answers, or a recording."
    )
    order = models.PositiveSmallIntegerField(default=0)

    visibility = Scope(through="session__cohort")
    objects = SessionPaperQuerySet.as_manager()

    class Meta:
        verbose_name = "paper or link"
        verbose_name_plural = "papers and links"
        ordering = ("order", "pk")
        constraints = [
            models.CheckConstraint(
                condition=Q(file=None, link__gt="") | Q(file__isnull=False, link=""),
                name="session_paper_is_one_thing",
                violation_error_message="Choose a file or give a link, and not both.",
            ),
        ]

    def __str__(self) -> str:
        return self.title
