"""The made-up people of a dry run, and the organisations that they are from."""

from functools import cached_property
from typing import Any, NamedTuple

from django.utils.text import slugify

from applications.models import Window
from applications.roles import RoleName
from cohorts.states import Counterpart
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import Organisation, RoleAssignment, TokenLink, User

#: Addresses that no mail server can have.
AT = "make-believe.invalid"
APPLICANT, SPONSOR, MANAGER = "The applicant", "Somebody at the employer", "The line manager"
PARTICIPANT, MENTOR, HOST = "The participant", "The mentor", "The host"
VISITOR = "A visitor"
COORDINATOR, FINANCE, ASSESSOR, SITE = "The coordinator", "The finance officer", "The assessors", "The site"


class Kind(NamedTuple):
    """What an applicant is like: how they work (the first way that the rules accept, if nothing is said), and whether a bursary is
    asked for."""

    title: str
    standing: str = ""
    bursary: bool = False


ANYBODY = Kind("Anybody")


class Cast:
    """Everybody who acts, each made when first needed. Staff hold their roles at the copied provider only."""

    def __init__(self, provider: Organisation, kind: Kind = ANYBODY) -> None:
        self.provider, self.who = provider, kind

    @cached_property
    def employer(self) -> Organisation:
        return self._organisation("employer", "Make-believe Employer")

    @cached_property
    def elsewhere(self) -> Organisation:
        return self._organisation("host", "Make-believe Host")

    @cached_property
    def of_mentor(self) -> Organisation:
        return self._organisation("mentors", "Make-believe Mentors")

    @cached_property
    def applicant(self) -> User:
        return self._person("applicant", "Make-believe Applicant", job_title="Team leader")

    @cached_property
    def mentor(self) -> User:
        return self._person("mentor", "Make-believe Mentor", organisation=self.of_mentor)

    @cached_property
    def coordinator(self) -> User:
        return self._staff(RoleName.COORDINATOR, "Make-believe Coordinator")

    @cached_property
    def finance(self) -> User:
        return self._staff(RoleName.FINANCE, "Make-believe Finance Officer")

    @cached_property
    def second_finance(self) -> User:
        return self._staff(RoleName.FINANCE, "Make-believe Second Officer")

    def assessors(self, window: Window) -> list[User]:
        return [self._staff(RoleName.ASSESSOR, f"Make-believe Assessor {n + 1}") for n in range(window.assessors_each)]

    def other_side(self, counterpart: str, usual: Organisation) -> Organisation:
        """Where a host or a mentor is from, as the part of the plan asks."""
        return self.employer if counterpart == Counterpart.OWN else usual

    def holder(self, purpose: str, about: Any) -> LinkHolder:
        """Whoever was sent the latest link to it."""
        links = TokenLink.objects.usable().filter(purpose=purpose, object_id=about.pk)
        return LinkHolder(links.latest("pk"))

    @staticmethod
    def _organisation(slug: str, name: str) -> Organisation:
        kind = {"kind": Organisation.Kind.CHARITY, "sector": Organisation.Sector.VOLUNTARY}
        usual = {"slug": f"make-believe-{slug}", **kind}
        return Organisation.objects.get_or_create(name=name, defaults=usual)[0]

    @staticmethod
    def _person(who: str, name: str, **more: Any) -> User:
        return User.objects.create_user(email=f"{who}@{AT}", full_name=name, **more)

    def _staff(self, role: str, name: str) -> User:
        user = self._person(slugify(name), name, is_staff=True)
        RoleAssignment.objects.create(user=user, role=role, provider=self.provider)
        return user
