"""Synthetic MIMIC: schema-exact raw files of patients who never lived.

`generate` writes MIMIC-IV with its further modules from a seed and, when asked, the same patients
as MIMIC-III. It is the embedded default source: the whole pipeline runs on it without real data.

How it is built, so that modules and sizes can grow:

* `stories/` and `catalogue/` say in YAML what conditions look like and what a hospital can do;
* `life`, `course`, `icu_course` and `charting` draw one patient into an in-memory `timeline`;
* `imaging`, `ecg`, `echo`, `notes` are pure functions of that timeline, each with its own stream;
* one writer a module turns timelines into rows and files; `chunks` registers them;
* `release` shares chunks of patients out among processes, `draft` appends them in order.

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
