"""What modules and qualifications say on pages that are built from sections."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from cohorts.extensions import Stand, Trouble, TroubleKind
from cohorts.models import Barrier, Cohort, Enrolment, Programme, Session
from cohorts.models.joint import host_of
from cohorts.states import COHORT_PUBLIC, HOLDS_A_PLACE, EnrolmentStatus
from modules.actions.feedback import is_open
from modules.models import NEAR_DAYS, Module, Registration, SessionSpeaker, TalkFeedback
from modules.policies import KEEP
from modules.progress import current, standing_of
from modules.rules import Standing
from modules.states import Comes, RegistrationStatus
from steppingup import clock
from steppingup.accounts.actors import may
from steppingup.accounts.models import User
from steppingup.desk.story import Event
from steppingup.formats import english
from steppingup.site import pictures

Context = dict[str, Any] | None


def due_words(registration: Registration) -> dict[str, Any]:
    """How urgent the due date is: days left, whether it is near, or over."""
    left = (registration.due_on - clock.today()).days
    under_way = registration.status == RegistrationStatus.REGISTERED
    return {"days_left": left, "is_near": under_way and 0 <= left <= NEAR_DAYS, "is_over": under_way and left < 0}


def credits_ring(standing: Standing) -> SafeString:
    """A ring, filled as far as credits are passed, with those that are chosen behind it."""
    planned = Decimal(standing.credits - standing.credits_passed)
    drawn = pictures.ring(Decimal(standing.credits_passed), Decimal(standing.target.credits), planned)
    return render_to_string("modules/credits_ring.html", drawn)


def managed_qualification(*, subject: Enrolment, viewer: Any) -> Context:
    """For the line manager: which qualification, credits passed, the due date; nothing else."""
    registration = current(subject)
    if registration is None or registration.status == RegistrationStatus.WITHDRAWN:
        return None
    standing = standing_of(registration)
    return {"registration": registration, "standing": standing, "picture": credits_ring(standing)}


def modules_of(cohort: Cohort) -> list[Module]:
    """The modules of a cohort with their sessions that go ahead and who speaks there, in a constant number of queries."""
    # Who speaks comes with the session: a participant's page has fifteen queries and no more.
    talk = JSONObject(
        subject="subject", name="speaker__name", post="speaker__post", organisation="speaker__organisation__name"
    )
    talks = SessionSpeaker.objects.filter(session=OuterRef("pk")).order_by("pk").values_list(talk, flat=True)
    barriers = Barrier.objects.filter(plan=OuterRef("cohort__plan")).order_by("order", "pk")
    words = JSONObject(key="key", theme="theme", text="text")
    found: list[Any] = list(
        Module.objects.filter(cohort=cohort)
        .annotate(barriers_there=ArraySubquery(barriers.values(words=words)))
        .prefetch_related(Prefetch("sessions", Session.objects.going_ahead().annotate(talks=ArraySubquery(talks))))
    )
    for module in found:
        on = [one["text"] or one["theme"] for one in module.barriers_there if one["key"] in module.works_on]
        module.barriers_in_words = english.listed(on)
    return found


def own_modules(*, subject: Enrolment, viewer: Any) -> Context:
    """Those to come; those that are over are folded away. Whoever has left sees those that were over by then."""
    modules = modules_of(subject.cohort)
    until = subject.withdrawn_at or clock.now()
    past = [m for m in modules if m.sessions.all() and all(session.ends_at <= until for session in m.sessions.all())]
    coming = [] if subject.status == EnrolmentStatus.WITHDRAWN else [m for m in modules if m not in past]
    return {"coming": coming, "past": past} if coming or past else None


def session_talks(*, subject: Session, viewer: Any) -> Context:
    """Who speaks at a session, and the module that it belongs to; on a joint day, who speaks at its host's."""
    held = {subject.pk, host_of(subject).pk}
    talks: list[Any] = list(
        SessionSpeaker.objects.filter(session__in=held).select_related("speaker__organisation").order_by("pk")
    )
    modules = list(Module.objects.filter(sessions__in=held).distinct())
    if not talks and not modules:
        return None
    own = _own_place(subject, viewer) if talks and subject.ends_at <= clock.now() else None
    # Whoever has left still finds what they wrote, and can remove it.
    words = TalkFeedback.objects.filter(enrolment__participant=viewer, talk__in=talks)
    said = dict(words.values_list("talk", "enrolment")) if talks else {}
    for talk in talks:
        talk.place = said.get(talk.pk) or (own.pk if own and talk.comes != Comes.NO else None)
    return {"talks": talks, "modules": modules, "said": said, "session": subject}


