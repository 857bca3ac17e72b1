"""Small hand-written releases on the disk, and landing them; fixtures are in conftest."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from data_contracts.raw_contracts import load_contracts
from sources.landing import LandedTable, land_table
from sources.releases import Source, find_source

VITALS = "subject_id,stay_id,charttime,temperature,heartrate,resprate,o2sat,sbp,dbp,rhythm,pain"
GOOD_ROW = "1,2,2180-01-01 10:00:00,98.6,70,16,99,120,80,,3"


@dataclass
class Folder:
    """A release tree under `root`, with an enclave beside it."""

    root: Path
    home: Path
    layout: dict[str, str] = field(
        default_factory=lambda: {
            "hosp": "mimiciv/3.1",
            "icu": "mimiciv/3.1",
            "ed": "mimic-iv-ed/2.2",
            "note": "mimic-iv-note/2.2",
            "mimic-cxr-jpg": "mimic-cxr-jpg/2.1.0",
            "mimic-cxr": "mimic-cxr/2.1.0",
            "ecg": "mimic-iv-ecg/1.0",
            "echo": "mimic-iv-echo/0.1",
        }
    )

    @property
    def workspace(self) -> Path:
        return self.home / "sources" / "test"

    def put(self, module: str, name: str, content: bytes) -> Path:
        """Write a raw file as it is."""
        path = self.root / self.layout[module] / module / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def table(self, module: str, table: str, rows: Iterable[str] = (), header: str = "") -> Path:
        """Write a table as csv.gz with its own header unless another is given."""
        first = header or ",".join(load_contracts()[module].table(table).header)
        text = "".join(f"{line}\n" for line in [first, *rows])
        return self.put(module, f"{table}.csv.gz", gzip.compress(text.encode(), mtime=0))

    def file(self, module: str, table: str, text: str) -> Path:
        """Write a table's file, header line included, where its contract says."""
        contract = load_contracts()[module].table(table)
        path = self.root / self.layout[contract.release or module] / contract.file_name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = text.encode()
        path.write_bytes(gzip.compress(content, mtime=0) if path.suffix == ".gz" else content)
        return path

    def vitals(self, *rows: str, header: str = VITALS) -> Path:
        return self.table("ed", "vitalsign", rows, header)

    def list_sums(self, module: str) -> Path:
        """Write SHA256SUMS.txt of what the release of `module` holds now."""
        folder = self.root / self.layout[module]
        lines = [
            f"{hashlib.sha256(path.read_bytes()).hexdigest()} {path.relative_to(folder)}"
            for path in sorted(folder.rglob("*.csv*"))
        ]
        sums = folder / "SHA256SUMS.txt"
        sums.write_text("".join(f"{line}\n" for line in lines))
        return sums

    def find(self) -> Source:
        return find_source(self.root)

    def land(self, module: str, table: str, **options: bool) -> LandedTable:
        return land_table(self.find(), module, table, self.home, self.workspace, **options)

    def state(self) -> dict[str, bytes]:
        """Every file and link of the enclave but the digest cache, with its content."""
        return {
            str(path.relative_to(self.home)): path.read_bytes()
            for path in sorted(self.home.rglob("*"))
            if path.is_file() and ".digests" not in path.parts
        }
