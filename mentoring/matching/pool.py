"""Participants and mentors as the matching wants them: read from the database in a constant number of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet

from cohorts.models import Cohort, Component, Enrolment, Placement, Programme
from cohorts.states import Counterpart, EnrolmentStatus, Recording
from mentoring.matching.pairing import Offer, Seeker, Weights, may_pair, points_of, reason_of
from mentoring.models import MatchingWeights, Mentor, MentoringWish, Pair, Theme
from mentoring.models.pair import PairQuerySet
from mentoring.states import USES_CAPACITY, PairStatus
from steppingup.accounts.models import Organisation
from steppingup.formats.english import counted


def weights_of(programme: Programme | int) -> Weights:
    """The programme's own points, or the defaults."""
    pk = programme if isinstance(programme, int) else programme.pk
    row = MatchingWeights.objects.filter(programme=pk).first() or MatchingWeights()
    return Weights(row.theme_points, row.area_points)


def parts_of(cohort: Cohort) -> list[Component | None]:
    """The parts of the plan for which people have a mentor; one that is no part where the plan has none, and minutes are kept
    only."""
    return list(Component.objects.filter(plan=cohort.plan_id, recording=Recording.PAIR)) or [None]


def rule_of(component: Component | None) -> Counterpart:
    """Where mentors come from. Pairs that are for no part of the plan are held to what mentoring usually is (B13)."""
    return Counterpart(component.counterpart) if component else Counterpart.ANOTHER


def for_part(pairs: PairQuerySet, component: Component | None) -> PairQuerySet:
    """Those for this part of the plan, in whatever version. One that is for none counts for each."""
    if component is None:
        return pairs
    return pairs.filter(Q(component__key=component.key) | Q(component=None))


def seekers(enrolments: Iterable[Enrolment], component: Component | None = None) -> list[Seeker]:
    """What the participants seek for a part of the plan, as far as they said."""
    people = list(enrolments)
    wishes = {
        wish.enrolment_id: wish
        for wish in MentoringWish.objects.filter(enrolment__in=people).prefetch_related("themes")
    }
    rule = rule_of(component)
    family, own = _families(people, rule)
    return [
        Seeker(
            id=person.pk,
            name=str(person.participant),
            family=family[person.pk],
            employer=person.works_as,
            themes=frozenset(theme.pk for theme in wish.themes.all()) if wish else frozenset(),
            area=wish.area if wish else "",
            has_wish=wish is not None,
            not_with=out,
            own=own.get(person.pk, frozenset()) if rule == Counterpart.OWN else None,
            rule=rule,
        )
        for person, wish, out in ((p, wishes.get(p.pk), out) for p, out in _not_with(people))
    ]


def _families(
    people: list[Enrolment], rule: Counterpart
) -> tuple[dict[int, frozenset[int]], dict[int, frozenset[int]]]:
    """By enrolment, the organisations that are too near, to its employer or to the host of an assignment, where the mentor must
    be from another one (B8, B13); and those of its employer, of which it must be where the rule is its own."""
    rows = Enrolment.objects.filter(pk__in=[person.pk for person in people])
    near = list(rows.values_list("pk", "employer", "cohort__programme__reach"))
    hosts: dict[int, set[int]] = defaultdict(set)
    if rule == Counterpart.ANOTHER:
        for pk, host in Placement.objects.filter(enrolment__in=people).values_list("enrolment", "host"):
            hosts[pk].add(host)
    families = {
        reach: Organisation.objects.families(
            {one for pk, employer, r in near if r == reach for one in (employer, *hosts[pk]) if one}, reach
        )
        for reach in {row[2] for row in near}
    }
    own = {pk: families[reach].get(employer, frozenset()) for pk, employer, reach in near}
    if rule != Counterpart.ANOTHER:
        return defaultdict(frozenset), own
    reaches = {pk: reach for pk, _, reach in near}
    return {pk: own[pk].union(*(families[reaches[pk]][host] for host in hosts[pk])) for pk in own}, own


def why_too_near(enrolment: Enrolment, mentor: Mentor, component: Component | None = None) -> str:
    """Why this mentor is not from where the part of the plan says, in a sentence: usually from another organisation than the
    employer and the hosts (B8, B13)."""
    home, reach, rule = mentor.organisation, enrolment.cohort.programme.reach, rule_of(component)
    if rule == Counterpart.ANY:
        return ""
    family, who = home.family_ids(reach), enrolment.participant
    if rule == Counterpart.OWN:
        if enrolment.employer_id in family:
            return ""
        return f"{mentor.called} is from {home} and {who} {enrolment.works}. The mentor must be from their own organisation."
    hosts = [one.host for one in Placement.objects.filter(enrolment=enrolment).select_related("host")]
    for other, what in ((enrolment.employer, "works for"), *((host, "has an assignment at") for host in hosts)):
        if other and other.pk in family:
            return (
                f"{mentor.called} is from {home} and {who} {what} {other}{home.tie_clause(other)}. "
                "The mentor must be from another organisation."
            )
    return ""


