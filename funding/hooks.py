"""Where an applicant reads about their own place. The app that has such a page registers it in `AppConfig.ready()`:

applicant_page.register(page_of_applicant)
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from funding.models import FeeAgreement


@dataclass
class ApplicantPage:
    find: Callable[[FeeAgreement], str | None] | None = None

    def register(self, find: Callable[[FeeAgreement], str | None]) -> None:
        """`find(agreement)` gives the whole address, or None where this person has no such page."""
        self.find = find

    def of(self, agreement: FeeAgreement) -> str:
        """The whole address of the page, for an e-mail; the site's first page where there is none."""
        return (self.find(agreement) if self.find else None) or settings.SITE_URL


applicant_page = ApplicantPage()
