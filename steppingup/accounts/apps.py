from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "steppingup.accounts"
    verbose_name = "People and organisations"
