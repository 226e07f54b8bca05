from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin


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
        # Where each app plugs into the others, in the order in which they are installed; all of them are loaded by now. Of one with
        # many subjects, what it says of all of them first.
        for app in apps.get_app_configs():
            if find_spec(name := f"{app.name}.wiring"):
                for found in iter_modules(getattr(import_module(name), "__path__", ())):
                    import_module(f"{name}.{found.name}")
