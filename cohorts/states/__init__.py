"""The statuses of cohorts, enrolments and certificates, and the steps between them."""

from dataclasses import dataclass

from django.db import models

from steppingup.history.lifecycle import Lifecycle, move


class Nation(models.TextChoices):
    """Whose bank holidays a programme keeps; by the names that GOV.UK's list has for them."""

    ENGLAND_AND_WALES = "england-and-wales", "England and Wales"
    SCOTLAND = "scotland", "Scotland"
    NORTHERN_IRELAND = "northern-ireland", "Northern Ireland"


class Selection(models.TextChoices):
    """How those who get a place are chosen from those who apply."""

    WITH_INTERVIEW = "with_interview", "By merit, with an interview"
    WITHOUT_INTERVIEW = "without_interview", "By merit, without an interview"
    FIRST_COME = "first_come", "First come, first served"
    NOMINATION = "nomination", "By nomination of the employer"


@dataclass(frozen=True)
class Way:
    """What a way of choosing people means. `how` says it to whoever thinks of applying; `unscored` says to staff why nobody is scored."""

    how: str
    is_scored: bool = False  # assessors score, and those who were scored are compared
    has_interview: bool = False
    is_numbered: bool = False  # each gets a number as they submit, and places go by it
    is_open: bool = True  # anybody may apply; otherwise only who was nominated
    unscored: str = ""
    listed: str = "Ranking"  # what the list of its applications is called on the desk


_BLIND = "The people who read your application do not see your name."
#: The one place that says what each way of choosing is; which moves an application has by it says `applications.states.ONLY`, what
#: applicants read in between `applications.words.OWN`.
WAYS: dict[Selection, Way] = {
    Selection.WITH_INTERVIEW: Way(
        f"{_BLIND} If you are on the shortlist, we will invite you to an interview.", is_scored=True, has_interview=True
    ),
    Selection.WITHOUT_INTERVIEW: Way(f"{_BLIND} We choose from the shortlist, without an interview.", is_scored=True),
    Selection.FIRST_COME: Way(
        "First come, first served: places go in the order in which applications are submitted, to everybody who meets the conditions. "
        "Nobody is scored or compared.",
        is_numbered=True,
        unscored="Places go to whoever comes first here, so nobody is scored or compared.",
        listed="Order of submission",
    ),
    Selection.NOMINATION: Way(
        "Employers nominate people for this programme, and only people who have been nominated can apply. Nobody is scored or compared.",
        is_open=False,
        unscored="People are nominated by their employers here, so nobody is scored or compared.",
        listed="Nominated",
    ),
}


def ways_with(**said: bool) -> tuple[Selection, ...]:
    """Of which this holds: `ways_with(is_scored=True)`."""
    return tuple(one for one, way in WAYS.items() if all(getattr(way, name) == value for name, value in said.items()))


def ways_in_sql(**said: bool) -> str:
    """The same for a trigger: “'with_interview', 'without_interview'”."""
    return ", ".join(f"'{way.value}'" for way in ways_with(**said))


class Standing(models.TextChoices):
    """How somebody works, which decides what is asked about an employer (B2)."""

    EMPLOYED = "employed", "Employed"
    SEVERAL = "several", "Employed by several"
    SELF_EMPLOYED = "self_employed", "Self-employed"
    VOLUNTEER = "volunteer", "Volunteer"
    NOT_EMPLOYED = "not_employed", "Not employed at the moment"

    @property
    def has_employer(self) -> bool:
        """Is there an employer that can release somebody, sign and pay?"""
        return self in EMPLOYED

    def in_words(self, organisation: object = None) -> str:
        """Where somebody is from, for lists and after a job title: “Harbour Housing”, “Volunteer with Harbour Housing”,
        “Self-employed”."""
        if organisation is None:
            return str(self.label)
        return str(organisation) if self.has_employer else f"{self.label} with {organisation}"

    def in_sentence(self, organisation: object = None) -> str:
        """What they do, after a name: “works for Harbour Housing”, “is self-employed”, “is a volunteer”."""
        if self.has_employer:
            return f"works for {organisation or 'an employer'}"
        with_whom = f" with {organisation}" if organisation else ""
        said = {
            Standing.SELF_EMPLOYED: "is self-employed",
            Standing.VOLUNTEER: f"is a volunteer{with_whom}",
            Standing.NOT_EMPLOYED: "is not employed at the moment",
        }
        return said[self]


#: Who has an employer, and who may be named with an organisation.
EMPLOYED = (Standing.EMPLOYED, Standing.SEVERAL)
WITH_ORGANISATION = (*EMPLOYED, Standing.VOLUNTEER)


