"""What has to be signed for a place: by the rules that the cohort goes by, and by whom it is still to be signed.

unsigned_before_place(person=applicant, cohort=cohort)                          # by anybody, before the place is taken
unsigned_before_place(person=applicant, cohort=cohort, role=Signatory.PARTICIPANT)    # by themselves
"""

import re
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Max, OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from cohorts.models import Agreement, AgreementTemplate, Cohort, Enrolment, Placement, Signature
from cohorts.models.agreements import fingerprint
from cohorts.states import Ending, Signatory, SignedBefore
from steppingup.accounts.models import Organisation, User
from steppingup.formats.english import day_date, listed, pounds

#: What an agreement can say of the place: every placeholder, what it stands for, and a sample.
WORDS = {
    "participant": ("the participant's name", "Amara Okafor"),
    "employer": ("the employer", "Harbour Housing"),
    "host": ("the host of the assignment", "Avon Museums"),
    "assignment": ("the title of the assignment", "A new front desk"),
    "provider": ("the provider of the programme", "Bristol City Council"),
    "programme": ("the programme", "Stepping Up"),
    "cohort": ("the cohort", "February 2020"),
    "starts_on": ("the first day", "12 February 2020"),
    "ends_on": ("the last day", "30 November 2020"),
    "days": ("how many days it has", "30 days"),
    "fee": ("the fee of a place", "£1,200"),
    "cost": ("what a place costs, whoever pays", "£1,310"),
}
PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
BACKSLASH = r"\\\1"
MARKS = re.compile(r"([\\`*_\[\]<>#|])")


class Unsigned(NamedTuple):
    """An agreement that the rules ask for, and who has still to sign it."""

    template: AgreementTemplate
    roles: tuple[Signatory, ...]


def problems(text: str) -> list[str]:
    """What keeps a text from being saved, in sentences."""
    allowed = ", ".join(f"{{{{ {name} }}}}" for name in WORDS)
    unknown = dict.fromkeys(name for name in PLACEHOLDER.findall(text) if name not in WORDS)
    found = [f"“{{{{ {name} }}}}” is not available in an agreement. You can use: {allowed}." for name in unknown]
    rest = PLACEHOLDER.sub("", text)
    if "{{" in rest or "}}" in rest or "{%" in rest:
        found.append(f"There is a stray bracket. Write placeholders as one of these: {allowed}.")
    return found


def filled(text: str, values: dict[str, str]) -> str:
    """The text with what stands for the placeholders. What somebody typed as their name cannot become a heading or a link."""
    return PLACEHOLDER.sub(lambda found: MARKS.sub(r"\\\1", values.get(found[1], "")), text)


def facts_of(
    cohort: Cohort,
    person: User,
    employer: Organisation | None,
    host: Organisation | None,
    assignment: str = "",
    *,
    has_employer: bool = True,
) -> dict[str, str]:
    return {
        "participant": str(person),
        "employer": str(employer) if employer else "the employer" if has_employer else "whoever they work for",
        "host": str(host) if host else "the host",
        "assignment": assignment or "the assignment",
        "provider": str(cohort.programme.provider),
        "programme": cohort.programme.name,
        "cohort": cohort.name,
        "starts_on": day_date(cohort.starts_on),
        "ends_on": day_date(cohort.ends_on),
        "days": cohort.plan.days_in_words,
        "fee": pounds(cohort.fee),
        "cost": pounds(cohort.cost),
    }


def placement_of(agreement: Agreement) -> Placement | None:
    """The assignment that it is about: the first with the host that signs it."""
    placements = agreement.enrolment.placements.all() if agreement.enrolment and agreement.host_id else ()
    return next((one for one in placements if one.host_id == agreement.host_id), None)


def text_of(agreement: Agreement) -> str:
    """What is signed: the text as whoever signed first has read it, and before that as it stands with today's facts."""
    first = next(iter(agreement.signatures.all()), None) if agreement.pk else None
    if first is not None:
        return first.text
    enrolment = agreement.enrolment
    employer = agreement.employer or (enrolment.employer if enrolment and enrolment.has_employer else None)
    placement = placement_of(agreement)
    assignment = placement.title if placement else ""
    has_one = not agreement.without_employer
    facts = facts_of(agreement.cohort, agreement.person, employer, agreement.host, assignment, has_employer=has_one)
    return "\n\n".join([filled(agreement.template.text, facts), *map(_said, agreement.terms)])


def terms_of(enrolment: Enrolment | None, host: Organisation | None) -> list[dict[str, str]]:
    """What is agreed of the assignments that somebody has with this host."""
    if enrolment is None or host is None:
        return []
    return [one.terms for one in enrolment.placements.filter(host=host).order_by("component__order", "pk")]


def _said(terms: dict[str, str]) -> str:
    """The terms of an assignment, below the text that is signed."""
    rows = [f"- {what}: {MARKS.sub(BACKSLASH, words)}" for what, words in terms.items() if words]
    return "\n".join(["**The assignment**", "", *(" ".join(row.split()) for row in rows)])


def digest_of(agreement: Agreement) -> str:
    """The fingerprint of what is signed: what somebody has read is what they sign."""
    return fingerprint(text_of(agreement))


def templates_of(cohort: Cohort) -> QuerySet[AgreementTemplate]:
    """The agreements that hold for the cohort: those of its rules, or of the later version whose agreements it has been given."""
    return AgreementTemplate.objects.filter(rule_set=cohort.agreement_rules_id or cohort.rule_set_id)


