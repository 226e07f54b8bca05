"""The guide from an empty site to an open cohort: what there is, what is missing, and the page on which that is put right. It keeps
nothing itself, so it can be left at any time, and goes on where things stand."""

from collections.abc import Collection, Iterable
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.urls import reverse

from cohorts.actions.programmes import start
from cohorts.models import Cohort, Plan, Programme, RuleSet
from cohorts.permissions import CohortPermission
from cohorts.readiness import stages_of, with_way_back
from cohorts.states import CohortStatus
from steppingup.accounts.actors import holds, holds_everywhere
from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import ROLES, SitePermission
from steppingup.formats import english

EDIT = CohortPermission.EDIT_PROGRAMMES
GUIDE = "admin:cohorts_programme_guide"
#: So many cohorts of a programme, and names of people, are shown.
SHOWN = 5


class Line(NamedTuple):
    """One thing of the guide: what it is, how it stands, and where it is put right (nowhere, for others)."""

    title: str
    said: str
    state: str
    url: str = ""


class Part(NamedTuple):
    title: str
    lines: list[Line]
    #: What to do next here: words and address.
    button: tuple[str, str] = ("", "")


DONE, NEEDED, MISSING = "done", "needed", "missing"


class Guide(NamedTuple):
    """The parts of the guide for one provider; or for a site that has none yet."""

    provider: Organisation | None
    parts: list[Part]


def guides_for(user: User, providers: Iterable[Organisation]) -> list[Guide]:
    """One for each provider, with the same number of queries however many there are."""
    by_provider = {one.pk: one for one in providers}
    if not by_provider:
        return [Guide(None, first_part(user))]
    held = _roles_held(by_provider)
    programmes: dict[int, list[Programme]] = {pk: [] for pk in by_provider}
    ours = Programme.objects.visible_to(user, EDIT).filter(provider__in=by_provider)
    has = {
        "has_plan": Exists(Plan.objects.filter(programme=OuterRef("pk"))),
        "has_rules": Exists(RuleSet.objects.filter(programme=OuterRef("pk"))),
    }
    for one in ours.annotate(**has).order_by("name"):
        programmes[one.provider_id].append(one)
    cohorts = _cohorts(user, by_provider)
    return [
        Guide(
            one,
            [
                _organisation(user, one),
                _people(user, one, held[one.pk]),
                *_programmes(user, one, programmes[one.pk], cohorts),
            ],
        )
        for one in by_provider.values()
    ]


def _roles_held(providers: Collection[int]) -> dict[int, dict[str, list[str]]]:
    """By provider and role, the names of those who hold it."""
    held: dict[int, dict[str, list[str]]] = {pk: {name: [] for name in ROLES} for pk in providers}
    current = (
        RoleAssignment.objects.current().filter(provider__in=providers, user__is_active=True).select_related("user")
    )
    for one in current.order_by("user__full_name", "pk"):
        names = held[one.provider_id].setdefault(one.role, [])
        if str(one.user) not in names:
            names.append(str(one.user))
    return held


def _cohorts(user: User, providers: Collection[int]) -> dict[int, list[Line]]:
    """By programme, its cohorts that people cannot apply for yet, or can; those in preparation first. How much of it is done
    is worked out for the first one alone, as that takes a dozen queries."""
    wanted = (CohortStatus.DRAFT, CohortStatus.PUBLISHED)
    rows = (
        Cohort.objects.visible_to(user)
        .filter(programme__provider__in=providers, status__in=wanted)
        .for_steps()
        .select_related("rule_set")
    )
    found: dict[int, list[Line]] = {}
    for number, cohort in enumerate(
        sorted(rows, key=lambda one: (one.status != CohortStatus.DRAFT, one.starts_on, one.pk))
    ):
        lines = found.setdefault(cohort.programme_id, [])
        if len(lines) < SHOWN:
            lines.append(_cohort(cohort, counts=number == 0))
    return found


def first_part(user: User) -> list[Part]:
    """Where there is no provider yet: the first thing to do, for whoever may."""
    page = with_way_back(f"{reverse('admin:accounts_organisation_add')}?is_provider=on", reverse(GUIDE))
    said = "Whoever runs programmes here: a council, an academy or a charity"
    line = Line("The organisation that runs programmes", said, NEEDED, page if user.is_superuser else "")
    button = ("Add your organisation", page) if user.is_superuser else ("", "")
    return [Part("Your organisation", [line], button)]


