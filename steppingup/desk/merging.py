"""Finding and merging two accounts of one person: who may be the same, and what becomes of what."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django import forms
from django.db.models import QuerySet

from steppingup.accounts.actions import merging
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.accounts.roles import SitePermission
from steppingup.formats import english, sameness
from steppingup.formats.fields import AddressInput
from steppingup.messaging.actions.sending import send
from steppingup.messaging.messages import NOTICE
from steppingup.messaging.notices import Notice
from steppingup.steps.step import StepForm, Table, Weight, step

SHOWN = 100  # pairs on the page
LARGEST = 20  # people of one name: more is a common name, not one person


@dataclass(frozen=True)
class Pair:
    """Two accounts that may be one person's, and why."""

    one: User
    other: User
    why: str


def _shared(one: User, other: User) -> list[str]:
    """What two accounts have in common besides a name."""
    phones = [sameness.telephone(user.phone) for user in (one, other)]
    titles = [sameness.fold(user.job_title) for user in (one, other)]
    found = {
        "the same telephone number": bool(phones[0]) and phones[0] == phones[1],
        "the same employer": bool(one.organisation_id) and one.organisation_id == other.organisation_id,
        "the same job title": bool(titles[0]) and titles[0] == titles[1],
        "the same mailbox": sameness.mailbox(one.email) == sameness.mailbox(other.email),
        "the same name before the @": one.email.partition("@")[0] == other.email.partition("@")[0],
    }
    return [words for words, holds in found.items() if holds]


def probable_pairs(people: QuerySet[User]) -> list[Pair]:
    """Accounts with one mailbox, or with one name (as people see it) and something else in common. One query."""
    groups: dict[str, list[User]] = defaultdict(list)
    for user in people.filter(merged_into=None).select_related("organisation").order_by("pk"):
        if name := sameness.person(user.full_name):
            groups[f"name {name}"].append(user)
        groups[f"mailbox {sameness.mailbox(user.email)}"].append(user)
    found: dict[tuple[int, int], Pair] = {}
    for key, users in groups.items():
        if len(users) > LARGEST:
            continue
        for one, other in combinations(users, 2):
            shared = _shared(one, other)
            if shared:
                named = ["the same name"] if key.startswith("name") else []
                pair = Pair(one, other, english.listed([*named, *shared]))
                found.setdefault((one.pk, other.pk), pair)
    return sorted(found.values(), key=lambda pair: (sameness.fold(str(pair.one)), pair.one.pk, pair.other.pk))[:SHOWN]


class MergeForm(StepForm):
    """Which account is given up, and what becomes of its address."""

    email = AddressInput(label="Address of the account to give up", help_text="Everything it has moves to this one.")
    keeps_address = forms.TypedChoiceField(
        label="What becomes of its address?",
        choices=[
            ("yes", "They can sign in with either address"),
            ("no", "It is set free: whoever signs in with it begins a new account"),
        ],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )

    def clean_email(self) -> str:
        """Only accounts that this person may see can be named: of any other nothing is said."""
        email = self.cleaned_data["email"]
        found = User.objects.visible_to(self.by).filter(email=email).first()
        if found is None:
            raise forms.ValidationError("There is no account with this address among the people whom you keep.")
        self.gone = found
        if sentence := merging.why_not(self.subject, found):
            raise forms.ValidationError(sentence)
        try:
            merging.require_both(self.by, self.subject, found)
        except NotAllowed as refused:
            raise forms.ValidationError(str(refused)) from None
        return email

    def values(self) -> dict[str, Any]:
        return {"gone": self.gone, "keeps_address": self.cleaned_data["keeps_address"]}

    def table(self, subject: User) -> Table:
        """What becomes of what."""
        gone, kept = self.gone, subject
        stays = "stays with the account that is kept" if kept.full_name else "is taken over"
        rows = [
            ("Name", f"“{kept.full_name or gone.full_name}” {stays}"),
            *((moving.words[:1].upper() + moving.words[1:], moving.becomes) for moving in merging.what_moves(gone)),
            ("Roles", merging.roles_in_words(gone)),
            ("Second factors", merging.factors_in_words(kept, gone)),
            ("Sessions", "both are signed out on every device"),
            ("What each has done", "stays on record under the account that did it"),
        ]
        return Table(
            f"{gone.full_name or gone.email} ({gone.email}) becomes {kept.email}", ("What", "What becomes of it"), rows
        )


def _tell(user: User, gone: str, keeps_address: bool) -> None:
    ways = (
        f"You can sign in with {user.email} or with {gone}."
        if keeps_address
        else f"Sign in with {user.email}. The address {gone} no longer leads to this account."
    )
    details = (
        f"You had two accounts with us, and they are now one. Everything from both is there. {ways} You have been signed out "
        "everywhere.\n\nIf one of them was not yours, write to us straight away."
    )
    words = {"title": "Your two accounts are now one", "details": details}
    for to in (user, gone):
        send(Notice(NOTICE, to, user, words, name=user.full_name))


@step(
    User,
    "Merge with another account",
    past="Merged with another account",
    meaning="For somebody who has two accounts. This one stays, and takes over everything that the other has. Make sure that "
    "it is one person: ask them.",
    permission=SitePermission.MANAGE_PEOPLE,
    form=MergeForm,
    final="Accounts cannot be parted again: nobody could tell what belonged to which.",
    weight=Weight.DANGER,
)
def merge_accounts(*, user: User, gone: User, by: User, keeps_address: bool = True) -> User:
    """See `merging.merge`; and tell the person at both addresses."""
    address = gone.email
    kept = merging.merge(kept=user, gone=gone, by=by, keeps_address=keeps_address)
    _tell(kept, address, keeps_address)
    return kept


def seen_pairs(people: Iterable[Pair], by: User) -> list[dict[str, Any]]:
    """The pairs as the page shows them, with why they cannot be merged, if they cannot."""
    found = []
    for pair in people:
        problem = merging.why_not(pair.one, pair.other)
        try:
            merging.require_both(by, pair.one, pair.other)
        except NotAllowed as refused:
            problem = problem or str(refused)
        found.append({"pair": pair, "problem": problem})
    return found
