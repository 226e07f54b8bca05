"""Where cohorts plug into the platform: menus, sections, whose people they are, texts, reminders, what waits. Subjects with a file of
their own in this room are found after it, by themselves (steppingup/desk/apps.py)."""

from django.db.models import Q
from django.urls import reverse

from cohorts import desk, queries, refusals, reminders
from cohorts.actions import directory, employing, joint, joint_again
from cohorts.actions.handing import hand_over_contact
from cohorts.actions.placements import placements_too_near
from cohorts.actions.programmes import start
from cohorts.actions.sessions import draft_from_plan
from cohorts.desk import overview
from cohorts.desk import sections as desk_sections
from cohorts.desk import story as desk_story
from cohorts.desk.filters import CohortFilter
from cohorts.desk.guide import GUIDE
from cohorts.desk.workspace import called, open_to
from cohorts.extensions import (
    against_reach,
    along_the_way,
    coming_up,
    when_cancelled,
    when_session_ends,
    when_session_moves,
    when_withdrawn,
)
from cohorts.models import (
    Agreement,
    Certificate,
    Cohort,
    DirectoryAgreement,
    DirectoryEntry,
    Enrolment,
    Programme,
    Signature,
)
from cohorts.pages import assessing
from cohorts.pages import sections as page_sections
from cohorts.pages import topics as page_topics
from cohorts.permissions import CohortPermission
from cohorts.progress import feeds
from cohorts.relations import LINE_MANAGER, SELF, enrolments_of
from cohorts.states import Signatory
from cohorts.wiring import journal
from steppingup.accounts.actions import merging
from steppingup.accounts.roles import SitePermission
from steppingup.accounts.scope import people_of_provider
from steppingup.calendars.events import add_source
from steppingup.desk import menu, story, waiting, workspace
from steppingup.desk.duties import Duty, Tie, add_duty, add_tie
from steppingup.desk.messages import add_filter as add_message_filter
from steppingup.desk.renaming import Carrier, follows_a_name
from steppingup.desk.searching import search_in
from steppingup.desk.stepping import leads_to
from steppingup.messaging import scopes
from steppingup.site import sections, topics
from steppingup.site.navigation import Entry, add_navigation_entry
from steppingup.steps.step import Waiting
from steppingup.steps.waiting import wait_for

__all__ = ["desk", "journal", "refusals", "reminders"]  # they register themselves where they are imported

people_of_provider("enrolments__cohort__programme__provider", cohort="enrolments__cohort")
# Not whoever a record calls something else: typing somebody's address beside another name tells nobody who they are.
people_of_provider(
    "managed_enrolments__cohort__programme__provider",
    cohort="managed_enrolments__cohort",
    also=Q(managed_enrolments__manager_name=""),
)

# -- texts of emails: a coordinator may give a programme or one cohort words of its own ---------------
edit, see_messages = CohortPermission.EDIT_PROGRAMMES, SitePermission.SEE_MESSAGES
scopes.add_scope_type(
    scopes.ScopeType(
        model=Programme,
        title="Programme",
        order=0,
        for_staff=lambda user: Programme.objects.visible_to(user, edit),
        wider=lambda programme: [],
        provider=lambda programme: programme.provider,
        reply_to=lambda programme: programme.contact_email,
    )
)
scopes.add_scope_type(
    scopes.ScopeType(
        model=Cohort,
        title="Cohort",
        order=1,
        for_staff=lambda user: Cohort.objects.visible_to(user, edit),
        wider=lambda cohort: [cohort.programme],
        provider=lambda cohort: cohort.programme.provider,
        reply_to=lambda cohort: cohort.programme.contact_email,
        limits_roles=True,
    )
)

