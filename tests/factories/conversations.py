"""Conversations of participants with their line managers."""

from typing import Any

from cohorts.actions import conversations
from cohorts.models import Conversation
from cohorts.notices.conversations import CONVERSATION_LINK
from steppingup.accounts.actors import LinkHolder
from steppingup.accounts.models import TokenLink
from tests.factories.cohorts import day

SAID = {"on": day(-3), "agreed": "Ada leads the Tuesday meeting."}


def talked(enrolment: Any, by: Any = None, **more: Any) -> Conversation:
    return conversations.log(enrolment=enrolment, by=by or enrolment.participant, **{**SAID, "on": day(-3), **more})


def manager_by_link(enrolment: Any) -> LinkHolder:
    link, raw = TokenLink.issue(purpose=CONVERSATION_LINK, target=enrolment, email=enrolment.manager_address, days=9)
    link.raw = raw
    return LinkHolder(link)
