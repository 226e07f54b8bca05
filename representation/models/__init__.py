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
from representation.models.pool import (
    PoolEntry,
    PoolEvidence,
    PoolReview,
    Post,
    PostViewer,
    SuccessionDecision,
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
    "PoolEntry",
    "PoolEvidence",
    "PoolReview",
    "Post",
    "PostViewer",
    "ProgressReport",
    "TeamTie",
    "SuccessionDecision",
    "late",
]
