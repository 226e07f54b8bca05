from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


def create_cache_table(**said: Any) -> None:
    """`migrate` alone makes a database ready; the table is only made if it is not there."""
    call_command("createcachetable", database=said["using"], verbosity=0)


class WebConfig(AppConfig):
    name = "steppingup.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        # Django sends it for apps with models only, so not for this one.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("accounts"))
        from steppingup.accounts.roles import Permission
        from steppingup.web import (  # noqa: F401
            admin_accounts,
            admin_jobs,
            admin_menu,
            admin_messages,
            admin_reminders,
            admin_texts,
            navigation,
            to_do_messages,
        )

        pages = (
            ("People", "person", admin_accounts.User, 10),
            ("Organisations", "apartment", admin_accounts.Organisation, 20),
            ("Roles", "badge", admin_accounts.RoleAssignment, 30),
        )
        for title, icon, model, order in pages:
            url_name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
            admin_menu.register(admin_menu.Item("People", title, icon, url_name, order, Permission.MANAGE_PEOPLE))

        navigation.register(
            navigation.Entry(
                "admin", "Admin", "admin:index", 90, visible_to=lambda user: user.is_active and user.is_staff
            )
        )
        to_do_messages.register_section()
        admin_jobs.register_section()
        work = ("Work in the background", "hourglass_top", "admin:jobs_job_changelist", 90, Permission.RUN_COHORTS)
        admin_menu.register(admin_menu.Item("Settings", *work))
        changelist = "admin:messaging_{}_changelist"
        edits = Permission.EDIT_PROGRAMMES
        for item in (
            ("Emails", "mail", changelist.format("message"), 10, Permission.SEE_MESSAGES),
            ("Email texts", "edit_note", changelist.format("messagetemplate"), 20, edits),
            ("Reminders", "alarm", changelist.format("reminderrule"), 30, edits),
        ):
            admin_menu.register(admin_menu.Item("Messages", *item))
