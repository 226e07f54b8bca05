"""Uploads are read in a process of their own, which can neither hold up a page nor reach anything."""

import logging
import os
import socket
import threading
import time

import pytest

from steppingup.files.apart import client, letters, work
from steppingup.files.apart.client import BUSY, TOO_MUCH, Workshop
from steppingup.files.apart.limits import Limits, Refused
from tests.files.uploads import pdf

#: Programs that hostile content could make of a library, as tasks of the process.
TASKS = """
import os, socket, time
from steppingup.files.apart import work

def busy(content):
    while True: pass
def asleep(content):
    if os.fork(): time.sleep(600)
    time.sleep(600)
def hungry(content):
    held = []
    while True: held.append(bytearray(10_000_000))
def writes(content):
    open(content.decode(), "w").write("x")
def calls(content):
    socket.create_connection(("127.0.0.1", int(content)), timeout=1)
def knows(content):
    return {"environment": dict(os.environ)}, b""
def dies(content):
    os.kill(os.getpid(), 9)
def stays(content):
    return {"pid": os.getppid()}, b""
work.TASKS.update(busy=busy, asleep=asleep, hungry=hungry, writes=writes, calls=calls, knows=knows, dies=dies, stays=stays)
from steppingup.files.apart.server import main
main()
"""


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    """One whose process knows these tasks too."""
    folder = tmp_path_factory.mktemp("tasks")
    (folder / "hostile_tasks.py").write_text(TASKS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "SERVER", "hostile_tasks")
        patch.syspath_prepend(folder)
        patch.setenv("SECRET_KEY", "ours alone")
        shop = Workshop()
        yield shop
        shop.stop()


SHORT = Limits(seconds=1.5, cpu=1)


@pytest.mark.parametrize("task", ["busy", "asleep", "hungry", "dies"])
def test_what_never_ends_or_takes_too_much_is_ended_with_a_sentence(workshop, task):
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        workshop.do(task, b"", limits=SHORT)
    assert str(refused.value) == TOO_MUCH
    assert time.monotonic() - begun < 5
    assert workshop.do("look", pdf(1), kinds=["pdf"])[0]["pages"] == 1  # the next one is read as ever


def test_it_reaches_nothing(workshop, tmp_path):
    target = tmp_path / "written"
    with socket.create_server(("127.0.0.1", 0)) as ours:
        port = str(ours.getsockname()[1]).encode()
        for task, content in (("writes", str(target).encode()), ("calls", port)):
            with pytest.raises(Refused):
                workshop.do(task, content, limits=SHORT)
        ours.settimeout(0.05)
        with pytest.raises(TimeoutError):
            ours.accept()
    assert not target.exists() or target.read_bytes() == b""
    environment = workshop.do("knows", b"", limits=SHORT)[0]["environment"]
    assert not {"SECRET_KEY", "DATABASE_URL", "ENCRYPTION_KEYS", "REDIS_URL"} & set(environment)


def test_a_server_that_died_is_started_anew(workshop):
    first = workshop.do("stays", b"", limits=SHORT)[0]["pid"]
    os.kill(first, 9)
    workshop._process.wait()
    assert workshop.do("stays", b"", limits=SHORT)[0]["pid"] != first


def test_with_all_places_taken_one_is_asked_to_come_back(workshop):
    others = [
        threading.Thread(target=lambda: pytest.raises(Refused, workshop.do, "asleep", b"", limits=SHORT))
        for _ in range(client.AT_ONCE)
    ]
    for one in others:
        one.start()
    while workshop._places._value:
        time.sleep(0.01)
    with pytest.raises(Refused) as refused:
        workshop.do("look", pdf(1), limits=Limits(seconds=0.2), kinds=["pdf"])
    assert str(refused.value) == BUSY
    for one in others:
        one.join()


def test_hostile_files_fill_no_log(workshop, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    noisy = b"%PDF-1.4\n" + b"".join(b"%d 0 obj<</Length 1 0 R>>stream\n" % n for n in range(1000)) + b"\n%%EOF"
    with pytest.raises(Refused):
        workshop.do("look", noisy, kinds=["pdf"])
    assert sum(len(one.getMessage()) for one in caplog.records) < 500
    assert capfd.readouterr() == ("", "")


def test_an_error_of_a_library_is_a_sentence_and_one_line_for_us(monkeypatch):
    monkeypatch.setitem(work.TASKS, "look", lambda content: {}[content.decode() * 9999])
    values, made = work.do({"task": "look"}, b"x")
    assert values["refused"] == work.DAMAGED
    assert len(values["problem"]) <= 200
    assert made == b""


def test_an_answer_longer_than_any_is_not_waited_for(monkeypatch):
    ours, theirs = letters.socket.socketpair()
    with ours, theirs:
        theirs.sendall(letters._LENGTHS.pack(2**32 - 1, 2**32 - 1))
        with pytest.raises(EOFError):
            letters.receive(ours, until=time.monotonic() + 1)
