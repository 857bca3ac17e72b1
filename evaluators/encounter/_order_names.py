"""Names and abbreviations that clinicians use beyond the synonyms of the catalogue.

Belongs here: whole names of one test, words that stand for others inside a name, words that change
nothing for tests of some kinds. Does not belong here: the rules that use them (`_order_index`,
`orders`), names of the catalogue itself (`test_catalogue.csv`).

A name here is added to the catalogue's own; one that another test has as well makes the wording
ambiguous, as everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final


def _table(text: str, divider: str) -> Mapping[str, str]:
    pairs = (line.split(divider) for line in text.strip().splitlines())
    return MappingProxyType({left.strip(): right.strip() for left, right in pairs})


EXTRA_NAMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({
    test_id: tuple(names.split("|"))
    for test_id, names in _table(
        """
        lab_wbc = WBC count|WBCs
        lab_na = Na
        lab_mg = Mg++|Mg2+|magnesium
        lab_ica = i-Cal|free Ca|ionised Ca
        lab_tnt = cTnT|hs-cTnT|high sensitivity trop|high sensitivity cardiac troponin T|hs-trop
        lab_ck = total CK|total CPK
        lab_ckmb = CK-MB fraction
        lab_hcg_serum = serum pregnancy|hCG quantitative|blood pregnancy test
        lab_hcg_urine = urine pregnancy|POC urine hCG
        lab_acetaminophen = paracetamol
        lab_salicylate = salicylate
        lab_hba1c = hemoglobin a1c %|hba1c %
        lab_urine_na = urine Na
        lab_urine_k = urine K
        lab_urine_cl = urine Cl
        lab_urine_cr = urine Cr
        lab_urine_urea = urine BUN|urine urea nitrogen
        lab_vanco_level = vancomycin level|vancomycin random|vancomycin peak
        lab_hiv = HIV Ag/Ab|HIV 1/2 Ag/Ab|HIV 4th gen|HIV antibody screen|HIV screening
        lab_uacr = urine microalbumin|urine albumin creatinine ratio
        lab_flu_pcr = influenza A/B|influenza swab|influenza A/B swab|flu PCR
        lab_smear_rbc = peripheral blood smear review|peripheral smear review
        lab_osm = serum osmolarity|plasma osmolarity|serum osm
        lab_urine_osm = urine osmolarity|urine osm
        panel_cbc = CBC without differential|CBC no differential|CBC with platelets
        panel_cbc_diff = CBC and differential|CBC with differential and platelets|CBC with automated differential|CBC with manual differential|CBC differential and platelets
        panel_bmp = basic chemistry|basic chemistry panel|basic chem|UEs|urea electrolytes creatinine
        panel_camgphos = extended lytes
        panel_lft = liver profile|liver function|hepatic function|hepatic profile
        panel_coag = coagulation profile|coagulation tests|coagulation
        panel_anemia = anemia workup
        panel_ua = urinalysis microscopic exam|urinalysis with micro|urinalysis with microscopy|urinalysis and microscopy
        panel_utox = urine toxicology|urine tox screen
        panel_stox = serum toxicology|blood toxicology screen
        panel_csf = CSF cell count and differential|CSF studies
        panel_vitals = vital sign check|obs
        panel_bp = both arms BP|arm BP|manual BP
        lab_asc_tnc = ascitic fluid cell count|ascitic fluid cell count with differential|ascites cell count and diff
        micro_pleural_cx = pleural fluid gram stain and culture
        micro_ascites_cx = ascites fluid culture|ascitic fluid gram stain and culture
        micro_wound_cx = wound gram stain and culture
        micro_csf_cx = CSF gram stain and culture
        micro_sputum_cx = sputum gram stain and culture|sputum culture
        micro_cdiff = C difficile|C difficile toxin|C diff toxin|C difficile toxin PCR|C diff toxin PCR
        micro_mrsa_screen = MRSA nares|MRSA nares swab|MRSA nasal
        micro_resp_viral = respiratory viral PCR|respiratory virus panel|respiratory viral panel PCR
        micro_afb = sputum AFB|sputum AFB smear|sputum AFB culture
        micro_crypto_ag = serum cryptococcal antigen|cryptococcal antigen serum
        micro_gcct = GC chlamydia|gonorrhea and chlamydia|GC/CT NAAT|GC/CT urine NAAT|urine GC/CT|GC/CT PCR
        micro_monospot = monospot
        micro_cath_tip = catheter tip culture
        img_xr_extremity = ankle xray|knee xray|foot xray|hand xray|wrist xray|elbow xray|shoulder xray|tibia xray|forearm xray|humerus xray
        img_xr_chest = chest xray|portable xray chest
        img_cta_chest = CT pulmonary angiography|CTA pulmonary|CT pulmonary embolism|CTA pulmonary embolism|CT angiography chest|pulmonary embolism CT
        img_cta_head_neck = CT angiography head neck|CTA neck
        img_cta_abd = CT angiography abdomen pelvis|CTA abdomen pelvis|CT angiography abdomen
        img_cta_aorta = CT angiography chest abdomen pelvis|CTA aorta|CT angiography torso|CTA torso dissection
        img_ct_abd_pelvis_nc = CT stone|CT renal stone protocol
        img_us_ruq = ultrasound RUQ|ultrasound gallbladder|ultrasound right upper quadrant
        img_us_renal = ultrasound kidney|ultrasound kidney bladder|ultrasound renal bladder
        img_us_dvt_lower = lower extremity ultrasound|lower extremity venous ultrasound|lower extremity duplex ultrasound|lower extremity doppler ultrasound|LE doppler|LE duplex|LE venous duplex|LE ultrasound|leg doppler|leg duplex|leg ultrasound
        img_us_dvt_upper = upper extremity duplex|upper extremity ultrasound|upper extremity venous duplex
        img_us_pelvis = pelvis ultrasound transvaginal|transvaginal pelvis ultrasound
        img_us_scrotum = scrotal ultrasound with doppler|testicular ultrasound with doppler
        img_us_carotid = carotid duplex ultrasound|carotid artery ultrasound
        img_fast = FAST exam|FAST ultrasound
        img_mr_spine = MRI cervical spine|MRI thoracic spine|MRI lumbar spine|MRI total spine|MRI whole spine|MRI t spine|MRI l spine|MRI c spine
        img_mr_head = MRI brain DWI|MRI head DWI|MRI brain stroke protocol
        ecg_telemetry = cardiac monitor|telemetry monitor|cardiac telemetry
        proc_paracentesis = diagnostic para|para
        proc_bone_marrow = bone marrow biopsy and aspirate
        proc_eeg = video EEG|EEG monitoring|continuous video EEG
        proc_egd = upper GI endoscopy|gastroscopy
        vital_glucose_poc = POCT glucose|POC blood glucose|point of care glucose|capillary glucose|capillary blood glucose
        vital_urine_output = strict I/O|strict I&O|intake and output|I&O
        vital_spo2 = pulse oximetry|O2 saturation|oxygen sats
        vital_temp = core temperature|body temperature
        vital_bladder_scan = PVR|post void residual volume
        exam_full = complete physical exam|head to toe exam|full physical
        exam_general = general inspection
        exam_abdomen = abdomen exam|examine abdomen|palpate abdomen|abdomen palpation|auscultate abdomen
        exam_cardiac = cardiovascular exam|cardiac exam|auscultate heart|listen heart|heart auscultation|heart sounds|examine heart
        exam_lung = lung exam|respiratory exam|pulmonary exam|auscultate lungs|listen lungs|lung auscultation|auscultate chest|chest exam|examine lungs|examine chest
        exam_neuro = neurological exam|neurologic exam|NIH stroke scale|national institutes health stroke scale|mental status exam|cranial nerve exam|examine neurological
        exam_rectal = digital rectal exam|rectal
        exam_skin = skin check|examine skin|dermatologic exam
        exam_extremities = extremity exam|examine legs|examine extremities|lower extremity exam|limb exam|peripheral pulses|pulse exam
        exam_heent = head and neck exam|ENT exam|throat exam|eye exam
        exam_gu_pelvic = genitourinary exam|pelvis exam|genital exam
        exam_psych = psychiatric exam|mood assessment
        hist_meds = medication history|home medication|medication reconciliation|meds|home medication list
        hist_pmh = past history|past medical and surgical history|medical history
        hist_allergies = allergy|medication allergies
        hist_social = family history|social and family history
        """,
        "=",
    ).items()
})  # fmt: skip
"""Names by test id; a test that a catalogue does not have is left out."""

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
        """,
        ">",
    ).items()
})  # fmt: skip
"""Words inside a name, and what they stand for; used where the wording as it stands is no name."""