# -- menus -------------------------------------------------------------------------------------------
run = CohortPermission.RUN_COHORTS
menu.add_groups(Programmes=10, Cohorts=30)
menu.add_lists(
    "Programmes",
    "cohorts",
    run,
    ("Programmes", "school", "programme"),
    ("Cohorts", "groups", "cohort"),
    ("Plans of days", "calendar_month", "plan"),
    ("Partners", "handshake", "partner"),
    ("Shared directories", "share", "directoryagreement"),
)
menu.add_lists(
    "Cohorts",
    "cohorts",
    run,
    ("Participants", "group", "enrolment"),
    ("Sessions", "event", "session"),
    ("Peer groups", "diversity_3", "peergroup"),
    ("Agreements", "draw", "agreement"),
    ("Stretch assignments", "work", "placement"),
    ("Opportunities", "lightbulb", "opportunity"),
    ("Choosing assignments", "format_list_numbered", "choosing"),
    ("Organisations asked", "forward_to_inbox", "opportunityinvitation"),
    ("Study log", "menu_book", "study"),
    ("Joint days", "groups_2", "jointinvitation"),
    ("Directory", "contacts", "directoryentry"),
    ("Attendance", "fact_check", "attendance"),
    ("Marks one by one", "touch_app", "registermark"),
    ("Day ledger", "receipt_long", "dayentry"),
    ("Certificates", "workspace_premium", "certificate"),
)
menu.add_menu_item(menu.Item("Programmes", "Getting started", "flag", GUIDE, 9, CohortPermission.EDIT_PROGRAMMES))
menu.keep_in_sight(menu.ALL_COHORTS, "admin:cohorts_cohort_changelist", "admin:cohorts_enrolment_changelist")
menu.keep_in_sight(menu.PEOPLE, "admin:cohorts_partner_changelist", start=20)
menu.keep_in_sight(menu.SET_UP, GUIDE, "admin:cohorts_programme_changelist", "admin:cohorts_plan_changelist")
search_in(
    Cohort,
    "Cohorts",
    "groups",
    20,
    lambda cohort: cohort.get_status_display(),
    address=workspace.address_of,
)
search_in(
    Certificate,
    "Certificates",
    "workspace_premium",
    45,
    lambda one: f"{one.programme_name}, {one.serial}",
    name=lambda one: one.name,
    code="serial",
)
add_source(feeds.own_sessions)
add_source(feeds.own_assignments)
add_source(feeds.managed_sessions)
add_source(feeds.managed_assignments)

add_navigation_entry(Entry("programmes", "Programmes", "cohorts:programmes", 5, visible_to=lambda user: True))
add_navigation_entry(
    Entry(
        "my-programme",
        "My programme",
        "cohorts:own_programmes",
        20,
        visible_to=lambda user: user.is_authenticated and enrolments_of(user, SELF),
    )
)
add_navigation_entry(
    Entry(
        "my-team",
        "My team",
        "cohorts:team",
        30,
        visible_to=lambda user: user.is_authenticated and enrolments_of(user, LINE_MANAGER),
    )
)

