from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import messages, reminders, running_sections, sections  # noqa: F401
        from steppingup.accounts.people_scope import people_of_provider

        people_of_provider(lambda providers: Q(enrolments__cohort__programme__provider__in=providers))
        people_of_provider(lambda providers: Q(managed_enrolments__cohort__programme__provider__in=providers))
        sections.register_sections()
        running_sections.register_all()
        post_migrate.connect(reminders.make_default_rules, sender=self)
