"""Every form of staff that takes somebody's address answers the same whether or not an account is there that its reader does not
see: the page that asks, the page before, what follows, the lists and the letters. Nobody is renamed."""

import re
from collections.abc import Callable, Iterator
from difflib import unified_diff
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from applications.actions.correcting import FACTS
from applications.states import ApplicationStatus
from mentoring.models import Mentor
from steppingup.accounts.actions.people import begin_account
from steppingup.accounts.models import User
from steppingup.accounts.naming import goes_by_another
from steppingup.formats.fields import AddressInput
from steppingup.messaging.models import Message
from steppingup.steps.step import Step
from tests.factories.accounts import OrganisationFactory, UserFactory, staff
from tests.factories.cohorts import day
from tests.staff import take_step
from tests.sweeps.on_behalf import PAPER, asked, helped, nobody_asked
from tests.sweeps.taking import by_nomination
from tests.sweeps.world import World

NAME, SECRET, FIRST = "Jo Boss", "Mary Xavier", "goes-by-this@first"
#: Who has the address, as its reader cannot know; “unknown” is nobody, “merged” has it as the second of their account.
WHO = ("unknown", "unseen", "closed", "nameless", "namesake", "merged")


def boxes(form: Any) -> list[str]:
    fields = getattr(form, "base_fields", {})
    return [name for name, field in fields.items() if isinstance(field, AddressInput)]


STEPS = {key: boxes(step.form) for key, step in Step.registry.items() if boxes(step.form)}
Filled = tuple[Any, dict[str, Any]]


def correct(w: World, email: str) -> Filled:
    given = {name: getattr(w.application, name) for name in FACTS}
    return w.application, {**given, "job_title": "Clerk", "manager_name": NAME, "manager_email": email, **asked()}


def employer(w: World, email: str) -> Filled:
    home = OrganisationFactory(name="A new employer").pk
    return w.alone, {"employer": home, "manager_name": NAME, "manager_email": email, "from_on": day(0)}


def sponsor(w: World, email: str) -> dict[str, str]:
    return {"sponsor_name": NAME, "sponsor_email": email, "sponsor_job_title": "Head"}


def ask(w: World, email: str) -> Filled:
    nobody_asked(w)
    return w.draft, {**sponsor(w, email), **asked()}


def on_paper(w: World, email: str) -> Filled:
    nobody_asked(w)
    return helped(w), {**PAPER, "name": NAME, "email": email, **asked()}


def ask_to_nominate(w: World, email: str) -> Filled:
    given = by_nomination(w)
    cohort, home = given.pop("cohort"), given.pop("organisation")
    return cohort, {**given, "organisation": home.pk, "name": NAME, "email": email}


#: The record on whose page it is asked, and what is filled in.
FILLED: dict[str, Callable[[World, str], Filled]] = {
    "accounts.user.merge_accounts": lambda w, email: (w.applicant, {"email": email}),
    "applications.application.ask_sponsor_for_them": ask,
    "applications.application.correct_for_them": correct,
    "applications.application.employer_agreed_for_them": on_paper,
    "applications.window.give_time": lambda w, email: (
        w.window, {"email": email, "last_day": day(25), "reason": "Was ill."},
    ),
    "applications.nominationrequest.nominate_for_them": lambda w, email: (
        w.nomination_request, {"name": NAME, "email": email, "why": "She leads.", **asked()},
    ),
    "cohorts.cohort.ask_for_nominations": ask_to_nominate,
    "cohorts.cohort.ask_for_opportunities": lambda w, email: (
        w.running,
        {
            "component": w.plan.components.get(key="stretch").pk, "organisation": w.partner.organisation.pk,
            "name": NAME, "email": email,
        },
    ),
    "cohorts.programme.ask_for_openings": lambda w, email: (
        w.programme, {"organisation": w.partner.organisation.pk, "name": NAME, "email": email},
    ),
    "cohorts.occasion.book_for": lambda w, email: (w.occasion, {"name": NAME, "email": email}),
    "cohorts.occasion.invite_person": lambda w, email: (w.occasion, {"name": NAME, "email": email}),
    "cohorts.placement.name_supervisor": lambda w, email: (w.placement, {"name": NAME, "email": email}),
    "cohorts.agreement.ask_to_sign": lambda w, email: (w.contract, {"role": "employer", "name": NAME, "email": email}),
    "cohorts.cohort.begin_on_paper": lambda w, email: (w.open_cohort, {"full_name": NAME, "email": email, **asked()}),
    "cohorts.enrolment.change_employer": employer,
    "cohorts.enrolment.change_line_manager": lambda w, email: (
        w.enrolment, {"name": NAME, "email": email, "from_on": day(0)},
    ),
    "representation.actionitem.name_lead": lambda w, email: (w.plan_item, {"role": "Director", "name": NAME, "email": email}),
    "representation.itemlead.hand_over": lambda w, email: (w.plan_lead, {"role": "Head", "name": NAME, "email": email}),
    "representation.commitment.ask_about_pledge": lambda w, email: (w.pledge_hidden, {"name": NAME, "email": email}),
    "representation.post.name_viewer": lambda w, email: (w.pool_post, {"name": NAME, "email": email}),
    "funding.feeagreement.agree_for_them": lambda w, email: (w.asked, {**PAPER, "name": NAME, "email": email, **asked()}),
}  # fmt: skip
#: Who takes them, where it is not the coordinator.
REPRESENTATION = (
    "representation.actionitem.name_lead",
    "representation.itemlead.hand_over",
    "representation.commitment.ask_about_pledge",
    "representation.post.name_viewer",
)
BY = dict.fromkeys(REPRESENTATION, "equality")
#: Asked of the applicant, the sponsor and whoever nominates, on pages of their own, where no account is looked for.
OF_THE_PUBLIC = {
    "applications.application.ask_sponsor",
    "applications.nominationrequest.nominate",
    "funding.feeagreement.ask",
}
#: Asks for the address that answers go to, which names nobody and is looked up nowhere.
NAMES_NOBODY = {"cohorts.cohort.write", "accounts.organisation.enter_complaint"}


