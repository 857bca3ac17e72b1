"""A statement says what its standing and policy give, and the schema admits nothing else."""

from __future__ import annotations

import copy
import json
from datetime import date

import jsonschema
import pytest

from registry.canonical import canonical_json, sha256
from registry.errors import RegistryError, SchemaError, StandingError
from registry.policy import apply_policy
from registry.schemas import SCHEMA_FOLDER, validate
from registry.statements import (
    InconsistentStatementError,
    Statement,
    candidate_slug,
    check_statement,
    data_facts,
    make_statement,
    status_words,
)

SECRET = "Jane-Doe-10000032"


@pytest.fixture(scope="module")
def state(standing, policy, sources, issued_on):
    """Make the statement of a standing with changes, on data of a kind."""

    def made(kind: str = "credentialed", **changes) -> Statement:
        record = apply_policy([standing(**changes)], policy, source=sources[kind])
        return make_statement(
            record["standings"][0], data=data_facts(record), policy=policy, issued_on=issued_on
        )

    return made


def test_statement_is_an_in_toto_statement_in_canonical_form(state, standing):
    statement = state()
    assert statement.body["_type"] == "https://in-toto.io/Statement/v1"
    assert statement.body["predicateType"] == "urn:medcred:credential:v1"
    assert statement.body["subject"] == [
        {"name": "open/med-7b", "digest": {"sha256": standing()["candidate_sha256"]}}
    ]
    assert statement.payload == canonical_json(json.loads(statement.payload))
    assert statement.sha256 == sha256(statement.payload)
    assert statement.path == "statements/cardiology/open--med-7b.json"


def test_figures_are_text_of_four_decimals(state, policy, standing):
    stated = state(cases=200, patients=200, safety_failures=3).predicate
    assert stated["scores"] == {
        "mean_credit": "0.8000",
        "lower_bound": "0.7500",
        "interval": {"low": "0.7400", "high": "0.8600"},
        "rank": {"low": 1, "high": 1},
        "tests_recall": "0.7100",
        "actions_recall": None,
        "safety_failures": "<11",
        "format_failure_rate": "0.0000",
        "infrastructure_error_rate": "0.0000",
    }
    assert stated["counts"] == {"patients": "200", "cases": "200"}
    assert stated["policy"] == {"version": policy.version, "sha256": policy.sha256}
    for name in ("methodology_sha256", "scenario_set_sha256"):
        assert stated[name] == standing()[name]
    assert (stated["issued_on"], stated["expires_on"]) == ("2026-11-20", "2027-05-19")
    assert stated["provisional"] is True


@pytest.mark.parametrize(
    ("kind", "demonstration"), [("credentialed", False), ("synthetic", True), ("demo", True)]
)
def test_open_data_makes_a_demonstration(state, kind, demonstration):
    stated = state(kind).predicate
    assert stated["data"]["kind"] == kind
    assert stated["demonstration"] is demonstration
    assert stated["data"]["has_unverified_tables"] is (kind == "demo")


def test_mixture_with_synthetic_patients_is_synthetic():
    facts = {"releases": ["demo 2.2", "synthetic 1"], "tier": "open", "unverified_tables": []}
    assert data_facts(facts)["kind"] == "synthetic"


def test_reference_candidates_say_so(state):
    reference = state(candidate="reference/oracle", assurance="code", lower_bound=0.8).predicate
    assert (reference["reference"], reference["tier"]) == (True, "credentialed")
    assert state().predicate["reference"] is False


@pytest.mark.parametrize(
    ("patients", "count", "words"),
    [
        (0, "<11", "insufficient cases (fewer than 11 of 100)"),
        (10, "<11", "insufficient cases (fewer than 11 of 100)"),
        (11, "11", "insufficient cases (11 of 100)"),
        (99, "99", "insufficient cases (99 of 100)"),
    ],
)
def test_few_patients_leave_no_figure(state, policy, patients, count, words):
    statement = state(patients=patients, cases=patients, mean_credit=0.4242, safety_failures=5)
    stated = statement.predicate
    assert stated["counts"] == {"patients": count, "cases": count}
    assert stated["scores"] is None
    assert stated["tier"] is None
    assert stated["results_sha256"] is None
    assert (stated["scenario_set_sha256"] is None) is (patients < 11)
    assert b"0.4242" not in statement.payload
    assert status_words(stated, policy) == words


def test_two_small_cohorts_that_differ_by_one_patient_read_alike(state):
    one, other = (state(patients=n, cases=n, results_sha256="ab" * 32) for n in (9, 10))
    assert one.payload == other.payload


def test_incomplete_partition_leaves_no_figure(state, policy):
    stated = state(complete=False).predicate
    assert (stated["status"], stated["scores"], stated["results_sha256"]) == (
        "incomplete",
        None,
        None,
    )
    assert status_words(stated, policy) == "examination incomplete"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("candidate", "../../etc/passwd"),
        ("candidate", "a/../b"),
        ("candidate", "a--b"),
        ("candidate", "/a"),
        ("candidate", "a\n"),
        ("candidate", "a" * 81),
        ("candidate", "a/b/c/d/e"),
        ("candidate", "<script>"),
        ("candidate", "=cmd"),
        ("candidate", f"{SECRET} free text"),
        ("model", "gpt 4"),
        ("model", "m\u202eodel"),
        ("model", "m\x1b[31m"),
        ("model", "x" * 121),
        ("category", "Cardiology"),
        ("category", "cardiology/x"),
        ("assurance", "B"),
        ("candidate_sha256", "AB" * 32),
        ("candidate_sha256", "ab" * 31),
        ("methodology_sha256", None),
        ("rank", {"low": 0, "high": 1}),
        ("cases", 1_000_000),
    ],
)
def test_what_the_schema_does_not_admit_is_refused_without_repeating_it(state, field, value):
    with pytest.raises(RegistryError) as caught:
        state(**{field: value})
    assert isinstance(caught.value, SchemaError)
    assert SECRET not in str(caught.value)
    assert str(value) not in str(caught.value) or field == "rank"


