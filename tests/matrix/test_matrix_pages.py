"""The two pages: what stands in them, and that nothing in a transcript becomes a part of them."""

from __future__ import annotations

import base64
import json
import re
import zlib
from html.parser import HTMLParser
from typing import Any

import markdown
import page
import pytest
from made_up import HOSTILE, ROOT
from words import MEANINGS

from fakefarm import catalogue


class Reader(HTMLParser):
    """What a browser makes of it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each tag of a name."""
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def html(small, findings) -> str:
    return page.written(small, findings)


@pytest.fixture
def text(small, findings) -> str:
    return markdown.written(small, findings)


def packed(html: str) -> Any:
    """What the script unpacks."""
    data = re.search(r'id="data">([^<]*)<', html)
    assert data is not None
    return json.loads(zlib.decompress(base64.b64decode(data[1])))


# --- Markdown


@pytest.mark.parametrize(
    "row",
    [
        "| `one` | fail | · | **lied** |",
        "| `two` | succeed | – | **failed** – |",
        "| `three` | either |  | ? |",
    ],
)
def test_a_row_has_a_mark_for_each_client(text, row) -> None:
    assert row in text.splitlines()


@pytest.mark.parametrize(
    "line",
    [
        "| Python | 3.99.1 |",
        "| C library | alibc 7 |",
        "| bad | 4.5.6 \\| x |",
        "- smtp by gone: gone is not installed",
        "- smtp by good<b>, send with STARTTLS: it does not get through where nothing goes wrong",
        "| smtp | bad |  |  | 1 |  |  |  | 1 |  |",
    ],
)
def test_it_says_what_was_run(text, line) -> None:
    assert line in text.splitlines()


def test_only_findings_that_are_so_are_told(text) -> None:
    assert "- smtp, **lied**: It says what <is> not so. (`one`)" in text.splitlines()
    assert "for ever" not in text


def test_no_error_or_transcript_is_in_the_markdown(text) -> None:
    assert "alert" not in text


def test_each_word_is_explained(text, html) -> None:
    for word, meaning in MEANINGS.items():
        assert word in text
        assert meaning in text
        assert page.safe(meaning) in html


# --- HTML


def test_a_cell_is_a_button_with_its_word(html) -> None:
    classes = [each["class"] for each in Reader(html).all("button")]
    assert classes == ["v kept", "v lied b", "v kept unmet", "v failed unmet b", "v unjudged"]
    for word in ["kept", "lied", "failed"]:
        assert f'">{word}</button>' in html


def test_what_a_colour_says_is_said_in_words(html) -> None:
    for each in Reader(html).all("button"):
        assert ("unmet" in each["class"].split()) == (page.UNMET in each.get("aria-label", ""))


def test_what_scrolls_is_reached_by_keys(html) -> None:
    boxes = [each for each in Reader(html).all("div") if each.get("class") == "box"]
    ids = [each["id"] for each in Reader(html).all("h2") if "id" in each]
    assert len(boxes) == 3
    for each in boxes:
        assert (each["tabindex"], each["role"]) == ("0", "region")
        assert each["aria-labelledby"] in ids


def test_what_a_server_says_is_no_html(html) -> None:
    reader = Reader(html)
    assert [each.get("id") for each in reader.all("script")] == ["data", None]
    assert not reader.all("img")
    assert not reader.all("b")
    assert HOSTILE not in html


def test_it_refers_to_nothing_outside(html) -> None:
    for _, attributes in Reader(html).tags:
        assert not {"src", "srcset", "style", "onclick"} & set(attributes)
        target = attributes.get("href") or "#"
        assert target.startswith("#") or target == "contract.md"
    policies = [each["content"] for each in Reader(html).all("meta") if "content" in each]
    assert page.POLICY in policies
    assert page.POLICY.startswith("default-src 'none'")
    for name in ["page.css", "page.js"]:
        code = (page.HERE / name).read_text(encoding="utf-8")
        assert code in html
        assert not re.search(r"//\w|url\(|@import|fetch\(|import\(|innerHTML|insertAdj", code)


def test_a_click_has_all_that_is_known(html) -> None:
    data = packed(html)
    assert data["cells"]["smtp/one/bad"] == ["lied", True, HOSTILE, HOSTILE, 0]
    assert data["cases"]["smtp/two"] == [f"{HOSTILE} It says.", HOSTILE, "succeeds", "send"]
    assert data["findings"]["smtp/one/bad/lied"] == "It says what <is> not so."
    assert data["versions"]["bad"] == "4.5.6 | x"
    assert "smtp/three/good<b>" not in data["cells"], "it was left out"


def test_transcripts_that_are_the_same_are_there_once(html) -> None:
    assert packed(html)["transcripts"] == [HOSTILE]


def test_a_finding_leads_to_its_cell(html) -> None:
    """Also without scripts."""
    assert {"href": "#smtp/one/bad"} in Reader(html).all("a")
    ids = [each["id"] for _, each in Reader(html).tags if "id" in each]
    assert "smtp/one/bad" in ids
    assert len(ids) == len(set(ids))


# --- the pages in docs/


def test_the_matrix_in_docs_has_a_row_for_every_case() -> None:
    """Where it has none: `tox -e matrix`."""
    written = (ROOT / "docs" / "matrix.md").read_text(encoding="utf-8")
    rows = dict[str, set[str]]()
    for section in written.split("\n## ")[1:]:
        name, _, rest = section.partition("\n")
        rows[name] = set(re.findall(r"^\| `(\w+)` \|", rest, re.MULTILINE))
    for protocol in catalogue.protocols():
        names = {case.name for case in catalogue.cases(protocol)}
        assert names - rows.get(protocol, set()) == set(), f"{protocol}: not in docs/matrix.md"
        assert rows[protocol] - names == set(), f"{protocol}: not in the catalogue"


def test_the_pages_in_docs_tell_nothing_of_a_machine() -> None:
    for name in ["matrix.md", "matrix.html"]:
        written = (ROOT / "docs" / name).read_text(encoding="utf-8")
        if name.endswith("html"):
            assert len(written) < 1_500_000
            written += json.dumps(packed(written), ensure_ascii=False)
        assert str(ROOT) not in written
        assert not re.search(r"/(?:home|root|Users|tmp)/|127\.0\.0\.1[:#]\d", written)
