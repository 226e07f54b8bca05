"""What was typed by hand is the document: nothing is missing, and nothing was put right on the way."""

import re

from tests.representation.leicester import COLUMNS, scan, typed


def test_each_row_that_was_typed_has_the_words_of_its_line_and_no_others():
    lines = scan()
    for row in typed()["rows"]:
        assert "".join(row[name] for name in COLUMNS) == lines[row["line"] - 1].replace("\t", ""), row["line"]


def test_every_line_is_a_row_or_a_heading_or_listed_as_read_no_further():
    document, lines = typed(), scan()
    listed = {one["line"] for key in ("rows", "unreadable") for one in document[key]} | set(document["outside"])
    rest = [line for number, line in enumerate(lines, 1) if line and number not in listed]
    headings = {line for line in rest if "\t" in line}
    assert headings == {"Outcome\tDetail\tProgress\tBWG Recommendation\tLead\tTimescale"}
    sections = [re.fullmatch(r"Appendix (1[a-d]?) (?:- )?(.+)", line) for line in rest if line not in headings]
    assert {found[1]: found[2] for found in sections if found} == document["sections"]
    assert all(sections)
