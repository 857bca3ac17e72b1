"""The map of MIMIC-III's items, compared with the dictionaries of both open demos."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest
from landed_workspace import DBT_PROJECT

pytestmark = pytest.mark.demo

III = "mimic-iii-clinical-database-demo-1.4"
IV = "mimic-iv-clinical-database-demo-2.2"


def _mapped(*tables: str) -> list[dict[str, object]]:
    seed = pl.read_csv(DBT_PROJECT / "seeds" / "mimiciii_items.csv")
    return seed.filter(pl.col("events_table").is_in(tables)).to_dicts()


def _labels(path: Path) -> dict[object, str]:
    """Item to name, blanks joined as the map has them."""
    read = pl.read_csv(path, infer_schema_length=None).select("itemid", "label")
    return {item: " ".join((label or "").split()) for item, label in read.iter_rows()}


@pytest.mark.parametrize("table", ["chartevents", "inputevents_cv", "outputevents"])
def test_charted_items_bear_the_names_of_both_dictionaries(demo_root: Path, table: str) -> None:
    old = pl.read_csv(demo_root / III / "D_ITEMS.csv", infer_schema_length=None)
    tables = dict(old.select("itemid", "linksto").iter_rows())
    labels, new = (
        _labels(demo_root / III / "D_ITEMS.csv"),
        _labels(demo_root / IV / "icu" / "d_items.csv.gz"),
    )
    rows = _mapped(table)
    assert rows
    for row in rows:
        assert tables[row["mimiciii_itemid"]] == table, row
        assert labels[row["mimiciii_itemid"]] == row["mimiciii_label"]
        assert new[row["itemid"]] == row["label"]


def test_laboratory_items_are_mapped_only_where_the_number_changed(demo_root: Path) -> None:
    old = _labels(demo_root / III / "D_LABITEMS.csv")
    new = _labels(demo_root / IV / "hosp" / "d_labitems.csv.gz")
    rows = _mapped("labevents")
    for row in rows:
        assert row["mimiciii_itemid"] not in new
        assert row["itemid"] not in old
        assert (old[row["mimiciii_itemid"]], new[row["itemid"]]) == (
            row["mimiciii_label"],
            row["label"],
        )
    same = [item for item in old if old[item].lower() == new.get(item, "").lower()]
    assert (len(old), len(same), len(rows)) == (753, 680, 40)
    taken = pl.read_csv(demo_root / III / "LABEVENTS.csv", columns=["itemid"])["itemid"]
    known = taken.is_in(same + [row["mimiciii_itemid"] for row in rows])
    assert taken.is_in(same).mean() == pytest.approx(0.981, abs=0.001)
    assert known.mean() == pytest.approx(0.999, abs=0.001)


def test_every_item_of_mimiciii_is_mapped_once(demo_root: Path) -> None:
    seed = pl.read_csv(DBT_PROJECT / "seeds" / "mimiciii_items.csv")
    assert seed.select("events_table", "mimiciii_itemid").is_duplicated().sum() == 0


@pytest.mark.parametrize(("table", "at_least"), [("chartevents", 0.95), ("outputevents", 0.95)])
def test_vital_signs_and_urine_of_carevue_are_mapped(
    demo_root: Path, table: str, at_least: float
) -> None:
    """Of CareVue's rows whose label names a vital sign or urine, nearly all have a counterpart."""
    words = {
        "chartevents": r"^(Heart Rate|Respiratory Rate|SpO2$|NBP (\[|Mean)|Arterial BP"
        r"|Temperature [FC]$|CVP$|FiO2|Eye Opening|Verbal Response|Motor Response)",
        "outputevents": r"^Urine",
    }[table]
    path = demo_root / III / "OUTPUTEVENTS.csv"
    if table == "chartevents":
        path = demo_root / "derived" / III / "CHARTEVENTS.csv.gz"
    items = (
        pl.read_csv(demo_root / III / "D_ITEMS.csv", infer_schema_length=None)
        .filter((pl.col("dbsource") == "carevue") & pl.col("label").str.contains(words))["itemid"]
        .to_list()
    )
    header = pl.read_csv(path, n_rows=0).columns
    [column] = [name for name in header if name.lower() == "itemid"]
    charted = pl.read_csv(path, columns=[column])[column]
    charted = charted.filter(charted.is_in(items))
    assert len(charted) > 1000
    mapped = [row["mimiciii_itemid"] for row in _mapped(table)]
    assert charted.is_in(mapped).mean() >= at_least
