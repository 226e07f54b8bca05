from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "steppingup.audit"
    verbose_name = "History and guards"
