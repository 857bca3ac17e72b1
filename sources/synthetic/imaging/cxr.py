"""Timelines to the files of module cxr: MIMIC-CXR-JPG 2.1.0 and MIMIC-CXR 2.1.0.

Belongs here: rows, paths and texts of films. Does not belong here: what films show (`chest`), how
they are drawn (`pixels`) or put into DICOM (`dicom`).
"""

from __future__ import annotations

import hashlib
from io import BytesIO

from PIL import Image

from sources.synthetic.calendar import day
from sources.synthetic.canary import reported
from sources.synthetic.ids import PROVIDERS, provider_id
from sources.synthetic.imaging.chest import zone_of
from sources.synthetic.imaging.chest_report import Labels, labels_of_signs
from sources.synthetic.imaging.pixels import draw_film
from sources.synthetic.imaging.shapes import Pixels
from sources.synthetic.sheets import Book, Files
from sources.synthetic.timeline import Film, ImagingStudy, Patient, View

JPG = "mimic-cxr-jpg/2.1.0"
DICOM = "mimic-cxr/2.1.0"
REPORTS = f"{DICOM}/mimic-cxr-reports.zip"
DICOM_PATIENTS = 20
"""Patients, by number, whose films are written as DICOM too, with the reports as loose texts."""
_QUALITY = 85
_SPLIT = (("train", 225), ("validate", 10), ("test", 21))
"""Shares of 256 patients in the reference split; the real one is 98 to 1 to 1, of many more."""
_STEP = {
    "xr_chest_two": "CHEST (PA AND LAT)",
    "xr_chest_portable": "CHEST (PORTABLE AP)",
    "xr_chest_line": "CHEST PORT. LINE PLACEMENT",
}
_VIEW = {"PA": "postero-anterior", "AP": "antero-posterior", "LATERAL": "lateral"}


def split_of(subject_id: int) -> str:
    """Which part of the reference split a patient is in: by hash, so that it never moves."""
    turn = hashlib.sha256(f"split {subject_id}".encode()).digest()[0]
    for name, share in _SPLIT:
        turn -= share
        if turn < 0:
            return name
    raise AssertionError("the shares of the split add up to 256")


def study_time(film: Film, at: int) -> str:
    """`StudyTime`: HHMMSS.fff read as a number, so that leading zeros are lost."""
    digest = hashlib.sha256(f"seconds {film.study_id}".encode()).digest()
    minute = at % 1440
    clock = minute // 60 * 10_000 + minute % 60 * 100 + digest[0] % 60
    return f"{clock}.{(digest[1] * 256 + digest[2]) % 1000:03d}"


def report_text(study: ImagingStudy) -> str:
    """The report as MIMIC-CXR has it: one section after the other below `FINAL REPORT`."""
    lines = ["                                 FINAL REPORT"]
    for header, text in study.sections:
        lines.append(f" {header}:  {text}".replace("\n", "\n "))
        lines.append(" ")
    return "\n".join(lines)


def _printed(labels: Labels) -> str:
    return ",".join("" if value is None else f"{value:.1f}" for value in labels)


class CxrWriter:
    """Writes module cxr."""

    def __init__(self, book: Book, files: Files) -> None:
        """Bind the module's sheets and the place for pictures and reports."""
        self._book = book
        self._files = files

    def write(self, patient: Patient) -> None:
        """Write one patient's films.

        Args:
            patient: With `studies` filled in.
        """
        providers = {admission.hadm_id: admission.provider for admission in patient.admissions}
        part = split_of(patient.subject_id)
        for study in patient.studies:
            if study.film is not None:
                self._study(patient, study, study.film, providers[study.admission], part)

    def _study(
        self, patient: Patient, study: ImagingStudy, film: Film, provider: str, part: str
    ) -> None:
        book, subject, number = self._book, patient.subject_id, film.study_id
        folder = f"files/p{str(subject)[:2]}/p{subject}/s{number}"
        for view in film.views:
            self._view(patient, study, film, view, folder, part)
        book["chexpert"].add(f"{subject},{number},{_printed(film.chexpert)}")
        book["negbio"].add(f"{subject},{number},{_printed(film.negbio)}")
        if part == "test":
            book["test_set_labeled"].add(f"{number},{_printed(labels_of_signs(film.signs))}")
        book["study_list"].add(f"{subject},{number},{folder}.txt")
        digest = hashlib.sha256(f"readers {number}".encode()).digest()
        attending, resident = (
            provider_id((digest[at] * 256 + digest[at + 1]) % PROVIDERS) for at in (0, 2)
        )
        # Not every film is read by a resident first.
        book["provider_list"].add(
            f"{subject},{number},{provider},{attending},{resident if digest[4] < 150 else ''}"
        )
        text = reported(report_text(study))
        self._files.zipped(REPORTS, f"{folder}.txt", text)
        if patient.number <= DICOM_PATIENTS:
            self._files.add(f"{DICOM}/{folder}.txt", text.encode())

    def _view(
        self,
        patient: Patient,
        study: ImagingStudy,
        film: Film,
        view: View,
        folder: str,
        part: str,
    ) -> None:
        book, subject, number = self._book, patient.subject_id, film.study_id
        name = view.dicom_id
        date = day(view.at).replace("-", "")
        time = study_time(film, view.at)
        step = _STEP[study.exam]
        lying = "Recumbent" if view.position == "AP" and number % 3 == 0 else "Erect"
        book["metadata"].add(
            f"{name},{subject},{number},{step},{view.position},{view.rows},{view.columns},{date},"
            f"{time},{step},{_VIEW[view.position]},{lying}"
        )
        book["split"].add(f"{name},{number},{subject},{part}")
        book["record_list"].add(f"{subject},{number},{name},{folder}/{name}.dcm")
        book["image_filenames"].add(f"{folder}/{name}.jpg")
        pixels = draw_film(
            name, view.position, view.rows, view.columns, film.signs, zone_of(subject)
        )
        self._files.add(f"{JPG}/{folder}/{name}.jpg", jpeg(pixels))
        if patient.number <= DICOM_PATIENTS:
            # Loading it takes a tenth of a second, which only one process of a run needs to spend.
            from sources.synthetic.imaging.dicom import dicom_bytes

            self._files.add(
                f"{DICOM}/{folder}/{name}.dcm",
                dicom_bytes(pixels, view, subject, number, date, time, step),
            )

    def finish(self) -> None:
        """Module cxr has no dictionary: there is nothing left to write."""


def jpeg(pixels: Pixels) -> bytes:
    """A baseline greyscale JPEG; its bytes depend on the JPEG library too, as gzip's on zlib."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=_QUALITY)
    return stream.getvalue()
