from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Money"

    def ready(self) -> None:
        from funding import loading, messages, reminders, sections  # noqa: F401

        sections.register_sections()
        post_migrate.connect(reminders.make_default_rules, sender=self)