def _own_place(session: Session, viewer: Any) -> Enrolment | None:
    """The place of somebody who was there, and may say what they took away from a talk."""
    for one in Enrolment.objects.filter(participant=viewer, status__in=HOLDS_A_PLACE).order_by("-pk"):
        if is_open(session, one) and Session.objects.for_enrolment(one).filter(pk=session.pk).exists():
            return one
    return None


def session_speakers(*, subject: Session, viewer: Any) -> Context:
    """For staff: who speaks, what each has said, and what was said of it afterwards. On a joint day, who speaks at its host's: what they have
    said is for the host to read, and what of it participants took away is for those who run their cohort."""
    held = {subject.pk, host_of(subject).pk}
    seen = TalkFeedback.objects.visible_to(viewer).filter(talk=OuterRef("pk")).order_by().values("talk")
    words = Coalesce(Subquery(seen.annotate(number=Count("pk")).values("number")), 0)
    talks = list(SessionSpeaker.objects.filter(session__in=held).for_steps().annotate(words=words).order_by("pk"))
    return {"talks": talks, "session": subject, "may_see": may(viewer, KEEP, subject)} if talks else None


def programme_modules(*, subject: Programme, viewer: Any) -> Context:
    """The modules of the next cohort, or of the latest where none is to come (B5, B6)."""
    public = list(subject.cohorts.filter(status__in=COHORT_PUBLIC, modules__isnull=False).distinct())
    today = clock.today()
    coming = sorted((cohort for cohort in public if cohort.starts_on > today), key=lambda c: c.starts_on)
    shown = coming or sorted(public, key=lambda c: c.starts_on, reverse=True)
    if not shown:
        return None
    cohort = shown[0]
    return {
        "title": "The modules" if coming else f"The modules of the {cohort.name} cohort",
        "modules": modules_of(cohort),
        "cohort": cohort,
        "is_coming": bool(coming),
        "is_over": cohort.ends_on < today,
    }


def programme_qualifications(*, subject: Programme, viewer: Any) -> Context:
    """The optional qualifications (B39 to B46)."""
    found = list(subject.qualifications.offered())
    return {"qualifications": found} if found else None


def cohort_qualifications(*, subject: Cohort, viewer: Any) -> Context:
    """How many are registered, overdue, have achieved."""
    if not may(viewer, KEEP, subject) or not subject.programme.qualifications.exists():
        return None
    return {"figures": Registration.objects.filter(enrolment__cohort=subject).figures()}


OVERDUE = TroubleKind("qualification", "A qualification is overdue", 45)


def overdue_of(people: Collection[Enrolment], viewer: Any) -> list[Trouble]:
    """Whose qualification is overdue."""
    late = Registration.objects.visible_to(viewer).filter(enrolment__in=[one.pk for one in people]).overdue()
    return [
        Trouble(
            one.enrolment_id,
            OVERDUE,
            f"the {one.qualification} was due on {english.day_date(one.due_on)}",
            one.due_on,
            f"Your {one.qualification} was due on {english.day_date(one.due_on)}. Tell us how far you are, and whether you need longer.",
            reverse("admin:modules_registration_change", args=[one.pk]),
            "See the qualification",
        )
        for one in late.select_related("qualification").order_by("pk")
    ]


def story_of(person: User, viewer: Any) -> list[Event]:
    """Qualifications begun, achieved and given up, for the page of a person."""
    seen = Registration.objects.visible_to(viewer).filter(enrolment__participant=person)
    events = []
    for one in seen.select_related("qualification", "enrolment__cohort__programme"):
        url, where = reverse("admin:modules_registration_change", args=[one.pk]), str(one.enrolment.cohort)
        events += [
            Event(one.registered_on, f"Registered for the {one.qualification}", where, url),
            Event(one.achieved_on, f"Achieved the {one.qualification}", where, url),
            Event(one.withdrawn_on, f"Withdrew from the {one.qualification}", where, url),
        ]
    return events


def stands_of(enrolment: Enrolment, viewer: Any) -> list[Stand]:
    """The qualification, for the page before a step."""
    found = Registration.objects.filter(enrolment=enrolment).select_related("qualification")
    return [
        Stand("Qualification", f"{one.qualification.name}: {one.get_status_display().lower()}")
        for one in found.order_by("pk")
    ]
