"""The line manager's email once a month, over all their people: only when there is something to say, and only what they may see. It is
stopped by a link without an account, and begun again."""

from datetime import datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q

from cohorts.agreements import with_agreements
from cohorts.models import Attendance, Enrolment, ManagerDigest
from cohorts.notices import digests as notices
from cohorts.progress.teams import Member, team_of, with_asks
from cohorts.relations import LINE_MANAGER, enrolments_of
from cohorts.states import EnrolmentStatus
from steppingup import clock
from steppingup.accounts.actors import Actor, LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink, User
from steppingup.formats import english

#: A date to come is worth saying when it is before the next email.
SOON = timedelta(days=35)


def _require_own(by: Actor, digest: ManagerDigest) -> None:
    if isinstance(by, LinkHolder):
        is_own = by.link.purpose == notices.DIGEST_LINK and by.link.object_id == digest.pk
    else:
        is_own = isinstance(by, User) and by.pk == digest.user_id
    if not is_own:
        raise NotAllowed("These emails belong to whoever gets them.")


def digest_of(user: User) -> ManagerDigest:
    return ManagerDigest.objects.get_or_create(user=user)[0]


@transaction.atomic
def stop(*, digest: ManagerDigest, by: Actor) -> ManagerDigest:
    """No more of these emails, until they want them again."""
    _require_own(by, digest)
    if digest.stopped_at is None:
        digest.stopped_at = clock.now()
        digest.save(update_fields=["stopped_at"])
    return digest


@transaction.atomic
def begin_again(*, digest: ManagerDigest, by: Actor) -> ManagerDigest:
    """They get them again, from next month on."""
    _require_own(by, digest)
    if digest.stopped_at is not None:
        digest.stopped_at, digest.told_at = None, clock.now()
        digest.save(update_fields=["stopped_at", "told_at"])
    return digest


def join(kept: User, gone: User) -> None:
    """Two accounts of one person become one: whoever has stopped these emails with either gets none, and the links in earlier emails go on
    working."""
    theirs = ManagerDigest.objects.select_for_update().filter(user=gone).first()
    if theirs is None:
        return
    own = ManagerDigest.objects.select_for_update().filter(user=kept).first()
    if own is None:
        theirs.user = kept
        theirs.save(update_fields=["user"])
        return
    own.stopped_at = own.stopped_at or theirs.stopped_at
    own.told_at = max(filter(None, (own.told_at, theirs.told_at)), default=None)
    own.save(update_fields=["stopped_at", "told_at"])
    kind = ContentType.objects.get_for_model(ManagerDigest)
    TokenLink.objects.filter(content_type=kind, object_id=theirs.pk).update(object_id=own.pk)
    theirs.delete()


# -- what is said ----------------------------------------------------------------------------------


def _has_news(member: Member, done: set[int]) -> bool:
    """Something is asked of them, speaks for talking soon, was done, or is to come before the next email."""
    is_soon = bool(member.next and member.next.starts_at - clock.now() < SOON)
    return bool(member.waits or member.worries) or is_soon or member.enrolment.pk in done


def _said(member: Member) -> str:
    one = member.enrolment
    words = [f"{member.progress.in_words} done"]
    if member.forecast and member.forecast.parts:
        words.append(f"at this pace {member.forecast.in_words}")
    if member.marked:
        words.append(f"at {member.attended} of {english.counted(member.marked, 'session')}")
    lines = [f"{one.participant} ({one.cohort.programme.name}, {one.cohort.name}): {', '.join(words)}."]
    if member.next:
        unsure = " (to be confirmed)" if member.next.is_unsure else ""
        lines.append(f"Next: {member.next.title}, {english.when(member.next.starts_at)}{unsure}.")
    if member.waits:
        lines.append(f"Waiting for you: {english.listed(member.waits)}.")
    if member.worries:
        lines.append(f"Worth a word: {english.listed(member.worries)}.")
    return " ".join(lines)


def _month() -> datetime:
    """When this month began."""
    return clock.local().replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def tell_managers() -> int:
    """By the clock, every morning: each line manager who has had none this month, and has been one since before it began. Returns how
    many were told."""
    none = ManagerDigest.objects.filter(Q(stopped_at__isnull=False) | Q(told_at__gte=_month()))
    managed = Enrolment.objects.on_the_programme().filter(
        line_manager__is_active=True, memberships__starts_on__lt=_month().date(), memberships__ends_on=None
    )
    managers = managed.exclude(line_manager__in=none.values("user")).order_by().values("line_manager")
    return sum(_tell(manager) for manager in User.objects.filter(pk__in=managers).order_by("pk"))


def _tell(manager: User) -> bool:
    """What is theirs at this moment: whoever is the line manager no more has nothing of it."""
    own = enrolments_of(manager, LINE_MANAGER).filter(status=EnrolmentStatus.ENROLLED)
    related = ("participant", "line_manager", "cohort__programme__provider", "cohort__plan")
    team = team_of(list(with_asks(with_agreements(own).select_related(*related), manager)))
    since = clock.today() - SOON
    seen = Attendance.objects.filter(enrolment__in=[one.enrolment for one in team], session__starts_at__date__gte=since)
    done = set(seen.values_list("enrolment", flat=True))
    if not any(_has_news(one, done) for one in team):
        return False
    first = team[0].enrolment
    providers = {one.enrolment.cohort.programme.provider_id for one in team}
    with transaction.atomic():
        digest = ManagerDigest.objects.select_for_update().get(pk=digest_of(manager).pk)
        if digest.stopped_at or (digest.told_at and digest.told_at >= _month()):
            return False  # somebody was quicker
        digest.told_at = clock.now()
        digest.save(update_fields=["told_at"])
        notices.tell(
            digest,
            "\n\n".join(_said(one) for one in team),
            first.manager,
            first.manager_email,
            first.cohort.programme.provider if len(providers) == 1 else None,
        )
    return True