class AimKind(models.TextChoices):
    """What a programme sets out to do, or what those who take part have of it (N10)."""

    AIM = "aim", "An aim of the programme"
    BENEFIT = "benefit", "A benefit to those who take part"


class LookedAt(models.TextChoices):
    """When somebody says where they see themselves."""

    BEFORE = "before", "Before"
    MIDWAY = "midway", "In the middle"
    AFTER = "after", "After"


class Signatory(models.TextChoices):
    """Who signs an agreement about a place."""

    PARTICIPANT = "participant", "The participant"
    EMPLOYER = "employer", "The employer"
    HOST = "host", "The host of the assignment"
    PROVIDER = "provider", "The provider"

    @property
    def in_sentence(self) -> str:
        """“the employer”."""
        return f"{self.label[:1].lower()}{self.label[1:]}"


class SignedBefore(models.TextChoices):
    """What an agreement has to be signed before."""

    PLACE = "place", "Before the place is taken"
    START = "start", "Before the programme starts"
    ASSIGNMENT = "assignment", "Before the assignment begins"


class SignedHow(models.TextChoices):
    ACCOUNT = "account", "Signed in"
    LINK = "link", "By a link sent to them"
    STAFF = "staff", "On paper or by telephone, entered by staff"


class Ending(models.TextChoices):
    """Why an agreement holds no longer for a place."""

    NEW_TEXT = "new_text", "Another text took its place"
    OTHER_EMPLOYER = "other_employer", "The participant has another employer"
    OTHER_HOST = "other_host", "The assignment has another host"
    OTHER_TERMS = "other_terms", "The terms of the assignment changed"
    NOT_ASKED = "not_asked", "It is not asked for any more"


class CohortStatus(models.TextChoices):
    DRAFT = "draft", "In preparation"
    PUBLISHED = "published", "Published"
    RUNNING = "running", "Under way"
    FINISHED = "finished", "Finished"
    CANCELLED = "cancelled", "Cancelled"


COHORT_PUBLIC = (CohortStatus.PUBLISHED, CohortStatus.RUNNING, CohortStatus.FINISHED)
#: Its places were given.
HAS_BEGUN = (CohortStatus.RUNNING, CohortStatus.FINISHED, CohortStatus.CANCELLED)
COHORT_OVER = (CohortStatus.FINISHED, CohortStatus.CANCELLED)

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
    NOT_COMPLETED = "not_completed", "Did not complete"
    WITHDRAWN = "withdrawn", "Withdrawn"


#: The colour of each, for `status_tag`.
TAGS = {
    EnrolmentStatus.ENROLLED: "open",
    EnrolmentStatus.COMPLETED: "good",
    EnrolmentStatus.NOT_COMPLETED: "over",
    EnrolmentStatus.WITHDRAWN: "over",
}
#: Those who hold one of the cohort's places.
HOLDS_A_PLACE = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)
#: Those who may be in the directory: participants and graduates.
IN_THE_DIRECTORY = (EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED)
#: Those who were there to the end: what they did is certified, and no longer changed.
CERTIFIED = (EnrolmentStatus.COMPLETED, EnrolmentStatus.NOT_COMPLETED)

ENROLMENT = Lifecycle(
    "enrolment",
    EnrolmentStatus,
    EnrolmentStatus.ENROLLED,
    {
        "complete": move(EnrolmentStatus.ENROLLED, EnrolmentStatus.COMPLETED, "Record completion"),
        "reopen": move(EnrolmentStatus.COMPLETED, EnrolmentStatus.ENROLLED, "Undo the completion"),
        "conclude": move(
            EnrolmentStatus.ENROLLED, EnrolmentStatus.NOT_COMPLETED, "Record that the participant did not complete"
        ),
        "go_on": move(EnrolmentStatus.NOT_COMPLETED, EnrolmentStatus.ENROLLED, "Put the participant back"),
        "withdraw": move(EnrolmentStatus.ENROLLED, EnrolmentStatus.WITHDRAWN, "Withdraw the participant"),
        "come_back": move(EnrolmentStatus.WITHDRAWN, EnrolmentStatus.ENROLLED, "Take the participant back"),
    },
    noun="enrolment",
)


class CertificateSays(models.TextChoices):
    """What a programme's certificates say of somebody who has completed."""

    DAYS = "days", "How many days were done: “28¾ days of leadership development”"
    REQUIREMENTS = "requirements", "That the requirements of a programme of so many days were met"


class CertificateKind(models.TextChoices):
    COMPLETION = "completion", "Certificate of completion"
    DAYS_DONE = "days_done", "Statement of the days done"


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


