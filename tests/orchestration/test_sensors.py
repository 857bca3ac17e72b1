"""What starts by itself: new candidates are examined, a refresh and the last score carry on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from conftest import Ran
from medcred_runs import Enclave, only_environment, write_candidates

from orchestration.settings import Settings

LOCAL = """
  - id: local/tiny
    model: openai/tiny
    api_base: http://127.0.0.1:9/v1
    params: {{temperature: {temperature}}}
"""


@pytest.fixture
def settings(ran: Ran, definitions: Any, tmp_path: Path) -> Settings:
    """The planted run, with a candidates file of the test's own."""
    own = write_candidates(tmp_path / "candidates.yaml", "commonest", "order-everything", "oracle")
    enclave = Enclave(ran.enclave.home, ran.enclave.public, own)
    with only_environment(enclave.environment()):
        return Settings()


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def without_pictures(ran: Ran) -> set[str]:
    """What a candidate that takes text alone is examined in."""
    return set(ran.enclave.digests()) - {"chest_film_image", "chest_film_both"}


def add_local(settings: Settings, temperature: float) -> None:
    whole = settings.candidates.read_text().partition("  - id: local/tiny")[0].rstrip("\n")
    settings.candidates.write_text(whole + LOCAL.format(temperature=temperature))


def evaluate(settings: Settings, instance: dg.DagsterInstance, cursor: str | None) -> Any:
    from orchestration.defs.automation.sensors import new_candidates

    context = dg.build_sensor_context(
        instance=instance, cursor=cursor, resources={"settings": settings}
    )
    return new_candidates(context)


def requested(result: Any) -> set[tuple[str, str]]:
    return {
        (key.keys_by_dimension["candidate"], key.keys_by_dimension["category"])
        for request in result.run_requests
        if (key := request.partition_key)
    }


def test_new_candidate_becomes_a_partition_and_is_examined_in_every_category(
    ran: Ran, settings: Settings, instance: dg.DagsterInstance
) -> None:
    names = ["reference/commonest", "reference/order-everything", "reference/oracle"]
    instance.add_dynamic_partitions("candidate", names)
    add_local(settings, 0.0)
    result = evaluate(settings, instance, cursor="as it was")
    (added,) = result.dynamic_partitions_requests
    assert list(added.partition_keys) == ["local/tiny"]
    assert requested(result) == {("local/tiny", category) for category in without_pictures(ran)}
    keys = [request.run_key for request in result.run_requests]
    assert len(set(keys)) == len(keys)


def test_unchanged_file_is_skipped(settings: Settings, instance: dg.DagsterInstance) -> None:
    first = evaluate(settings, instance, cursor=None)
    assert first.run_requests == []
    assert isinstance(evaluate(settings, instance, cursor=first.cursor), dg.SkipReason)


def test_changed_parameters_are_examined_anew(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    add_local(settings, 0.0)
    cold = evaluate(settings, instance, cursor=None)
    instance.add_dynamic_partitions("candidate", ["local/tiny"])
    add_local(settings, 1.0)
    warm = evaluate(settings, instance, cursor=cold.cursor)
    assert requested(warm) == requested(cold)
    keys = {request.run_key for request in cold.run_requests}
    assert keys.isdisjoint(request.run_key for request in warm.run_requests)


def test_another_methodology_scores_everything_anew(
    ran: Ran, settings: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert evaluate(settings, instance, cursor="as it was").run_requests == []
    monkeypatch.setattr("evaluators.methodology.methodology_sha256", lambda: "0" * 64)
    again = evaluate(settings, instance, cursor="as it was")
    assert {category for _, category in requested(again)} == set(ran.enclave.digests())
    assert all("|0000000000000000" in request.run_key for request in again.run_requests)


def test_description_alone_starts_nothing_new(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    first = evaluate(settings, instance, cursor=None)
    settings.candidates.write_text(settings.candidates.read_text() + "# a remark\n")
    second = evaluate(settings, instance, cursor=first.cursor)
    assert second.run_requests == []
    assert second.cursor != first.cursor


def test_nothing_is_examined_before_the_first_run(
    fresh: Enclave, instance: dg.DagsterInstance
) -> None:
    with only_environment(fresh.environment()):
        result = evaluate(Settings(), instance, cursor=None)
    assert result.run_requests == []
    assert result.dynamic_partitions_requests


def after(sensor: Any, job: str, settings: Settings, instance: dg.DagsterInstance) -> list[Any]:
    """What a run-status sensor asks for after a successful run of `job`."""

    @dg.op
    def nothing() -> None:
        return None

    @dg.job(name=job)
    def finished() -> None:
        nothing()

    result = finished.execute_in_process(instance=instance)
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor.name,
        dagster_instance=instance,
        dagster_run=result.dagster_run,
        dagster_event=result.get_run_success_event(),
        resources={"settings": settings},
    )
    told = sensor(context)
    return list(told) if not isinstance(told, dg.RunRequest | dg.SkipReason) else [told]


def test_after_a_refresh_what_has_no_scores_is_examined(
    ran: Ran, settings: Settings, instance: dg.DagsterInstance
) -> None:
    from orchestration.defs.automation.sensors import examine_after_refresh

    add_local(settings, 0.0)
    requests = after(examine_after_refresh, "refresh", settings, instance)
    keys = {request.partition_key.keys_by_dimension["category"] for request in requests}
    assert keys == without_pictures(ran)
    assert len(requests) == len(keys)
    assert "local/tiny" in instance.get_dynamic_partitions("candidate")


def test_after_a_refresh_that_changed_nothing_nothing_is_examined(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    from orchestration.defs.automation.sensors import examine_after_refresh

    (skipped,) = after(examine_after_refresh, "refresh", settings, instance)
    assert isinstance(skipped, dg.SkipReason)


def test_the_last_score_starts_the_publication(
    settings: Settings, instance: dg.DagsterInstance
) -> None:
    from orchestration.defs.automation.sensors import publish_after_examinations

    (request,) = after(publish_after_examinations, "examine", settings, instance)
    assert isinstance(request, dg.RunRequest)


def test_while_an_examination_waits_nothing_is_published(
    ran: Ran, settings: Settings, instance: dg.DagsterInstance
) -> None:
    from orchestration.defs.automation.sensors import publish_after_examinations

    add_local(settings, 0.0)
    (skipped,) = after(publish_after_examinations, "examine", settings, instance)
    assert isinstance(skipped, dg.SkipReason)
    assert str(len(without_pictures(ran))) in str(skipped.skip_message)
