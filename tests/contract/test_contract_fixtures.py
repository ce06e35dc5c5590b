"""The fixtures that run a test once for each case; markers; the baseline."""

import json

import pytest

CLIENTS = """
    import urllib.request
    import pytest

    def get(target):
        with urllib.request.urlopen(target.url, timeout=5) as answer:
            return answer.read()

    def get_a_part(target):
        with urllib.request.urlopen(target.url, timeout=5) as answer:
            return answer.read(64)
"""
ONLY = '@pytest.mark.http_edge_case(only=["body_cut_short"])'


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A suite that has our plugin and no other: each would be a moment for every test."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


def write(suite: pytest.Pytester, *lines: str) -> None:
    body = "\n".join(f"    {line}" for line in lines)
    suite.makepyfile(CLIENTS + "\n" + body)


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_subprocess("-p", "fakefarm.fixtures.plugin", *arguments)


def test_a_test_for_each_case(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get)")
    result = run(suite, "-v")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*test_it?body_cut_short? PASSED*"])


def test_all_of_them(suite: pytest.Pytester) -> None:
    from fakefarm import edge_cases

    write(suite, "def test_it(http_edge_case):", "    assert http_edge_case.protocol == 'http'")
    run(suite).assert_outcomes(passed=len(edge_cases("http")))


def test_a_broken_contract_fails_the_test_and_says_why(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get_a_part)")
    result = run(suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*BrokenContract: http body_cut_short: lied", "E*source: RFC 9112*", "E*GET /file*"]
    )


def test_cases_are_excluded(suite: pytest.Pytester) -> None:
    write(
        suite,
        '@pytest.mark.http_edge_case(exclude=["*"])',
        "def test_it(http_edge_case):",
        "    http_edge_case.check(get=get_a_part)",
    )
    run(suite).assert_outcomes(skipped=1)


def test_expected_failures_have_a_reason(suite: pytest.Pytester) -> None:
    marker = '@pytest.mark.http_edge_case(only=["body_cut_short"], xfail={"body_*": "bug 7"})'
    write(
        suite,
        *(marker, "def test_bad(http_edge_case):", "    http_edge_case.check(get=get_a_part)", ""),
        *(marker, "def test_good(http_edge_case):", "    http_edge_case.check(get=get)"),
    )
    result = run(suite, "-rx")
    result.assert_outcomes(xfailed=1, failed=1)  # the other one is better than expected
    result.stdout.fnmatch_lines(["*bug 7*"])


@pytest.mark.parametrize(
    ("marker", "says"),
    [
        (
            'only=["body_cut_shrt"]',
            "*no case is called 'body_cut_shrt'; did you mean body_cut_short*",
        ),
        ("names=[]", "*takes only=*"),
        ('"body_cut_short"', "*takes only=*"),
    ],
)
def test_mistakes_in_a_marker(suite: pytest.Pytester, marker: str, says: str) -> None:
    write(
        suite,
        f"@pytest.mark.http_edge_case({marker})",
        "def test_it(http_edge_case):",
        "    http_edge_case.check(get=get)",
    )
    result = run(suite)
    assert result.ret != 0
    result.stdout.fnmatch_lines([says])


def test_an_operation_that_is_not_given_is_skipped(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(post=get)")
    result = run(suite, "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*about get=, which the test does not give*"])


def test_a_client_without_that_tls_is_not_judged_with_it(suite: pytest.Pytester) -> None:
    """It is asked once a test, where nothing else goes wrong."""
    marker = '@pytest.mark.http_edge_case(only=["tls/request_*", "tls/certificate_expired"])'
    lines = [marker, "def test_it(http_edge_case):", "    http_edge_case.check(get=get)"]
    write(suite, *lines)
    result = run(suite, "-rs")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(["*where nothing but tls='implicit' is:*VERIFY_FAILED*"])
    trusting = ["import fakefarm", "@pytest.fixture(autouse=True)", "def trusts(trusted_ca): pass"]
    write(suite, *trusting, *lines)
    run(suite).assert_outcomes(passed=2)


def test_an_operation_of_another_protocol_is_a_mistake(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(send=get)")
    result = run(suite)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*TypeError: http has no such operation as send=; give get=, post=*"]
    )


def test_an_operation_that_there_is_none_of_is_a_mistake(suite: pytest.Pytester) -> None:
    """Also beside a good one: its cases would be skipped for ever."""
    post = '@pytest.mark.http_edge_case(only=["post_*"])'
    check = "    http_edge_case.check(get=get, pots=get, deadline=5)"
    write(suite, post, "def test_it(http_edge_case):", check)
    result = run(suite)
    assert result.parseoutcomes().get("skipped", 0) == 0
    result.stdout.fnmatch_lines(["E*TypeError: http has no such operation as pots=*"])


# --- the baseline


@pytest.mark.parametrize("workers", [[], ["-p", "xdist", "-n", "2"]], ids=["alone", "xdist"])
def test_a_baseline(suite: pytest.Pytester, workers: list[str]) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get_a_part)")
    run(suite, "--fakefarm-baseline=base.json", *workers).assert_outcomes(xfailed=1)
    recorded = json.loads((suite.path / "base.json").read_text())
    assert list(recorded.values()) == ["lied"]
    run(suite, "--fakefarm-baseline=base.json", *workers).assert_outcomes(xfailed=1)


def test_a_baseline_in_a_folder_of_its_own(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get)")
    run(suite, "--fakefarm-baseline=new/base.json").assert_outcomes(passed=1)
    assert list(json.loads((suite.path / "new" / "base.json").read_text()).values()) == ["kept"]


def test_a_verdict_that_changes_for_the_better(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get)")
    name = "test_a_verdict_that_changes_for_the_better.py::test_it[body_cut_short]"
    (suite.path / "base.json").write_text(json.dumps({name: "lied"}))
    result = run(suite, "--fakefarm-baseline=base.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*was lied, and is kept: better*"])
    run(suite, "--fakefarm-baseline=base.json", "--fakefarm-update-baseline").assert_outcomes(
        passed=1
    )
    assert json.loads((suite.path / "base.json").read_text()) == {name: "kept"}
    run(suite, "--fakefarm-baseline=base.json").assert_outcomes(passed=1)


def test_a_verdict_that_changes_for_the_worse(suite: pytest.Pytester) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get_a_part)")
    (suite.path / "base.json").write_text("{}")
    result = run(suite, "--fakefarm-baseline=base.json")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*was kept, and is lied: no better*"])
    assert (suite.path / "base.json").read_text() == "{}"


@pytest.mark.parametrize(("text", "says"), [("{", "*is no JSON*"), ("[1]", "*is no object*")])
def test_a_file_that_is_no_baseline(suite: pytest.Pytester, text: str, says: str) -> None:
    write(suite, ONLY, "def test_it(http_edge_case):", "    http_edge_case.check(get=get)")
    (suite.path / "base.json").write_text(text)
    result = run(suite, "--fakefarm-baseline=base.json")
    assert result.ret != 0
    assert says.strip("*") in result.stdout.str() + result.stderr.str()
