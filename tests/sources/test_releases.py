"""Which folders are a source, what each table comes from, and which combinations are refused."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from raw_folders import GOOD_ROW, Folder

from data_contracts.raw_contracts import load_contracts
from sources._known_releases import known_releases
from sources.errors import (
    AmbiguousSourceError,
    ChecksumListError,
    ReleaseNotFoundError,
    ReleaseRefusedError,
    SourceError,
    SupplementError,
)
from sources.releases import MARKER, Source, find_source


def _release(root: Path, folder: str, *files: str) -> Path:
    for name in files:
        path = root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (root / folder).mkdir(parents=True, exist_ok=True)
    return root / folder


def _origins(source: Source) -> Counter[str]:
    return Counter(file.origin for file in source.tables.values())


def test_every_known_count_is_of_a_table_that_has_a_contract() -> None:
    contracts = load_contracts()
    for release in known_releases():
        for module, counts in release.rows.items():
            assert module in release.modules
            assert set(counts) <= {table.name for table in contracts[module].tables}
            assert {(module, name) for name in counts} <= {
                (table.module, table.name) for table in release.tables()
            }


def test_a_release_that_a_contract_names_is_a_known_one() -> None:
    named = {t.release for m in load_contracts().values() for t in m.tables if t.release}
    assert named == {"mimic-cxr", "mimic-cxr-jpg"}
    assert named <= {release.name for release in known_releases()}


@pytest.mark.parametrize(
    ("folders", "slug", "releases"),
    [
        (
            ("mimiciv/3.1", "mimic-iv-ed/2.2"),
            "mimiciv-3.1",
            ("mimic-iv-ed 2.2", "mimiciv 3.1"),
        ),
        (
            ("physionet.org/files/mimiciv/3.1", "physionet.org/files/mimic-iv-ed/2.2"),
            "mimiciv-3.1",
            ("mimic-iv-ed 2.2", "mimiciv 3.1"),
        ),
        (("MIMIC-IV-3.1",), "mimiciv-3.1-no-ed", ("mimiciv 3.1",)),
        (("mimic-iv-2.2", "mimic-iv-ed-2.2"), "mimiciv-2.2", ("mimic-iv-ed 2.2", "mimiciv 2.2")),
        (("mimic-iv-ed-2.2",), "mimic-iv-ed-2.2-no-hosp-no-icu", ("mimic-iv-ed 2.2",)),
        (("mimic-iv-demo/2.2",), "mimiciv-demo-2.2-no-ed", ("mimiciv-demo 2.2",)),
        (
            ("mimic-iv-demo/2.2", "mimic-iv-ed-demo/2.2", "mimic-iv-ecg-demo/0.1"),
            "mimiciv-demo-2.2-with-ecg",
            ("mimic-iv-ecg-demo 0.1", "mimic-iv-ed-demo 2.2", "mimiciv-demo 2.2"),
        ),
        (
            (
                "mimiciv/3.1",
                "mimic-iv-ed/2.2",
                "mimic-iv-note/2.2",
                "mimic-cxr-jpg/2.1.0",
                "mimic-cxr/2.1.0",
                "mimic-iv-ecg/1.0",
                "mimic-iv-echo/0.1",
                "mit-critical-datathon-2023/1.0.0",
                "mimiciii/1.4",
            ),
            "mimiciv-3.1-with-cxr-ecg-echo-mimiciii-note-pulseox",
            (
                "mimic-cxr 2.1.0",
                "mimic-cxr-jpg 2.1.0",
                "mimic-iv-ecg 1.0",
                "mimic-iv-echo 0.1",
                "mimic-iv-ed 2.2",
                "mimic-iv-note 2.2",
                "mimiciii 1.4",
                "mimiciv 3.1",
                "mit-critical-datathon-2023 1.0.0",
            ),
        ),
        (("MIMIC-III-clinical-database-demo-1.4",), "mimiciii-demo-1.4", ("mimiciii-demo 1.4",)),
    ],
)
def test_releases_are_known_by_their_folders(
    tmp_path: Path, folders: tuple[str, ...], slug: str, releases: tuple[str, ...]
) -> None:
    for folder in folders:
        _release(tmp_path, folder)
    source = find_source(tmp_path)
    assert (source.slug, source.releases) == (slug, releases)
    assert source.tier == ("open" if "demo" in slug else "credentialed")


def test_release_folder_itself_is_a_source(tmp_path: Path) -> None:
    folder = _release(tmp_path, "mimiciv/3.1", "hosp/patients.csv.gz")
    source = find_source(folder)
    assert source.releases == ("mimiciv 3.1",)
    assert source.tables["hosp", "patients"].path == folder / "hosp" / "patients.csv.gz"


def test_linked_release_folder_is_known_by_either_name(tmp_path: Path) -> None:
    _release(tmp_path, "disk/mimiciv/3.1", "hosp/patients.csv.gz")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "current").symlink_to(tmp_path / "disk" / "mimiciv" / "3.1")
    assert find_source(tmp_path / "data").releases == ("mimiciv 3.1",)


def test_circular_links_end(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    with pytest.raises(ReleaseNotFoundError):
        find_source(tmp_path)


def test_every_contract_has_an_entry_and_what_is_missing_is_absent(tmp_path: Path) -> None:
    _release(tmp_path, "mimiciv/3.1", "hosp/patients.csv.gz", "ICU/ICUSTAYS.csv")
    source = find_source(tmp_path)
    assert set(source.tables) == {
        (module, table.name)
        for module, contract in load_contracts().items()
        for table in contract.tables
    }
    assert _origins(source) == {"official": 2, "absent": 80}
    assert source.tables["icu", "icustays"].expected_rows == 94_458
    assert source.tables["ed", "triage"].release is None
    assert source.tables["icu", "d_items"].release == "mimiciv 3.1"


def test_checksums_are_read_from_the_list_and_a_listed_absent_file_stays_absent(
    tmp_path: Path,
) -> None:
    folder = _release(tmp_path, "mimiciv/3.1", "hosp/patients.csv.gz")
    (folder / "SHA256SUMS.txt").write_text(
        f"{'A' * 64}  hosp/patients.csv.gz\n{'b' * 64} *icu/chartevents.csv.gz\n\n"
    )
    tables = find_source(tmp_path).tables
    assert tables["hosp", "patients"].expected_sha256 == "a" * 64
    assert tables["icu", "chartevents"].origin == "absent"


def test_damaged_checksum_list_is_refused_with_its_line(tmp_path: Path) -> None:
    folder = _release(tmp_path, "mimiciv/3.1")
    (folder / "SHA256SUMS.txt").write_text(f"{'a' * 64} hosp/patients.csv.gz\n<html>\n")
    with pytest.raises(ChecksumListError, match="damaged at line 2"):
        find_source(tmp_path)


def test_open_tier_is_not_granted_to_a_forged_checksum_list(tmp_path: Path) -> None:
    folder = _release(tmp_path, "mimic-iv-demo/2.2")
    (folder / "SHA256SUMS.txt").write_text(f"{'a' * 64} hosp/patients.csv.gz\n")
    with pytest.raises(ChecksumListError, match="not the published one"):
        find_source(tmp_path)


def test_version_with_wrong_lab_items_is_refused_with_the_reason(tmp_path: Path) -> None:
    _release(tmp_path, "mimiciv/3.0")
    with pytest.raises(ReleaseRefusedError, match=r"mimiciv 3.0 .*itemids.*download 3.1"):
        find_source(tmp_path)


def test_refused_version_beside_a_good_one_is_left_alone(tmp_path: Path) -> None:
    _release(tmp_path, "mimiciv/3.0")
    _release(tmp_path, "mimiciv/3.1")
    source = find_source(tmp_path)
    assert source.releases == ("mimiciv 3.1",)
    assert any("3.0" in line for line in source.ignored)


@pytest.mark.parametrize(
    ("folders", "words"),
    [
        (("mimiciv/3.1", "mimiciv/2.2"), "provide the module hosp"),
        (("a/mimiciv/3.1", "b/mimiciv/3.1"), "stands more than once"),
        (("mimiciv/3.1", "mimic-iv-ed-demo/2.2"), "different patients"),
    ],
)
def test_folder_that_says_two_things_is_refused(
    tmp_path: Path, folders: tuple[str, ...], words: str
) -> None:
    for folder in folders:
        _release(tmp_path, folder)
    with pytest.raises(AmbiguousSourceError, match=words):
        find_source(tmp_path)


def test_table_in_two_files_is_refused_unless_one_is_listed(tmp_path: Path) -> None:
    folder = _release(tmp_path, "mimiciv/3.1", "hosp/patients.csv.gz", "hosp/patients.csv")
    with pytest.raises(AmbiguousSourceError, match=r"patients\.csv, patients\.csv\.gz"):
        find_source(tmp_path)
    (folder / "SHA256SUMS.txt").write_text(f"{'a' * 64} hosp/patients.csv.gz\n")
    path = find_source(tmp_path).tables["hosp", "patients"].path
    assert path is not None
    assert path.name == "patients.csv.gz"


def test_folder_without_a_known_name_is_told_from_an_empty_one(tmp_path: Path) -> None:
    with pytest.raises(ReleaseNotFoundError, match="no folder in it bears"):
        find_source(tmp_path)
    _release(tmp_path, "my-mimic", "hosp/patients.csv.gz")
    with pytest.raises(ReleaseNotFoundError, match="my-mimic is laid out as a release"):
        find_source(tmp_path)


def test_open_ecg_is_open_alone_and_credentialed_beside_the_patients_records(
    tmp_path: Path,
) -> None:
    folder = _release(tmp_path, "mimic-iv-ecg/1.0", "record_list.csv")
    assert find_source(folder).tier == "open"
    _release(tmp_path, "mimiciv/3.1")
    assert find_source(tmp_path).tier == "credentialed"


def test_chest_films_come_from_two_releases_that_do_not_collide(tmp_path: Path) -> None:
    _release(tmp_path, "mimic-cxr-jpg/2.1.0", "mimic-cxr-2.0.0-metadata.csv.gz")
    _release(tmp_path, "mimic-cxr/2.1.0", "CXR-STUDY-LIST.csv", "cxr-record-list.csv.gz")
    (tmp_path / "mimic-cxr/2.1.0/SHA256SUMS.txt").write_text(f"{'a' * 64} cxr-study-list.csv\n")
    tables = find_source(tmp_path).tables
    assert tables["cxr", "metadata"].release == "mimic-cxr-jpg 2.1.0"
    assert tables["cxr", "metadata"].expected_rows == 377_110
    assert tables["cxr", "study_list"].expected_sha256 == "a" * 64
    assert tables["cxr", "record_list"].expected_sha256 is None
    absent = tables["cxr", "chexpert"]
    assert (absent.origin, absent.release) == ("absent", "mimic-cxr-jpg 2.1.0")


def test_one_of_the_two_releases_of_chest_films_is_enough(tmp_path: Path) -> None:
    _release(tmp_path, "mimic-cxr-jpg-2.1.0", "mimic-cxr-2.0.0-negbio.csv")
    tables = find_source(tmp_path).tables
    assert tables["cxr", "negbio"].origin == "official"
    assert (tables["cxr", "study_list"].origin, tables["cxr", "study_list"].release) == (
        "absent",
        None,
    )


def test_a_table_of_another_release_is_not_taken_from_a_folder(tmp_path: Path) -> None:
    _release(tmp_path, "mimic-cxr/2.1.0", "mimic-cxr-2.0.0-chexpert.csv.gz", "record_list.csv")
    assert _origins(find_source(tmp_path)) == {"absent": 82}


def test_tables_of_mimiciii_are_known_in_either_case(tmp_path: Path) -> None:
    _release(tmp_path, "mimiciii/1.4", "ADMISSIONS.csv.gz", "patients.csv")
    source = find_source(tmp_path)
    assert _origins(source) == {"official": 2, "absent": 80}
    assert source.tables["mimiciii", "d_items"].expected_rows is None
    assert source.tables["mimiciii", "d_items"].release == "mimiciii 1.4"


def test_a_table_of_which_no_rows_are_published_may_be_empty(tmp_path: Path) -> None:
    _release(tmp_path, "mimiciii-demo/1.4", "NOTEEVENTS.csv", "LABEVENTS.csv")
    tables = find_source(tmp_path).tables
    notes, labs = tables["mimiciii", "noteevents"], tables["mimiciii", "labevents"]
    assert (notes.expected_rows, notes.minimum_rows) == (0, 0)
    assert labs.expected_rows == 76_074


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReleaseNotFoundError, match="is not a folder"):
        find_source(tmp_path / "nowhere")


def test_generated_data_is_open_and_named_after_size_and_seed(synthetic: Folder) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.table("hosp", "patients", ["1,F,60,2150,2011 - 2013,"])
    source = synthetic.find()
    assert (source.slug, source.releases, source.tier) == (
        "synthetic-1-7-no-cxr-no-ecg-no-echo-no-note-no-pulseox",
        ("synthetic 3",),
        "open",
    )
    assert source.tables["hosp", "patients"].expected_rows == 1
    assert source.tables["ed", "vitalsign"].expected_rows is None


@pytest.mark.parametrize(
    "text",
    ["", "[]", '{"patients": 5}', '{"patients": "5", "seed": 1}', '{"patients": -1, "seed": 1}'],
)
def test_damaged_marker_is_refused(synthetic: Folder, text: str) -> None:
    (synthetic.root / MARKER).write_text(text)
    synthetic.vitals(GOOD_ROW)
    with pytest.raises(SourceError, match="is damaged"):
        synthetic.find()


def test_generated_and_real_data_are_not_mixed(synthetic: Folder, tmp_path: Path) -> None:
    synthetic.vitals(GOOD_ROW)
    real = tmp_path / "real"
    _release(real, "mimic-iv-ed/2.2", "ed/triage.csv.gz")
    with pytest.raises(AmbiguousSourceError, match="different patients"):
        find_source(synthetic.root, real)


@pytest.fixture
def parts(tmp_path: Path) -> tuple[Path, Path]:
    """An official folder without chartevents, and an empty place for a supplement."""
    root = tmp_path / "official"
    _release(root, "mimiciv/3.1", "hosp/patients.csv.gz", "icu/icustays.csv.gz")
    return root, tmp_path / "supplement"


def test_supplement_provides_a_table_that_the_official_folder_lacks(
    parts: tuple[Path, Path],
) -> None:
    root, extra = parts
    _release(extra, "mimiciv/3.1", "icu/chartevents.csv.gz")
    source = find_source(root, extra)
    table = source.tables["icu", "chartevents"]
    assert (table.origin, table.release) == ("supplement", "mimiciv 3.1")
    assert (table.expected_sha256, table.expected_rows) == (None, None)
    assert source.slug == "mimiciv-3.1-no-ed-supplemented"


def test_supplement_is_unverified_even_with_its_own_checksum_list(
    parts: tuple[Path, Path],
) -> None:
    root, extra = parts
    folder = _release(extra, "mimiciv/3.1", "icu/chartevents.csv.gz")
    (folder / "SHA256SUMS.txt").write_text(f"{'a' * 64} icu/chartevents.csv.gz\n")
    assert find_source(root, extra).tables["icu", "chartevents"].expected_sha256 is None


def test_supplement_may_provide_a_whole_module(parts: tuple[Path, Path]) -> None:
    root, extra = parts
    _release(extra, "mimic-iv-ed/2.2", "ed/triage.csv.gz")
    source = find_source(root, extra)
    assert source.tables["ed", "triage"].origin == "supplement"
    assert source.releases == ("mimic-iv-ed 2.2", "mimiciv 3.1")


def test_supplement_may_not_replace_an_official_table(parts: tuple[Path, Path]) -> None:
    root, extra = parts
    _release(extra, "mimiciv/3.1", "icu/chartevents.csv.gz", "hosp/PATIENTS.csv")
    with pytest.raises(SupplementError, match="hosp/patients, which the official folder has"):
        find_source(root, extra)


def test_supplement_of_another_release_is_refused(parts: tuple[Path, Path]) -> None:
    root, extra = parts
    _release(extra, "mimiciv/2.2", "icu/chartevents.csv.gz")
    with pytest.raises(
        SupplementError, match=r"of mimiciv 2.2 and the official one of mimiciv 3.1"
    ):
        find_source(root, extra)


def test_supplement_of_other_patients_is_refused(parts: tuple[Path, Path]) -> None:
    root, extra = parts
    _release(extra, "mimic-iv-demo/2.2", "icu/chartevents.csv.gz")
    with pytest.raises(AmbiguousSourceError, match="different patients"):
        find_source(root, extra)


def test_supplement_without_a_table_is_refused(parts: tuple[Path, Path]) -> None:
    root, extra = parts
    extra.mkdir()
    with pytest.raises(SupplementError, match="provides no table"):
        find_source(root, extra)
    with pytest.raises(SupplementError, match="is the source folder itself"):
        find_source(root, root)


def test_supplement_inside_the_source_folder_is_not_taken_for_official(
    parts: tuple[Path, Path],
) -> None:
    root, _ = parts
    extra = root / "derived"
    _release(extra, "mimiciv/3.1", "icu/chartevents.csv.gz")
    assert find_source(root, extra).tables["icu", "chartevents"].origin == "supplement"
    (root / "mimiciv/3.1/SHA256SUMS.txt").write_text("")
    alone = find_source(root)
    assert alone.tables["icu", "chartevents"].origin == "absent"
    assert any("a second copy of mimiciv 3.1 in mimiciv" in line for line in alone.ignored)


def test_source_is_the_same_wherever_it_lies(synthetic: Folder, tmp_path: Path) -> None:
    synthetic.vitals(GOOD_ROW)
    synthetic.table("hosp", "patients")
    (synthetic.root / MARKER).write_text(json.dumps({"patients": 600, "seed": 42}))
    copy = tmp_path / "elsewhere"
    shutil.copytree(synthetic.root, copy)
    assert find_source(copy).slug == synthetic.find().slug
    assert find_source(copy).slug.startswith("synthetic-600-42-no-cxr-")


def test_generated_data_with_every_module_is_named_by_size_and_seed_alone(
    synthetic: Folder,
) -> None:
    for release in known_releases():
        if release.status == "landed" and release.population == "full" and release.version != "2.2":
            _release(synthetic.root, release.folders[0])
    for name in ("mimic-iv-ed/2.2", "mimic-iv-note/2.2"):
        _release(synthetic.root, name)
    assert synthetic.find().slug == "synthetic-1-7"
    assert synthetic.find().releases == ("synthetic 3",)