def _organisation(user: User, provider: Organisation) -> Part:
    keeps = holds(user, SitePermission.MANAGE_PEOPLE, provider)
    page = (
        with_way_back(reverse("admin:accounts_organisation_change", args=[provider.pk]), reverse(GUIDE))
        if keeps
        else ""
    )
    return Part(
        "Your organisation",
        [
            Line("Its name", str(provider), DONE, page),
            Line(
                "Its colour",
                provider.brand_colour or "Pages are in the colours of Stepping Up",
                _there(provider.brand_colour),
                page,
            ),
            Line("Its logo", "On pages, emails and certificates", _there(provider.logo), page),
            Line("Its footer", "On pages and emails: address, charity number", _there(provider.footer), page),
            Line(
                "Where answers go",
                provider.reply_to or "Answers to emails go nowhere yet",
                _there(provider.reply_to),
                page,
            ),
        ],
    )


def _there(value: Any) -> str:
    return DONE if value else MISSING


def _people(user: User, provider: Organisation, held: dict[str, list[str]]) -> Part:
    """Each role, with those who hold it."""
    keeps = holds(user, SitePermission.MANAGE_PEOPLE, provider)
    lines = []
    for name, role in ROLES.items():
        page = f"{reverse('admin:accounts_user_add')}?role={name}&provider={provider.pk}"
        who, needed = held[name], EDIT in role.permissions
        said = english.listed(who) if len(who) <= SHOWN else english.counted(len(who), "person", "people")
        said = said or role.prose.split(". ")[0].rstrip(".")
        state = DONE if who else NEEDED if needed else MISSING
        lines.append(Line(str(role.name.label), said, state, with_way_back(page, reverse(GUIDE)) if keeps else ""))
    return Part("People and roles", lines)


def _programmes(
    user: User, provider: Organisation, programmes: list[Programme], cohorts: dict[int, list[Line]]
) -> list[Part]:
    begin = ""
    if holds_everywhere(user, EDIT, provider.pk):
        begin = reverse("admin:accounts_organisation_step", args=[provider.pk, start.name])
    if not programmes:
        said = "Begin with one that comes with Stepping Up, or with a file of yours"
        lines = [Line("A programme", said, NEEDED, begin)]
        if begin:
            alone = with_way_back(reverse("admin:cohorts_programme_add"), reverse(GUIDE))
            said = "Or an empty one: you write its texts, rules and days yourself"
            lines.append(Line("One like no other", said, MISSING, alone))
        return [Part("Programme", lines, ("Start a programme", begin))]
    *others, last = [_programme(one, cohorts.get(one.pk, [])) for one in programmes]
    return [*others, last._replace(button=("Start another programme", begin))]


def _programme(programme: Programme, cohorts: list[Line]) -> Part:
    page = with_way_back(reverse("admin:cohorts_programme_change", args=[programme.pk]), reverse(GUIDE))
    said = "Everybody can read about it" if programme.is_published else "Only you and your colleagues see it"
    public = Line("On the site", said, DONE if programme.is_published else NEEDED, page)
    return Part(str(programme), [public, *(cohorts or _before_a_cohort(programme))])


def _before_a_cohort(programme: Any) -> list[Line]:
    """What a cohort is made of, in this order, and the cohort, which cannot be added without a plan."""

    def add(model: str) -> str:
        return with_way_back(f"{reverse(f'admin:cohorts_{model}_add')}?programme={programme.pk}", reverse(GUIDE))

    lines = []
    if not programme.has_plan:
        lines.append(
            Line(
                "A plan of days",
                "What everybody does, in days, hours or sessions; its aims, and the barriers it works on",
                NEEDED,
                add("plan"),
            )
        )
    if not programme.has_rules:
        said = "Whom it is for, what people are asked, and how they are chosen"
        lines.append(Line("Admission rules", said, NEEDED, add("ruleset")))
    said = "People apply for a cohort: places, a fee and dates"
    return [*lines, Line("A cohort", said, NEEDED, add("cohort") if programme.has_plan else "")]


def _cohort(cohort: Cohort, *, counts: bool) -> Line:
    """How far a cohort is. Its own page says what is missing."""
    page = reverse("admin:cohorts_cohort_ready", args=[cohort.pk])
    if cohort.status == CohortStatus.PUBLISHED:
        return Line(cohort.name, "On the site", DONE, page)
    if not counts:
        return Line(cohort.name, "In preparation", NEEDED, page)
    points = [point for stage in stages_of(cohort) for point in stage.points]
    return Line(cohort.name, f"In preparation: {sum(one.done for one in points)} of {len(points)} done", NEEDED, page)


def is_needed(user: Any) -> bool:
    """Whether the first page leads to the guide: somebody who sets up, and nothing that people could apply for yet."""
    if not (user.is_superuser or holds(user, EDIT)):
        return False
    return not Cohort.objects.visible_to(user, EDIT).exclude(status=CohortStatus.DRAFT).exists()
