"""Where representation plugs into the rest: the lists, people."""

from cohorts import journal
from cohorts.permissions import CohortPermission
from representation import desk, evidence, outcomes, refusals, reminders, retention
from representation.actions.tools import not_for
from representation.models import ActionItem, PledgeQuestion, PoolEntry
from representation.pages import heads, partners, pool, tools
from representation.permissions import RepresentationPermission
from steppingup.accounts.actions import merging
from steppingup.desk import menu
from steppingup.desk.waiting import show_on_first_page
from steppingup.site import sections, topics

__all__ = ["desk", "refusals", "reminders", "retention"]  # they register themselves where they are imported

menu.add_groups(Representation=70)
menu.add_lists(
    "Representation",
    "representation",
    RepresentationPermission.KEEP_PLAN,
    ("Action plans", "checklist", "actionplan"),
    ("Items of plans", "task_alt", "actionitem"),
    ("Leads of items", "assignment_ind", "itemlead"),
    ("Groups", "groups_2", "group"),
    ("Reviews of plans", "event_note", "planmeeting"),
    ("Voluntary heads", "supervisor_account", "headsscheme"),
    ("Targets", "flag", "target"),
    ("Papers", "article", "paper"),
    ("Published figures", "percent", "publishedfigure"),
    ("Grids of figures", "grid_on", "figurerelease"),
    ("Did it work?", "query_stats", "outcomestudy"),
    ("Workforce figures", "groups", "snapshot"),
    ("Recruitment figures", "person_add", "recruitmentfigure"),
    ("Files with counts", "upload_file", "countfile"),
    ("Employers’ commitments", "handshake", "commitment"),
    ("Answers about pledges", "mark_email_read", "pledgequestion"),
    ("Units", "account_tree", "unit"),
    ("Tiers", "stairs", "tier"),
    ("Characteristics", "category", "characteristic"),
)
menu.add_menu_item(
    menu.Item(
        "Representation",
        "Needs by theme",
        "psychology_alt",
        "admin:representation_actionplan_needs",
        55,
        RepresentationPermission.KEEP_PLAN,
    )
)
menu.keep_in_sight(
    menu.ALL_COHORTS,
    *(
        f"admin:representation_{name}_changelist"
        for name in ("actionplan", "figurerelease", "target", "outcomestudy", "paper", "headsscheme", "post")
    ),
    start=30,
)
show_on_first_page("plans", "Action plans", 70, ActionItem)
show_on_first_page("pledges", "Employers’ pledges", 73, PledgeQuestion)
sections.add_pages("post", "heads_board", "did_it_work")
sections.add_sections(
    sections.Section("provider", "commitments", 50, "representation/sections/provider.html", partners.at_provider),
    sections.Section("assignment", "team", 10, "representation/sections/assignment.html", heads.of_assignment),
)
stays = merging.Relation(merging.Fate.STAYS)
merging.becomes({"representation.ProgressReport.by": stays, "representation.PlanReading.read_by": stays})

menu.add_lists(
    "Representation",
    "representation",
    RepresentationPermission.KEEP_POOL,
    ("Posts of the pool", "chair_alt", "post"),
    ("People in the pool", "diversity_3", "poolentry"),
    first=10,
)
show_on_first_page("pool", "Succession pool", 75, PoolEntry)
journal.keep_from(not_for)
menu.add_lists(
    "Representation",
    "representation",
    CohortPermission.RUN_COHORTS,
    ("Tools taken", "psychology", "tooltaken"),
    first=20,
)
topics.add_topics(*pool.TOPICS, *tools.TOPICS)
said_by = (
    *("PoolEntry.asked_by", "PoolReview.by", "SuccessionDecision.by"),
    *("Commitment.published_by", "ToolTaken.recorded_by"),
    *("Snapshot.read_by", "CountFile.read_by", "FigureRelease.made_by", "Paper.issued_by"),
    "OutcomeRelease.made_by",
)
merging.becomes({f"representation.{name}": stays for name in said_by})
evidence.register("outcomes", "Whether people stepped up", outcomes.results)
