"""What an operator may set, from the environment (`MEDCRED_*`) or the command line.

Belongs here: settings and their defaults. Does not belong here: paths derived from them
(`workspace`).
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Settings of one installation. Every field is read from `MEDCRED_<FIELD>`."""

    model_config = SettingsConfigDict(env_prefix="MEDCRED_", frozen=True)

    home: Path = PROJECT / ".medcred"
    """The enclave: everything private. Created with mode 0700."""
    public: Path = PROJECT / "public"
    """Where the registry is published."""
    source: Path | None = None
    """A folder of MIMIC releases. None: what was run last, else synthetic data."""
    supplement: Path | None = None
    """A folder that may provide only tables which the source lacks; recorded as unverified."""
    patients: int = Field(default=1500, ge=1)
    """Size of the synthetic release when there is no source."""
    seed: int = Field(default=20, ge=0)
    """Seed of the synthetic release."""
    candidates: Path = PROJECT / "candidates.yaml"
    """Who is examined."""
    judge: Path = PROJECT / "judge.yaml"
    """Who reads answers a second time. No such file: nobody, which is the default."""
    waveforms: bool = False
    """Read the waveforms of electrocardiograms. Off: all of MIMIC-IV-ECG takes hours."""
    threads: int = Field(default=2, ge=1)
    """Threads of dbt and DuckDB. Results do not depend on it."""
    repeats: int = Field(default=1, ge=1, le=20)
    """How often each candidate is examined on each scenario. The first examination alone counts for
    the standings; the repeats say how steady it is (docs/statistics.md)."""
    nightly: str = "0 2 * * *"
    """Cron expression (UTC) of the nightly re-benchmark."""
