"""One picture as a DICOM file.

Belongs here: the data set of a de-identified secondary capture. Does not belong here: the pixels
(`pixels`), where the file lies (`cxr`).
"""

from __future__ import annotations

import hashlib
from io import BytesIO

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import UID, ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from sources.synthetic.imaging.shapes import Pixels
from sources.synthetic.timeline import View

_BITS = 8


def _uid(text: str) -> UID:
    """A UID under 2.25, the root of UUIDs, from a hash."""
    digest = hashlib.sha256(f"medcred uid|{text}".encode()).digest()
    return UID(f"2.25.{int.from_bytes(digest[:16], 'big')}")


def dicom_bytes(
    pixels: Pixels,
    view: View,
    subject_id: int,
    study_id: int,
    date: str,
    time: str,
    step: str,
) -> bytes:
    """A DICOM file, uncompressed, with the tags that MIMIC-CXR keeps.

    Args:
        pixels: 8-bit grey values, rows x columns.
        view: The exposure.
        subject_id: Its only trace of a person.
        study_id: The study.
        date: `YYYYMMDD`, shifted.
        time: HHMMSS.fff without leading zeros.
        step: What was performed.
    """
    whole, _, fraction = time.partition(".")
    data = Dataset()
    data.SOPClassUID = SecondaryCaptureImageStorage
    data.SOPInstanceUID = _uid(view.dicom_id)
    data.StudyInstanceUID = _uid(f"study {study_id}")
    data.SeriesInstanceUID = _uid(f"series {view.dicom_id}")
    data.StudyDate = date
    data.StudyTime = f"{whole:0>6}.{fraction}"
    data.Modality = "DX"
    data.ConversionType = "SYN"
    data.AccessionNumber = ""
    data.Manufacturer = ""
    data.ReferringPhysicianName = ""
    data.PerformedProcedureStepDescription = step
    data.PatientName = ""
    data.PatientID = str(subject_id)
    data.PatientBirthDate = ""
    data.PatientSex = ""
    data.PatientIdentityRemoved = "YES"
    data.DeidentificationMethod = "Synthetic: no patient was ever imaged"
    data.BodyPartExamined = "CHEST"
    data.ViewPosition = "LL" if view.position == "LATERAL" else view.position
    data.PatientOrientation = ["P", "F"] if view.position == "LATERAL" else ["L", "F"]
    data.StudyID = str(study_id)
    data.SeriesNumber = 1
    data.InstanceNumber = 1
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Rows, data.Columns = pixels.shape
    data.BitsAllocated = data.BitsStored = _BITS
    data.HighBit = _BITS - 1
    data.PixelRepresentation = 0
    data.PixelData = pixels.tobytes()
    data["PixelData"].VR = "OB"
    data.file_meta = FileMetaDataset()
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.file_meta.ImplementationClassUID = _uid("medcred")
    data.file_meta.ImplementationVersionName = "MEDCRED"
    stream = BytesIO()
    dcmwrite(stream, data, enforce_file_format=True)
    return stream.getvalue()
