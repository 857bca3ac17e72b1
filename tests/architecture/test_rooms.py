"""The rooms keep to themselves: who may import whom, what importing costs, how files look."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

# Data flows from left to right, and a room imports only what lies to its left. Evaluators read
# frozen files, not sources; the registry is installed alone by strangers, so it imports no room.
MAY_IMPORT: dict[str, frozenset[str]] = {
    "data_contracts": frozenset(),
    "sources": frozenset({"data_contracts"}),
    "evaluators": frozenset({"data_contracts"}),
    "registry": frozenset(),
    "orchestration": frozenset({"data_contracts", "sources", "evaluators", "registry"}),
}

# What a stranger who verifies a credential has to install (pitfalls: registry loads nothing else).
REGISTRY_PACKAGES = {
    "cryptography",
    "jinja2",
    "jsonschema",
    "markupsafe",
    "rfc8785",
    "typer",
    "yaml",
}

HEAVY = ("litellm", "great_expectations", "pandera", "pandas", "dagster", "dbt", "scipy", "torch")
CATCH_ALL_NAMES = {"utils", "util", "common", "helpers", "helper", "misc"}
MAX_LINES = 500

# Files that run code whenever Python starts, with the distribution that installs each. litellm
# 1.82.7 and 1.82.8 stole credentials through such a file.
EXPECTED_PTH = {
    "distutils-precedence.pth": "setuptools",
    "coloredlogs.pth": "coloredlogs",
    "_virtualenv.pth": None,
    "__editable__.medcred": "medcred",
}


def modules(*rooms: str) -> list[Path]:
    found = sorted(path for room in rooms for path in (PROJECT / room).rglob("*.py"))
    assert found
    return found


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def imported(path: Path) -> tuple[tuple[str, bool], ...]:
    """Every module that a file imports, and whether that happens when the file is imported."""
    inside = {
        id(node)
        for function in ast.walk(tree(path))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
    }
    found: list[tuple[str, bool]] = []
    for node in ast.walk(tree(path)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [node.module or ""]
        elif isinstance(node, ast.Call) and getattr(
            node.func, "attr", getattr(node.func, "id", None)
        ) in ("import_module", "__import__"):
            names = [
                argument.value
                for argument in node.args[:1]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
        found += [(name, id(node) not in inside) for name in names]
    return tuple(found)


def named(path: Path) -> str:
    return str(path.relative_to(PROJECT))


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_room_imports_only_rooms_to_its_left(room: str) -> None:
    allowed = MAY_IMPORT[room] | {room}
    strangers = {
        (named(path), name)
        for path in modules(room)
        for name, _ in imported(path)
        if name.split(".")[0] in MAY_IMPORT and name.split(".")[0] not in allowed
    }
    assert strangers == set()


def test_every_python_room_is_in_the_table() -> None:
    rooms = {path.parent.name for path in PROJECT.glob("*/__init__.py")}
    assert rooms - {"tests"} == set(MAY_IMPORT)


def test_no_room_imports_tests() -> None:
    assert not [
        named(path)
        for path in modules(*MAY_IMPORT)
        for name, _ in imported(path)
        if name.split(".")[0] == "tests"
    ]


@pytest.mark.parametrize("room", sorted(set(MAY_IMPORT) - {"orchestration"}))
def test_only_orchestration_imports_dagster(room: str) -> None:
    assert not [
        named(path)
        for path in modules(room)
        for name, _ in imported(path)
        if name.split(".")[0].startswith("dagster")
    ]


def test_registry_imports_only_what_a_stranger_installs() -> None:
    foreign = {
        (named(path), name)
        for path in modules("registry")
        for name, _ in imported(path)
        if name.split(".")[0] not in REGISTRY_PACKAGES | {"registry"} | sys.stdlib_module_names
    }
    assert foreign == set()


def test_great_expectations_and_pandera_are_imported_inside_functions() -> None:
    at_import = {
        (named(path), name)
        for path in modules(*MAY_IMPORT)
        for name, is_at_import in imported(path)
        if is_at_import and name.split(".")[0] in {"great_expectations", "pandera"}
    }
    assert at_import == set()


def test_no_module_is_a_catch_all() -> None:
    names = {
        part.removesuffix(".py").strip("_")
        for path in modules(*MAY_IMPORT)
        for part in path.relative_to(PROJECT).parts
    }
    assert names & CATCH_ALL_NAMES == set()


def test_every_module_says_what_belongs_in_it() -> None:
    silent = [
        named(path)
        for path in modules(*MAY_IMPORT)
        if len((ast.get_docstring(tree(path)) or "").splitlines()) < 2
    ]
    assert silent == []


def loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after running `statement`."""
    program = (
        f"{statement}\n"
        "import sys\n"
        "print('\\n'.join(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import evaluators",
        "import evaluators.encounter.protocol, evaluators.encounter.record",
        "import data_contracts.marts, data_contracts.suites",
        "import sources",
        "import registry",
    ],
)
def test_importing_a_plain_room_loads_nothing_heavy(statement: str) -> None:
    assert loaded_by(statement).isdisjoint(HEAVY)


