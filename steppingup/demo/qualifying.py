"""The subjects of the modules, who speaks at them, and those who work towards the certificate besides."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.text import slugify

from cohorts.models import Cohort, Placement, Session, SessionPaper
from cohorts.states import Recording
from modules.actions import assignments, courses, registrations, speakers, talks
from modules.models import Assignment, Course, CourseChoice, Module, Qualification, Registration, Speaker
from modules.states import Comes
from steppingup import clock
from steppingup.demo import texts
from steppingup.demo.clock import moment, working_day
from steppingup.demo.diary import Diary
from steppingup.demo.people import Applicant, Cast
from steppingup.files.actions.files import store

#: Where there is something to read before a module.
READING = "https://www.gov.uk/government/publications/civil-service-leadership-statement"
SUBJECTS = (
    ("Knowing yourself as a leader", "What you bring, what others see, and what you would like them to see."),
    ("Power, politics and money", "Who decides, how a budget is made, and how to read one."),
    ("Being heard", "Speaking to boards, to crowds, and to the person who does not agree."),
    ("Leading change", "Why most of it fails, and what those who carried it through did."),
    ("Stepping up", "Interviews, networks, and the first hundred days."),
)
SPEAKERS = (
    ("Dame Ivy Cattermole", "Chair", "avonreach-health", "What I learned from the jobs I did not get"),
    ("Solomon Adu-Bright", "Chief Executive", "bristol-channel-water", "Reading a budget in ten minutes"),
    ("Ceridwen Mostyn", "Managing Director", "westgate-media", "Saying it so that they remember"),
    ("Anwar Choudhury", "Chief Fire Officer", "avon-gorge-fire", "The change that nobody wanted"),
    ("Marianne Lys", "Vice-Chancellor", "floating-harbour-university", "My first hundred days, and the second"),
)
CREDITS = (5, 4, 4)  # three courses that make thirteen
REVISE = "Good on what you did. Add what the figures were before and after, and shorten the introduction to one page."
WELL_DONE = "A clear account of real work, with evidence. The chapter on what did not work is the best."


@dataclass
class Qualifying:
    """Writes modules, speakers and registrations of one cohort into the diary."""

    diary: Diary
    cast: Cast
    cohort: Cohort

    def write_modules(self, on: date) -> None:
        self.diary.write(moment(on, 16, 30), self.cast.coordinator, self._modules)

    def _modules(self) -> None:
        rows = Session.objects.filter(
            cohort=self.cohort, component__recording=Recording.REGISTER, component__in_groups=False
        )
        sessions = list(rows.select_related("cohort__programme__provider"))
        provider = self.cast.programme.provider
        pairs = zip(SUBJECTS, SPEAKERS, strict=True)
        for number, ((title, summary), (name, post, slug, subject)) in enumerate(pairs, 1):
            module = Module.objects.create(cohort=self.cohort, number=number, title=title, summary=summary)
            days = sessions[2 * number - 2 : 2 * number]
            module.sessions.set(days)
            speaker, _ = Speaker.objects.get_or_create(
                provider=provider,
                name=name,
                organisation=self.cast.employers[slug],
                defaults={"post": post, "email": f"{slugify(name)}@{slug}.example"[:80]},
            )
            talk = speakers.book(session=days[0], speaker=speaker, subject=subject, by=self.cast.coordinator)
            if number % 3 and days[0].starts_at > clock.now():  # the others have not answered yet
                talks.answer(talk=talk, comes=Comes.YES, by=self.cast.coordinator)
            SessionPaper.objects.create(session=days[0], title=f"To read before: {title}", link=READING)

    def write_certificates(self, people: Sequence[Applicant], registered_on: date, results: Sequence[date]) -> None:
        """Registered one after the other; so many courses passed as there are days for it, and with the last of them
        the assignment."""
        for number, who in enumerate(people):
            begun = working_day(registered_on + timedelta(days=2 * number))
            self._own(who, begun, partial(self._register, who))
            passed = len(results) if len(results) == len(CREDITS) or "ilm9" in who.extras else 1
            for course in range(passed):
                on = working_day(results[course] + timedelta(days=number))
                self.diary.write(moment(on, 12), self.cast.coordinator, partial(self._pass, who, course))
            if len(results) == len(CREDITS):
                self._write_assignment(who, working_day(results[-1] + timedelta(days=9 + number)), revise=number == 1)

    def _own(self, who: Applicant, on: date, act: Callable[[], object]) -> None:
        self.diary.write(moment(on, 20, 10), who.me, act)

    def _register(self, who: Applicant) -> None:
        qualification = Qualification.objects.filter(programme=self.cast.programme).earliest("level")
        registration = registrations.register_for(enrolment=who.place(), qualification=qualification, by=who.account)
        offered = list(Course.objects.filter(provider=self.cast.programme.provider, is_offered=True).order_by("-level"))
        for credits in CREDITS:
            possible = [course for course in offered if course.credits == credits][:4]
            course = who.dice.choice(possible)
            offered.remove(course)
            courses.choose_course(registration=registration, course=course, by=who.account)

    def _registration(self, who: Applicant) -> Registration:
        related = ("qualification", "enrolment__cohort__programme__provider", "enrolment__participant")
        return Registration.objects.select_related(*related).get(enrolment=who.place())

    def _pass(self, who: Applicant, number: int) -> None:
        choice = CourseChoice.objects.filter(registration=self._registration(who)).order_by("-credits", "pk")[number]
        choice.registration = self._registration(who)
        courses.record_pass(choice=choice, by=self.cast.coordinator)

    # -- the assignment --------------------------------------------------------------------------

    def _write_assignment(self, who: Applicant, on: date, *, revise: bool) -> None:
        self._own(who, on, partial(self._hand_in, who))
        marked = working_day(on + timedelta(days=6))
        if revise:
            self.diary.write(
                moment(marked, 11),
                self.cast.coordinator,
                partial(self._mark, who, assignments.refer_assignment, REVISE),
            )
            self._own(who, marked + timedelta(days=5), partial(self._hand_in, who))
            marked = working_day(marked + timedelta(days=9))
        self.diary.write(
            moment(marked, 11), self.cast.coordinator, partial(self._mark, who, assignments.pass_assignment, WELL_DONE)
        )

    def _hand_in(self, who: Applicant) -> None:
        registration = self._registration(who)
        placement = Placement.objects.filter(enrolment=registration.enrolment).first()
        title = placement.title if placement else "A piece of work"
        pages = [[title, f"{who.name}, page {number}"] for number in range(1, 10 + who.dice.randint(0, 1))]
        name = texts.address(who.name, "x").split("@")[0].replace(".", "-")
        version = registration.assignments.count() + 1
        upload = SimpleUploadedFile(f"assignment-{name}-{version}.pdf", texts.pdf(pages), "application/pdf")
        file = store(upload=upload, rule=registration.qualification.file_rule, by=who.account)
        assignments.submit_assignment(registration=registration, file=file, placement=placement, by=who.account)

    def _mark(self, who: Applicant, mark: Callable[..., object], feedback: str) -> None:
        registration = self._registration(who)
        assignment = Assignment.objects.filter(registration=registration).latest("version")
        assignment.registration = registration
        mark(assignment=assignment, feedback=feedback, by=self.cast.coordinator)
