from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from mentoring import loading, messages, reminders, sections  # noqa: F401

        sections.register_all()
        post_migrate.connect(reminders.make_default_rules, sender=self)
