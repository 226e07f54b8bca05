"""Where writing to people plugs in: its lists, its tab, the page it is taken from and goes on to."""

from django.urls import reverse

from cohorts.actions.writing import write
from cohorts.desk import writing
from cohorts.models import Announcement, Cohort, Enrolment
from cohorts.permissions import CohortPermission
from steppingup.accounts.actions import merging
from steppingup.accounts.models import User
from steppingup.desk import menu, story, workspace
from steppingup.desk.searching import search_in
from steppingup.desk.stepping import leads_to
from steppingup.desk.story import Event

run = CohortPermission.RUN_COHORTS
menu.add_lists(
    "Cohorts", "cohorts", run, ("Messages to people", "forward_to_inbox", "announcement"), ("Who was written to", "outbox", "addressee"), first=20
)  # fmt: skip
workspace.add_ways(
    workspace.Way("messages", "Write to people", lambda cohort: _page(cohort), run),
    workspace.Way("messages", "Written to people", workspace.narrowed("cohorts_announcement"), run),
    workspace.Way("messages", "Who was written to", workspace.narrowed("cohorts_addressee"), run),
)
search_in(
    Announcement,
    "Messages to people",
    "forward_to_inbox",
    60,
    lambda one: f"{one.whom}, {one.cohort}",
)
merging.becomes({"cohorts.Announcement.written_by": merging.Relation(merging.Fate.STAYS)})


def _page(cohort: Cohort) -> str:
    return reverse("admin:cohorts_cohort_step", args=[cohort.pk, write.name])


leads_to(
    write,
    lambda cohort: workspace.narrowed("cohorts_announcement")(cohort),
    then=lambda one: reverse("admin:cohorts_announcement_change", args=[one.pk]),
)


def _written_to(person: User, viewer: object) -> list[Event]:
    """What staff wrote to a person about their own place."""
    seen = Announcement.objects.visible_to(viewer).filter(
        addressees__enrolment__in=Enrolment.objects.filter(participant=person), addressees__reader="participant"
    )
    return [
        Event(one.written_at, f"Written to: {one.subject}", str(one.cohort), writing.people_of(one))
        for one in seen.select_related("cohort__programme").distinct()
    ]


story.add(_written_to)
