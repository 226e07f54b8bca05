"""What employers offer to graduates."""

from django.db import models


class GraduateOfferKind(models.TextChoices):
    INTERVIEW = "interview", "An interview"
    SECONDMENT = "secondment", "A secondment"
    DEVELOPMENT = "development", "An opportunity to develop"
