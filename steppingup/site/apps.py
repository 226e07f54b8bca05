from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate
from django.utils.dateformat import TimeFormat

from steppingup.formats import english
from steppingup.formats.bounds import say_bounds_plainly, say_choices_plainly
from steppingup.formats.counting import count_as_browsers_do

# Here and not in `ready`: forms are made while other apps get ready.
say_choices_plainly()


def create_cache_table(**said: Any) -> None:
    """`migrate` alone makes a database ready; the table is only made if it is not there."""
    call_command("createcachetable", database=said["using"], verbosity=0)


class SiteConfig(AppConfig):
    name = "steppingup.site"
    label = "public_site"
    verbose_name = "Public pages"

    def ready(self) -> None:
        # Django's own says “2:30 p.m.” and “noon”; lists and fields of the admin say a time as every other page does.
        TimeFormat.P = lambda self: english.clock(self.data)  # type: ignore[method-assign]
        count_as_browsers_do()
        say_bounds_plainly()
        # Django sends it for apps with models only, so not for this one.
        post_migrate.connect(create_cache_table, sender=apps.get_app_config("accounts"))
        from steppingup.site import navigation

        navigation.add_navigation_entry(
            navigation.Entry(
                "admin", "Admin", "admin:index", 90, visible_to=lambda user: user.is_active and user.is_staff
            )
        )
