from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Qualifications"

    def ready(self) -> None:
        from cohorts.actions import copying
        from cohorts.hooks import Consequence, when_withdrawn
        from modules import loading, messages, sections  # noqa: F401
        from modules.actions import leaving
        from modules.copying import copy_modules

        sections.register_all()
        copying.register(copy_modules)
        when_withdrawn.register(Consequence(do=leaving.leave, told=leaving.would_be_told))
        post_migrate.connect(messages.make_default_rules, sender=self)
