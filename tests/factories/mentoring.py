"""Mentors and pairs, named after moments."""

import factory
from factory.django import DjangoModelFactory

from cohorts.models import Enrolment
from mentoring.actions import matching
from mentoring.models import Mentor, MentoringWish, Pair, Theme
from steppingup.accounts.models import User
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import ParticipantFactory, ProgrammeFactory


class ThemeFactory(DjangoModelFactory):
    class Meta:
        model = Theme

    programme = factory.SubFactory(ProgrammeFactory)
    key = factory.Sequence(lambda n: f"theme-{n}")
    name = factory.Sequence(lambda n: f"Theme {n}")


class MentorFactory(DjangoModelFactory):
    """A mentor with one place, from an organisation of their own."""

    class Meta:
        model = Mentor

    programme = factory.SubFactory(ProgrammeFactory)
    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    job_title = "Head of Service"


def mentor_for(enrolment: Enrolment, **values) -> Mentor:
    """A mentor on the programme of this participant."""
    return MentorFactory(programme=enrolment.cohort.programme, **values)


def wish_of(enrolment: Enrolment, *themes: Theme, area: str = "", note: str = "") -> MentoringWish:
    wish = MentoringWish.objects.create(enrolment=enrolment, area=area, note=note)
    wish.themes.set(themes)
    return wish


def coordinator_of(enrolment: Enrolment) -> User:
    return staff(provider=enrolment.cohort.programme.provider)


def confirmed_pair(enrolment: Enrolment | None = None, mentor: Mentor | None = None) -> Pair:
    """Both know of each other."""
    enrolment = enrolment or ParticipantFactory()
    mentor = mentor or mentor_for(enrolment)
    by = coordinator_of(enrolment)
    pair = matching.pair_by_hand(enrolment=enrolment, mentor=mentor, by=by)
    return matching.confirm(pair=pair, by=by)
