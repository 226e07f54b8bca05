from representation.models.commitments import Commitment, PledgeQuestion, listed_partners
from representation.models.count_files import ColumnMemory, CountFile
from representation.models.groups import Group, GroupMeeting, GroupMember
from representation.models.heads import HeadsScheme, HeadsYear, ManagementTeam, TeamTie
from representation.models.leads import ItemLead, LeadRequest
from representation.models.meetings import MeetingDecision, PlanMeeting
from representation.models.outcomes import OutcomeRelease, OutcomeStudy
from representation.models.papers import MADE_FROM, Paper, PaperPart
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
from representation.models.published import PublishedFigure
from representation.models.recruitment import RecruitmentFigure
from representation.models.references import ItemReference
from representation.models.releases import FigureRelease
from representation.models.snapshots import HeadCount, Snapshot
from representation.models.targets import Target, TargetStep
from representation.models.tools import ToolResult, ToolTaken, tools_of
from representation.models.units import Category, Characteristic, Placed, Tier, Unit, UnitVersion, tree

__all__ = [
    "LONGEST",
    "MADE_FROM",
    "TEXTS",
    "ActionItem",
    "ActionPlan",
    "Category",
    "Characteristic",
    "Commitment",
    "ColumnMemory",
    "CountFile",
    "FigureRelease",
    "Group",
    "GroupMeeting",
    "GroupMember",
    "HeadsScheme",
    "HeadsYear",
    "HeadCount",
    "ItemLead",
    "ItemReference",
    "LeadRequest",
    "ManagementTeam",
    "MeetingDecision",
    "Paper",
    "PaperPart",
    "OutcomeRelease",
    "OutcomeStudy",
    "Placed",
    "PlanMeeting",
    "PlanReading",
    "PlanSection",
    "PledgeQuestion",
    "PoolEntry",
    "PoolEvidence",
    "PoolReview",
    "Post",
    "PostViewer",
    "ProgressReport",
    "TeamTie",
    "SuccessionDecision",
    "PublishedFigure",
    "RecruitmentFigure",
    "Snapshot",
    "Target",
    "TargetStep",
    "Tier",
    "ToolResult",
    "ToolTaken",
    "Unit",
    "UnitVersion",
    "late",
    "listed_partners",
    "tools_of",
    "tree",
]
