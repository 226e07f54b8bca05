"""What a sponsor is asked on the page behind the link."""

from typing import Any

from crispy_forms_gds.layout import Button, Field
from django import forms

from steppingup.formats.fields import AddressInput, NameInput
from steppingup.site.layout import laid_out


class SponsorForm(forms.Form):
    """A form with a check page: its values travel on as hidden fields until they are confirmed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = laid_out(*self.rows(), Button.primary("continue", "Continue"))

    def rows(self) -> list[Any]:
        return [Field.textarea(name, rows=4) for name in self.fields]

    def values(self) -> dict[str, Any]:
        """What the action is given: all but the boxes that were ticked."""
        return {
            n: self.cleaned_data[n] for n, field in self.fields.items() if not isinstance(field, forms.BooleanField)
        }

    def summary(self) -> list[dict[str, Any]]:
        """What was typed, for the check page and `components/summary_list.html`."""
        return [{"key": self.fields[name].label, "value": value} for name, value in self.values().items()]


class AgreeForm(SponsorForm):
    name = NameInput(label="Your full name", max_length=150, error_messages={"required": "Enter your full name."})
    job_title = NameInput(label="Your job title", max_length=150, error_messages={"required": "Enter your job title."})
    purchase_order = NameInput(
        label="Purchase order number (if you have one)",
        max_length=60,
        required=False,
        help_text="It will appear on the invoice, so that your accounts team can find it. "
        "If your organisation does not use order numbers, leave this empty.",
    )
    billing_address = forms.CharField(
        label="Where the invoice goes",
        max_length=600,
        widget=forms.Textarea,
        help_text="The name and address of your organisation, as they should appear on the invoice.",
        error_messages={"required": "Enter the name and address that should appear on the invoice."},
    )
    finance_name = NameInput(label="Who pays your invoices (if it is somebody else)", max_length=150, required=False)
    finance_email = AddressInput(
        label="Their email address",
        required=False,
        help_text="The invoice goes there. Left empty, it comes to you.",
        error_messages={"invalid": "Enter an email address, such as name@example.org."},
    )
    authority = forms.BooleanField(
        label="I am authorised to agree to this for my organisation",
        error_messages={
            "required": "Tick the box if you are authorised to agree to this. If not, tell the applicant who is."
        },
    )

    def rows(self) -> list[Any]:
        return [
            Field.text("name", autocomplete="name"),
            Field.text("job_title", autocomplete="organization-title"),
            Field.text("purchase_order", field_width="one-half"),
            Field.textarea("billing_address", rows=4),
            Field.text("finance_name", autocomplete="off"),
            Field.text("finance_email", autocomplete="off"),
            Field.checkbox("authority"),
        ]


class BursaryForm(SponsorForm):
    reason = forms.CharField(
        label="Why is a bursary needed?",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Tell us about your organisation and its training budget. If it could pay part of the fee, say how much.",
        error_messages={"required": "Tell us why a bursary is needed."},
    )

    release = forms.BooleanField(
        label="If a bursary pays the fee, my organisation releases the applicant for the days of the programme",
        error_messages={"required": "Tick the box if your organisation would release the applicant."},
    )

    def rows(self) -> list[Any]:
        return [Field.textarea("reason", rows=6), Field.checkbox("release")]


class DeclineForm(SponsorForm):
    reason = forms.CharField(
        label="Why can you not agree?",
        max_length=2000,
        widget=forms.Textarea,
        help_text="The applicant will read this. A sentence or two is enough.",
        error_messages={"required": "Tell the applicant why, in a sentence or two."},
    )
