"""How the rooms' own errors reach an operator.

Belongs here: the list of error classes whose text is written for people and free of patient values,
and their translation to a Dagster failure. Does not belong here: any other error; those stay masked
(`DAGSTER_REDACT_USER_CODE_ERRORS`), since a library's message may quote a value.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from data_contracts.marts import UnreadableMartError
from data_contracts.suites import SuiteInputError
from evaluators.candidates.config import CandidateConfigError
from evaluators.candidates.egress import EgressRefused
from evaluators.candidates.errors import BriefingRefused, InfrastructureError, ModelChanged
from evaluators.journal import JournalError
from evaluators.probes.errors import ProbeError
from evaluators.scenario_sets import ScenarioSetError
from orchestration.warehouse import ManifestError
from orchestration.workspace import NoActiveSourceError
from registry.errors import RegistryError
from sources.errors import LandingError, SourceError
from sources.synthetic import SYNTHETIC_ERRORS

SPOKEN = (
    CandidateConfigError,
    InfrastructureError,
    ModelChanged,
    BriefingRefused,
    EgressRefused,
    JournalError,
    LandingError,
    ManifestError,
    NoActiveSourceError,
    ProbeError,
    RegistryError,
    ScenarioSetError,
    SourceError,
    SuiteInputError,
    UnreadableMartError,
    *SYNTHETIC_ERRORS,
)


@contextmanager
def spoken_errors() -> Iterator[None]:
    """Let the rooms' own errors be read in the UI and on the command line.

    Raises:
        dg.Failure: in place of an error of `SPOKEN`, with its text.
    """
    try:
        yield
    except SPOKEN as error:
        raise dg.Failure(str(error)) from None
