"""A brand colour must carry white writing."""

import pytest
from django.core.exceptions import ValidationError

from steppingup.accounts.colours import contrast_with_white, validate_brand_colour
from tests.factories.accounts import OrganisationFactory


@pytest.mark.parametrize(("colour", "ratio"), [("#000000", 21), ("#ffffff", 1), ("#767676", 4.54), ("#0b5c63", 7.7)])
def test_contrast_is_measured_as_the_guidelines_say(colour, ratio):
    assert contrast_with_white(colour) == pytest.approx(ratio, abs=0.1)


@pytest.mark.parametrize(
    ("colour", "sentence"), [("#ffdd00", "contrast of 1.3 to 1"), ("#777777", "4.4 to 1"), ("teal", "such as")]
)
def test_a_colour_that_cannot_be_read_is_refused_with_its_ratio(colour, sentence):
    with pytest.raises(ValidationError, match=sentence):
        OrganisationFactory.build(brand_colour=colour).clean_fields(exclude=["parent"])
    validate_brand_colour("#0b5c63")