def applies(template: AgreementTemplate, enrolment: Enrolment | None) -> bool:
    """Is it asked for already? What is signed before the assignment, once there is one."""
    if template.needed == SignedBefore.PLACE:
        return True
    if template.needed == SignedBefore.START:
        return enrolment is not None
    return enrolment is not None and bool(enrolment.placements.all())


def _unsigned(
    templates: Iterable[AgreementTemplate], signed: list[Agreement], role: Signatory | None, has_employer: bool
) -> list[Unsigned]:
    found = []
    for template in templates:
        own = next((one for one in signed if one.template.is_same_as(template)), None)
        asked = template.signatories_of(has_employer=has_employer)
        missing = tuple(one for one in (own.missing if own else asked) if one in asked)
        roles = tuple(one for one in missing if role in (None, one))
        if roles:
            found.append(Unsigned(template, roles))
    return found


def unsigned_before_place(
    *, person: User, cohort: Cohort, role: Signatory | None = None, has_employer: bool = True
) -> list[Unsigned]:
    """What the rules ask to be signed before this person takes a place on the cohort, and is not: by whom it still waits, or,
    with a `role`, what this role has to sign. What need not be signed is not in it, nor what an employer would sign where there
    is none."""
    asked = list(templates_of(cohort).filter(needed=SignedBefore.PLACE, is_required=True))
    if not asked:
        return []
    standing = Agreement.objects.of_place(person, cohort).select_related("template").prefetch_related("signatures")
    return _unsigned(asked, list(standing), role, has_employer)


def unsigned_of_assignment(placement: Placement) -> list[Unsigned]:
    """What the rules ask to be signed before this assignment begins with the host that it has, and is not."""
    enrolment = placement.enrolment
    asked = list(templates_of(enrolment.cohort).filter(needed=SignedBefore.ASSIGNMENT, is_required=True))
    if not asked:
        return []
    standing = Agreement.objects.of_place(enrolment.participant_id, enrolment.cohort_id).filter(host=placement.host_id)
    return _unsigned(
        asked, list(standing.select_related("template").prefetch_related("signatures")), None, enrolment.has_employer
    )


def assignment_signed_on(placement: Placement) -> date | None:
    """The day on which the last of these signatures was given; nothing where none is needed."""
    enrolment = placement.enrolment
    rows = Agreement.objects.of_place(enrolment.participant_id, enrolment.cohort_id).filter(host=placement.host_id)
    needed = rows.filter(template__needed=SignedBefore.ASSIGNMENT, template__is_required=True)
    last = needed.aggregate(last=Max("signatures__signed_at"))["last"]
    return timezone.localdate(last) if last else None


def signed_of(placement: Placement) -> list[Agreement]:
    """What holds with this host now, and is signed by somebody."""
    rows = Agreement.objects.standing().filter(enrolment=placement.enrolment_id, host=placement.host_id)
    return [one for one in rows.select_related("template").prefetch_related("signatures") if one.signatures.all()]


def held_on(placement: Placement, day: date) -> bool:
    """Was everything that is asked signed with this host on that day, under terms that have become others since?"""
    enrolment = placement.enrolment
    before = Agreement.objects.filter(
        enrolment=enrolment, host=placement.host_id, ended_because=Ending.OTHER_TERMS, template__is_required=True
    )
    found = list(before.select_related("template").prefetch_related("signatures"))
    keys = {one.template.key for one in found}
    return bool(keys) and all(
        any(one.template.key == key and not one.missing and _covers(one, day) for one in found) for key in keys
    )


def _covers(agreement: Agreement, day: date) -> bool:
    last = max(timezone.localdate(one.signed_at) for one in agreement.signatures.all())
    return last <= day and agreement.ended_at is not None and day <= timezone.localdate(agreement.ended_at)


class OnPage(NamedTuple):
    """An agreement as one's own page shows it: what it is, and who has still to sign it."""

    pk: int
    title: str
    is_required: bool
    missing: tuple[Signatory, ...]

    @property
    def waits_for(self) -> str:
        """As the participant reads it."""
        return listed(["you" if role == Signatory.PARTICIPANT else role.in_sentence for role in self.missing])


def with_agreements(people: Any) -> Any:
    """Adds to places what stands for them, in the query that fetches them; `on_page` reads it."""
    signed = Signature.objects.filter(agreement=OuterRef("pk")).values("role")
    facts = JSONObject(
        pk="pk",
        title="template__title",
        required="template__is_required",
        signed=ArraySubquery(signed),
        without="without_employer",
        **{role.value: f"template__{role}_signs" for role in Signatory},
    )
    rows = Agreement.objects.standing().filter(enrolment=OuterRef("pk")).order_by("template__order", "pk")
    return people.annotate(agreements_found=ArraySubquery(rows.values(facts=facts)))


def _is_missing(role: Signatory, row: dict[str, Any]) -> bool:
    asked = row[role.value] and not (role == Signatory.EMPLOYER and row["without"])
    return bool(asked) and role not in row["signed"]


def on_page(enrolment: Enrolment) -> list[OnPage]:
    """What stands for this place."""
    if not hasattr(enrolment, "agreements_found"):
        found = with_agreements(Enrolment.objects.filter(pk=enrolment.pk)).get()
        enrolment.agreements_found = found.agreements_found  # type: ignore[attr-defined]
    return [
        OnPage(
            row["pk"],
            row["title"],
            row["required"],
            tuple(role for role in Signatory if _is_missing(role, row)),
        )
        for row in enrolment.agreements_found  # type: ignore[attr-defined]
    ]


def in_words(unsigned: Iterable[Unsigned]) -> str:
    """“Learning contract (the employer, the provider) and Code of conduct (the participant)”."""
    return listed([f"“{one.template}” ({listed([role.in_sentence for role in one.roles])})" for one in unsigned])
