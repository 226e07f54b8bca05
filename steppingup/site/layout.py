"""How a public form is laid out: its page writes the form's tag and token, crispy-forms its fields."""

from typing import Any

from crispy_forms_gds.helper import FormHelper
from crispy_forms_gds.layout import Layout


def laid_out(*fields: Any) -> FormHelper:
    helper = FormHelper()
    helper.form_tag, helper.disable_csrf, helper.layout = False, True, Layout(*fields)
    return helper
