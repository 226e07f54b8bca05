"""Where applications plug into the rest: menu, cards, what waits, and what other apps ask of them."""

from django.apps import apps
from django.db.models import F, Q
from django.db.models.signals import post_migrate, post_save
from django.urls import reverse

from applications import copying, desk, loading, refusals, reminders, retention, tasks
from applications.actions import after_interview
from applications.actions.allocation import allocate
from applications.actions.decisions import pass_on
from applications.actions.handing import hand_over_reviews
from applications.actions.nominations import ask_for_nominations
from applications.actions.offers import offer_next
from applications.actions.paper import begin_on_paper
from applications.actions.rules import take_drafts_along, tell_of_file, version_to_change, who_has_begun
from applications.actions.signing import ask_those_with_an_offer, page_of_offer
from applications.dates import interviews_of
from applications.desk.cards import applicants, deadlines, equality_of, selection_of, story_of
from applications.desk.windows import register_in_words
from applications.equality import comparing, compositions
from applications.equality.questions import load_questions
from applications.fee.ready import of_fee
from applications.fee.standing import page_of_applicant
from applications.form.usual import give_usual_parts
from applications.models import AccessNeeds, Application, Review, Window
from applications.pages.cards import applications_at_home, applications_of, how_to_apply
from applications.pages.following_on import comes_next
from applications.pages.topics import TOPICS
from applications.permissions import ApplicationPermission
from applications.queries import left_by_assessors, who_applied, who_went_on, why_recruiting
from applications.readiness import of_admission, of_assessors, of_dates, of_nominations, of_trial
from applications.roles import ROLES
from applications.selection.clashes import interviews_there
from applications.selection.impartiality import contests_of_applicant, reviews_too_near, why_not_one_person
from applications.standings import not_asked_for_fee as not_asked
from applications.standings import who_pay_themselves
from applications.states import LIVE, ApplicationStatus
from applications.writing import write_windows
from cohorts import readiness
from cohorts.extensions import (
    Applying,
    Stage,
    about_a_room,
    against_cancelling,
    against_reach,
    along_the_way,
    applicants_of,
    applying,
    before_other_rules,
    coming_up,
    needs_said_before,
    not_asked_for_fee,
    on_publishing,
    paying_themselves,
    read_with_cohorts,
    recruiting,
    rules_agreed,
    rules_to_change,
    went_on,
    when_agreements_change,
    when_copied,
    when_rules_changed,
    when_withdrawn,
    where_taken,
)
from cohorts.models import Cohort, Enrolment, RuleSet
from cohorts.permissions import CohortPermission
from cohorts.programme_files.loading import add_loader, add_part_of_rules
from cohorts.programme_files.writing import add_writer
from funding.links import lead_applicants_to
from funding.queries import fees_agreed
from representation import costs, evidence
from steppingup.accounts.actions import merging
from steppingup.accounts.models import User
from steppingup.accounts.roles import SENSITIVE, add_roles
from steppingup.accounts.scope import people_compete, people_of_provider
from steppingup.calendars.events import add_source
from steppingup.desk import menu, story, workspace
from steppingup.desk.duties import Duty, add_duty
from steppingup.desk.renaming import Carrier, follows_a_name
from steppingup.desk.searching import search_in
from steppingup.desk.stepping import leads_to
from steppingup.desk.waiting import show_on_first_page
from steppingup.formats.english import counted
from steppingup.site import navigation
from steppingup.site.sections import Section, add_sections
from steppingup.site.topics import add_topics
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

#: Imported, so that the admin, the steps, the refusals, the reminders and the work of clocks are known.
LOADED = (after_interview, desk, refusals, reminders, retention, tasks)


def publishing(cohort: Cohort) -> str:
    """Who on the register of interest hears of it."""
    window = Window.objects.filter(cohort=cohort).first()
    if window is None:
        return "Nobody can apply yet: there are no application dates."
    window.cohort = cohort
    return register_in_words(window, as_if_public=True)


