"""Whatever the names are, the words of a certificate stay within its frame and clear of its foot."""

from itertools import product

import pytest
from django.template.loader import render_to_string
from django.utils import timezone
from weasyprint import HTML

from cohorts.actions import certificates
from cohorts.models import Certificate
from cohorts.states import CertificateKind
from steppingup.site import printing
from tests.factories.cohorts import ParticipantFactory, RunningCohortFactory

MM = 96 / 25.4  # of the units of a page
FRAME = 13 * MM  # from each edge
NAMES = (
    *(
        "Ada Lin",
        "W" * 20,
        "M" * 27,
        "n" * 150,
        "李" * 16,
        "Ngozi Adaeze Oluwaseun-Babatunde Fitzwilliam",
        "அ" * 40,
        "W" * 150,
    ),
    "Wilhelmina Montgomery-Wainwright MBE",
)
PROGRAMMES = (
    "Stepping Up",
    "Stepping Up: the positive action leadership programme for Bristol, Bath and the West of England and beyond",
    "W" * 120,
    "領" * 120,
)
COHORTS = ("February 2027", "x" * 120)
ONE_LINE = ("W" * 20, "M" * 20, "李" * 16, "Wilhelmina Montgomery-Wainwright MBE")


def boxes(certificate: Certificate) -> dict[str, list]:
    """Those of the page, by class."""
    html = render_to_string(certificates.TEMPLATE, certificates.words_of(certificate))
    fonts, styles = printing._press(0)
    document = HTML(string=html, base_url=printing.BASE, url_fetcher=printing._files).render(
        stylesheets=[styles], font_config=fonts
    )
    assert len(document.pages) == 1
    found: dict[str, list] = {}
    for box in document.pages[0]._page_box.descendants(placeholders=True):
        for name in (box.element.get("class") or "").split() if box.element is not None else ():
            found.setdefault(name, []).append(box)
    return found


@pytest.mark.django_db
def test_long_and_wide_names_stay_within_the_frame_and_clear_of_the_foot():
    enrolment = ParticipantFactory(cohort=RunningCohortFactory())
    for name, programme, cohort in [*product(NAMES, PROGRAMMES, COHORTS[:1]), (NAMES[-2], PROGRAMMES[-1], COHORTS[1])]:
        enrolment.cohort.name = cohort
        certificate = Certificate(
            enrolment=enrolment,
            serial="ABCD-EFGH-JKMN",
            name=name,
            programme_name=programme,
            completed_on=timezone.localdate(),
            kind=CertificateKind.COMPLETION,
            claim="has completed",
            statement="28¾ days of leadership development",
        )
        boxes_of = boxes(certificate)
        page = boxes_of["sheet"][0]
        foot = min(box.position_y for kind in ("date", "proof", "code") for box in boxes_of[kind])
        words = boxes_of["words"][0]
        said = f"{name[:20]}, {programme[:20]}, {cohort[:20]}"
        assert words.position_y + words.height <= foot, said
        for kind in ("words", "date"):
            for line in (box for box in boxes_of[kind][0].descendants() if type(box).__name__ == "TextBox"):
                assert line.position_x >= FRAME, said
                assert line.position_x + line.width <= page.width - FRAME, said
        if name in ONE_LINE:
            lines = [b for b in boxes_of["name"][0].descendants() if type(b).__name__ == "LineBox"]
            assert len(lines) == 1, said