_SIDES = "left right bilateral bilaterally l r both sided"
HARMLESS: Final[Mapping[str, frozenset[str]]] = MappingProxyType({
    kind: frozenset(words.split())
    for kind, words in {
        "lab": "swab nasopharyngeal np random spot clean catch am pm morning draw venipuncture fingerstick "
        "poc screen screening confirmatory conc concentration count titer quant quantitative "
        "second third first fourth delta hour hr gen generation 4th admission",
        "panel": "clean catch straight cath catheterized catheter catheterization foley specimen "
        "midstream manual both arm left right bilateral am pm morning draw workup profile screen fasting admission automated",
        "micro": "peripheral central line site separate different two both stool sterile swab "
        "clean catch straight cath catheter catheterized foley specimen sample venipuncture "
        "aerobic anaerobic bottle sensitivity pcr screen nares swab expectorated induced "
        "midstream " + _SIDES,
        "imaging": "stat post pre limited dedicated follow up followup " + _SIDES,
        "ecg": "monitoring monitor continuous old prior comparison compare formal limited complete",
        "procedure": "diagnostic urgent inpatient flexible elective monitoring " + _SIDES,
        "vital": "continuous monitoring monitor hourly strict oral rectal axillary core manual "
        "frequent bedside assess assessment spot arm both " + _SIDES,
        "exam": "focused detailed full complete thorough careful bedside repeat assess perform "
        "check review " + _SIDES,
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
    "lab_tsh": frozenset(
        {"reflex", "reflex t4", "reflex ft4", "reflex free t4", "reflex to free t4"}
    ),
    "micro_urine_cx": frozenset({"sensitivities", "sensitivity"}),
    "exam_neuro": frozenset({"nihss"}),
})  # fmt: skip
"""What may follow "with" after an order and is done with it."""