def _not_with(people: list[Enrolment]) -> list[tuple[Enrolment, frozenset[int]]]:
    """Themselves, their line manager, mentors with whom a pair was ended, and whom they have for another part."""
    out: dict[int, set[int]] = defaultdict(set)
    known = Pair.objects.filter(enrolment__in=people, status__in=(PairStatus.ENDED, *USES_CAPACITY))
    for enrolment, mentor in known.values_list("enrolment", "mentor"):
        out[enrolment].add(mentor)
    users = {person.participant_id for person in people} | {person.line_manager_id for person in people}
    profiles: dict[int, set[int]] = defaultdict(set)
    for user, mentor in Mentor.objects.filter(user__in=users - {None}).values_list("user", "pk"):
        profiles[user].add(mentor)
    return [
        (p, frozenset(out[p.pk] | profiles[p.participant_id] | profiles.get(p.line_manager_id or 0, set())))
        for p in people
    ]


def offers(programme: Programme | int) -> list[Offer]:
    """The mentors who can take somebody on, with the places that are free now."""
    mentors = Mentor.objects.filter(programme=programme, is_available=True, user__is_active=True)
    rows = mentors.with_places().select_related("user", "organisation").prefetch_related("themes").order_by("pk")
    return [
        Offer(
            id=mentor.pk,
            name=mentor.called,
            organisation=mentor.organisation_id,
            organisation_name=mentor.organisation.name,
            themes=frozenset(theme.pk for theme in mentor.themes.all()),
            area=mentor.area,
            places=mentor.places_free,
            taken=mentor.places_used,
        )
        for mentor in rows
    ]


def theme_names(programme: Programme | int) -> dict[int, str]:
    """The names of the themes, in the programme's order."""
    return dict(Theme.objects.filter(programme=programme).values_list("pk", "name"))


def without_a_mentor(cohort: Cohort, component: Component | None = None) -> QuerySet[Enrolment]:
    """Participants of a cohort who are on the programme and have neither a mentor nor a proposal for this part of the plan."""
    paired = for_part(Pair.objects.open(), component).filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(~Exists(paired), cohort=cohort, status=EnrolmentStatus.ENROLLED)


def without_some_mentor(cohort: Cohort) -> QuerySet[Enrolment]:
    """Those who lack one for some part of the plan."""
    lacking = [Q(pk__in=without_a_mentor(cohort, part).values("pk")) for part in parts_of(cohort)]
    return Enrolment.objects.filter(reduce(or_, lacking))


@dataclass(frozen=True)
class Choice:
    """A mentor whom a participant could have: what they share, and how many places are free."""

    offer: Offer
    points: int
    reason: str

    @property
    def in_words(self) -> str:
        one = self.offer
        taken = f", {one.taken} taken" if one.taken else ""
        points, places = counted(self.points, "point"), counted(one.places, "free place")
        return f"{one.name}, {one.organisation_name}: {points}; {places}{taken}. {self.reason}"


def choices_for(enrolment: Enrolment, component: Component | None = None) -> list[Choice]:
    """The mentors with a free place whom this participant may have for a part of the plan, the best first."""
    programme = enrolment.cohort.programme_id
    weights, names = weights_of(programme), theme_names(programme)
    (seeker,) = seekers([enrolment], component)
    found = [
        Choice(offer, points_of(seeker, offer, weights), reason_of(seeker, offer, names))
        for offer in offers(programme)
        if offer.places > 0 and may_pair(seeker, offer)
    ]
    return sorted(found, key=lambda choice: (-choice.points, choice.offer.taken, choice.offer.name))


def shared(enrolment: Enrolment, mentor: Mentor, component: Component | None = None) -> tuple[Decimal, str]:
    """The points of this pair, and why in a sentence."""
    programme = enrolment.cohort.programme_id
    (seeker,) = seekers([enrolment], component)
    offer = Offer(
        id=mentor.pk,
        name=mentor.called,
        organisation=mentor.organisation_id,
        organisation_name=mentor.organisation.name,
        themes=frozenset(mentor.themes.values_list("pk", flat=True)),
        area=mentor.area,
    )
    return Decimal(points_of(seeker, offer, weights_of(programme))), reason_of(seeker, offer, theme_names(programme))


def why_not(enrolment: Enrolment, mentor: Mentor, component: Component | None = None) -> str:
    """Why these two cannot be paired now, in a sentence; empty when they can (B13)."""
    who, whom, near = mentor.called, str(enrolment.participant), why_too_near(enrolment, mentor, component)
    # Counted anew: the mentor at hand may come from a form that was shown a while ago.
    used = Mentor.objects.with_places().get(pk=mentor.pk)
    reasons = (
        (enrolment.status != EnrolmentStatus.ENROLLED, f"{whom} is no longer on the programme."),
        (mentor.programme_id != enrolment.cohort.programme_id, f"{who} is a mentor on another programme."),
        (mentor.user_id == enrolment.participant_id, f"{whom} cannot be their own mentor."),
        (mentor.user_id == enrolment.line_manager_id, f"{who} is the line manager of {whom}."),
        (bool(near), near),
        (not mentor.is_available, f"{who} cannot take anybody on at the moment."),
        (
            used.places_free < 1,
            f"{who} has no free place: {used.places_used} of {used.capacity} used.",
        ),
    )
    return next((sentence for stands_against, sentence in reasons if stands_against), "")
