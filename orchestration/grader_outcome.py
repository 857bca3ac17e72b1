"""What the grader audit found, worked out once for each state of code and catalogues.

Belongs here: the record in the enclave, its key, and who waits for whom. Does not belong here: the
audit (`evaluators.grader_audit`), the check that blocks (`defs.examination.checks`).

The audit reads no data: files of `evaluators`, the catalogues, Python and its libraries decide it.
So a spare process may do it while dbt is at work, and the next night need not do it again. Only a
clean outcome is kept; one with failures is found anew each time.
"""

from __future__ import annotations

import fcntl
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import evaluators
from evaluators.canonical import sha256_file, sha256_json
from evaluators.catalogue import load_catalogue
from orchestration.settings import PROJECT
from orchestration.workspace import write_json

_CODE = Path(evaluators.__file__).parent
_READ = frozenset({".py", ".csv", ".yml", ".md"})


@dataclass(frozen=True)
class GraderOutcome:
    """Counts of an audit, and the names of what failed."""

    failures: tuple[str, ...]
    rules_broken: int
    rules_noticed: int
    laws: int


def audited_grader(home: Path) -> GraderOutcome:
    """The outcome for the code as it stands: from the record if there is one, else audited now.

    Who comes while another process audits waits for it; the lock of a dead process is free.

    Args:
        home: The enclave.
    """
    folder = home / "grader-audit"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = folder / "clean.json"
        key = _key()
        found = _kept(record, key)
        if found is None:
            found = _audited()
            if not found.failures:
                write_json(record, {"key": key, "outcome": asdict(found)})
        return found


def _audited() -> GraderOutcome:
    from evaluators.grader_audit.audit import audit_grader

    done = audit_grader(load_catalogue())
    return GraderOutcome(
        failures=done.failures,
        rules_broken=len(done.mutations),
        rules_noticed=sum(found.passed for found in done.mutations),
        laws=len(done.laws),
    )


def _kept(record: Path, key: str) -> GraderOutcome | None:
    """The record, if it is of this key and whole."""
    try:
        kept = json.loads(record.read_text())
        if kept["key"] != key:
            return None
        outcome = kept["outcome"]
        counts = {name: int(outcome[name]) for name in ("rules_broken", "rules_noticed", "laws")}
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
    return GraderOutcome(failures=(), **counts)


def _key() -> str:
    """SHA-256 over everything that decides the outcome."""
    return sha256_json(
        {
            "python": sys.version,
            "libraries": sha256_file(PROJECT / "requirements.lock"),
            "catalogue": load_catalogue().sha256,
            "files": {
                path.relative_to(_CODE).as_posix(): sha256_file(path)
                for path in sorted(_CODE.rglob("*"))
                if path.suffix in _READ and path.is_file()
            },
        }
    )