@pytest.mark.parametrize(
    "model",
    [
        "ollama_chat/llama3.1:70b-instruct-q4_K_M",
        "bedrock/anthropic.claude-3-5-sonnet-20241022-v2:0",
        "hosted_vllm/Qwen/Qwen2.5-72B-Instruct",
        "openai/ft:gpt-4o-2024-08-06:acme::9abc",
    ],
)
def test_model_strings_of_the_usual_providers_are_admitted(state, model):
    assert state(model=model).predicate["model"] == model


def test_standing_without_recall_is_refused_by_name(state):
    with pytest.raises(StandingError, match=r"axes\.tests\.recall"):
        state(axes={"actions": {"recall": 0.5}})


def test_unknown_fields_are_refused_everywhere(state):
    body = state().body

    def objects(value, path=()):
        if isinstance(value, dict):
            yield path
            for key, inner in value.items():
                yield from objects(inner, (*path, key))
        elif isinstance(value, list):
            for position, inner in enumerate(value):
                yield from objects(inner, (*path, position))

    paths = list(objects(body))
    assert len(paths) == 10
    for path in paths:
        spoilt = copy.deepcopy(body)
        target = spoilt
        for step in path:
            target = target[step]
        target[SECRET] = SECRET
        with pytest.raises(SchemaError) as caught:
            validate("statement", spoilt)
        assert SECRET not in str(caught.value)


def test_every_field_is_required(state):
    predicate = state().body["predicate"]
    for name in predicate:
        partial = {**state().body, "predicate": {k: v for k, v in predicate.items() if k != name}}
        with pytest.raises(SchemaError):
            validate("statement", partial)


@pytest.mark.parametrize(
    ("where", "value", "rule"),
    [
        (("tier",), "with_distinction", "tier and figures"),
        (("tier",), "not_credentialed", "tier and figures"),
        (("tier",), None, "status and figures"),
        (("scores",), None, "status and figures"),
        (("results_sha256",), None, "status and figures"),
        (("status",), "insufficient_cases", "status and figures"),
        (("reasons",), ["safety_failure"], "safety and reasons"),
        (("reasons",), ["lower_bound_below_cut_score"], "lower bound and reasons"),
        (("scores", "lower_bound"), "0.6999", "lower bound and reasons"),
        (("scores", "lower_bound"), "0.8100", "interval"),
        (("scores", "mean_credit"), "0.9000", "interval"),
        (("scores", "safety_failures"), "<11", "safety and reasons"),
        (("scores", "rank", "low"), 2, "rank"),
        (("assurance",), "A", "assurance and reasons"),
        (("assurance",), "code", "reference and assurance"),
        (("reference",), True, "reference and assurance"),
        (("demonstration",), True, "demonstration and data"),
        (("data", "kind"), "demo", "demonstration and data"),
        (("data", "tier"), "open", "tier and kind of data"),
        (("provisional",), False, "provisional and policy"),
        (("expires_on",), "2028-05-19", "expiry and policy"),
        (("expires_on",), "2027-02-30", "does not exist"),
        (("counts", "patients"), "99", "status and patients"),
        (("counts", "patients"), "<11", "status and patients"),
        (("scenario_set_sha256",), None, "scenario set and patients"),
        (("policy", "version"), "2.0", "another policy"),
    ],
)
def test_statement_that_contradicts_itself_is_refused(state, policy, where, value, rule):
    body = json.loads(state().payload)
    target = body["predicate"]
    for step in where[:-1]:
        target = target[step]
    assert target[where[-1]] != value
    target[where[-1]] = value
    with pytest.raises(InconsistentStatementError, match=rule):
        check_statement(Statement(body=body, payload=canonical_json(body)), policy)


def test_slugs_are_one_to_one():
    assert candidate_slug("a/b-c") == "a--b-c"
    assert len({candidate_slug(c) for c in ("a/b", "a-b", "a.b", "a_b", "ab")}) == 5


@pytest.mark.parametrize("name", ["policy", "statement", "index"])
def test_schemas_are_valid_and_closed(name):
    schema = json.loads((SCHEMA_FOLDER / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    pending, texts = [schema], 0
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if node.get("type") == "object":
                closed = node["additionalProperties"] is False or (
                    "propertyNames" in node and "$ref" in node["additionalProperties"]
                )
                assert closed
            if node.get("type") == "string":
                texts += 1
                assert node["pattern"].startswith("^")
                assert node["pattern"].endswith("$")
            pending += node.values()
        elif isinstance(node, list):
            pending += node
    assert texts >= 4


def test_issue_date_is_the_only_thing_not_in_the_input(standings, policy):
    data = data_facts(standings)
    first, second = (
        make_statement(standings["standings"][0], data=data, policy=policy, issued_on=day).body
        for day in (date(2026, 11, 20), date(2026, 11, 21))
    )
    differing = {
        name for name in first["predicate"] if first["predicate"][name] != second["predicate"][name]
    }
    assert differing == {"issued_on", "expires_on"}