def test_site_packages_run_no_unexpected_code_at_start() -> None:
    owners: dict[Path, str] = {}
    folders: set[Path] = set()
    for distribution in distributions():
        for file in distribution.files or ():
            if str(file).endswith(".pth"):
                owners[Path(str(distribution.locate_file(file))).resolve()] = distribution.name
        folders.add(Path(str(distribution.locate_file(""))).resolve())
    present = {path.resolve() for folder in folders for path in folder.glob("*.pth")}
    assert present, "an editable install brings at least one"
    unexpected = []
    for path in sorted(present):
        expected = next((name for name in EXPECTED_PTH if path.name.startswith(name)), None)
        if expected is None or owners.get(path) != EXPECTED_PTH[expected]:
            unexpected.append(path.name)
    assert unexpected == []


@cache
def tracked() -> tuple[Path, ...]:
    """Files that are in the repository, or would be with the next commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(sorted(p for n in listed.split("\0") if n and (p := PROJECT / n).is_file()))


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        try:
            yield named(path), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


# Written in pieces, so that this file does not match itself.
_FOLDERS = "|".join(("ho" + "me", "ro" + "ot", "Us" + "ers", "wo" + "rk", "mn" + "t"))
MACHINE_PATH = re.compile(rf"(?<![\w.~$}})/-])/(?:{_FOLDERS})/\w|\b[A-Z]:\\\w")
INDEX_ADDRESS = re.compile(
    "|".join(
        (
            r"https?://[^\s\"'<>]*/sim" + r"ple\b",
            "python" + r"hosted\.org",
            r"(?:^|\s)--(?:extra-)?index" + "-url",
            r"index" + r"-url\s*=",
            r"(?:^|\s)--find" + r"-links",
        )
    ),
    re.MULTILINE,
)


@pytest.mark.parametrize(
    ("pattern", "sample"),
    [
        (MACHINE_PATH, "data lies in " + "/ho" + "me/someone/data"),
        (MACHINE_PATH, 'open("' + "/wo" + 'rk/main")'),
        (INDEX_ADDRESS, "pip install --index" + "-url x"),
        (INDEX_ADDRESS, "https://mirror.example/sim" + "ple/polars"),
        (INDEX_ADDRESS, "https://files.python" + "hosted.org/packages/x"),
    ],
)
def test_patterns_find_what_they_are_for(pattern: re.Pattern[str], sample: str) -> None:
    assert pattern.search(sample)


@pytest.mark.parametrize("sample", ["docs/wo" + "rk/x", "https://example.org/ho" + "me/x", "a/b"])
def test_machine_path_pattern_leaves_relative_paths_alone(sample: str) -> None:
    assert not MACHINE_PATH.search(sample)


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATH, INDEX_ADDRESS], ids=["machine path", "index address"]
)
def test_repository_names_no_machine_and_no_index(pattern: re.Pattern[str]) -> None:
    found = {
        f"{name}:{text.count(chr(10), 0, match.start()) + 1}"
        for name, text in texts()
        for match in pattern.finditer(text)
    }
    assert found == set()


def test_no_source_file_is_too_long_to_read() -> None:
    too_long = {
        named(path): lines
        for path in tracked()
        if path.suffix in {".py", ".sql"}
        and (lines := path.read_text(encoding="utf-8").count("\n")) > MAX_LINES
    }
    assert too_long == {}


def test_every_decision_is_listed() -> None:
    folder = PROJECT / "docs" / "decisions"
    pages = {path.name for path in folder.glob("*.md")} - {"README.md"}
    listed = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\) \|", (folder / "README.md").read_text(), re.M)
    assert sorted(listed) == sorted(pages)
