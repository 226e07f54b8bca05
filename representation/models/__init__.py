from representation.models.groups import Group, GroupMeeting, GroupMember
from representation.models.heads import HeadsScheme, HeadsYear, ManagementTeam, TeamTie
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
    "HeadsScheme",
    "HeadsYear",
    "ItemLead",
    "ItemReference",
    "LeadRequest",
    "ManagementTeam",
    "MeetingDecision",
    "PlanMeeting",
    "PlanReading",
    "PlanSection",
    "ProgressReport",
    "TeamTie",
    "late",
]
