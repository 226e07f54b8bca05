from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Qualifications"

    def ready(self) -> None:
        from cohorts.actions import copying
        from modules import loading, messages, sections  # noqa: F401
        from modules.copying import copy_modules

        sections.register_all()
        copying.register(copy_modules)
        post_migrate.connect(messages.make_default_rules, sender=self)
