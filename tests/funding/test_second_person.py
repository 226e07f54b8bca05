"""Whoever proposed a decision about money hears that a second person is needed; whoever did not is not told that they did."""

import pytest

from applications.roles import RoleName
from funding.actions import adjustments, bursaries
from steppingup.accounts.actors import OwnRecord
from steppingup.accounts.models import User
from steppingup.steps.actions.back import take_back
from steppingup.steps.models import Taking
from tests.factories.accounts import staff
from tests.factories.funding import bursary_asked, issued

pytestmark = pytest.mark.django_db


def granting():
    """A bursary that one officer proposes to refuse; the record, who did, and the steps on it."""
    request = bursary_asked()
    first = staff(RoleName.FINANCE, request.agreement.provider, email="jo.li@gmail.com", full_name="Jo Li")
    bursaries.propose_refusal(request=request, reason="None is left.", by=first)
    return request, first, {bursaries.confirm: {}}, "request"


def writing_off():
    invoice = issued()
    first = staff(RoleName.FINANCE, invoice.agreement.provider, email="jo.li@gmail.com", full_name="Jo Li")
    found = adjustments.propose_write_off(invoice=invoice, amount=invoice.amount, reason="They have closed.", by=first)
    return found, first, {adjustments.confirm: {}, adjustments.decline: {"reason": "They have not."}}, "adjustment"


def fresh(record):
    return type(record).objects.get(pk=record.pk)


@pytest.mark.parametrize("proposing", [granting, writing_off])
@pytest.mark.parametrize("who", ["themselves", "merged", "one mailbox"])
def test_what_whoever_may_not_be_the_second_person_reads_is_true_of_them(proposing, who):
    record, first, steps, noun = proposing()
    provider = first.current_roles[0].provider
    by = first
    if who != "themselves":
        by = staff(
            RoleName.FINANCE, provider, email="joli@googlemail.com" if who == "one mailbox" else "other@x.example"
        )
    if who == "merged":
        User.objects.filter(pk=first.pk).update(merged_into=by, is_active=False)
    begins = "Jo Li proposed it, whose email" if who == "one mailbox" else "You proposed it, so"
    ends = {"confirm": "has to confirm it.", "decline": "has to say no to it."}
    for one, given in steps.items():
        with pytest.raises(OwnRecord) as refused:
            one(**{noun: fresh(record)}, by=by, **given)
        assert str(refused.value).startswith(begins)
        assert str(refused.value).endswith(ends[one.name])
    second = staff(RoleName.FINANCE, provider)
    next(iter(steps))(**{noun: fresh(record)}, by=second)
    taking = Taking.objects.standing().on(fresh(record)).first()
    with pytest.raises(OwnRecord) as refused:
        take_back(taking=taking, reason="It was wrong.", by=by)
    assert str(refused.value).startswith(begins)
    assert str(refused.value).endswith("a second person has to take the decision back.")
    take_back(taking=taking, reason="It was wrong.", by=staff(RoleName.FINANCE, provider))
