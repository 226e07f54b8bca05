from django.apps import AppConfig
from django.db.models import Q
from django.db.models.signals import post_migrate


class MentoringConfig(AppConfig):
    name = "mentoring"

    def ready(self) -> None:
        from cohorts.hooks import Consequence, when_withdrawn
        from mentoring import loading, messages, reminders, sections  # noqa: F401
        from mentoring.actions import leaving
        from steppingup.accounts.people_scope import people_of_provider

        people_of_provider(lambda providers: Q(mentor_profiles__programme__provider__in=providers))
        sections.register_all()
        when_withdrawn.register(Consequence(do=leaving.leave, told=lambda enrolment: []))
        post_migrate.connect(reminders.make_default_rules, sender=self)
