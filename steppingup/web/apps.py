from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "steppingup.web"
    verbose_name = "Pages"

    def ready(self) -> None:
        from steppingup.web import navigation

        navigation.register(
            navigation.Entry(
                "admin", "Admin", "admin:index", 90, visible_to=lambda user: user.is_active and user.is_staff
            )
        )
