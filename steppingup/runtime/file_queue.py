"""The queue of a site without Redis: files in a folder. Kombu's own writes each where the worker looks for it, and a worker that met
one empty stopped, and its message was gone."""

from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    def _put(self, queue: Any, message: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Written under a name that no worker reads, then given its own, which happens at once or not at all."""
        folder, name = Path(self.data_folder_out), f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg"
        unread = folder / f".{name}"
        try:
            unread.write_bytes(str_to_bytes(dumps(message)))
            unread.replace(folder / name)
        except OSError as problem:
            raise ChannelError(f"Cannot add a message to {folder}.") from problem


class Transport(filesystem.Transport):
    Channel = Channel
