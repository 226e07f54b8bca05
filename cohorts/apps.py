from django.apps import AppConfig


class CohortsConfig(AppConfig):
    name = "cohorts"

    def ready(self) -> None:
        from cohorts import messages, running_sections, sections  # noqa: F401

        sections.register_sections()
        running_sections.register_all()
