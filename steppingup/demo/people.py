"""Who is there before anybody applies: employers, partners, staff, mentors; and the people who will apply."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from applications.models import Application
from applications.roles import RoleName
from cohorts.models import Enrolment, Partner, Programme
from mentoring.actions import mentors
from mentoring.models import Theme
from steppingup.accounts.actions.roles import give_role
from steppingup.accounts.actors import SYSTEM
from steppingup.accounts.models import Organisation, User
from steppingup.demo import texts

OTHER_PROVIDER = {"slug": "nhs-leadership-academy", "name": "NHS Leadership Academy", "kind": "nhs", "sector": "public"}
THIRD_PROVIDER = {"slug": "skills-for-care", "name": "Skills for Care", "kind": "charity", "sector": "voluntary"}

# Name, employer, post, role. The first of each role is the one whom the table of demonstration people shows.
SECOND_FINANCE = "Colin Abara"
STAFF = (
    ("Jo Maddern", "bristol-city-council", "Programme coordinator", RoleName.COORDINATOR),
    ("Tariq Bashir", "bristol-city-council", "Programme coordinator", RoleName.COORDINATOR),
    ("Constance Adeleke", "clifton-mutual", "Head of Learning", RoleName.ASSESSOR),
    ("Peter Hallworth", "totterdown-homes", "Assistant Director", RoleName.ASSESSOR),
    ("Sunita Ghale", "floating-harbour-university", "Head of Careers", RoleName.ASSESSOR),
    ("Emeka Obi", "filton-aerostructures", "Head of Apprenticeships", RoleName.ASSESSOR),
    ("Morag Lister", "avonreach-community", "Associate Director of People", RoleName.ASSESSOR),
    ("Luis Pereira", "kingsweir-college", "Head of Adult Learning", RoleName.ASSESSOR),
    ("Hannah Whyte", "bristol-city-council", "Organisational Development Manager", RoleName.ASSESSOR),
    ("Mabel Ferris", "bristol-city-council", "Finance officer", RoleName.FINANCE),
    (SECOND_FINANCE, "bristol-city-council", "Finance manager", RoleName.FINANCE),
    ("Nasra Omar", "bristol-city-council", "Equality and inclusion manager", RoleName.EQUALITY),
    ("Duncan Farrell", OTHER_PROVIDER["slug"], "Programme manager", RoleName.COORDINATOR),
    ("Sadia Rauf", OTHER_PROVIDER["slug"], "Finance business partner", RoleName.FINANCE),
    ("Gwen Prosser", OTHER_PROVIDER["slug"], "Head of Finance", RoleName.FINANCE),
    ("Marcia Donaldson", THIRD_PROVIDER["slug"], "Programme lead", RoleName.COORDINATOR),
    ("Ruth Amankwah", "bristol-city-council", "Head of Employee Relations", RoleName.CONFIDANT),
    ("Gareth Pugh", "bristol-city-council", "Freedom to Speak Up lead", RoleName.CONFIDANT),
    ("Yvette Lindo", OTHER_PROVIDER["slug"], "Freedom to Speak Up Guardian", RoleName.CONFIDANT),
)
ADMINISTRATOR = "Robin Kestrel"


@dataclass
class Applicant:
    """Somebody who applies, as their row of applicants.csv says, and what becomes of them."""

    name: str
    employer: Organisation
    manager: tuple[str, str]
    sponsor: tuple[str, str]
    row: dict[str, str]
    user: User | None = None
    application: Application | None = None
    enrolment: Enrolment | None = None
    dice: Random = field(default_factory=Random)
    worked: dict[date, Decimal] = field(default_factory=dict)  # days of the assignment
    has_left: bool = False

    @property
    def fate(self) -> str:
        return self.row["fate"].split()[0]

    @property
    def extras(self) -> list[str]:
        return self.row["fate"].split()[1:]

    @property
    def fee(self) -> str:
        return self.row["fee"]

    @property
    def totals(self) -> list[int]:
        """What the assessors give, one after the other."""
        return [int(total) for total in self.row["scores"].split()]

    @property
    def account(self) -> User:
        """Who signs in; made when they apply."""
        assert self.user is not None
        return self.user

    def me(self) -> User:
        """The same, to be asked when the moment has come: the diary is written before anybody has an account."""
        return self.account

    @property
    def applied(self) -> Application:
        """The application as it was when they last did something to it; actions look again themselves."""
        assert self.application is not None
        return self.application

    def now(self) -> Application:
        """The application as it stands now."""
        found = Application.objects.select_related(
            "cohort__programme__provider", "cohort__window", "applicant", "employer", "fee_agreement"
        )
        self.application = found.get(pk=self.applied.pk)
        return self.application

    def place(self) -> Enrolment:
        """Their place on the cohort."""
        if self.enrolment is None:
            related = ("cohort__programme__provider", "cohort__plan", "participant", "employer", "line_manager")
            self.enrolment = Enrolment.objects.select_related(*related).get(participant=self.user)
        return self.enrolment


@dataclass
class Cast:
    """Everybody who is there from the beginning."""

    programme: Programme
    employers: dict[str, Organisation]
    staff: dict[str, User]
    applicants: dict[str, list[Applicant]]

    def one(self, role: str) -> User:
        """The first of the staff with this role."""
        return self.staff[next(name for name, _, _, held in STAFF if held == role)]

    @property
    def coordinator(self) -> User:
        return self.one(RoleName.COORDINATOR)

    @property
    def finance(self) -> User:
        return self.one(RoleName.FINANCE)

    @property
    def second_finance(self) -> User:
        """Who confirms what the first has proposed."""
        return self.staff[SECOND_FINANCE]

    def applicant(self, name: str) -> Applicant:
        return next(person for group in self.applicants.values() for person in group if person.name == name)


def person(name: str, employer: Organisation, job_title: str = "", **fields: Any) -> User:
    """An account, found by address or made."""
    email = texts.address(name, employer.slug)
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(
        email, full_name=name, organisation=employer, job_title=job_title, **fields
    )


def _employers(programme: Programme) -> dict[str, Organisation]:
    found = {programme.provider.slug: programme.provider}
    for row in texts.employers():
        values = {
            "name": row["name"],
            "kind": row["kind"],
            "sector": row["sector"],
            "is_levy_payer": row["levy"],
            "pledged_on": row.get("pledged_on"),
            "parent": found.get(row.get("part_of", "")),
            "website": f"https://{row['slug']}.example",
        }
        employer, made = Organisation.objects.get_or_create(slug=row["slug"], defaults=values)
        found[row["slug"]] = employer
        if made and row.get("listed", True):
            Partner.objects.create(
                programme=programme,
                organisation=employer,
                pledged_on=row["pledged_on"],
                policy=row.get("policy", ""),
            )
    for one in (OTHER_PROVIDER, THIRD_PROVIDER):
        values = {**one, "is_provider": True}
        found[one["slug"]] = Organisation.objects.get_or_create(slug=one["slug"], defaults=values)[0]
    return found


def _staff(programme: Programme, employers: dict[str, Organisation]) -> dict[str, User]:
    found = {}
    for name, slug, post, role in STAFF:
        employer = employers[slug]
        found[name] = person(name, employer, post)
        provider = employer if employer.is_provider else programme.provider
        if not found[name].role_assignments.exists():
            give_role(user=found[name], role=role, provider=provider, by=SYSTEM)
    email = texts.address(ADMINISTRATOR, programme.provider.slug)
    administrator = User.objects.filter(email=email).first()
    found[ADMINISTRATOR] = administrator or User.objects.create_superuser(email, full_name=ADMINISTRATOR)
    return found


def _mentors(programme: Programme, employers: dict[str, Organisation], by: User) -> None:
    themes = {theme.key: theme for theme in Theme.objects.filter(programme=programme)}
    for row in texts.rows("mentors"):
        employer = employers[row["employer"]]
        mentors.put(
            programme=programme,
            email=texts.address(row["name"], employer.slug),
            full_name=row["name"],
            organisation=employer,
            by=by,
            themes=[themes[key] for key in row["themes"].split()],
            job_title=row["job_title"],
            about=row["about"],
            area=row["area"],
            capacity=int(row["capacity"]),
        )


COUNCIL = {
    "managers": ["Marguerite Hollis, Head of Service, People", "Anthony Quaye, Head of Service, Place"],
    "sponsor": "Mabel Ferris, Finance officer",
}


def _applicants(employers: dict[str, Organisation]) -> dict[str, list[Applicant]]:
    about = {row["slug"]: row for row in texts.employers()} | {"bristol-city-council": COUNCIL}
    found: dict[str, list[Applicant]] = {}
    for number, row in enumerate(texts.rows("applicants")):
        employer = about[row["employer"]]
        found.setdefault(row["cohort"], []).append(
            Applicant(
                name=row["name"],
                employer=employers[row["employer"]],
                manager=texts.name_and_post(employer["managers"][int(row["manager"]) - 1]),
                sponsor=texts.name_and_post(employer["sponsor"]),
                row=row,
                dice=Random(number),
            )
        )
    return found


def gather(programme: Programme) -> Cast:
    """Everybody who is there before the first window opens: made, or found."""
    employers = _employers(programme)
    staff = _staff(programme, employers)
    cast = Cast(programme, employers, staff, _applicants(employers))
    if not programme.mentors.exists():
        _mentors(programme, employers, cast.coordinator)
    return cast
