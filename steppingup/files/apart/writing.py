"""LibreOffice, where it is installed, draws a Word document as a PDF."""

import os
import subprocess
from pathlib import Path

from steppingup.files.apart.limits import Refused

NOT_DRAWN = "This document could not be turned into a PDF."
#: Nothing in the document is updated, followed or run; macros are off whatever the document says.
SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Link" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update"><prop oor:name="Field" oor:op="fuse"><value>false</value></prop></item>
</oor:items>
"""
FILTER = 'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},"PDFUACompliance":{"type":"boolean","value":"false"}}'


def draw(content: bytes, program: str, home: str) -> bytes:
    """In a home of its own, which whoever asked throws away, within the limits and without the network of this process."""
    profile = Path(home, "profile")
    Path(profile, "user").mkdir(parents=True)
    Path(profile, "user", "registrymodifications.xcu").write_text(SETTINGS)
    document = Path(home, "document.docx")
    document.write_bytes(content)
    command = [
        *(program, f"-env:UserInstallation=file://{profile}", "--headless", "--norestore", "--nolockcheck"),
        *("--nodefault", "--convert-to", FILTER, "--outdir", home, str(document)),
    ]
    environment = {"HOME": home, "PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "TMPDIR": home}
    subprocess.run(command, env=environment, cwd=home, capture_output=True, check=False)
    made = Path(home, "document.pdf")
    if not made.is_file():
        raise Refused(NOT_DRAWN)
    return made.read_bytes()