class JointStatus(models.TextChoices):
    """How far another cohort has come to a joint day."""

    INVITED = "invited", "Invited"
    ACCEPTED = "accepted", "Takes part"
    DECLINED = "declined", "Cannot come"
    WITHDRAWN = "withdrawn", "Has withdrawn"
    CALLED_OFF = "called_off", "Called off"


JOINT_OPEN = (JointStatus.INVITED, JointStatus.ACCEPTED)
#: The guest's coordinators accept, decline and withdraw; the host's call off.
JOINT = Lifecycle(
    "joint day",
    JointStatus,
    JointStatus.INVITED,
    {
        "accept": move(JointStatus.INVITED, JointStatus.ACCEPTED, "Accept the invitation"),
        "decline": move(JointStatus.INVITED, JointStatus.DECLINED, "Decline the invitation"),
        "withdraw": move(JointStatus.ACCEPTED, JointStatus.WITHDRAWN, "Withdraw from the joint day"),
        "call_off": move(JOINT_OPEN, JointStatus.CALLED_OFF, "Call the joint day off"),
    },
    noun="invitation",
)


class DirectoryReach(models.TextChoices):
    """Whose participants and graduates may find one another, as the programme decides (C6)."""

    NONE = "none", "No directory"
    PROGRAMME = "programme", "Participants and graduates of this programme"
    PROVIDER = "provider", "Those of all programmes of yours that say the same"


class Circle(models.TextChoices):
    """How far an entry reaches, as the person decides; never further than the programme does."""

    PROGRAMME = "programme", "My own programme"
    PROVIDER = "provider", "All programmes of my provider"
    OTHERS = "others", "Programmes of other providers too"


class SharingStatus(models.TextChoices):
    """How far two providers have come who let people of a programme of each find one another."""

    ASKED = "asked", "Waits for an answer"
    SHARED = "shared", "Shared"
    DECLINED = "declined", "Declined"
    ENDED = "ended", "Ended"


SHARING_OPEN = (SharingStatus.ASKED, SharingStatus.SHARED)
#: Those who were asked agree, decline and withdraw; those who asked call it off.
SHARING = Lifecycle(
    "shared directory",
    SharingStatus,
    SharingStatus.ASKED,
    {
        "agree": move(SharingStatus.ASKED, SharingStatus.SHARED, "Share the directory"),
        "decline": move(SharingStatus.ASKED, SharingStatus.DECLINED, "Decline to share the directory"),
        "withdraw": move(SharingStatus.SHARED, SharingStatus.ENDED, "Stop sharing the directory"),
        "call_off": move(SHARING_OPEN, SharingStatus.ENDED, "Stop sharing the directory"),
    },
    noun="agreement",
)


class Mark(models.TextChoices):
    """What the register says about one person at one session."""

    PRESENT = "present", "Present"
    PART = "part", "Present for part"
    ABSENT = "absent", "Absent"
    EXCUSED = "excused", "Excused"


class ComponentKind(models.TextChoices):
    """What a component of the plan is called in its field. It is only a word: `Recording` decides how its days come about."""

    MODULE = "module", "Module"
    PEER = "peer", "Peer learning"
    STRETCH = "stretch", "Stretch assignment"
    MENTORING = "mentoring", "Mentoring"
    STUDY = "study", "Self-study"
    OTHER = "other", "Other"


class Unit(models.TextChoices):
    """What a component is counted in. The day ledger has days of all of them."""

    DAYS = "days", "Days"
    HOURS = "hours", "Hours"
    SESSIONS = "sessions", "Sessions"


class ComponentMode(models.TextChoices):
    """How a component is done (N8)."""

    FACE_TO_FACE = "face_to_face", "Face to face"
    ONLINE = "online", "Online"
    SELF_DIRECTED = "self_directed", "Self-directed"
    WORKPLACE = "workplace", "In the workplace"
    RESIDENTIAL = "residential", "Residential"


class Recording(models.TextChoices):
    """What posts the days of a component."""

    REGISTER = "register", "Register of its sessions"
    HOST = "host", "Log of days with a host"
    PAIR = "pair", "Log of meetings with a mentor"
    OWN = "own", "Own log, in hours"


#: What is recorded in minutes may lie beside a whole day: in the evening, say. With a reason.
BY_MINUTES = (Recording.PAIR, Recording.OWN)


class Counterpart(models.TextChoices):
    """Where the host or the mentor of a component comes from, seen from the participant's employer (B8, B13, B48)."""

    ANOTHER = "another", "Another organisation"
    OWN = "own", "Their own organisation"
    ANY = "any", "Any organisation"

    @property
    def mentor(self) -> str:
        """“a mentor from another organisation”."""
        where = {Counterpart.ANOTHER: " from another organisation", Counterpart.OWN: " from their own organisation"}
        return f"a mentor{where.get(self, '')}"
