"""The statuses of cohorts, enrolments and certificates, and the steps between them."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class Nation(models.TextChoices):
    """Whose bank holidays a programme keeps; by the names that GOV.UK's list has for them."""

    ENGLAND_AND_WALES = "england-and-wales", "England and Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class CohortStatus(models.TextChoices):
    DRAFT = "draft", "In preparation"
    PUBLISHED = "published", "Published"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


COHORT_PUBLIC = (CohortStatus.PUBLISHED, CohortStatus.RUNNING, CohortStatus.FINISHED)

COHORT = Lifecycle(
    "cohort",
    CohortStatus,
    CohortStatus.DRAFT,
    {
        "publish": move(CohortStatus.DRAFT, CohortStatus.PUBLISHED, "Publish the cohort"),
        "unpublish": move(CohortStatus.PUBLISHED, CohortStatus.DRAFT, "Take the cohort off the site"),
        "start": move(CohortStatus.PUBLISHED, CohortStatus.RUNNING, "Start the cohort"),
        "finish": move(CohortStatus.RUNNING, CohortStatus.FINISHED, "Finish the cohort"),
        "resume": move(CohortStatus.FINISHED, CohortStatus.RUNNING, "Reopen the cohort"),
        "cancel": move(
            (CohortStatus.DRAFT, CohortStatus.PUBLISHED, CohortStatus.RUNNING),
            CohortStatus.CANCELLED,
            "Cancel the cohort",
        ),
    },
    noun="cohort",
)


class EnrolmentStatus(models.TextChoices):
    ENROLLED = "enrolled", "On the programme"
    COMPLETED = "completed", "Completed"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: The colour of each, for `status_tag`.
TAGS = {EnrolmentStatus.ENROLLED: "open", EnrolmentStatus.COMPLETED: "good", EnrolmentStatus.WITHDRAWN: "over"}
#: Those who hold one of the cohort's places.
HOLDS_A_PLACE = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)

ENROLMENT = Lifecycle(
    "enrolment",
    EnrolmentStatus,
    EnrolmentStatus.ENROLLED,
    {
        "complete": move(EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED, "Record completion"),
        "reopen": move(EnrolmentStatus.COMPLETED, EnrolmentStatus.ENROLLED, "Undo the completion"),
        "withdraw": move(EnrolmentStatus.ENROLLED, EnrolmentStatus.WITHDRAWN, "Withdraw the participant"),
    },
    noun="enrolment",
)


class CertificateStatus(models.TextChoices):
    ISSUED = "issued", "Genuine"
    REVOKED = "revoked", "Revoked"


CERTIFICATE = Lifecycle(
    "certificate",
    CertificateStatus,
    CertificateStatus.ISSUED,
    {"revoke": move(CertificateStatus.ISSUED, CertificateStatus.REVOKED, "Revoke the certificate")},
    noun="certificate",
)


class Mark(models.TextChoices):
    """What the register says about one person at one session."""

    PRESENT = "present", "Present"
    PART = "part", "Present for half"
    ABSENT = "absent", "Absent"
    EXCUSED = "excused", "Excused"


class ComponentKind(models.TextChoices):
    """What a component of the plan is, which decides how its days are posted."""

    MODULE = "module", "Module"
    PEER = "peer", "Peer learning"
    STRETCH = "stretch", "Stretch assignment"
    MENTORING = "mentoring", "Mentoring"
    OTHER = "other", "Other"


#: Components whose days come from a register of sessions.
FROM_SESSIONS = (ComponentKind.MODULE, ComponentKind.PEER, ComponentKind.OTHER)
