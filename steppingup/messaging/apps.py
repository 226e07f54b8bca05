from django.apps import AppConfig
from django.core.checks import register
from django.db.models.signals import post_migrate


class MessagingConfig(AppConfig):
    name = "steppingup.messaging"
    verbose_name = "Messages"

    def ready(self) -> None:
        from steppingup.messaging import defaults, messages, reminders  # noqa: F401

        register(defaults.check_texts)
        post_migrate.connect(defaults.make_defaults, sender=self)
        post_migrate.connect(reminders.make_usual_rules, sender=self)
