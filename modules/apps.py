from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Qualifications"

    def ready(self) -> None:
        from modules import loading, messages, sections  # noqa: F401

        sections.register_all()
        post_migrate.connect(messages.make_default_rules, sender=self)
