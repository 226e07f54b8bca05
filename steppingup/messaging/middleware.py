"""A page that shows many letters reads each text once."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from steppingup.messaging.actions.sending import texts_read_once


class TextsReadOnce:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with texts_read_once():
            return self.get_response(request)
