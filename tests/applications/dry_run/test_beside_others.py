"""Nobody waits because of a dry run, and whoever sets up a programme reads what came of it."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from applications.actions import dry_runs
from applications.dry_run import copies, dry_run, kinds_of, stage
from applications.readiness import DRY_RUN
from cohorts.models import Cohort
from funding.models import InvoiceSeries
from steppingup.accounts.actors import NotAllowed
from steppingup.accounts.models import User
from steppingup.jobs import actions as jobs
from steppingup.jobs.models import Job
from steppingup.jobs.states import RECENT, JobStatus
from steppingup.messaging.models import Message
from tests.applications.dry_run.scenes import fresh, ready
from tests.factories import funding as money
from tests.factories.accounts import ProviderFactory, staff
from tests.ours import APPS
from tests.staff import with_second_factor

pytestmark = pytest.mark.django_db


# -- beside others -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_nobody_else_waits_for_a_row_while_it_runs(django_db_blocker):
    """Whoever works on the real programme meanwhile finds every row of it free."""
    cohort = ready()
    Cohort.objects.update(fee=900, cost=900)
    money.PotFactory(programme=cohort.programme, budget=9000)
    cohort, other, held = fresh(cohort), connection.copy(), []
    write = stage.Stage._write
    tables = sorted({model._meta.db_table for model in copies.COPIED})

    def looks(self, *args, **kwargs):
        write(self, *args, **kwargs)
        with other.cursor() as cursor:
            for table in tables:
                # As steps lock what they change; a reference to a row does not keep anybody from that.
                cursor.execute(f"SELECT id FROM {table} ORDER BY id FOR NO KEY UPDATE NOWAIT")
                held.append(len(cursor.fetchall()))
        other.rollback()

    try:
        other.set_autocommit(False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(stage.Stage, "_write", looks)
            for kind in kinds_of(cohort):
                assert dry_run(cohort, kind).stuck is None
    finally:
        other.close()
    assert len(held) > 1000
    assert max(held) > 0


def test_every_model_is_copied_or_is_somebody_s_or_is_shared():
    """A new table of a programme's rules would otherwise be forgotten by dry runs."""
    ours = set(APPS)
    models = {
        model.__name__
        for model in apps.get_models()
        if model._meta.app_label in ours and not model.__name__.endswith("Event") and not model._meta.proxy
    }
    assert (
        models == {model.__name__ for model in copies.COPIED} - {"Organisation", "MessageTemplate"} | OF_PEOPLE | SHARED
    )


#: What people have and do; a dry run has people of its own.
OF_PEOPLE = {
    *(
        "AccessNeeds",
        "Answer",
        "Application",
        "Decision",
        "EligibilityAnswer",
        "EqualityResponse",
        "Interest",
        "InterestTold",
    ),
    *(
        "Interview",
        "InterviewCorrection",
        "InterviewScore",
        "LateEntry",
        "Nomination",
        "NominationRequest",
        "Offer",
        "PartDraft",
    ),
    *("PlannedDecision", "Review", "Score", "Statement", "EqualityLook", "EqualityRelease"),
    *(
        "Agreement",
        "Apology",
        "Attendance",
        "Certificate",
        "CompletionWaiver",
        "DayEntry",
        "DirectoryAgreement",
        "DirectoryBlock",
        "DirectoryEntry",
        "DirectoryLetter",
        "Enrolment",
        "Hosting",
        "JointInvitation",
        "Choosing",
        "Opportunity",
        "OpeningInvitation",
        "OpportunityInvitation",
        "FollowUp",
        "MakeUp",
        "Pause",
        "PlacementProposal",
        "PlacementReport",
        "Ranking",
    ),
    *("Assessment", "AssessmentAnswer", "AssessmentRelease", "SharedAssessment"),
    *("Coach", "CoachingRequest", "CoachingSession", "InternalMentor", "RegisterMark"),
    *("ThreeWayReview", "ReviewParty", "ReviewSignature", "ManagerDigest"),
    *("Conversation", "Goal", "GoalAction", "JournalEntry", "JournalFile", "SharedEntry"),
    *(
        "AlumniChoice",
        "Destination",
        "DestinationAnswer",
        "GraduateInterest",
        "GraduateOffer",
        "StepConfirmation",
        "Story",
        "TalkFeedback",
    ),
    *("Booking", "Occasion", "SessionInvitation", "SchoolHoliday", "Supervisor"),
    *("ActionItem", "ActionPlan", "Group", "GroupMeeting", "GroupMember", "ItemLead", "ItemReference", "LeadRequest"),
    *("Line", "LineAnswer", "LineConsent"),
    *("HeadsScheme", "HeadsYear", "ManagementTeam", "TeamTie"),
    *("Commitment", "PledgeQuestion", "ToolResult", "ToolTaken"),
    *("PoolEntry", "PoolEvidence", "PoolReview", "Post", "PostViewer", "SuccessionDecision"),
    *("MeetingDecision", "PlanMeeting", "PlanReading", "PlanSection", "ProgressReport"),
    *("Category", "Characteristic", "ColumnMemory", "CountFile", "FigureRelease", "HeadCount", "PublishedFigure"),
    *("Paper", "PaperPart", "RecruitmentFigure", "Snapshot", "Target", "TargetStep", "Tier", "Unit", "UnitVersion"),
    *("OutcomeRelease", "OutcomeStudy"),
    *("Apart", "Grouping", "GroupProposal", "PeerAnswer", "PeerCard", "PeerHalfDay", "PeerPaper", "PeerPoll"),
    *(
        "Addressee",
        "Announcement",
        "Concern",
        "ConcernNote",
        "ConcernReader",
        "DataComplaint",
        "DataComplaintNote",
        "StaffNote",
    ),
    *("Membership", "Needs", "PeerGroup", "Placement", "PlacementDay", "Signature", "SigningRequest", "Stay", "Study"),
    *("Assignment", "CourseChoice", "Extension", "Registration", "SessionSpeaker", "Speaker"),
    *("MatchRun", "Mentor", "MentoringSession", "MentoringWish", "Pair"),
    *("Adjustment", "Allocation", "BursaryRequest", "Commitment", "CreditNote", "Evidence", "FeeAgreement", "Invoice"),
    *("LiabilityCase", "NumberRun", "Payment"),
}
#: What nobody changes by taking part.
SHARED = {
    "DestinationMoment",
    "EqualityOption",
    "EqualityQuestion",
    "NextProgramme",
    "ProgrammeDocument",
    "SessionPaper",
    "ShippedFile",
}


