"""Where notes of staff plug in: their list, the story of a person, and from whom they are kept."""

from django.db.models import Q
from django.urls import reverse

from cohorts.actions.notes import remove_note
from cohorts.desk.notes import changes
from cohorts.models import Enrolment, StaffNote
from cohorts.models.notes import keep_notes_from, near_to
from cohorts.permissions import CohortPermission
from cohorts.relations import HOST, enrolments_of
from steppingup.accounts.actions import merging
from steppingup.accounts.models import User
from steppingup.desk import menu, story, workspace
from steppingup.desk.stepping import leads_to
from steppingup.desk.story import Event
from steppingup.messaging.models.reply import keep_replies_from
from steppingup.site import sections

run = CohortPermission.RUN_COHORTS
menu.add_lists("Cohorts", "cohorts", run, ("Notes of staff", "sticky_note_2", "staffnote"), first=30)
workspace.add_ways(workspace.Way("participants", "Notes of staff", workspace.narrowed("cohorts_staffnote"), run))
keep_notes_from(lambda user: Q(pk__in=enrolments_of(user, HOST).values("pk")))
# What they answer may be about the very person who would read it.
keep_replies_from(lambda user: Q(enrolments__in=near_to(user).values("pk")))
merging.becomes({"cohorts.StaffNote.written_by": merging.Relation(merging.Fate.STAYS)})


def _noted(person: User, viewer: object) -> list[Event]:
    own = Enrolment.objects.filter(participant=person)
    seen = StaffNote.objects.visible_to(viewer).filter(enrolment__in=own).select_related("enrolment__cohort__programme")
    return [
        Event(
            one.on,
            f"{one.get_kind_display()}, noted: {one.text if len(one.text) < 80 else f'{one.text[:77]}…'}",
            str(one.enrolment.cohort),
            reverse("admin:cohorts_staffnote_change", args=[one.pk]),
        )
        for one in seen
    ]


story.add(_noted)
sections.add_pages("staff_note")
sections.add_sections(
    sections.Section("staff_note", "changes", 10, "admin/accounts/history.html", changes, "What has changed")
)
# The note has no page any more.
leads_to(remove_note, lambda note: reverse("admin:cohorts_enrolment_change", args=[note.enrolment_id]))
