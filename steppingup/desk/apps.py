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
        from steppingup.desk import wiring  # noqa: F401 # the desk's own, before those of the apps
        from steppingup.desk.fields import look_up_keys_only

        look_up_keys_only()
        # Where each app plugs into the others, in the order in which they are installed; all of them are loaded by now.
        autodiscover_modules("wiring")