def said_in_application(enrolment: Enrolment) -> str:
    """What a participant needs to take part, as they said it when they applied."""
    of_place = AccessNeeds.objects.filter(application__cohort=enrolment.cohort, has_needs=True)
    found = of_place.filter(application__applicant=enrolment.participant).first()
    return found.text if found else ""


def how_far(cohort: Cohort, person: User) -> Applying | None:
    """Whether somebody's application can still be submitted, or was."""
    standing = (ApplicationStatus.DRAFT, *LIVE)
    mine = Application.objects.filter(cohort=cohort, applicant=person, status__in=standing)
    found = mine.select_related("cohort__window").first()
    if found is None or not hasattr(found.cohort, "window"):
        return None
    window = found.own_window
    stage = Stage.TOO_LATE if window.has_closed() else Stage.WRITING
    return Applying(stage if found.status == ApplicationStatus.DRAFT else Stage.SUBMITTED, window.last_moment)


def cancelling(cohort: Cohort) -> str:
    """Applicants who wait would never hear of it."""
    number = Application.objects.filter(cohort=cohort, status__in=LIVE).count()
    if not number:
        return ""
    return (
        f"{counted(number, 'applicant is', 'applicants are')} waiting for our answer. Tell them first: "
        "put open offers on the waiting list, then select everybody in the ranking and turn them down."
    )


def ranking_of(cohort: Cohort) -> str:
    return reverse("admin:applications_application_ranking", args=[cohort.pk])


add_roles(*ROLES)
SENSITIVE.add(ApplicationPermission.SEE_EQUALITY)
people_compete(contests_of_applicant)
# What was not submitted is nobody's business; nor is the account of an address that staff typed beside another name.
people_of_provider(
    "applications__cohort__programme__provider",
    cohort="applications__cohort",
    also=Q(
        Q(applications__helped_at=None) | Q(applications__full_name=F("full_name")),
        applications__submitted_at__isnull=False,
    ),
)

# -- menus -----------------------------------------------------------------------------------------
see, score = ApplicationPermission.SEE_APPLICATIONS, ApplicationPermission.SCORE_APPLICATIONS
edit = CohortPermission.EDIT_PROGRAMMES
menu.add_groups(Applications=20, Equality=70)
for title, icon, name, order, permission in (
    ("Applications", "inbox", "application_changelist", 10, see),
    ("In progress", "edit_note", "draft_changelist", 15, see),
    ("Selection", "format_list_numbered", "application_rankings", 20, see),
    ("My reviews", "rate_review", "review_changelist", 30, score),
    ("Employers to match", "domain_add", "application_employers", 35, CohortPermission.DECIDE_APPLICATIONS),
    ("Nominations", "how_to_vote", "nominationrequest_changelist", 37, see),
    ("Register of interest", "notifications", "interest_changelist", 40, see),
    ("Application windows", "event", "window_changelist", 50, edit),
):
    menu.add_menu_item(menu.Item("Applications", title, icon, f"admin:applications_{name}", order, permission))
menu.add_menu_item(menu.Item("Applications", "Admission rules", "rule", "admin:cohorts_ruleset_changelist", 60, edit))
for title, icon, name, order in (
    ("Figures", "monitoring", "applications:equality", 10),
    ("Who looked", "visibility", "admin:applications_equalitylook_changelist", 20),
    ("Questions", "quiz", "admin:applications_equalityquestion_changelist", 30),
):
    menu.add_menu_item(menu.Item("Equality", title, icon, name, order, ApplicationPermission.SEE_EQUALITY))
