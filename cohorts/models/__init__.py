from cohorts.models.agreements import Agreement, AgreementTemplate, Signature, SigningRequest
from cohorts.models.aims import Aim, Barrier
from cohorts.models.alumni import AlumniChoice, GraduateInterest, GraduateOffer
from cohorts.models.apologies import Apology
from cohorts.models.assessing import Assessment, AssessmentAnswer, AssessmentRelease, SharedAssessment
from cohorts.models.bookings import Booking
from cohorts.models.certificate import Certificate, CompletionRule, CompletionWaiver
from cohorts.models.choosing import Choosing, PlacementProposal, Ranking
from cohorts.models.coaching import Coach, CoachingRequest, CoachingSession
from cohorts.models.cohort import Cohort, PeerGroup
from cohorts.models.complaints import DataComplaint, DataComplaintNote
from cohorts.models.concerns import Concern, ConcernNote, ConcernReader
from cohorts.models.confirmations import StepConfirmation
from cohorts.models.conversations import Conversation
from cohorts.models.destinations import Destination, DestinationAnswer, DestinationMoment
from cohorts.models.development import Goal, GoalAction
from cohorts.models.digests import ManagerDigest
from cohorts.models.directory import DirectoryAgreement, DirectoryBlock, DirectoryEntry, DirectoryLetter
from cohorts.models.enrolment import Enrolment
from cohorts.models.events import Occasion
from cohorts.models.following_up import FollowUp
from cohorts.models.grouping import Apart, Grouping, GroupProposal
from cohorts.models.hosting import Hosting
from cohorts.models.internal import InternalMentor
from cohorts.models.inviting import SessionInvitation
from cohorts.models.joint import JointInvitation
from cohorts.models.journal import JournalEntry, JournalFile, SharedEntry
from cohorts.models.ledger import DayEntry
from cohorts.models.making_up import MakeUp
from cohorts.models.membership import Membership
from cohorts.models.notes import StaffNote
from cohorts.models.openings import OpeningInvitation
from cohorts.models.opportunities import Opportunity, OpportunityInvitation
from cohorts.models.papers import SessionPaper
from cohorts.models.pausing import Pause
from cohorts.models.peers import PeerAnswer, PeerCard, PeerHalfDay, PeerPaper, PeerPoll
from cohorts.models.placement import Placement, PlacementDay
from cohorts.models.plan import Component, Plan
from cohorts.models.programme import NextProgramme, Partner, Programme, ProgrammeDocument, ShippedFile
from cohorts.models.registers import RegisterMark
from cohorts.models.reports import PlacementReport
from cohorts.models.reviews import ReviewParty, ReviewSignature, ThreeWayReview
from cohorts.models.rules import RuleSet, TargetGroup
from cohorts.models.school import SchoolHoliday
from cohorts.models.session import Attendance, Session, SessionPart
from cohorts.models.staying import Needs, Stay
from cohorts.models.stories import Story
from cohorts.models.study import Study
from cohorts.models.supervising import Supervisor
from cohorts.models.writing import Addressee, Announcement

__all__ = [
    "Addressee",
    "Agreement",
    "AgreementTemplate",
    "Aim",
    "AlumniChoice",
    "Announcement",
    "Apart",
    "Apology",
    "Assessment",
    "AssessmentAnswer",
    "AssessmentRelease",
    "Attendance",
    "Barrier",
    "Booking",
    "Certificate",
    "Choosing",
    "Coach",
    "CoachingRequest",
    "CoachingSession",
    "Cohort",
    "CompletionRule",
    "CompletionWaiver",
    "Component",
    "Concern",
    "ConcernNote",
    "ConcernReader",
    "Conversation",
    "DataComplaint",
    "DataComplaintNote",
    "DayEntry",
    "Destination",
    "DestinationAnswer",
    "DestinationMoment",
    "DirectoryAgreement",
    "DirectoryBlock",
    "DirectoryEntry",
    "DirectoryLetter",
    "Enrolment",
    "FollowUp",
    "GraduateInterest",
    "GraduateOffer",
    "Grouping",
    "GroupProposal",
    "Goal",
    "GoalAction",
    "Hosting",
    "InternalMentor",
    "JointInvitation",
    "MakeUp",
    "JournalEntry",
    "JournalFile",
    "ManagerDigest",
    "Membership",
    "Needs",
    "NextProgramme",
    "Occasion",
    "Opportunity",
    "OpeningInvitation",
    "OpportunityInvitation",
    "Partner",
    "Pause",
    "PeerAnswer",
    "PeerCard",
    "PeerGroup",
    "PeerHalfDay",
    "PeerPaper",
    "PeerPoll",
    "Placement",
    "PlacementDay",
    "PlacementProposal",
    "PlacementReport",
    "Plan",
    "Programme",
    "ProgrammeDocument",
    "RegisterMark",
    "Ranking",
    "ThreeWayReview",
    "ReviewParty",
    "ReviewSignature",
    "RuleSet",
    "SchoolHoliday",
    "Session",
    "SessionInvitation",
    "SessionPaper",
    "SessionPart",
    "SharedAssessment",
    "SharedEntry",
    "ShippedFile",
    "Signature",
    "SigningRequest",
    "StaffNote",
    "Stay",
    "StepConfirmation",
    "Story",
    "Study",
    "Supervisor",
    "TargetGroup",
]
