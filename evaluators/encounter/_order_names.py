"""Names and abbreviations that clinicians use beyond the synonyms of the catalogue.

Belongs here: whole names of one test (read from `order_names.csv`), words that stand for others
inside a name, words that change nothing for tests of some kinds. Does not belong here: the rules
that use them (`_order_index`, `orders`), names of the catalogue itself (`test_catalogue.csv`).

A name here is added to the catalogue's own; one that another test has as well makes the wording
ambiguous, as everywhere.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final


def _table(text: str, divider: str) -> Mapping[str, str]:
    pairs = (line.split(divider) for line in text.strip().splitlines())
    return MappingProxyType({left.strip(): right.strip() for left, right in pairs})


def _names() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    path = Path(__file__).with_name("order_names.csv")
    with path.open(encoding="utf-8", newline="") as opened:
        for row in csv.DictReader(opened):
            found[row["test_id"]] = (*found.get(row["test_id"], ()), row["name"])
    return MappingProxyType(found)


EXTRA_NAMES: Final[Mapping[str, tuple[str, ...]]] = _names()
"""Names by test id, of `order_names.csv`; a test that a catalogue does not have is left out."""

SAME_WORDS: Final[Mapping[tuple[str, ...], tuple[str, ...]]] = MappingProxyType({
    tuple(short.split()): tuple(full.split())
    for short, full in _table(
        """
        bili > bilirubin
        creat > creatinine
        hgba1c > hba1c
        hb a1c > hba1c
        hgb a1c > hba1c
        hemoglobin a1c > hba1c
        hgb > hemoglobin
        trop > troponin
        trops > troponin
        vanc > vancomycin
        vanco > vancomycin
        diff > differential
        auto differential > automated differential
        lytes > electrolytes
        tox > toxicology
        coag > coagulation
        micro > microscopy
        microscopic > microscopy
        quant > quantitative
        conc > level
        concentration > level
        preg > pregnancy
        osms > osmolality
        osm > osmolality
        osmolarity > osmolality
        alk phos > alkaline phosphatase
        alk phosphatase > alkaline phosphatase
        ag > antigen
        ab > antibody
        antibodies > antibody
        hep > hepatitis
        c diff > c difficile
        cdiff > c difficile
        clostridium difficile > c difficile
        ucx > urine culture
        bcx > blood culture
        cath tip > catheter tip
        gram stains > gram stain
        xr > xray
        x rays > xray
        film > xray
        films > xray
        cxr > chest xray
        axr > abdomen xray
        us > ultrasound
        u s > ultrasound
        usg > ultrasound
        dopplers > doppler
        cta > ct angiography
        ct angio > ct angiography
        ct angiogram > ct angiography
        mr > mri
        magnetic resonance > mri
        abdo > abdomen
        pelv > pelvis
        abdpelvis > abdomen pelvis
        legs > leg
        extremities > extremity
        le > lower extremity
        ue > upper extremity
        ruq > right upper quadrant
        pe > pulmonary embolism
        dvt > venous
        t spine > thoracic spine
        l spine > lumbar spine
        c spine > cervical spine
        brain > head
        kidneys > kidney
        ecgs > ecg
        ekgs > ecg
        tele > telemetry
        bx > biopsy
        cath > catheterization
        examination > exam
        examinations > exam
        assessment > exam
        neuro > neurological
        neurologic > neurological
        abdominal > abdomen
        cardio > cardiac
        cv > cardiac
        cvs > cardiac
        resp > respiratory
        med > medication
        meds > medication
        medications > medication
        hx > history
        o2 > oxygen
        sat > saturation
        sats > saturation
        temp > temperature
        bps > blood pressure
        bp > blood pressure
        ox > oximetry
        pulse ox > pulse oximetry
        ionised > ionized
        tbili > total bilirubin
        t bilirubin > total bilirubin
        t bili > total bilirubin
        tot bilirubin > total bilirubin
        dbili > direct bilirubin
        d bilirubin > direct bilirubin
        d bili > direct bilirubin
        hs > high sensitivity
        high sens > high sensitivity
        sed > sedimentation
        comp > comprehensive
        mag > magnesium
        phosphorous > phosphorus
        plts > platelet
        hbv > hepatitis b
        hcv > hepatitis c
        hav > hepatitis a
        urinary > urine
        serologies > serology
        vl > viral load
        cxrs > chest xray
        pcxr > chest xray
        angio > angiography
        angiogram > angiography
        angiograms > angiography
        arteriogram > angiography
        duplex > doppler
        doppler ultrasound > doppler
        ultrasound doppler > doppler
        lower extremity > leg
        lower limb > leg
        lower ext > leg
        upper extremity > arm
        upper limb > arm
        les > leg
        h n > head neck
        tib fib > tibia
        lumbosacral > lumbar
        l s spine > lumbar spine
        echos > echo
        bronchoalveolar lavage > bal
        clostridioides difficile > c difficile
        cdif > c difficile
        helicobacter > h
        streptococcus > strep
        streptococcal > strep
        naat > pcr
        nat > pcr
        cardiovascular > cardiac
        heart > cardiac
        pulmonary exam > lung exam
        respiratory exam > lung exam
        chest exam > lung exam
        lungs > lung
        examine > exam
        inspect > exam
        inspection > exam
        palpate > exam
        palpation > exam
        auscultate > exam
        auscultation > exam
        percuss > exam
        percussion > exam
        listen > exam
        evaluation > exam
        belly > abdomen
        legs > leg
        arms > arm
        calves > calf
        ble > lower extremity
        rle > lower extremity
        lle > lower extremity
        bue > upper extremity
        rue > upper extremity
        lue > upper extremity
        hi res > high resolution
        point care > poc
        nares > nasal
        ctpe > ct pulmonary embolism
        oximeter > oximetry
        bpm > heart rate
        biochemistry > chemistry
        chem > chemistry
        wcc > wbc
        hemocult > hemoccult
        stains > stain
        smears > smear
        urines > urine
        plain films > xray
        plain xray > xray
        radiographs > xray
        prot > protein
        gluc > glucose
        trough level > level
        trough > level
        """,
        ">",
    ).items()
})  # fmt: skip
"""Words inside a name, and what they stand for; used where the wording as it stands is no name."""

_SIDES = "left right bilateral bilaterally l r both sided"
HARMLESS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    kind: frozenset(words.split())
    for kind, words in {
        "lab": "swab nasopharyngeal np random spot activity concentrations "
        "fasting nonfasting automated sample reflex stick pre post dose high sensitivity "
        "sensitive sequential paired interval peripheral tube "
        "clean catch am pm morning draw venipuncture "
        "poc screen screening confirmatory conc concentration count titer quant quantitative "
        "second third first fourth delta hour hr gen generation 4th admission",
        "panel": "collection dipstick serology "
        "fluid sample full set clean catch straight cath catheterized catheter catheterization "
        "foley specimen "
        "midstream manual both arm left right bilateral am pm "
        "morning draw workup profile screen fasting admission automated",
        "micro": "surveillance fluid bacterial sample "
        "susceptibility susceptibilities bottles bottle assay "
        "foot arm hand leg sacral peripheral central line site separate different two both "
        "stool sterile swab "
        "clean catch straight cath catheter catheterized foley specimen sample venipuncture "
        "aerobic anaerobic bottle sensitivity pcr screen nares swab expectorated induced "
        "midstream " + _SIDES,
        "imaging": "stat post pre limited dedicated follow up followup one two three 1 2 3 view "
        "protocol imaging scan erect decubitus oblique weight bearing frontal single multiple "
        "series complete comprehensive " + _SIDES,
        "ecg": "monitoring monitor continuous old prior comparison compare formal limited complete "
        "12 twelve lead resting",
        "procedure": "diagnostic therapeutic urgent emergency inpatient flexible elective "
        "monitoring procedure knee shoulder hip ankle wrist elbow large volume guided "
        "fiberoptic spot " + _SIDES,
        "vital": "full complete room air score scale check exam rate noninvasive cuff automated "
        "continuous monitoring monitor hourly strict oral rectal axillary core manual "
        "frequent bedside assess assessment spot arm both "
        "reassess reassessment record document obtain " + _SIDES,
        "exam": "exam directed targeted brief screening comprehensive system body "
        "findings sign signs quick physical clinical "
        "focused detailed full complete thorough careful bedside repeat assess perform "
        "check review reassess recheck document record " + _SIDES,
    }.items()
})  # fmt: skip
"""Words that change nothing for tests of a kind, beside the qualifiers of every order."""

DETAILS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    "proc_lp": frozenset({"opening pressure"}),
    "proc_bronchoscopy": frozenset({"bal", "lavage", "washings"}),
    "proc_egd": frozenset({"banding", "biopsy"}),
    "echo_tte": frozenset({"bubble", "bubble study", "definity", "agitated saline"}),
    "panel_abg": frozenset({"lactate"}),
    "panel_vbg": frozenset({"lactate"}),
    "panel_cmp": frozenset({"lfts", "lft"}),
    "exam_rectal": frozenset({"guaiac", "stool guaiac", "hemoccult", "fobt", "occult blood"}),
    "echo_tee": frozenset({"bubble", "bubble study", "agitated saline"}),
    "proc_colonoscopy": frozenset({"biopsy", "biopsies", "prep"}),
    "lab_hcv_ab": frozenset({"reflex", "reflex rna", "reflex to rna", "reflex pcr", "reflex to pcr",
                             "reflex viral load", "reflex to viral load"}),
    "img_us_renal": frozenset({"doppler", "dopplers"}),
    "img_us_scrotum": frozenset({"doppler", "dopplers"}),
    "img_us_pelvis": frozenset({"doppler", "dopplers"}),
    "img_mr_head": frozenset({"dwi", "diffusion", "stroke protocol"}),
    "lab_tsh": frozenset(
        {"reflex", "reflex t4", "reflex ft4", "reflex free t4", "reflex to free t4"}
    ),
    "micro_urine_cx": frozenset({"sensitivities", "sensitivity"}),
    "exam_neuro": frozenset({"nihss"}),
})  # fmt: skip
"""What may follow "with" after an order and is done with it."""
