from importlib import import_module

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications.copying import copy_window
        from applications.loading import load_applications
        from applications.menu import register_in_admin
        from applications.sections import register_sections
        from cohorts import loading
        from cohorts.actions import copying

        for module in ("messages", "letters", "reminders"):
            import_module(f"applications.{module}")
        register_sections()
        register_in_admin()
        loading.register(20, load_applications)
        copying.register(copy_window)
