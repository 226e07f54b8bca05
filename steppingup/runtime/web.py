"""What gunicorn is told where it begins (`--config`): it does not say what it is."""

from gunicorn.http import wsgi


class Nameless(wsgi.Response):
    """An answer without the name of the server, which nobody needs but whoever looks for a way in."""

    def default_headers(self) -> list[str]:
        return [line for line in super().default_headers() if not line.startswith("Server:")]


wsgi.Response = Nameless
