from django.apps import AppConfig


class RetentionConfig(AppConfig):
    name = "steppingup.retention"
    verbose_name = "How long things are kept"
