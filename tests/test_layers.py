"""Dependencies point inward only, and what is heavy is imported when it is needed.

A part is a folder or a module directly in fakes/; fixtures/ is one more. A part may import itself
and the parts that LAYERS names for it. What LAYERS does not name is a protocol, which stands on
the core alone.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"fakefarm": ROOT / "fakes", "fakefarm.fixtures": ROOT / "fixtures"}

PACKAGE = "__init__"  # what `import fakefarm` itself runs
PARTS = {"fixtures"} | {
    path.stem
    for path in FOLDERS["fakefarm"].iterdir()
    if path.suffix == ".py" or (path / "__init__.py").exists()
}
FAKES = PARTS - {PACKAGE, "__main__", "catalogue", "cli", "contract", "farm", "fixtures"}

PROTOCOL = {"_core"}
LAYERS = {
    "_core": set(),
    "mailbox": {"_core"},
    "messages": set(),
    "smtp": PROTOCOL | {"mailbox"},
    "pop3": PROTOCOL | {"mailbox"},
    "imap": PROTOCOL | {"mailbox"},
    "xmlrpc": PROTOCOL | {"http"},
    "resolver": {"_core", "dns"},
    "farm": FAKES,
    PACKAGE: FAKES | {"farm", "contract"},
    "catalogue": FAKES | {PACKAGE, "farm"},
    "contract": FAKES | {PACKAGE, "farm", "catalogue"},
    "fixtures": FAKES | {PACKAGE, "farm", "catalogue", "contract"},
    "cli": FAKES | {PACKAGE, "farm", "catalogue", "contract"},
    "__main__": {"cli"},
}

# Where the distributions that pyproject.toml names may be imported, and nobody else's may.
HOMES = {
    "aiodns": {"resolver"},
    "aiosmtpd": {"smtp"},
    "cryptography": {"_core"},  # which trustme stands on
    "dns": {"resolver"},  # dnspython
    "dnslib": {"dns", "resolver"},
    "pyftpdlib": {"ftp"},
    "pytest": {"fixtures"},
    "trustme": {"_core"},
}
FOR_TYPES_ONLY = {"_typeshed", "typing_extensions"}  # type checkers bring them, nothing else does

HEAVY = (
    "aiosmtpd",
    "asyncio",
    "cryptography",
    "dnslib",
    "http.server",
    "pyftpdlib",
    "ssl",
    "trustme",
    "xmlrpc",
)


class Import(NamedTuple):
    part: str
    file: str
    name: str
    at_runtime: bool

    def __str__(self) -> str:
        return f"{self.file} imports {self.name}"


def imported_names(source: Path, package: str = "") -> Iterator[tuple[str, bool]]:
    """The full names that a module of `package` imports, anywhere, and whether at run time."""
    tree = ast.parse(source.read_text(encoding="utf-8"), source)
    for_types = {
        inside
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for statement in node.body
        for inside in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            module = []
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = parents[: len(parents) - node.level + 1] if node.level else []
            module = [*base, node.module] if node.module else base
        else:
            continue
        # A name may be a module itself: `from fakefarm import smtp`.
        for alias in node.names:
            yield ".".join([*module, alias.name]), node not in for_types


def imports() -> Iterator[Import]:
    """Every import that the package makes."""
    for package, folder in FOLDERS.items():
        for source in sorted(folder.rglob("*.py")):
            path = [*package.split("."), *source.relative_to(folder).with_suffix("").parts]
            for name, at_runtime in imported_names(source, ".".join(path[:-1])):
                yield Import(path[1], source.relative_to(ROOT).as_posix(), name, at_runtime)


def part_of(name: str) -> str:
    """The part that holds what is called so below `fakefarm`."""
    first = name.partition(".")[2].partition(".")[0]
    return first if first in PARTS else PACKAGE


def test_parts_import_inward_only() -> None:
    outward = [
        str(each)
        for each in imports()
        if each.name.split(".")[0] == "fakefarm"
        and part_of(each.name) not in LAYERS.get(each.part, PROTOCOL) | {each.part}
    ]
    assert outward == []


def test_other_distributions_are_imported_at_home_only() -> None:
    astray = [
        str(each)
        for each in imports()
        if (top := each.name.split(".")[0]) not in sys.stdlib_module_names | {"fakefarm"}
        and each.part not in HOMES.get(top, set())
        and (each.at_runtime or top not in FOR_TYPES_ONLY)
    ]
    assert astray == []


def test_nothing_imports_the_folders_by_their_own_names() -> None:
    """It would be a second copy of the package, with classes of its own."""
    folders = [ROOT / name for name in ("fakes", "fixtures", "tests", "examples", "benchmarks")]
    copies = [
        f"{source.relative_to(ROOT)} imports {name}"
        for folder in folders
        for source in sorted(folder.rglob("*.py"))
        for name, _ in imported_names(source)
        if name.split(".")[0] in {"fakes", "fixtures"}
    ]
    assert copies == []


@pytest.mark.parametrize("module", ["fakefarm", "fakefarm.fixtures.plugin"])
def test_loading_imports_nothing_heavy(module: str, tmp_path: Path) -> None:
    program = (
        "import sys, pytest\n"
        "before = set(sys.modules)\n"
        f"import {module}\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    loaded = run.stdout.split()
    assert module in loaded
    assert [name for name in loaded if f"{name}.".startswith(tuple(f"{h}." for h in HEAVY))] == []
