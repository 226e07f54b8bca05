"""What the browser counts is what the server counts: many texts in one page, by the counter that people see and by ours."""

import base64
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from steppingup.formats.counting import count_words, length

pytestmark = pytest.mark.journey
SCRIPT = Path(settings.BASE_DIR) / "static/vendor/govuk-frontend/govuk-frontend.min.js"
#: What people write with, and what programs put between words.
PIECES = (
    *(
        "don’t",
        "mother-in-law",
        "—",
        " – ",
        "…",
        "\u00a0",
        "\u202f",
        "\u3000",
        "\u200b",
        "\ufeff",
        "\u2060",
        "\u00ad",
        "\u1680",
    ),
    *(
        "\r\n",
        "\n",
        "\t",
        " ",
        "  ",
        "\x0b",
        "\x1c",
        "\x1f",
        "\x85",
        "\u2028",
        "日本語 の 文",
        "مرحبا",
        "👩🏽‍⚕️",
        "🏴󠁧󠁢󠁷󠁬󠁳󠁿",
        "é",
        "e\u0301",
        "1,000",
        "£5",
        "a/b",
    ),
)
TEXT = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=12).map("".join),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40),
)
#: The counter of the page, told to count each text; and what stands in a box then.
COUNT = """async ([script, texts]) => {
    const { CharacterCount } = await import(`data:text/javascript;base64,${script}`);
    document.body.className = "govuk-frontend-supported";
    document.body.innerHTML = `<div class="govuk-character-count" data-maxwords="250">
        <textarea class="govuk-js-character-count" id="box"></textarea><div id="box-info"></div></div>`;
    const counter = new CharacterCount(document.body.firstElementChild), box = document.getElementById("box");
    return texts.map((text) => {
        box.value = text;
        counter.updateCount();
        return [counter.count, box.value.length];
    });
}"""


def texts(number: int) -> list[str]:
    """So many of them, drawn as Hypothesis draws."""
    found: list[str] = []

    @how(max_examples=number, database=None, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TEXT)
    def draw(text: str) -> None:
        found.append(text)

    draw()
    return found


@pytest.fixture(scope="module")
def counted(browser) -> list[tuple[str, int, int]]:
    drawn = [*PIECES, *texts(1500)]
    page = browser.new_page()
    page.goto("about:blank")
    script = base64.b64encode(SCRIPT.read_bytes()).decode()
    counts = page.evaluate(COUNT, [script, drawn])
    page.close()
    return [(text, words, size) for text, (words, size) in zip(drawn, counts, strict=True)]


def test_words_are_counted_alike(counted):
    assert [text for text, words, _ in counted if count_words(text) != words] == []
    assert max(words for _, words, _ in counted) > 8


class Box(forms.Form):
    """As any of our forms has."""

    text = forms.CharField(required=False, strip=False, widget=forms.Textarea)

    def __init__(self, most: int, **kwargs):
        super().__init__(**kwargs)
        self.fields["text"] = forms.CharField(required=False, strip=False, max_length=most, widget=forms.Textarea)


def test_a_box_that_is_filled_up_to_its_limit_is_taken_and_one_sign_more_is_not(counted):
    for text, _, size in counted:
        assert length(text) == size, ascii(text)
        sent = {"text": text.replace("\r\n", "\n").replace("\n", "\r\n")}  # as a browser sends lines
        assert Box(size or 1, data=sent).is_valid(), ascii(text)
        if size > 1:
            assert not Box(size - 1, data=sent).is_valid(), ascii(text)