# -- the workspace of a cohort -------------------------------------------------------------------------
workspace.of(
    workspace.Workspace(
        Cohort,
        "cohort",
        "admin:cohorts_cohort_tab",
        "admin:cohorts_cohort_switch",
        "admin:cohorts_cohort_workspace",
        open_to,
        called,
    )
)
narrowed, Tab, Way = workspace.narrowed, workspace.Tab, workspace.Way
people = (
    *("cohorts_enrolment", "cohorts_certificate", "cohorts_peergroup", "cohorts_dayentry"),
    *(
        "cohorts_agreement",
        "cohorts_study",
        "cohorts_directoryentry",
        "cohorts_makeup",
        "cohorts_destination",
        "cohorts_alumnichoice",
    ),
)
sessions_list = narrowed("cohorts_session", "takes_place=yes", by="starts")
settings = workspace.page_of_record("cohorts_cohort")
workspace.add_tabs(
    Tab("overview", "Overview", 0, run),
    Tab("participants", "Participants", 30, run, people, narrowed("cohorts_enrolment")),
    Tab(
        "sessions",
        "Sessions and registers",
        40,
        run,
        ("cohorts_session", "cohorts_attendance", "cohorts_registermark", "cohorts_jointinvitation"),
        sessions_list,
    ),
    Tab(
        "placements",
        "Placements",
        50,
        run,
        (
            *("cohorts_placement", "cohorts_opportunity", "cohorts_opportunityinvitation"),
            *("cohorts_choosing", "cohorts_placementproposal"),
        ),
        narrowed("cohorts_placement"),
    ),
    Tab(
        "messages",
        "Messages",
        90,
        see_messages,
        ("messaging_", "cohorts_announcement", "cohorts_addressee"),
        narrowed("messaging_message"),
    ),
    Tab("settings", "Settings", 100, run, ("cohorts_cohort",), settings),
)
workspace.add_ways(
    Way("participants", "Everybody", narrowed("cohorts_enrolment"), run),
    Way("participants", "At a glance", workspace.page_of("cohorts_cohort_glance"), run),
    Way("participants", "Completion and certificates", workspace.page_of("cohorts_enrolment_completion"), run),
    Way("participants", "Certificates made", narrowed("cohorts_certificate"), run, "Afterwards"),
    Way("participants", "Agreements", narrowed("cohorts_agreement"), run),
    Way("participants", "Peer groups", narrowed("cohorts_peergroup"), run, "Peer groups"),
    Way("participants", "Before and after", workspace.page_of("cohorts_cohort_assessments"), run, "Days"),
    Way("participants", "Directory", narrowed("cohorts_directoryentry"), run, "Afterwards"),
    Way("participants", "Study log", narrowed("cohorts_study"), run, "Days"),
    Way("participants", "Day ledger", narrowed("cohorts_dayentry"), run, "Days"),
    Way("sessions", "Sessions", sessions_list, run),
    Way(
        "sessions",
        "Make sessions from the plan",
        lambda cohort: reverse("admin:cohorts_cohort_step", args=[cohort.pk, draft_from_plan.name]),
        run,
    ),
    Way("sessions", "Registers to take", narrowed("cohorts_session", "next=mark"), run),
    Way("sessions", "Invitations to joint days", narrowed("cohorts_jointinvitation"), run, "Events and joint days"),
    Way(
        "sessions",
        "Nights and needs",
        narrowed("cohorts_session", "asks=yes", by="starts"),
        run,
        "Events and joint days",
    ),
    Way("sessions", "Attendance", narrowed("cohorts_attendance"), run, "Attendance in full"),
    Way("sessions", "Marks one by one", narrowed("cohorts_registermark"), run, "Attendance in full"),
    Way("messages", "Sent about this cohort", narrowed("messaging_message"), see_messages),
    Way(
        "messages",
        "Email texts",
        lambda cohort: reverse("admin:messaging_messagetemplate_changelist"),
        SitePermission.EDIT_TEXTS,
    ),
    Way(
        "messages",
        "Reminders",
        lambda cohort: reverse("admin:messaging_reminderrule_changelist"),
        SitePermission.EDIT_TEXTS,
    ),
    Way("settings", "The cohort", settings, run),
    Way("settings", "Getting ready", workspace.page_of("cohorts_cohort_ready"), run),
)
add_message_filter(CohortFilter)
for teller in (desk_story.places_of, desk_story.certificates_of, desk_story.managed_by):
    story.add(teller)
along_the_way.add(overview.participants)
coming_up.add(overview.days_to_come)

