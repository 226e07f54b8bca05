"""People and organisations for tests."""

import factory
from factory.django import DjangoModelFactory

from applications.roles import RoleName
from steppingup.accounts.models import Organisation, RoleAssignment, User


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation

    name = factory.Sequence(lambda n: f"Harbour Council {n}")
    slug = factory.Sequence(lambda n: f"harbour-council-{n}")
    kind = Organisation.Kind.COUNCIL
    sector = Organisation.Sector.PUBLIC


class ProviderFactory(OrganisationFactory):
    """An organisation that runs programmes here."""

    name = factory.Sequence(lambda n: f"Stepping Up Provider {n}")
    slug = factory.Sequence(lambda n: f"provider-{n}")
    is_provider = True


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        return model_class.objects.create_user(*args, **kwargs)


class RoleAssignmentFactory(DjangoModelFactory):
    class Meta:
        model = RoleAssignment

    user = factory.SubFactory(UserFactory, is_staff=True)
    provider = factory.SubFactory(ProviderFactory)
    role = RoleName.COORDINATOR


def staff(role: str = RoleName.COORDINATOR, provider: Organisation | None = None, **fields) -> User:
    """A person who may open the admin, with one role."""
    user = UserFactory(is_staff=True, **fields)
    RoleAssignmentFactory(user=user, role=role, provider=provider or ProviderFactory())
    return user
