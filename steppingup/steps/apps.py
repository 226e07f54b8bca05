from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class StepsConfig(AppConfig):
    name = "steppingup.steps"
    verbose_name = "Steps"

    def ready(self) -> None:
        """Every app's room of actions, so that each step is known in each process: a worker that opens no page finds them."""
        for app in apps.get_app_configs():
            room = Path(app.path) / "actions"
            if room.is_dir() and "site-packages" not in room.parts:
                for found in iter_modules([str(room)]):
                    import_module(f"{app.name}.actions.{found.name}")
        noting: Any = import_module("steppingup.steps.noting")
        post_migrate.connect(noting.put_on_triggers, sender=self)
