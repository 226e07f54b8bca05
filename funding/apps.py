from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Money"

    def ready(self) -> None:
        from funding.reminders import make_default_rules
        from funding.wiring import plug_in

        import_module("funding.desk")
        plug_in()
        post_migrate.connect(make_default_rules, sender=self)
