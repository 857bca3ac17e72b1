"""The egress rule: credentialed data goes to this machine, or to a declared endpoint."""

from __future__ import annotations

import socket

import pytest

from evaluators.candidates.client import ModelClient
from evaluators.candidates.config import Candidate
from evaluators.candidates.egress import EgressRefused, Tier, admit

DECLARED = {
    "kind": "zero_retention",
    "no_training": True,
    "no_human_review": True,
    "evidence_url": "https://example.com/zdr",
    "evidence_date": "2026-10-01",
}


def hosted(**egress: object) -> Candidate:
    entry = {"id": "h", "model": "openai/x", "api_base": "https://api.example.com/v1"}
    return Candidate.model_validate({**entry, "egress": egress or None})


def at(api_base: str | None, model: str = "openai/x") -> Candidate:
    return Candidate.model_validate({"id": "l", "model": model, "api_base": api_base})


@pytest.mark.parametrize(
    "api_base",
    [
        "http://127.0.0.1:8000/v1",
        "http://127.9.9.9/v1",
        "http://[::1]:8000/v1",
        "http://localhost/",
    ],
)
def test_loopback_is_admitted(api_base):
    admit(at(api_base), Tier.CREDENTIALED)


@pytest.mark.parametrize(
    "api_base",
    [
        None,
        "http://10.0.0.7:8000/v1",
        "http://0.0.0.0:8000/v1",
        "http://localhost.example.com/v1",
        "http://127.0.0.1.example.com/v1",
        "http://2130706433/v1",
        "https://api.example.com/v1",
    ],
)
def test_undeclared_endpoint_elsewhere_is_refused(api_base):
    with pytest.raises(EgressRefused, match="zero retention"):
        admit(at(api_base), "credentialed")


def test_full_declaration_is_admitted():
    admit(hosted(**DECLARED), "credentialed")


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("no_training", "no training"),
        ("no_human_review", "no human review"),
        ("evidence_url", "evidence address"),
        ("evidence_date", "date of the evidence"),
    ],
)
def test_declaration_with_a_gap_is_refused_and_the_gap_named(field, told):
    declared = {name: value for name, value in DECLARED.items() if name != field}
    with pytest.raises(EgressRefused, match=told):
        admit(hosted(**declared), "credentialed")


def test_provider_that_may_ignore_the_address_is_refused_even_on_loopback():
    with pytest.raises(EgressRefused, match="api_base"):
        admit(at("http://127.0.0.1:1/v1", "bedrock/x"), "credentialed")


def test_open_data_goes_anywhere():
    admit(at(None), "open")
    admit(hosted(), "open")


def test_reference_candidates_are_always_admitted():
    entry = {"id": "r", "model": "reference/oracle", "assurance": {"level": "code"}}
    admit(Candidate.model_validate(entry), "credentialed")


def test_unknown_tier_is_an_error():
    with pytest.raises(ValueError, match="secret"):
        admit(at(None), "secret")


def test_refusal_comes_before_any_socket_or_name_lookup(monkeypatch):
    def forbidden(*arguments: object, **named: object) -> None:
        pytest.fail("the network was touched")

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr(socket, "getaddrinfo", forbidden)
    with pytest.raises(EgressRefused):
        ModelClient(hosted())


def test_the_client_is_strict_unless_told_that_the_data_are_open():
    with pytest.raises(EgressRefused):
        ModelClient(at("https://api.example.com/v1"))
    ModelClient(at("https://api.example.com/v1"), tier="open")