# -- pages -------------------------------------------------------------------------------------------
topics.add_topics(*page_topics.TOPICS, *assessing.TOPICS)
sections.add_sections(*page_sections.SECTIONS, *assessing.SECTIONS, *desk_sections.SECTIONS, *overview.SECTIONS)
one, many = "participant has missed a day or more", "participants have missed a day or more"
wait_for(Enrolment, "missed", Waiting(queries.behind, one, many))
wait_for(
    Enrolment,
    "unmanaged",
    Waiting(
        # Of an account that is called something else nothing is told, not that it is closed either.
        lambda rows: rows.on_the_programme().filter(line_manager__is_active=False, manager_name=""),
        "participant has a line manager whose account is closed",
        "participants have a line manager whose account is closed",
    ),
)
add_duty(
    Duty(
        "contact",
        "programme that people write to them about",
        "programmes that people write to them about",
        CohortPermission.EDIT_PROGRAMMES,
        lambda: Programme.objects.exclude(contact_email=""),
        {"contact_email": "user__email", "provider": "provider"},
        hand_over_contact,
        nobody="Nobody: the programme's pages then give no address",
    )
)
add_tie(
    Tie(
        "participant whose line manager they are",
        "participants whose line manager they are",
        lambda user: Enrolment.objects.on_the_programme().filter(line_manager=user),
        "who manages somebody is for their employer to say. On each participant’s page you can change the line manager.",
    )
)
follows_a_name(
    Carrier(
        "certificate",
        "certificates",
        lambda user: Certificate.objects.genuine().filter(enrolment__participant=user),
        stays="revoke it and make the certificates again, for one with the new name.",
    )
)
follows_a_name(
    Carrier(
        "signed agreement",
        "signed agreements",
        lambda user: Signature.objects.filter(agreement__person=user, role=Signatory.PARTICIPANT),
        stays="it stays as it was signed.",
    )
)
waiting.show_on_first_page("behind", "Participants", 35, Enrolment)
waiting.show_on_first_page("agreements", "Agreements", 37, Agreement)
waiting.show_on_first_page("directory", "Directory", 52, DirectoryEntry, DirectoryAgreement)
wait_for(
    Agreement,
    "unsigned",
    Waiting(
        lambda rows: rows.overdue(),
        "agreement is not signed yet, and the programme has started",
        "agreements are not signed yet, and the programme has started",
        order=38,
    ),
)
against_reach.add(placements_too_near)
when_session_moves.add(joint.guests_follow)
when_session_ends.add(joint.guests_end)
when_cancelled.add(joint_again.part_with)
when_withdrawn.add(directory.end_with_the_place)

# -- two accounts of one person become one -----------------------------------------------------------
stays = merging.Relation(merging.Fate.STAYS)
merging.becomes(
    {
        "cohorts.Enrolment.participant": merging.Relation(merging.Fate.MOVES, "place", "places", once_in="cohort"),
        "cohorts.Enrolment.line_manager": merging.Relation(merging.Fate.MOVES, "person managed", "people managed"),
        # Before today too: shown with the places.
        "cohorts.Membership.line_manager": merging.Relation(merging.Fate.MOVES),
        "cohorts.Enrolment.completed_by": stays,
        "cohorts.Needs.person": merging.Relation(
            merging.Fate.MOVES, "note of what they need", "notes of what they need"
        ),
        "cohorts.Agreement.person": merging.Relation(merging.Fate.MOVES, "agreement", "agreements", once_in="cohort"),
        "cohorts.SharedAssessment.manager": merging.Relation(merging.Fate.MOVES),
        "cohorts.AssessmentRelease.made_by": stays,
        "cohorts.Signature.signed_by": stays,
        "cohorts.CompletionWaiver.given_by": stays,
        "cohorts.Certificate.issued_by": stays,
        "cohorts.DayEntry.posted_by": stays,
        "cohorts.PlacementDay.recorded_by": stays,
        "cohorts.JointInvitation.asked_by": stays,
        "cohorts.DirectoryEntry.hidden_by": stays,
        "cohorts.DirectoryAgreement.asked_by": stays,
        "cohorts.DirectoryBlock.person": merging.Relation(
            merging.Fate.MOVES, "block in the directory", "blocks in the directory", once_in="blocked"
        ),
        "cohorts.DirectoryBlock.blocked": merging.Relation(merging.Fate.MOVES),
        "cohorts.Study.recorded_by": stays,
        "cohorts.Study.removed_by": stays,
        "cohorts.Attendance.marked_by": stays,
        "cohorts.Apology.said_by": stays,
        "cohorts.RegisterMark.made_by": stays,
    }
)
merging.AGAINST.append(employing.why_not_one_person)

# -- a programme that began from a file: on with it ------------------------------------------------------
leads_to(
    start,
    lambda provider: reverse("admin:cohorts_programme_changelist"),
    then=lambda programme: reverse(GUIDE),
)
