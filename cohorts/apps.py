from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import messages, reminders, running_sections, sections  # noqa: F401

        sections.register_sections()
        running_sections.register_all()
        post_migrate.connect(reminders.make_default_rules, sender=self)
