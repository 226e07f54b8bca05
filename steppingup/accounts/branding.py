"""How pages and emails of a provider look, and what they say of it."""

from django.db import models

from steppingup.accounts.colours import validate_brand_colour
from steppingup.formats.fields import AddressField, NameField


class Branded(models.Model):
    """A colour, a logo, words at the foot of pages and emails, and from whom emails come."""

    brand_colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[validate_brand_colour],
        help_text="Such as #0b5c63. White text is shown on it, so it must be dark enough to read.",
    )
    logo = models.FileField(upload_to="logos/", blank=True)
    footer = models.TextField(
        "at the foot of pages and emails",
        max_length=600,
        blank=True,
        help_text="Such as your postal address and your charity number. Addresses of the web and of email become links.",
    )
    sender_name = NameField(
        "emails come from",
        max_length=80,
        blank=True,
        help_text="The name that people see in their inbox. Left empty, it is that of this site. The address stays the site’s, as mail "
        "servers turn others away.",
    )
    reply_to = AddressField(
        "answers to emails go to",
        blank=True,
        help_text="Where a programme has a contact address of its own, they go there.",
    )

    privacy = models.TextField(
        "on your privacy page",
        max_length=6000,
        blank=True,
        help_text="Who is responsible, why you may keep what you keep, how to reach your data protection officer. For how long each "
        "thing is kept, the page says by itself. A blank line starts a paragraph, ## a heading, - a list item.",
    )

    class Meta:
        abstract = True
