from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Money"

    def ready(self) -> None:
        from funding import messages  # noqa: F401