# -- the page --------------------------------------------------------------------------------------


def test_a_coordinator_asks_for_it_and_reads_what_came_of_it(client):
    cohort = ready()
    by = User.objects.get(role_assignments__role="coordinator")
    InvoiceSeries.objects.all().delete()
    Cohort.objects.update(fee=900, cost=900)
    browser = with_second_factor(client, by)
    url = reverse("admin:applications_application_dry_run", args=[cohort.pk])
    assert url in browser.get(reverse("admin:cohorts_cohort_ready", args=[cohort.pk])).text
    assert "Do a dry run" in browser.get(url).text
    before = Message.objects.count()
    answer = browser.post(url)
    job = Job.objects.get(kind=DRY_RUN)
    assert answer.url == job.get_absolute_url()
    assert browser.post(url).url == answer.url, "a second click is the same run"
    assert "It is under way" in browser.get(url).text
    assert jobs.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.result["url"]) == (JobStatus.DONE, url)
    assert job.result["message"] == "Everybody came to the certificate."
    text = browser.get(url).text
    assert "Came to the certificate" in text
    assert "First set up the invoice numbers and bank details of" in text
    assert "(dry run)" not in text
    assert "This is for: finance officer." in text
    assert reverse("admin:cohorts_cohort_step", args=[cohort.pk, "ask_colleague"]) in text
    assert "Email to Make-believe Applicant" in text
    assert (Message.objects.count(), User.objects.filter(email__endswith="make-believe.invalid").count()) == (before, 0)
    Job.objects.update(finished_at=timezone.now() - RECENT - timedelta(days=1))
    jobs.forget_old()
    assert "What it said in detail is kept for 30 days" in browser.get(url).text


def test_only_whoever_edits_the_programme_asks_for_it(client):
    cohort = ready()
    url = reverse("admin:applications_application_dry_run", args=[cohort.pk])
    for other in (staff("finance", cohort.programme.provider), staff(provider=ProviderFactory())):
        assert with_second_factor(client, other).post(url).status_code == 404
        with pytest.raises(NotAllowed):
            dry_runs.ask_for(cohort=cohort, by=other)
    assert not Job.objects.filter(kind=DRY_RUN).exists()


def test_a_cohort_that_is_gone_is_said():
    job = dry_runs.ask_for(cohort=ready(), by=staff(provider=Cohort.objects.get().programme.provider))
    Job.objects.update(object_id=0)
    assert not jobs.run(job.pk)
    job.refresh_from_db()
    assert job.error == "This cohort no longer exists."