search_in(
    Application,
    "Applications",
    "inbox",
    30,
    lambda one: f"{one.reference}, {one.get_status_display().lower()}",
    name=lambda one: one.full_name,
    code="reference",
)
search_in(
    Review,
    "My reviews",
    "rate_review",
    35,
    lambda one: one.get_status_display(),
    name=lambda one: one.application.reference,
)
menu.put_first("admin:applications_review_changelist")
menu.put_first("applications:equality")
menu.keep_in_sight(menu.ALL_COHORTS, "admin:applications_application_changelist", start=5)
menu.keep_in_sight(menu.SET_UP, "admin:cohorts_ruleset_changelist", start=10)
navigation.add_navigation_entry(
    navigation.Entry("applications", "Your applications", "applications:list", 10, visible_to=applications_of)
)

went_on.add(who_went_on)
evidence.register(comparing.NAME, comparing.TITLE, comparing.evidence)
add_source(interviews_of)

# -- cards -----------------------------------------------------------------------------------------
OWN, DESK = "applications/sections", "admin/applications/sections"
add_sections(
    Section("home", "applications", 10, f"{OWN}/cards.html", applications_at_home, "Your applications"),
    Section("programme", "apply", 10, f"{OWN}/apply.html", how_to_apply, "Apply"),
    Section("participant", "next", 7, f"{OWN}/next.html", comes_next, topic="next"),
    Section("participant", "next-there", 7, f"{OWN}/next.html", comes_next, "What comes next", topic="certificate"),
    Section("cohort_admin", "selection", 20, f"{DESK}/selection.html", selection_of, "Applications"),
    Section("dashboard", "equality", 90, f"{DESK}/equality.html", equality_of, "Equality figures"),
)
for page, context, title in (
    ("post", compositions.of_pool, "Who is in the pools"),
    ("heads_board", compositions.of_heads, "Who they are"),
    ("did_it_work", compositions.of_stepped_up, "Who stepped up"),
):
    add_sections(Section(page, "composition", 50, f"{DESK}/composition.html", context, title))
add_topics(*TOPICS)
workspace.add_tabs(
    workspace.Tab(
        "applications",
        "Applications",
        10,
        see,
        (
            "applications_application",
            "applications_draft",
            "applications_window",
            "applications_review",
            "applications_nomination",
        ),
        workspace.narrowed("applications_application"),
    ),
    workspace.Tab(
        "selection",
        "Selection",
        20,
        see,
        ("applications_application_ranking", "applications_application_decide"),
        sections=("selection",),
        models=("applications.Application",),
        onward=lambda cohort: ranking_of(cohort) if hasattr(cohort, "window") else None,
    ),
)
of_cohort, Way = workspace.narrowed, workspace.Way
workspace.add_ways(
    Way("applications", "Submitted", of_cohort("applications_application"), see),
    Way("applications", "Begun, not submitted", of_cohort("applications_draft"), see),
    Way("applications", "Application dates", of_cohort("applications_window"), see),
    Way("settings", "Application dates", of_cohort("applications_window"), see),
    Way("settings", "As people will see it", workspace.page_of("applications_application_rehearsal"), edit),
    Way("settings", "Dry run", workspace.page_of("applications_application_dry_run"), edit),
)
story.add(story_of)
along_the_way.add(applicants)
coming_up.add(deadlines)
needs_said_before.add(said_in_application)
show_on_first_page("my-reviews", "Your reviews", 5, Review)
show_on_first_page("selection", "Applications", 10, Application)

# -- what waits for somebody else than whoever looks at the page -----------------------------------
free = "next on the waiting list, and a place is free"
for name, rows, one, many, order in (
    ("look", lambda r: r.with_answers_to_look_at(), "has an answer to look at", "have answers to look at", 20),
    ("scores", lambda r: r.awaiting_scores(), "is waiting for scores", "are waiting for scores", 40),
    ("place", lambda r: r.within_reach(), f"is {free}", f"are {free}", 90),
    ("answer", lambda r: r.filter(status=ApplicationStatus.OFFERED), "has an open offer", "have an open offer", 85),
):
    wait_for(Application, name, Waiting(rows, f"application {one}", f"applications {many}", order))

