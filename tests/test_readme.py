"""The README shows what runs."""

import re
import shutil
from pathlib import Path

import pytest

from fakefarm.cli import main
from fakefarm.contract import standard

ROOT = Path(__file__).parents[1]
EXAMPLES = ROOT / "tests" / "examples"
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```text\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_the_readme_has_an_example_for_each_protocol() -> None:
    fixtures = set(re.findall(r"\bfake_\w+(?=[,)])", "".join(BLOCKS)))
    protocols = {path.parent.name for path in (ROOT / "fakes").glob("*/commands.py")}
    assert fixtures == {f"fake_{name}" for name in protocols | {"resolver"}}
    assert "smtp_edge_case.check(" in BLOCKS[0]


@pytest.mark.parametrize("block", BLOCKS, ids=range(len(BLOCKS)))
def test_an_example_of_the_readme_is_a_file_that_runs(block: str) -> None:
    files = [path.name for path in EXAMPLES.glob("*.py") if block == path.read_text("utf-8")]
    assert len(files) == 1


def test_the_failing_client_fails_as_the_readme_says(pytester: pytest.Pytester) -> None:
    shutil.copy(EXAMPLES / "failing_client.py", pytester.path / "test_download.py")
    pytester.makeini("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(failed=1)
    said = _without_figures(result.stdout.str())
    for row in _without_figures(SHOWN[1]).splitlines():
        assert row.strip() in said


def test_the_first_command_says_what_the_readme_shows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = re.search(r"^    .* && .*/fakefarm (.*)$", README, re.MULTILINE)
    assert command is not None
    for patience in (0.7, 2.0):  # seconds; the first is enough, unless the machine is busy
        monkeypatch.setattr(standard, "PATIENCE", patience)
        assert main(command[1].split()) == 1
        told = capsys.readouterr().out.splitlines()
        differs = [row for row in SHOWN[0].splitlines() if row not in told]
        if not differs:
            break
    assert differs == []


def _without_figures(text: str) -> str:
    """Times, ports, seeds, dates and the length of a rule change from run to run."""
    text = re.sub(r"\d+", "0", re.sub(r"\w{3}, \d+ \w{3} ", "", text))
    return re.sub(r"-{3,}", "---", re.sub(r" +", " ", text))


def test_links_of_the_readme_lead_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)", README)
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not (ROOT / link).exists()] == []
