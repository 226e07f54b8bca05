from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.module_loading import autodiscover_modules


class DeskAdminConfig(admin.AdminConfig):
    default = False  # but named in the settings
    default_site = "steppingup.desk.site.DeskSite"


class DeskConfig(AppConfig):
    default = True
    name = "steppingup.desk"
    verbose_name = "Staff pages"

    def ready(self) -> None:
        from steppingup.accounts.roles import SitePermission
        from steppingup.desk import jobs, menu, messages, people, people_steps, reminders, texts, to_do_running  # noqa: F401
        from steppingup.desk.waiting import show_on_first_page

        pages = (
            ("People", "person", people.User, 10),
            ("Organisations", "apartment", people.Organisation, 20),
            ("Roles", "badge", people.RoleAssignment, 30),
        )
        for title, icon, model, order in pages:
            url_name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            menu.add_menu_item(menu.Item("People", title, icon, url_name, order, SitePermission.MANAGE_PEOPLE))

        to_do_running.add_running_section()
        show_on_first_page("messages", "Emails", 70, messages.Message)
        show_on_first_page("jobs", "Background jobs", 80, jobs.Job)
        work = ("Background jobs", "hourglass_top", "admin:jobs_job_changelist", 90, SitePermission.WATCH_WORK)
        menu.add_menu_item(menu.Item("Settings", *work))
        changelist = "admin:messaging_{}_changelist"
        edits = SitePermission.EDIT_TEXTS
        for item in (
            ("Emails", "mail", changelist.format("message"), 10, SitePermission.SEE_MESSAGES),
            ("Email texts", "edit_note", changelist.format("messagetemplate"), 20, edits),
            ("Reminders", "alarm", changelist.format("reminderrule"), 30, edits),
        ):
            menu.add_menu_item(menu.Item("Messages", *item))
        # Where each app plugs into the others, in the order in which they are installed; all of them are loaded by now.
        autodiscover_modules("wiring")
