"""Which accounts are one person's, as far as accounts tell: the account itself, one that was merged into it, and one whose mail is
read in the same mailbox. The only place that decides it: “not yourself”, what is about oneself, and with whom one competes."""

import re
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db.models import Q
from django.utils.functional import cached_property

from steppingup.formats.sameness import mailbox


def is_account_of(user: Any, pk: int, merged_into: int | None, email: str) -> bool:
    """Is the account with this id and address, which may have been merged into another, this person's?"""
    return user.pk in (pk, merged_into) or mailbox(user.email) == mailbox(email)


def _may_be(email: str) -> Q:
    """A condition on accounts: every one that may be read in this mailbox, and few others. Only `mailbox` knows."""
    local, _, domain = mailbox(email).rpartition("@")
    domains = Q(email__endswith=f"@{domain}")
    if domain == "gmail.com":
        domains |= Q(email__endswith="@googlemail.com")
    letters = r'["\\.]*'.join(map(re.escape, local.replace(".", "")))
    return domains & Q(email__regex=rf'^["\\.]*{letters}["\\.]*[+@]')


class Oneself:
    """For the model of a person."""

    pk: Any
    email: Any
    _base_manager: ClassVar[Any]

    @cached_property
    def own_accounts(self) -> frozenset[int]:
        """The ids of the accounts that are this very person's, this one among them; fetched once for each request."""
        return frozenset(row[0] for row in self._own())

    def with_own_accounts(self, *columns: str) -> list[tuple[Any, ...]]:
        """These columns of what is related to their accounts, a row for each; what there are of accounts is then known too."""
        rows = self._own(*columns)
        vars(self)["own_accounts"] = frozenset(row[0] for row in rows)
        return [row[3:] for row in rows]

    def _own(self, *columns: str) -> list[tuple[Any, ...]]:
        among = type(self)._base_manager.filter(Q(pk=self.pk) | Q(merged_into=self.pk) | _may_be(self.email))
        rows = among.values_list("pk", "merged_into", "email", *columns)
        return [row for row in rows if is_account_of(self, *row[:3])]


def without(people: Iterable[Any], accounts: Iterable[tuple[int, int | None, str]]) -> list[Any]:
    """Those of the people who have none of these accounts, each given as its id, what it was merged into, and its address."""
    ids: set[int | None] = set()
    mailboxes: set[str] = set()
    for pk, merged_into, email in accounts:
        ids |= {pk, merged_into}
        mailboxes.add(mailbox(email))
    return [one for one in people if one.pk not in ids and mailbox(one.email) not in mailboxes]
