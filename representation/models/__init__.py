from representation.models.groups import Group, GroupMeeting, GroupMember
from representation.models.leads import ItemLead, LeadRequest
from representation.models.meetings import MeetingDecision, PlanMeeting
from representation.models.plan import (
    LONGEST,
    TEXTS,
    ActionItem,
    ActionPlan,
    PlanReading,
    PlanSection,
    ProgressReport,
    late,
)
from representation.models.references import ItemReference

__all__ = [
    "LONGEST",
    "TEXTS",
    "ActionItem",
    "ActionPlan",
    "Group",
    "GroupMeeting",
    "GroupMember",
    "ItemLead",
    "ItemReference",
    "LeadRequest",
    "MeetingDecision",
    "PlanMeeting",
    "PlanReading",
    "PlanSection",
    "ProgressReport",
    "late",
]