#: Steps that are taken one after the other, each with an address of its own, before the lists are read: on records that have
#: nothing to do with each other.
TOGETHER = (
    (
        "accounts.user.merge_accounts",
        "applications.application.ask_sponsor_for_them",
        "applications.application.correct_for_them",
        "applications.window.give_time",
        "applications.nominationrequest.nominate_for_them",
        "cohorts.enrolment.change_line_manager",
        "funding.feeagreement.agree_for_them",
    ),
    (
        "applications.application.employer_agreed_for_them",
        "cohorts.enrolment.change_employer",
        "cohorts.cohort.ask_for_nominations",
    ),
    ("cohorts.cohort.begin_on_paper",),
    (
        "cohorts.agreement.ask_to_sign",
        "cohorts.cohort.ask_for_opportunities",
        "cohorts.programme.ask_for_openings",
        "cohorts.placement.name_supervisor",
        "cohorts.occasion.book_for",
    ),
    ("cohorts.occasion.invite_person",),
    REPRESENTATION,
)


def address(who: str, key: str) -> str:
    return f"{who}@{key.rsplit('.', 1)[1].replace('_', '-')}.example.org"


def account(who: str, key: str) -> User:
    """An account of somebody whom our coordinator does not know."""
    email = address(who, key)
    if who == "merged":
        merged = UserFactory(email=f"{FIRST}.{email.partition('@')[2]}", full_name=SECRET, phone="0117 496 0124")
        merged.emailaddress_set.create(email=email, verified=True, primary=False)
        return merged
    given = {
        "namesake": {"full_name": NAME, "phone": "0117 496 0125"},
        "unseen": {"full_name": SECRET, "phone": "0117 496 0123"},
        "closed": {"full_name": SECRET, "is_active": False},
        "nameless": {"full_name": ""},
    }
    return UserFactory(email=email, **given[who])


@pytest.fixture
def people(world: World) -> list[User]:
    return [account(who, key) for who in WHO[1:] for key in FILLED]


