"""The same source again, and elsewhere: nothing is paid for twice, and no byte changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from conftest import Ran
from medcred_runs import run_here


def test_running_again_examines_nothing_and_changes_nothing(
    ran: Ran, definitions: Any, tmp_path: Path
) -> None:
    again = ran.enclave.copy(tmp_path)
    journals = sorted(again.workspace().folder.rglob("journal.jsonl"))
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in journals}
    assert before
    told = run_here(again, "run", "--source", str(ran.raw), with_dbt_tests=False)
    assert told.code == 0, told.out + told.err
    assert f"examined  {3 * len(ran.enclave.digests())} pairs" in ran.told.out
    assert "examined  0 pairs" in told.out
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in journals} == before
    assert again.digests() == ran.enclave.digests()
    assert again.scores() == ran.enclave.scores()
    assert again.standings() == ran.enclave.standings()
    assert undated(again.public) == undated(ran.enclave.public)


def undated(public: Path) -> dict[str, Any]:
    """The index without its dates, and without the digests of files that bear them."""
    (path,) = public.glob("*/index.json")
    index = json.loads(path.read_text())
    plain = {key: value for key, value in index.items() if not key.endswith("_on")}
    plain["files"] = [file["path"] for file in index["files"]]
    for entry in plain["entries"]:
        entry.pop("statement_sha256", None)
    return plain


def test_another_home_and_one_thread_give_the_same_bytes(ran: Ran, ran_elsewhere: Ran) -> None:
    assert ran_elsewhere.enclave.home != ran.enclave.home
    assert ran_elsewhere.enclave.digests() == ran.enclave.digests()
    scores = ran_elsewhere.enclave.scores()
    assert len(scores) == len(ran.enclave.digests())
    assert scores == {
        name: content
        for name, content in ran.enclave.scores().items()
        if name.endswith("reference--order-everything")
    }
