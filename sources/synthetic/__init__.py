"""Synthetic MIMIC: schema-exact raw files of patients who never lived.

`generate` writes MIMIC-IV (hosp, icu) and MIMIC-IV-ED as csv.gz with checksums, from a seed. It is
the embedded default source: the whole pipeline runs on it without access to real data.

How it is built, so that modules and sizes can grow:

* `stories/` and `catalogue/` say in YAML what conditions look like and what a hospital can do;
* `course`, `icu_course` and `life` draw one patient into an in-memory `timeline`;
* one writer a module (`hosp`, `icu`, `ed`) turns timelines into rows;
* `release` streams patient by patient and publishes all files at once.

Does not belong here: reading raw files (`sources.landing`), clinical logic (`dbt_project`). The
numbers are plausible for a medical reader but measured nowhere: nothing synthetic is evidence
about patients, and no clinician has reviewed it.
"""

from sources.synthetic.draft import SyntheticRunBusy
from sources.synthetic.release import (
    DEFAULT_MODULES,
    GENERATOR,
    MARKER,
    MODULES,
    BadSyntheticRequest,
    SyntheticDiskTooSmall,
    SyntheticRelease,
    SyntheticRunStopped,
    SyntheticTargetNotEmpty,
    generate,
)

SYNTHETIC_ERRORS = (
    BadSyntheticRequest,
    SyntheticDiskTooSmall,
    SyntheticRunBusy,
    SyntheticRunStopped,
    SyntheticTargetNotEmpty,
)
"""All that `generate` says to people."""

__all__ = [
    "DEFAULT_MODULES",
    "GENERATOR",
    "MARKER",
    "MODULES",
    "SYNTHETIC_ERRORS",
    "BadSyntheticRequest",
    "SyntheticDiskTooSmall",
    "SyntheticRelease",
    "SyntheticRunBusy",
    "SyntheticRunStopped",
    "SyntheticTargetNotEmpty",
    "generate",
]
