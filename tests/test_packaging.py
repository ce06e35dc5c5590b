"""What is installed is what the tree holds, and the documents say how it is run."""

import json
import os
import re
import shlex
import sys
from configparser import ConfigParser
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
FOLDERS = {"fakefarm": ROOT / "fakes", "fakefarm.fixtures": ROOT / "fixtures"}


@pytest.fixture(scope="module")
def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def tox_ini() -> ConfigParser:
    parser = ConfigParser(interpolation=None)
    parser.read(ROOT / "tox.ini", encoding="utf-8")
    return parser


@pytest.fixture(scope="module")
def distribution() -> metadata.Distribution:
    """What pip installed, and not the .egg-info that a build leaves in the tree."""
    found = metadata.distributions(name="pytest-fakefarm")
    return next(each for each in found if each.read_text("RECORD"))


def modules_of_the_tree() -> set[str]:
    """Every module, by the path at which it is installed."""
    return {
        "/".join([*package.split("."), *source.relative_to(folder).parts])
        for package, folder in FOLDERS.items()
        for source in folder.rglob("*.py")
    }


def test_every_package_of_the_tree_is_listed(pyproject: dict[str, Any]) -> None:
    in_the_tree = {
        path.removesuffix("/__init__.py").replace("/", ".")
        for path in modules_of_the_tree()
        if path.endswith("/__init__.py")
    }
    listed = pyproject["tool"]["setuptools"]["packages"]
    assert sorted(listed) == sorted(in_the_tree)


def test_every_module_is_in_a_package() -> None:
    folders = {path.parent for folder in FOLDERS.values() for path in folder.rglob("*.py")}
    assert [folder for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_the_folders_are_mapped_to_the_package(pyproject: dict[str, Any]) -> None:
    mapped = pyproject["tool"]["setuptools"]["package-dir"]
    assert {package: ROOT / folder for package, folder in mapped.items()} == FOLDERS


def test_every_module_is_installed(distribution: metadata.Distribution) -> None:
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        pytest.skip("an editable install has its modules in the tree itself")
    installed = {
        file.as_posix()
        for file in distribution.files or []
        if file.parts[0] == "fakefarm" and file.suffix != ".pyc"
    }
    assert installed == modules_of_the_tree() | {"fakefarm/py.typed"}


def test_the_installed_version_is_that_of_the_tree(
    pyproject: dict[str, Any], distribution: metadata.Distribution
) -> None:
    assert distribution.version == pyproject["project"]["version"]


def test_the_plugin_is_registered_under_the_name_of_its_module(
    distribution: metadata.Distribution,
) -> None:
    (plugin,) = (each for each in distribution.entry_points if each.group == "pytest11")
    assert plugin.name == plugin.value == "fakefarm.fixtures.plugin"


@pytest.mark.parametrize("import_plugin", ["-p fakefarm.fixtures.plugin", "pytest_plugins"])
def test_the_plugin_may_be_named_again(pytester: pytest.Pytester, import_plugin: str) -> None:
    if import_plugin == "pytest_plugins":
        pytester.makeconftest("pytest_plugins = ['fakefarm.fixtures.plugin']")
        options = []
    else:
        options = import_plugin.split()
    pytester.makepyfile("def test_nothing(): pass")
    pytester.runpytest_subprocess(*options).assert_outcomes(passed=1)


def test_tox_runs_every_python_that_is_promised(
    pyproject: dict[str, Any], tox_ini: ConfigParser
) -> None:
    promised = re.findall(
        r"^Programming Language :: Python :: (3)\.(\d+)$",
        "\n".join(pyproject["project"]["classifiers"]),
        re.MULTILINE,
    )
    environments = tox_ini["tox"]["env_list"]
    # What is measured is a run of the tests as well.
    environments = environments.replace(
        "coverage", tox_ini["testenv:coverage"]["base_python"].split(",")[0]
    )
    assert sorted(set(re.findall(r"\bpy(3)(\d+)\b", environments))) == promised
    assert pyproject["project"]["requires-python"] == ">=" + ".".join(promised[0])


def test_ci_runs_what_the_readme_says() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert "tox run" in ci[-1]
    assert ci[-1] in [line.strip() for line in readme]


def test_the_commands_of_the_readme_name_environments_of_tox(tox_ini: ConfigParser) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"\btox run\b[^\n`]*", readme)
    named = {
        environment
        for command in commands
        for option, value in zip(shlex.split(command), shlex.split(command)[1:], strict=False)
        if option == "-e"
        for environment in value.split(",")
    }
    assert "examples" in named
    known = re.split(r",\s*", tox_ini["tox"]["env_list"])
    assert sorted(named.difference(known)) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no permission to execute")
def test_ci_can_be_executed() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
