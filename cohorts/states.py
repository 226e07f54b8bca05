"""The statuses of cohorts, enrolments and certificates, and the steps between them."""

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class CohortStatus(models.TextChoices):
    DRAFT = "draft", "In preparation"
    PUBLISHED = "published", "Published"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


C = CohortStatus
COHORT_PUBLIC = (C.PUBLISHED, C.RUNNING, C.FINISHED)

COHORT = Lifecycle(
    "cohort",
    C,
    C.DRAFT,
    {
        "publish": move(C.DRAFT, C.PUBLISHED, "Publish the cohort"),
        "unpublish": move(C.PUBLISHED, C.DRAFT, "Take the cohort off the site"),
        "start": move(C.PUBLISHED, C.RUNNING, "Start the cohort"),
        "finish": move(C.RUNNING, C.FINISHED, "Finish the cohort"),
        "resume": move(C.FINISHED, C.RUNNING, "Reopen the cohort"),
        "cancel": move((C.DRAFT, C.PUBLISHED, C.RUNNING), C.CANCELLED, "Cancel the cohort"),
    },
    noun="cohort",
)


class EnrolmentStatus(models.TextChoices):
    ENROLLED = "enrolled", "On the programme"
    COMPLETED = "completed", "Completed"
    WITHDRAWN = "withdrawn", "Withdrawn"


E = EnrolmentStatus
#: The colour of each, for `status_tag`.
TAGS = {E.ENROLLED: "open", E.COMPLETED: "good", E.WITHDRAWN: "over"}
#: Those who hold one of the cohort's places.
HOLDS_A_PLACE = (E.ENROLLED, E.COMPLETED)

ENROLMENT = Lifecycle(
    "enrolment",
    E,
    E.ENROLLED,
    {
        "complete": move(E.ENROLLED, E.COMPLETED, "Record completion"),
        "reopen": move(E.COMPLETED, E.ENROLLED, "Undo the completion"),
        "withdraw": move(E.ENROLLED, E.WITHDRAWN, "Withdraw the participant"),
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
