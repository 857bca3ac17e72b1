"""Fixtures of the probes' tests: an endpoint on loopback."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from small_examination import Endpoint


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with HTTPServer(host="127.0.0.1") as server:
        yield Endpoint(server)