wait_for(
    Application,
    "left",
    Waiting(
        left_by_assessors,
        "application waits for somebody who is no assessor any more",
        "applications wait for somebody who is no assessor any more",
        35,
    ),
)
add_duty(
    Duty(
        "reviews",
        "open review",
        "open reviews",
        ApplicationPermission.SCORE_APPLICATIONS,
        lambda: Review.objects.for_steps().to_do(),
        {"assessor": "user", "application__cohort__programme__provider": "provider"},
        hand_over_reviews,
        nobody="Nobody yet: they wait to be shared out",
    )
)

follows_a_name(
    Carrier(
        "application that is not decided yet",
        "applications that are not decided yet",
        lambda user: Application.objects.of_applicant(user).filter(status__in=(ApplicationStatus.DRAFT, *LIVE)),
        rename=lambda rows, name: rows.update(full_name=name),
    )
)

# -- other apps ------------------------------------------------------------------------------------
add_loader(20, loading.load_applications)
add_writer(20, write_windows)
for table, model in loading.KINDS.items():
    add_part_of_rules(table, model)
post_save.connect(give_usual_parts, sender=RuleSet)
post_migrate.connect(load_questions, sender=apps.get_app_config("applications"))
when_copied.add(copying.copy_window)
when_withdrawn.add(lambda enrolment, by: pass_on(enrolment.cohort))
when_agreements_change.add(ask_those_with_an_offer)
where_taken.add(page_of_offer)
before_other_rules.add(take_drafts_along)
paying_themselves.add(who_pay_themselves)
not_asked_for_fee.add(not_asked)
rules_agreed.add(who_has_begun)
rules_to_change.add(version_to_change)
when_rules_changed.add(tell_of_file)
applying.add(how_far)
on_publishing.add(publishing)
readiness.add("rules", of_admission)
readiness.add("rules", of_fee)
readiness.add("rules", of_dates)
readiness.add("rules", of_nominations)
readiness.add("people", of_assessors)
readiness.add("trial", of_trial)
against_cancelling.add(cancelling)
about_a_room.add(interviews_there)
against_reach.add(reviews_too_near)
for step in (allocate, offer_next):
    leads_to(step, ranking_of)
leads_to(
    ask_for_nominations,
    lambda cohort: reverse("admin:cohorts_cohort_change", args=[cohort.pk]),
    then=lambda request: reverse("admin:applications_nominationrequest_change", args=[request.pk]),
)
leads_to(
    begin_on_paper,
    workspace.address_of,
    then=lambda application: reverse("admin:applications_draft_change", args=[application.pk]),
)
lead_applicants_to(page_of_applicant)

# -- two accounts of one person become one -----------------------------------------------------------
recorded = (
    "EqualityRelease.made_by",
    "EqualityLook.by",
    "LateEntry.given_by",
    "Line.drawn_by",
    "PlannedDecision.set_by",
    "Application.decided_by",
    "NominationRequest.asked_by",
    "Application.helped_by",
    "Decision.by",
    "Interview.recorded_by",
    "InterviewCorrection.by",
    "Offer.made_by",
    "Review.assigned_by",
)
merging.becomes(
    {
        "applications.Application.applicant": merging.Relation(
            merging.Fate.MOVES, "application", "applications", once_in="cohort"
        ),
        "applications.LateEntry.person": merging.Relation(merging.Fate.MOVES, "more time", "more time"),
        "applications.LineConsent.person": merging.Relation(
            merging.Fate.MOVES, "agreement to be asked afterwards", "agreements to be asked afterwards", once_in="line"
        ),
        "applications.Review.assessor": merging.Relation(
            merging.Fate.MOVES, "review", "reviews", once_in="application"
        ),
        **{f"applications.{name}": merging.Relation(merging.Fate.STAYS) for name in recorded},
    }
)
merging.AGAINST.append(why_not_one_person)
applicants_of.add(who_applied)
recruiting.add(why_recruiting)
costs.fees_from(fees_agreed)
read_with_cohorts("line")
