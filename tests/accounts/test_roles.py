"""The permissions that apps name, and the roles that carry them."""

import itertools

from steppingup.accounts.roles import ROLES, Permission


def test_every_permission_has_a_name_of_its_own_and_is_carried_by_a_role():
    named = list(itertools.chain.from_iterable(Permission.__subclasses__()))
    assert len(set(named)) == len(named)
    assert set(named) == {one for role in ROLES.values() for one in role.permissions}


def test_nobody_gives_a_role_that_there_is_not():
    assert {given for role in ROLES.values() for given in role.gives} <= set(ROLES)
