"""The permissions that apps name, and the roles that carry them."""

import itertools

from steppingup.accounts.actors import SYSTEM, LinkHolder, may
from steppingup.accounts.models import TokenLink
from steppingup.accounts.roles import ROLES, Permission, SitePermission


def test_every_permission_has_a_name_of_its_own_and_is_carried_by_a_role():
    named = list(itertools.chain.from_iterable(Permission.__subclasses__()))
    assert len(set(named)) == len(named)
    assert set(named) == {one for role in ROLES.values() for one in role.permissions}


def test_nobody_gives_a_role_that_there_is_not():
    assert {given for role in ROLES.values() for given in role.gives} <= set(ROLES)


def test_whoever_holds_only_a_link_holds_no_permission():
    assert not may(LinkHolder(TokenLink()), SitePermission.WATCH_WORK)
    assert may(SYSTEM, SitePermission.WATCH_WORK)
