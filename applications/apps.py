from importlib import import_module

from django.apps import AppConfig
from django.db.models import Q


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications import before
        from applications.copying import copy_window
        from applications.fee import page_of_applicant
        from applications.loading import load_applications
        from applications.menu import register_in_admin
        from applications.sections import register_sections
        from applications.to_do import register_sections as register_to_do
        from cohorts import loading
        from cohorts.actions import copying
        from cohorts.hooks import against_cancelling, on_publishing
        from funding.links import lead_applicants_to
        from steppingup.accounts.people_scope import people_of_provider

        for module in ("messages", "letters", "reminders"):
            import_module(f"applications.{module}")
        # What was not submitted is nobody's business.
        people_of_provider(
            lambda providers: Q(
                applications__cohort__programme__provider__in=providers, applications__submitted_at__isnull=False
            )
        )
        register_sections()
        register_in_admin()
        register_to_do()
        loading.register(20, load_applications)
        copying.register(copy_window)
        on_publishing.register(before.publishing)
        against_cancelling.register(before.cancelling)
        lead_applicants_to(page_of_applicant)