def plain(page: Any, who: str) -> str:
    """What a page says, whoever the address is of: without tokens, and numbers that are others for each new row."""
    text = re.sub(rf"{who}(?=@|%40|%2540)", "who", page.content.decode())
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce|digest" value)="[^"]*"', "", text)
    text = re.sub(r"TRY7-\w{5}\b", "TRY7-00000", text)
    return re.sub(r"\d+", "0", re.sub(r'value="[^" ]{30,}"', "", text))


def _differs(one: Any, other: Any) -> list[str]:
    return list(unified_diff(*(str(page).splitlines() for page in (one, other)), n=0))[:12]


def words(page: Any) -> str:
    text = re.sub(r"(?s)<(script|style|svg).*?</\1>|<[^>]*>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text)


def page_of(record: Any) -> str:
    is_draft = getattr(record, "status", "") == ApplicationStatus.DRAFT
    return "applications_draft" if is_draft else f"{record._meta.app_label}_{record._meta.model_name}"


def taken(world: World, key: str, who: str) -> Iterator[tuple[str, Any]]:
    """What whoever takes the step sees of it, and the letters."""
    browser = world.client(BY.get(key, "coordinator"))  # signed in outside of what is undone
    record, data = FILLED[key](world, address(who, key))
    sent = {name: value for name, value in data.items() if value is not None}
    model = page_of(record)
    url = reverse(f"admin:{model}_step", args=[record.pk, key.rsplit(".", 1)[1]])
    since = timezone.now()
    yield "the page that asks", browser.post(url, {**sent, "filled": "yes"})
    yield "the step", (answer := take_step(browser, url, **sent))
    done = answer.status_code == 302
    assert done != (key == "accounts.user.merge_accounts"), words(answer)
    if done:
        yield "what follows", browser.get(answer["location"])
    if model != "applications_draft":
        yield "the record", browser.get(reverse(f"admin:{model}_change", args=[record.pk]))
    letters = Message.objects.filter(created_at__gte=since).order_by("kind", "to_email")
    found = [(letter.kind, letter.to_email, letter.subject) for letter in letters]
    yield "the letters", [tuple(part.replace(who, "who") for part in one) for one in found]


def listed(world: World, who: str) -> Iterator[tuple[str, Any]]:
    """What the coordinator finds afterwards."""
    pages = ["", "messaging/message/", "messaging/message/?q=mary"]
    pages += [f"accounts/user/?q={word}" for word in (f"{who}%40", "jo boss", "goes-by")]
    pages += [f"{page}/?q=goes-by" for page in ("cohorts/enrolment", "mentoring/mentor")]
    pages += [f"{page}/?export=csv" for page in ("cohorts/enrolment", "applications/application")]
    for page in pages:
        yield page.replace(who, "who"), world.client("coordinator").get(f"/admin/{page}")


def said(what: Any, who: str) -> Any:
    """As it can be compared. Fails where it holds what nobody may read."""
    if isinstance(what, list):
        return what
    text = b"".join(what.streaming_content).decode() if what.streaming else words(what)
    assert SECRET not in text
    assert FIRST not in text
    return text.replace(f"{who}@", "who@") if what.streaming else plain(what, who)


def told_of(world: World, keys: tuple[str, ...], who: str) -> dict[str, Any]:
    """Everything that there is to see of these steps, by where."""
    found = {}
    with transaction.atomic():
        w = world.afresh()
        w.clients = world.clients
        for key in keys:
            found |= {f"{key}, {where}": said(what, who) for where, what in taken(w, key, who)}
        found |= {where: said(what, who) for where, what in listed(w, who)}
        transaction.set_rollback(True)
    return found


def test_every_step_that_takes_an_address_is_tried():
    assert STEPS.keys() == FILLED.keys() | OF_THE_PUBLIC | NAMES_NOBODY
    assert sorted(FILLED) == sorted(key for keys in TOGETHER for key in keys)


@pytest.mark.parametrize("keys", TOGETHER, ids=lambda keys: keys[0])
def test_nobody_learns_whether_there_is_an_account_and_nobody_is_renamed(world: World, people, keys):
    for one in ("coordinator", "equality"):
        world.client(one)
    nobody = told_of(world, keys, "unknown")
    # An application from paper is the account's own, whose first address its letters go to.
    for who in [who for who in WHO[1:] if (keys[0], who) != ("cohorts.cohort.begin_on_paper", "merged")]:
        somebody = told_of(world, keys, who)
        assert nobody.keys() == somebody.keys()
        for where, one in nobody.items():
            assert one == somebody[where], (who, where, "\n".join(_differs(one, somebody[where])))
    assert {one.pk: User.objects.get(pk=one.pk).full_name for one in people} == {
        one.pk: one.full_name for one in people
    }


def second_of(person: User) -> str:
    """Another address with which this person signs in."""
    person.emailaddress_set.create(email=f"second-{person.email}", verified=True, primary=False)
    return f"second-{person.email}"


def test_who_sees_an_account_is_told_that_the_address_is_its_second(world: World):
    by, browser = world.coordinator, world.client("coordinator")
    seen, unseen = staff(provider=world.provider, full_name="Zoë Xavier"), UserFactory(full_name=SECRET)
    second, hidden = second_of(seen), second_of(unseen)
    sentence = f"{second} is the second address of Zoë Xavier, whose account goes by {seen.email}. Enter {seen.email}"
    asks_whose = [key for key in FILLED if hasattr(Step.registry[key].form, "ask_whose_name")]
    assert len(asks_whose) == 3
    for key in asks_whose:
        record, data = FILLED[key](world, second)
        model = page_of(record)
        url = reverse(f"admin:{model}_step", args=[record.pk, key.rsplit(".", 1)[1]])
        assert sentence in take_step(browser, url, **data).text, key
    mentor = {
        "programme": world.programme.pk, "email": second, "full_name": NAME, "organisation": world.organisation.pk,
        "job_title": "", "about": "", "area": "", "capacity": 1, "is_available": "on",
    }  # fmt: skip
    assert sentence in browser.post("/admin/mentoring/mentor/add/", mentor).text
    assert not Mentor.objects.filter(user=seen).exists()
    assert [goes_by_another(by, one) for one in (seen.email.upper(), hidden, "", "unknown@example.org")] == [""] * 4
    assert begin_account(email=hidden) == unseen
