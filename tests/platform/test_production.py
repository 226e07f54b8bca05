"""Production as it is installed: somebody signs in with the code that arrives, and opens the certificate that was made."""

import io
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Thread

import pytest
from aiosmtpd.controller import Controller
from pypdf import PdfReader

from tests.plugins import production
from tests.plugins.production import ROOT, Production, Visitor
from tests.plugins.services import Broker, Mailbox, free_port, wait_until

PERSON, NAME = "amara@north.example", "Amara Okafor"
# What colleagues did before: she was on a cohort, and completed it. The factories are ours, the rest is production's.
BEFORE = f"""
import steppingup.runtime.loaded
from cohorts.actions import certificates
from steppingup.accounts.actors import SYSTEM
from tests.factories.cohorts import ParticipantFactory, complete
enrolment = complete(ParticipantFactory(participant__email="{PERSON}", participant__full_name="{NAME}"))
certificates.issue(cohort=enrolment.cohort, by=SYSTEM)
print(enrolment.pk)
"""


@pytest.fixture
def mail() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    mailbox.port = controller.port
    yield mailbox
    controller.stop()


@pytest.fixture
def site(open_folder: Path, mail: Mailbox) -> Iterator[Production]:
    """Everything of docker-compose.yml, started as it says."""
    broker = Broker(open_folder)
    if not broker.redis:
        pytest.skip("no redis-server on this machine: production needs one (apt-get install redis-server)")
    ports = {name: free_port() for name in ("database:5432", "0.0.0.0:8000")}
    addresses = {name: f"127.0.0.1:{port}" for name, port in ports.items()}
    addresses |= {"queue:6379": f"127.0.0.1:{broker.port}", "mail:1025": f"127.0.0.1:{mail.port}"}
    one = Production(open_folder, ports["0.0.0.0:8000"], addresses)
    with ExitStack() as stack:
        broker.start()
        stack.callback(broker.stop)
        stack.enter_context(production.database(open_folder / "postgres", ports["database:5432"]))
        collecting = Thread(target=production.static_files, args=(one.environment,))
        collecting.start()
        production.run(one.command("migrate"), one.environment)
        collecting.join()
        one.environment["STATIC_ROOT"] = str(production.static_files(one.environment))
        stack.callback(one.show)
        stack.callback(one.stop)
        for service in ("web", "worker", "beat"):
            one.start(service)
        yield one


def code_in(mail: Mailbox) -> str | None:
    """The latest code that was sent to her."""
    bodies = [letter.get_body(("plain",)) for letter in mail.to(PERSON)]
    lines = [line.strip() for body in bodies if body for line in body.get_content().splitlines()]
    return next((line for line in reversed(lines) if re.fullmatch(r"[A-Z]{4}-[A-Z]{4}", line)), None)


def test_somebody_signs_in_by_the_mailed_code_and_opens_the_certificate_that_a_worker_made(site, mail):
    before = subprocess.Popen(
        [sys.executable, "-c", BEFORE], cwd=ROOT, env=site.environment, stdout=subprocess.PIPE, text=True
    )
    she = Visitor(site.port)
    wait_until(lambda: site.processes["web"].poll() is not None or "Listening at" in site.said("web"), 60, "gunicorn")
    status, headers, _ = she.ask("GET", "/", https=False)
    assert (status, headers["location"]) == (301, f"https://{production.HOST}/")
    assert "server" not in headers
    page = she.get("/").decode()
    sheet = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page)
    assert sheet, "style sheets have names that may be kept for ever"
    assert "immutable" in she.ask("GET", sheet[1])[1]["cache-control"]

    enrolment = before.communicate(timeout=60)[0].strip()
    assert before.returncode == 0
    she.send("/account/sign-in/", email=PERSON)
    wait_until(lambda: code_in(mail), 60, "the code arriving")
    she.send("/account/sign-in/code/", code=code_in(mail) or "")
    assert NAME in she.get("/account/").decode()

    wait_until(
        lambda: any("certificate" in str(letter["Subject"]) for letter in mail.to(PERSON)), 60, "the certificate"
    )
    content = she.get(f"/my-programme/{enrolment}/certificate/certificate.pdf")
    assert NAME in PdfReader(io.BytesIO(content)).pages[0].extract_text()

    def ready() -> bool:
        return she.ask("GET", "/readyz")[0] == 200

    wait_until(ready, 60, "everything being well")
    for service in ("worker", "beat"):
        site.probe(service)
    assert site.stop() == {"web": 0, "worker": 0, "beat": 0}
    for service in ("web", "worker", "beat"):
        assert "Traceback" not in site.said(service), site.said(service)
