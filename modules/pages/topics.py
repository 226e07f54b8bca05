"""The pages of a participant's programme that modules and qualifications have: how each stands in a line, and what it asks."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse

from cohorts.models import Session
from cohorts.pages.topics import MANAGED, OWN
from cohorts.states import HOLDS_A_PLACE, EnrolmentStatus
from modules.actions import assignments, courses, registrations
from modules.models import NEAR_DAYS, Module, Qualification, Registration
from modules.states import AssignmentStatus, RegistrationStatus
from steppingup import clock
from steppingup.formats import english
from steppingup.site.topics import Ask, Status, Topic

# -- modules ---------------------------------------------------------------------------------------------


def _module_facts(viewer: Any) -> dict[str, Any]:
    """How many the cohort has, and of how many every day is over; of whoever has left, was over by then."""
    days = Session.objects.going_ahead().filter(modules=OuterRef("pk"))
    by_then = Coalesce(OuterRef(OuterRef("withdrawn_at")), Value(clock.now()))
    is_over = Q(Exists(days)) & ~Q(Exists(days.filter(ends_at__gt=by_then)))
    rows = Module.objects.filter(cohort=OuterRef("cohort")).order_by().values("cohort")
    counts = rows.annotate(number=Count("pk"), over=Count("pk", filter=is_over))
    return {"modules_counted": Subquery(counts.values(found=JSONObject(number="number", over="over")))}


def _modules(*, subject: Any, viewer: Any) -> Status | None:
    """Whoever has left sees those that were."""
    found = subject.modules_counted or {"number": 0, "over": 0}
    number, over = found["number"], found["over"]
    if subject.status == EnrolmentStatus.WITHDRAWN:
        return Status(f"{english.counted(over, 'module')} until you left") if over else None
    if not number:
        return None
    return Status(f"{over} of {english.counted(number, 'module')} {'is' if over == 1 else 'are'} over")


# -- the qualification -------------------------------------------------------------------------------------


def _registration_facts(viewer: Any) -> dict[str, Any]:
    """What they work towards, or did last; and what they could register for."""
    rows: Any = Registration.objects.filter(enrolment=OuterRef("pk")).current_first().with_progress()
    facts = JSONObject(
        name="qualification__name",
        status="status",
        due_on="due_on",
        achieved_on="achieved_on",
        withdrawn_on="withdrawn_on",
        passed="credits_passed",
        chosen="credits_chosen",
        courses="courses_chosen",
        credits="qualification__credits",
        least="qualification__least_courses",
        least_pages="qualification__least_pages",
        most_pages="qualification__most_pages",
        assignment="assignment_status",
    )
    offers = Qualification.objects.offered().filter(programme=OuterRef("cohort__programme"))
    return {
        "registration_found": Subquery(rows.values(found=facts)[:1]),
        "is_offered_a_qualification": Exists(offers),
    }


def _day(found: dict[str, Any], name: str) -> date:
    return date.fromisoformat(found[name])


def _standing(found: dict[str, Any]) -> str:
    credits = f"{found['passed']} of {english.counted(found['credits'], 'credit')} passed"
    if found["status"] == RegistrationStatus.ACHIEVED:
        return f"Achieved on {english.day_date(_day(found, 'achieved_on'))}"
    return f"{credits}, due on {english.day_date(_day(found, 'due_on'))}"


def _qualification(*, subject: Any, viewer: Any) -> Status | None:
    """Before registering, the invitation (B39); afterwards how far they are."""
    found = subject.registration_found
    if found is None:
        offered = subject.is_offered_a_qualification and subject.status in HOLDS_A_PLACE
        return Status("It is up to you whether you take one", "An optional qualification") if offered else None
    if found["status"] == RegistrationStatus.WITHDRAWN:
        return Status(f"You withdrew on {english.day_date(_day(found, 'withdrawn_on'))}")
    return Status(_standing(found))


def _managed_qualification(*, subject: Any, viewer: Any) -> Status | None:
    """Credits and the due date; nothing of what was given up."""
    found = subject.registration_found
    return Status(_standing(found)) if found and found["status"] != RegistrationStatus.WITHDRAWN else None


def _asked(*, subject: Any, viewer: Any) -> list[Ask]:
    """What the participant has to do next for it, where it is time: to begin, to revise, or to finish (B46)."""
    found = subject.registration_found
    if not found or found["status"] != RegistrationStatus.REGISTERED or subject.status not in HOLDS_A_PLACE:
        return []
    due_on = _day(found, "due_on")
    left = due_on - clock.today()
    by = due_on if left >= timedelta(0) else None
    late = "" if by else f"It was due on {english.day_date(due_on)}. Ask for more time if you still want to finish it."
    if found["assignment"] == AssignmentStatus.REFERRED:
        url = reverse("modules:assignment", args=[subject.pk])
        return [Ask("Revise your assignment and hand it in again", "See what to revise", url, by, late)]
    lacks_courses = found["chosen"] < found["credits"] or found["courses"] < found["least"]
    if not found["courses"]:
        url = reverse("modules:courses", args=[subject.pk])
        return [Ask(f"Choose your courses for the {found['name']}", "Choose courses", url, by, late)]
    handed_in = found["assignment"] in (AssignmentStatus.SUBMITTED, AssignmentStatus.PASSED)
    lacks_assignment = (found["least_pages"] or found["most_pages"]) and not handed_in
    if left > timedelta(NEAR_DAYS) or not (lacks_courses or lacks_assignment):
        return []
    url = reverse("modules:qualification", args=[subject.pk])
    return [Ask(f"Finish the {found['name']}", "See what is missing", url, by, late)]


TOPICS = (
    Topic(OWN, "modules", 30, "Your modules", "modules:modules", _modules, facts=_module_facts),
    Topic(
        OWN,
        "qualification",
        60,
        "Your qualification",
        "modules:qualification",
        _qualification,
        asks=_asked,
        facts=_registration_facts,
        steps=(
            registrations.register_for,
            registrations.give_up,
            registrations.resume,
            courses.choose_course,
            courses.drop_course,
            assignments.submit_assignment,
        ),
    ),
    Topic(
        MANAGED,
        "qualification",
        60,
        "Qualification",
        "modules:managed_qualification",
        _managed_qualification,
        facts=_registration_facts,
    ),
)
