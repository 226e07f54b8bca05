"""Who leads an item: named, asked, reminded, changed, and answering by a link without an account."""

from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from applications.roles import RoleName
from representation.actions import leads
from representation.models import ActionItem, ItemLead, LeadRequest
from steppingup.accounts.actors import LinkHolder, NotAllowed
from steppingup.accounts.models import TokenLink
from steppingup.history.lifecycle import NotPossible
from steppingup.messaging.models import Message
from steppingup.messaging.reminders import work_out_reminders
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.staff import take_step, take_steps, with_second_factor

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    return ProviderFactory(name="Leicester City Council")


@pytest.fixture
def keeper(provider):
    return staff(RoleName.EQUALITY, provider)


@pytest.fixture
def desk(client, keeper):
    return with_second_factor(client, keeper)


@pytest.fixture
def item(provider):
    return make.item(make.plan(provider), timescale="By May 2031", detail="For posts of heads of service")


def written() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("pk").values_list("kind", "to_email"))


@pytest.mark.requirement("R10")
def test_an_item_has_several_leads_groups_and_roles_and_each_is_told(desk, provider, item):
    group = make.group(provider)
    address = reverse("admin:representation_actionitem_step", args=[item.pk, "name_lead"])
    take_step(desk, address, group=group.pk)
    take_step(desk, address, role="Strategic directors", name="Sam Marsh", email="sam@example.org")
    take_step(desk, address, role="Chief executive")
    assert [str(lead) for lead in item.leads.all()] == [
        "Black workers’ group",
        "Strategic directors",
        "Chief executive",
    ]
    assert written() == [
        ("representation.lead_named", "hana@example.org"),  # its chair
        ("representation.lead_named", "sam@example.org"),
    ]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "Choose a group, or name a role or post."),
        ({"role": "HR", "email": "nobody"}, "is not an email address"),
    ],
)
def test_a_lead_that_is_none_is_refused(item, keeper, given, sentence):
    with pytest.raises(NotPossible, match=sentence):
        leads.name_lead(item=item, by=keeper, **given)


def test_the_letter_is_signed_by_the_provider_which_gets_the_answers_and_sees_that_it_was_sent(provider, item, keeper):
    type(provider).objects.filter(pk=provider.pk).update(reply_to="plan@council.example")
    named(ActionItem.objects.select_related("plan__provider").get(pk=item.pk), keeper)
    letter = Message.objects.latest("pk")
    assert (letter.provider, letter.reply_to) == (provider, "plan@council.example")


def test_a_group_and_a_role_are_two_leads_and_nobody_leads_twice(provider, item, keeper):
    group = make.group(provider)
    with pytest.raises(NotPossible, match="not both"):
        leads.name_lead(item=item, by=keeper, group=group, role="HR")
    leads.name_lead(item=item, by=keeper, group=group)
    with pytest.raises(NotPossible, match="already"):
        leads.name_lead(item=item, by=keeper, group=group)
    elsewhere = make.group(ProviderFactory())
    with pytest.raises(NotPossible, match="Choose a group"):
        leads.name_lead(item=item, by=keeper, group=elsewhere)


def link_in(message: Message) -> str:
    """The address that the button of the email leads to."""
    return "/plan/" + message.sealed["text"].split("/plan/")[1].split()[0]


def named(item, keeper, **more) -> tuple[ItemLead, str]:
    """A lead, and the address of the page in their email."""
    given = {"role": "Strategic directors", "name": "Sam Marsh", "email": "sam@example.org", **more}
    lead = leads.name_lead(item=item, by=keeper, **given)
    return ItemLead.objects.for_steps().get(pk=lead.pk), link_in(Message.objects.latest("pk"))


@pytest.mark.requirement("R16")
def test_a_lead_says_by_a_link_how_it_is_getting_on(client, item, keeper):
    lead, address = named(item, keeper)
    page = client.get(address).content.decode()
    assert "For posts of heads of service" in page
    assert "By May 2031" in page
    nothing = client.post(address, {"status": "not_stated", "words": ""}).content.decode()
    assert "That is how it stands already" in nothing
    answer = client.post(
        address, {"status": "progressing", "words": "Two have one.", "evidence": "Minutes"}, follow=True
    )
    assert "Thank you. Your answer is in the plan now." in answer.content.decode()
    item.refresh_from_db()
    report = item.reports.get()
    assert (item.status, item.progress) == ("progressing", "Two have one.")
    assert (report.by, report.by_name, report.evidence) == (None, "Sam Marsh", "Minutes")
    assert lead.requests.get().answered_at is not None


def test_a_link_answers_for_the_item_it_was_sent_for_and_no_other(item, keeper, provider):
    named(item, keeper)
    other = LeadRequest.objects.create(lead=item.leads.get(), email="somebody@example.org")
    link = LinkHolder(TokenLink.objects.latest("pk"))
    with pytest.raises(NotAllowed):
        leads.answer_as_lead(request=other, status="achieved", by=link)
    with pytest.raises(NotAllowed):
        leads.answer_as_lead(request=other, status="achieved", by=keeper)


def test_a_link_that_was_replaced_while_the_page_lay_open_does_not_answer(item, keeper):
    lead, _ = named(item, keeper)
    request, link = lead.requests.get(), TokenLink.objects.latest("pk")
    TokenLink.revoke_all(purpose=link.purpose, target=request)
    with pytest.raises(NotPossible, match="replaced or has expired"):
        leads.answer_as_lead(request=request, status="achieved", by=LinkHolder(link))


