"""Without Redis messages are files: a worker never meets one that is only half written."""

import json
from pathlib import Path
from threading import Event, Thread

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

from steppingup.runtime import file_queue


@pytest.fixture
def queue(tmp_path: Path):
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    options = {"data_folder_in": str(tmp_path / "queue"), "data_folder_out": str(tmp_path / "queue")}
    control = {"control_folder": str(tmp_path / "control"), "store_processed": False}
    ours = "steppingup.runtime.file_queue:Transport"
    with Connection("filesystem://", transport=ours, transport_options=options | control) as connection:
        yield connection.channel()


def test_kombu_finds_ours_by_its_name(queue):
    assert isinstance(queue, file_queue.Channel)


def test_what_is_being_written_is_no_message_yet(queue, tmp_path, monkeypatch):
    seen: list[list[str]] = []
    write = Path.write_bytes

    def watched(path: Path, content: bytes) -> int:
        written = write(path, content[:3])
        seen.append([one.name for one in (tmp_path / "queue").glob("[!.]*.msg")])
        return written and write(path, content)

    monkeypatch.setattr(Path, "write_bytes", watched)
    queue._put("celery", {"number": 1})
    assert seen == [[]]
    assert queue._get("celery") == {"number": 1}


def test_messages_are_read_while_others_are_written(queue, tmp_path):
    """As a worker does: it looks all the time, and every file that it finds is a whole message."""
    over, broken = Event(), []

    def look() -> None:
        while not over.is_set():
            for path in (tmp_path / "queue").glob("[!.]*.msg"):
                try:
                    json.loads(path.read_bytes())
                except ValueError:
                    broken.append(path.name)

    watcher = Thread(target=look)
    watcher.start()
    for number in range(300):
        queue._put("celery", {"number": number, "words": "x" * 20_000})
    over.set()
    watcher.join()
    assert not broken
    assert len(list((tmp_path / "queue").glob("[!.]*.msg"))) == 300


def test_a_folder_that_is_gone_is_said(queue, tmp_path):
    (tmp_path / "queue").rmdir()
    with pytest.raises(ChannelError, match="Cannot add a message"):
        queue._put("celery", {"number": 1})
