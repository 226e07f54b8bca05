"""Who finds whom in the directory (C6). It goes both ways: whoever sees an entry is seen by its person, and an entry reaches no
further than its person, the programme and, beyond the provider, both providers want."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from django.db.models import Q
from django.utils import timezone

from cohorts.models import DirectoryAgreement, DirectoryEntry, Enrolment, Programme
from cohorts.models.directory import PROGRAMME, EntryQuerySet, whose
from cohorts.states import IN_THE_DIRECTORY, Circle, DirectoryReach, EnrolmentStatus
from steppingup import clock
from steppingup.accounts.models import User
from steppingup.formats import english
from steppingup.formats.dates import add_months


def partners_of(programmes: Iterable[Programme]) -> dict[int, set[int]]:
    """For each of these programmes the ids of those of other providers with which it shares its directory."""
    found: dict[int, set[int]] = {one.pk: set() for one in programmes}
    pairs = DirectoryAgreement.objects.shared().filter(Q(host__in=found) | Q(guest__in=found))
    for host, guest in pairs.values_list("host", "guest"):
        for one, other in ((host, guest), (guest, host)):
            if one in found:
                found[one].add(other)
    return found


def _within(entry: DirectoryEntry, partners: dict[int, set[int]]) -> Q:
    """The entries that see this one, and that it sees, by where they belong."""
    programme = entry.programme
    found = Q(**{PROGRAMME: programme.pk})
    if entry.circle != Circle.PROGRAMME and programme.directory == DirectoryReach.PROVIDER:
        wide = {f"{PROGRAMME}__directory": DirectoryReach.PROVIDER, "circle__in": (Circle.PROVIDER, Circle.OTHERS)}
        found |= Q(**{f"{PROGRAMME}__provider": programme.provider_id}, **wide)
    if entry.circle == Circle.OTHERS and partners.get(programme.pk):
        found |= Q(**{f"{PROGRAMME}__in": sorted(partners[programme.pk])}, circle=Circle.OTHERS)
    return found


def standing_of(person: User) -> list[DirectoryEntry]:
    """This person's own entries that others may be shown: by these they see others."""
    return list(DirectoryEntry.objects.of_person(person).standing().joined().order_by("pk"))


def seen_with(person: User, own: Sequence[DirectoryEntry]) -> EntryQuerySet:
    """The entries that this person sees by those of their own; none where they are not in the directory themselves."""
    if not own:
        return DirectoryEntry.objects.none()
    partners = partners_of([one.programme for one in own])
    within = Q()
    for one in own:
        within |= _within(one, partners)
    found = DirectoryEntry.objects.standing().filter(within).exclude(enrolment__participant=person)
    return found.unblocked(person)


def seen_by(person: User) -> EntryQuerySet:
    return seen_with(person, standing_of(person))


def readers_of(entry: DirectoryEntry) -> EntryQuerySet:
    """The entries of those who see this one."""
    return seen_with(entry.enrolment.participant, [entry])


def whom_it_reaches(entry: DirectoryEntry) -> str:
    """“4 people of Stepping Up (NHS Leadership Academy) and 1 person of Moving Up (Skills for Care)”; empty where nobody is there."""
    counts = Counter(whose(one.programme) for one in readers_of(entry).joined())
    return english.listed(
        f"{english.counted(number, 'person', 'people')} of {name}" for name, number in sorted(counts.items())
    )


def programmes_within(programme: Programme, circle: str) -> list[Programme]:
    """The programmes whose people an entry reaches with this choice, its own first: what a person reads before they choose."""
    found = [programme]
    if circle != Circle.PROGRAMME and programme.directory == DirectoryReach.PROVIDER:
        same = Programme.objects.filter(provider=programme.provider_id, directory=DirectoryReach.PROVIDER)
        found += same.exclude(pk=programme.pk).select_related("provider").order_by("name", "pk")
    if circle == Circle.OTHERS:
        others = Programme.objects.filter(pk__in=partners_of([programme])[programme.pk])
        others = others.exclude(directory=DirectoryReach.NONE).select_related("provider")
        found += others.order_by("name", "provider__name", "pk")
    return found


def circles_of(programme: Programme) -> list[tuple[str, str]]:
    """What a person can choose of, each with the programmes that it means now. Beyond the provider it stays open to agreements that
    are made later: whoever chose it is told of each."""
    mine = f"Only my own programme: {programme}"
    found = [(str(Circle.PROGRAMME), mine)]
    if programme.directory == DirectoryReach.PROVIDER:
        same = programmes_within(programme, Circle.PROVIDER)[1:]
        names = f": {english.listed(str(one) for one in same)} too" if same else ""
        found.append((str(Circle.PROVIDER), f"All programmes of {programme.provider}{names}"))
    own = {one.pk for one in programmes_within(programme, Circle.PROVIDER)}
    others = [one for one in programmes_within(programme, Circle.OTHERS) if one.pk not in own]
    now = f", now {english.listed(whose(one) for one in others)}" if others else ". There are none now"
    found.append((str(Circle.OTHERS), f"Programmes of other providers too{now}. If another is added, we write to you"))
    return found


def confirm_by(entry: DirectoryEntry) -> date | None:
    """The last day on which a graduate confirms that they want to be in it; nothing while they are on the programme."""
    enrolment = entry.enrolment
    if enrolment.status != EnrolmentStatus.COMPLETED or enrolment.completed_at is None:
        return None
    since = timezone.localdate(max(entry.confirmed_at, enrolment.completed_at))
    return add_months(since, entry.programme.directory_months)


def to_confirm(first: date, last: date) -> list[tuple[DirectoryEntry, date]]:
    """The entries of graduates whose last day for confirming lies between these two, with it."""
    graduates = DirectoryEntry.objects.filter(enrolment__status=EnrolmentStatus.COMPLETED).joined().order_by("pk")
    found = [(one, by) for one in graduates if (by := confirm_by(one))]
    return [(one, by) for one, by in found if first <= by <= last]


def not_confirmed() -> list[DirectoryEntry]:
    """Those whose last day for confirming has passed."""
    return [one for one, _ in to_confirm(date.min, clock.today() - timedelta(days=1))]


def may_join(enrolment: Enrolment) -> bool:
    """Could this participant or graduate be in the directory now?"""
    return enrolment.status in IN_THE_DIRECTORY and enrolment.cohort.programme.directory != DirectoryReach.NONE
