"""A stranger can run the room alone: it loads few packages, and verifying connects to nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

JSON_SCHEMA = {"attr", "attrs", "jsonschema", "jsonschema_specifications", "referencing", "rpds"}
OPTIONAL = {"idna", "typing_extensions"}
"""Loaded by the packages above where they happen to be installed."""
PAGE = {"jinja2", "markupsafe"}
COMMANDS = {"typer", "click", "shellingham", "annotated_doc", "rich", "pygments", "markdown_it"}

PROGRAM = """
import json, sys
before = set(sys.modules)
import {module}
loaded = {{name.partition(".")[0] for name in set(sys.modules) - before}}
print(json.dumps(sorted(loaded - set(sys.stdlib_module_names))))
"""


@pytest.mark.parametrize(
    ("module", "admitted"),
    [
        ("registry", set()),
        ("registry.policy", {"rfc8785"} | JSON_SCHEMA | OPTIONAL),
        ("registry.verify", {"rfc8785"} | JSON_SCHEMA | OPTIONAL),
        ("registry.publish", {"rfc8785"} | JSON_SCHEMA | OPTIONAL | PAGE),
        ("registry.cli", {"rfc8785"} | JSON_SCHEMA | OPTIONAL | COMMANDS),
    ],
)
def test_import_loads_only_what_is_admitted(module, admitted):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(module=module)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in json.loads(done.stdout) if not name.startswith(("_", "__editable"))}
    assert loaded - admitted - {"registry"} == set()
    assert "registry" in loaded


def test_room_imports_no_other_room():
    rooms = ("sources", "data_contracts", "evaluators", "orchestration")
    for path in sorted((PROJECT / "registry").glob("*.py")):
        for line in path.read_text().splitlines():
            assert not line.strip().startswith(
                tuple(f"{verb} {room}" for verb in ("import", "from") for room in rooms)
            ), path.name


def test_verifying_opens_no_socket(small_publication):
    program = (
        "import sys\n"
        "def watch(event, arguments):\n"
        "    if event.startswith('socket.'): raise SystemExit(event)\n"
        "sys.addaudithook(watch)\n"
        "from pathlib import Path\n"
        "from registry.verify import verify\n"
        "print(verify(Path(sys.argv[1])).files)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(small_publication)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "5")
