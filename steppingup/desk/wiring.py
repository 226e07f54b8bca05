"""Where the desk's own pages plug into the rest: menu, search, a person's story, what waits."""

from steppingup.accounts.models import Organisation, RoleAssignment, User
from steppingup.accounts.roles import SitePermission
from steppingup.desk import (
    handing,
    jobs,
    menu,
    messages,
    notices,
    people,
    people_steps,
    reminders,
    renaming,
    replies,
    retention,
    searching,
    story,
    takings,
    texts,
    to_do_running,
)
from steppingup.desk.waiting import show_on_first_page

#: Imported, so that the admin and the steps are known.
LOADED = (handing, notices, people, people_steps, reminders, renaming, texts)

menu.add_lists(
    "People",
    "accounts",
    SitePermission.MANAGE_PEOPLE,
    ("People", "person", "user"),
    ("Organisations", "apartment", "organisation"),
    ("Roles", "badge", "roleassignment"),
    first=10,
)
searching.search_in(User, "People", "person", 10, lambda person: person.reached_at, name=lambda one: one.full_name)
searching.search_in(Organisation, "Organisations", "apartment", 50, lambda one: one.get_kind_display())
story.show()
story.add(replies.replies_of)
retention.show()
menu.keep_in_sight(menu.PEOPLE, "admin:accounts_user_changelist", "admin:accounts_organisation_changelist")
menu.keep_in_sight(menu.ALL_COHORTS, "admin:messaging_message_changelist", start=20)
menu.keep_in_sight(menu.SET_UP, "admin:messaging_messagetemplate_changelist", start=20)
menu.add_menu_item(
    menu.Item(
        "People",
        "Accounts of one person",
        "merge",
        "admin:accounts_user_pairs",
        13,
        SitePermission.MANAGE_PEOPLE,
    )
)
to_do_running.add_running_section()
show_on_first_page("roles", "Roles", 65, RoleAssignment)
show_on_first_page("messages", "Emails", 70, messages.Message, replies.Reply)
show_on_first_page("jobs", "Background jobs", 80, jobs.Job)
menu.add_lists("Settings", "jobs", SitePermission.WATCH_WORK, ("Background jobs", "hourglass_top", "job"), first=90)
menu.add_lists("Messages", "messaging", SitePermission.SEE_MESSAGES, ("Emails", "mail", "message"))
menu.add_lists("Messages", "messaging", SitePermission.SEE_MESSAGES, ("Replies", "reply", "reply"), first=6)
menu.add_menu_item(
    menu.Item("Messages", "Steps taken", "undo", "admin:steps_taking_changelist", 5, tuple(takings.permissions()))
)
edited = (("Email texts", "edit_note", "messagetemplate"), ("Reminders", "alarm", "reminderrule"))
menu.add_lists("Messages", "messaging", SitePermission.EDIT_TEXTS, *edited, first=1)
