from django.apps import AppConfig


class ModulesConfig(AppConfig):
    name = "modules"
    verbose_name = "Qualifications"

    def ready(self) -> None:
        from modules import wiring

        wiring.connect(self)
