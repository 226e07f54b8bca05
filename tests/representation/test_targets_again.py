"""Targets and items that come again, in cases that nobody had thought of: falling steps, labels of two years, years of two halves."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from applications.roles import RoleName
from representation.actions.again import next_timescale
from representation.measuring.shares import Share, relative_likelihood
from representation.models import Target, TargetStep
from representation.reading.timescale import month_in
from tests.factories import representation as make
from tests.factories.accounts import ProviderFactory, staff
from tests.representation.test_targets import form_of
from tests.staff import with_second_factor


@pytest.mark.requirement("R11")
@pytest.mark.parametrize(
    ("label", "due", "is_doubtful"),
    [
        *(
            ("2012", date(2013, 12, 31), True),
            ("2012/13", date(2013, 3, 31), False),
            ("2012/13", date(2014, 3, 31), True),
        ),
        *(
            ("by (2012):", date(2013, 1, 1), True),
            ("2012–2013", date(2013, 1, 1), False),
            ("’12", date(2013, 1, 1), True),
        ),
        *(
            ("’12", date(2012, 1, 1), False),
            ("1999/00", date(2000, 3, 31), False),
            ("phase 2", date(2013, 1, 1), False),
        ),
        *(
            ("5,000 people", date(2013, 1, 1), False),
            ("Dec-2013", date(2013, 12, 31), False),
            ("", date(2013, 1, 1), False),
        ),
    ],
)
def test_a_label_is_doubted_where_its_year_is_not_that_of_the_day(label, due, is_doubtful):
    assert bool(TargetStep(due_on=due, percent=48, label=label).doubt) is is_doubtful


@pytest.mark.requirement("R4")
@given(st.integers(1950, 2090), st.sampled_from(["by {}", "Q3 {}, at the latest", "{}", "from {} on ({})"]))
def test_a_year_later_is_a_year_later_however_the_year_is_written(year, around):
    def later(form: str) -> tuple[str, str]:
        said, then = (form.format(at, f"{(at + 1) % 100:02}", at + 1) for at in (year, year + 1))
        return around.format(said, said), around.format(then, then)

    for form in ("{0}", "May {0}", "31/05/{0}", "{0}/{1}", "{0}-{1}", "{0}–{2}", "1 May {0} – 31 May {0}"):
        words, wanted = later(form)
        assert next_timescale(words) == wanted
    assert next_timescale(f"{year}–{year + 5}") == ""
    month = month_in(f"31/05/{year}")
    assert month is not None
    assert month_in(next_timescale(f"31/05/{year}")) == month.replace(year=year + 1)


@given(st.integers(1, 200), st.integers(1, 200))
def test_where_everybody_was_appointed_the_interval_is_as_wide_as_the_shares(one, other):
    found = relative_likelihood(Share(one, one), Share(other, other))
    assert found is not None
    assert found.ratio == 1
    assert found.least < 1 < found.most


@pytest.mark.requirement("R11")
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("steps", "sentence"),
    [
        ([("31 December 2012", "40", "")], "This is less than the 44% where it begins. Check both shares."),
        (
            [("31 December 2017", "50.2", "2017"), ("31 December 2013", "51", "2012")],
            "This is less than the 51% of 31 December 2013. Check both shares.",
        ),
        ([("31 December 2017", "50.2", ""), ("31 December 2013", "50.2", ""), ("31 December 2012", "44", "")], ""),
    ],
)
def test_a_target_does_not_fall(client, steps, sentence):
    provider = ProviderFactory()
    desk = with_second_factor(client, staff(RoleName.EQUALITY, provider))
    sent = form_of(make.characteristic(provider), steps, provider=provider.pk)
    page = desk.post(reverse("admin:representation_target_add"), sent, follow=True).text
    assert Target.objects.exists() is not bool(sentence)
    assert sentence in page
    if sentence:
        assert f'value="{steps[0][1]}"' in page
    else:
        assert [one.percent for one in Target.objects.get().in_order] == [
            Decimal("44"),
            Decimal("50.2"),
            Decimal("50.2"),
        ]