def test_whoever_left_hands_over_six_items_at_once_and_their_links_stop(client, desk, provider, keeper):
    plan = make.plan(provider)
    found = [named(make.item(plan, f"Item {number}"), keeper) for number in range(6)]
    ids = [lead.pk for lead, _ in found]
    take_steps(
        desk,
        "representation_itemlead",
        "hand_over",
        ids,
        role="Director of change",
        name="Ana",
        email="ana@example.org",
    )
    assert ItemLead.objects.current().filter(role="Director of change").count() == 6
    assert ItemLead.objects.exclude(ended_at=None).count() == 6
    client.logout()
    for _, address in found:
        answer = client.get(address)
        assert answer.status_code == 410
        assert "Somebody else leads this item of the plan now." in answer.content.decode()
        assert client.post(address, {"status": "achieved"}).status_code == 410
    assert {to for kind, to in written()[-6:]} == {"ana@example.org"}
    with pytest.raises(NotPossible, match="any more"):
        leads.end_lead(lead=ItemLead.objects.for_steps().get(pk=ids[0]), by=keeper)


def test_a_chair_whose_time_is_over_is_not_asked(provider, item, keeper):
    group = make.group(provider)
    group.members.update(until_on=date(2020, 1, 1))
    lead = leads.name_lead(item=item, by=keeper, group=group)
    assert written() == []
    with pytest.raises(NotPossible, match="nobody to write to"):
        leads.ask_lead(lead=ItemLead.objects.for_steps().get(pk=lead.pk), by=keeper)


@pytest.mark.parametrize("left", [{"until_on": date(2020, 1, 1)}, {"is_chair": False}, {"email": "new@example.org"}])
def test_the_link_of_a_chair_who_has_left_stops(client, provider, item, keeper, left):
    group = make.group(provider)
    lead = leads.name_lead(item=item, by=keeper, group=group)
    address = link_in(Message.objects.latest("pk"))
    assert client.get(address).status_code == 200
    group.members.update(**left)
    assert client.get(address).status_code == 410
    assert "Somebody else leads this item of the plan now." in client.get(address).text
    assert client.post(address, {"status": "achieved"}).status_code == 410
    asked, link = LeadRequest.objects.get(lead=lead), LinkHolder(TokenLink.objects.latest("pk"))
    with pytest.raises(NotPossible, match="do not answer for this item any more"):
        leads.answer_as_lead(request=asked, status="achieved", by=link)


@pytest.mark.requirement("R16")
def test_leads_are_reminded_before_and_once_after_and_not_of_what_is_achieved(provider, keeper, time_machine):
    time_machine.move_to(datetime(2031, 1, 5, 10, tzinfo=UTC))
    plan = make.plan(provider)
    due = make.item(plan, "Due", timescale="By May 2031")
    done = make.item(plan, "Done", timescale="By May 2031")
    blank = make.item(plan, "Some day", timescale="as soon as possible")
    for one in (due, done, blank):
        leads.name_lead(item=one, by=keeper, role="HR", email=f"{one.pk}@example.org")
    make.reported(done, keeper, "achieved")
    told = Message.objects.latest("pk").pk
    days = [
        date(2031, 5, 9),
        date(2031, 5, 10),
        date(2031, 5, 20),
        date(2031, 6, 2),
        date(2031, 6, 3),
        date(2031, 6, 20),
    ]
    found = []
    for day in days:
        time_machine.move_to(datetime(day.year, day.month, day.day, 10, tzinfo=UTC))
        work_out_reminders()
        rows = Message.objects.filter(pk__gt=told, kind__startswith="representation.").order_by("pk")
        found.append([kind.rpartition(".")[2] for kind in rows.values_list("kind", flat=True)])
    assert found == [[], ["item_due"], ["item_due"], ["item_due"], *[["item_due", "item_overdue"]] * 2]
    assert {row.to_email for row in Message.objects.filter(pk__gt=told)} == {f"{due.pk}@example.org"}


@pytest.mark.requirement("R16")
def test_the_list_of_leads_says_who_was_asked_when(client, item, keeper, time_machine):
    time_machine.move_to(datetime(2031, 7, 1, 10, tzinfo=UTC))
    desk = with_second_factor(client, keeper)
    lead, address = named(item, keeper)
    listed = reverse("admin:representation_itemlead_changelist")
    page = desk.get(f"{listed}?state=overdue").content.decode()
    assert "Asked on 1 July 2031: Sam Marsh" in page
    assert "overdue" in page
    desk.post(address, {"status": "achieved", "words": "All have one."})
    assert "Sam Marsh, who has answered" in desk.get(listed).content.decode()
    assert ActionItem.objects.get().status == "achieved"
    assert lead.asked() == [("Sam Marsh", "sam@example.org")]


@pytest.mark.requirement("R14")
def test_a_group_has_chairs_members_meetings_and_what_it_has_taken_on(desk, provider, item, keeper):
    group = make.group(provider)
    leads.name_lead(item=item, by=keeper, group=group)
    page = desk.get(reverse("admin:representation_group_change", args=[group.pk])).content.decode()
    assert "Hana Osei" in page
    assert "What it has taken on" in page
    listed = desk.get(reverse("admin:representation_group_changelist")).content.decode()
    assert "Hana Osei" in listed
    theirs = f"{reverse('admin:representation_itemlead_changelist')}?group__id__exact={group.pk}"
    assert "Mixed panels" in desk.get(theirs).content.decode()
