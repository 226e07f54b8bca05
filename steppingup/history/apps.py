from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "steppingup.history"
    verbose_name = "History and guards"
