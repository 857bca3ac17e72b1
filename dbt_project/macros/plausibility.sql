{#- Severity of a test of raw data: an error in generated data, which has no excuse, a warning in
    real data, whose faults are known and left as they are. -#}
{% macro severity_of_faults() -%}
    {{ return('error' if env_var('MEDCRED_RELEASE', '').startswith('synthetic') else 'warn') }}
{%- endmacro %}

{#- What a result of a common laboratory test can be in a living or dying adult: (item, analyte,
    lowest, highest), in the unit that MIMIC prints. Far wider than any reference range: a value
    outside is a slip of the pen or of the unit. Limits are set by hand, generously, beyond the
    extremes of published critical values (Kost 1990, Howanitz 2002) and of the analysers. -#}
{% macro laboratory_ranges() -%}
    {{ return([
        (50983, 'sodium, mEq/L', 90, 210),
        (50971, 'potassium, mEq/L', 1, 12),
        (50902, 'chloride, mEq/L', 50, 170),
        (50882, 'bicarbonate, mEq/L', 0, 65),
        (50868, 'anion gap, mEq/L', -20, 80),
        (51006, 'urea nitrogen, mg/dL', 0, 350),
        (50912, 'creatinine, mg/dL', 0, 50),
        (50931, 'glucose, mg/dL', 0, 3000),
        (50893, 'calcium, mg/dL', 2, 25),
        (50960, 'magnesium, mg/dL', 0, 25),
        (50970, 'phosphate, mg/dL', 0, 35),
        (50861, 'ALT, IU/L', 0, 35000),
        (50878, 'AST, IU/L', 0, 50000),
        (50863, 'alkaline phosphatase, IU/L', 0, 6000),
        (50885, 'bilirubin, mg/dL', 0, 90),
        (50862, 'albumin, g/dL', 0.3, 8),
        (50954, 'LDH, IU/L', 0, 50000),
        (50956, 'lipase, IU/L', 0, 50000),
        (50910, 'creatine kinase, IU/L', 0, 1000000),
        (51003, 'troponin T, ng/mL', 0, 100),
        (50963, 'NTproBNP, pg/mL', 0, 200000),
        (50964, 'osmolality, mOsm/kg', 150, 600),
        (50993, 'TSH, uIU/mL', 0, 500),
        (51301, 'white cells, K/uL', 0, 1000),
        (51222, 'hemoglobin, g/dL', 1, 27),
        (51221, 'hematocrit, %', 3, 80),
        (51265, 'platelets, K/uL', 0, 4000),
        (51250, 'MCV, fL', 40, 170),
        (51277, 'RDW, %', 5, 45),
        (51256, 'neutrophils, %', 0, 100),
        (51244, 'lymphocytes, %', 0, 100),
        (51254, 'monocytes, %', 0, 100),
        (51237, 'INR', 0.3, 30),
        (51274, 'PT, s', 5, 200),
        (51275, 'PTT, s', 10, 300),
        (51214, 'fibrinogen, mg/dL', 0, 2500),
        (51288, 'sedimentation rate, mm/h', 0, 200),
        (50889, 'C-reactive protein, mg/L', 0, 1000),
        (50813, 'lactate, mmol/L', 0, 45),
        (50820, 'blood pH', 6.3, 8),
        (50818, 'pCO2, mmHg', 3, 250),
        (50821, 'pO2, mmHg', 0, 800),
        (50802, 'base excess, mEq/L', -50, 50),
        (50817, 'oxygen saturation, %', 0, 100),
        (51498, 'urine specific gravity', 1, 1.1),
        (51491, 'urine pH', 4, 10),
    ]) }}
{%- endmacro %}

{#- Events that are taken at one time and seen at another: (model, taken, stored). -#}
{% macro stored_events() -%}
    {{ return([
        ('stg_mimiciv_hosp__labevents', 'charted_at', 'stored_at'),
        ('stg_mimiciv_hosp__microbiologyevents', 'charted_at', 'stored_at'),
        ('stg_mimiciv_hosp__microbiologyevents', 'charted_on', 'stored_on'),
        ('stg_mimiciv_hosp__emar', 'charted_at', 'stored_at'),
        ('stg_mimiciv_icu__chartevents', 'charted_at', 'stored_at'),
        ('stg_mimiciv_icu__datetimeevents', 'charted_at', 'stored_at'),
        ('stg_mimiciv_icu__outputevents', 'charted_at', 'stored_at'),
        ('stg_mimiciv_note__discharge', 'charted_at', 'stored_at'),
        ('stg_mimiciv_note__radiology', 'charted_at', 'stored_at'),
    ]) }}
{%- endmacro %}

{#- Spans of time that end after they begin: (model, beginning, end). -#}
{% macro spans() -%}
    {{ return([
        ('stg_mimiciv_hosp__admissions', 'admitted_at', 'discharged_at'),
        ('stg_mimiciv_hosp__admissions', 'ed_registered_at', 'ed_left_at'),
        ('stg_mimiciv_hosp__transfers', 'arrived_at', 'left_at'),
        ('stg_mimiciv_icu__icustays', 'arrived_at', 'left_at'),
        ('stg_mimiciv_icu__inputevents', 'started_at', 'ended_at'),
        ('stg_mimiciv_icu__ingredientevents', 'started_at', 'ended_at'),
        ('stg_mimiciv_icu__procedureevents', 'started_at', 'ended_at'),
        ('stg_mimiciv_ed__edstays', 'arrived_at', 'left_at'),
    ]) }}
{%- endmacro %}

{#- Everything dated that happens to a patient: (model, time). -#}
{% macro events_of_patients() -%}
    {{ return([
        ('stg_mimiciv_hosp__admissions', 'admitted_at'),
        ('stg_mimiciv_hosp__labevents', 'charted_at'),
        ('stg_mimiciv_hosp__microbiologyevents', 'charted_at'),
        ('stg_mimiciv_hosp__emar', 'charted_at'),
        ('stg_mimiciv_hosp__poe', 'ordered_at'),
        ('stg_mimiciv_hosp__omr', 'chart_date'),
        ('stg_mimiciv_icu__chartevents', 'charted_at'),
        ('stg_mimiciv_icu__inputevents', 'started_at'),
        ('stg_mimiciv_icu__outputevents', 'charted_at'),
        ('stg_mimiciv_icu__procedureevents', 'started_at'),
        ('stg_mimiciv_ed__edstays', 'arrived_at'),
        ('stg_mimiciv_note__radiology', 'charted_at'),
        ('stg_mimiciv_cxr__metadata', 'taken_at'),
        ('stg_mimiciv_ecg__record_list', 'recorded_at'),
        ('stg_mimiciv_echo__study_list', 'studied_at'),
        ('stg_mimiciv_pulseox__pulseox_data', 'taken_at'),
    ]) }}
{%- endmacro %}

{#- Columns that name a row of another table: (model, column, other model, its column). -#}
{% macro foreign_keys() -%}
    {%- set keys = [] -%}
    {%- for table in [
        'admissions', 'diagnoses_icd', 'drgcodes', 'emar', 'emar_detail', 'hcpcsevents', 'labevents',
        'microbiologyevents', 'omr', 'pharmacy', 'poe', 'poe_detail', 'prescriptions',
        'procedures_icd', 'services', 'transfers',
    ] -%}
        {%- do keys.append((
            'stg_mimiciv_hosp__' ~ table, 'subject_id', 'stg_mimiciv_hosp__patients', 'subject_id'
        )) -%}
    {%- endfor -%}
    {%- for table in [
        'diagnoses_icd', 'drgcodes', 'emar', 'hcpcsevents', 'labevents', 'microbiologyevents',
        'pharmacy', 'poe', 'prescriptions', 'procedures_icd', 'services', 'transfers',
    ] -%}
        {%- do keys.append((
            'stg_mimiciv_hosp__' ~ table, 'hadm_id', 'stg_mimiciv_hosp__admissions', 'hadm_id'
        )) -%}
    {%- endfor -%}
    {%- for table in [
        'chartevents', 'datetimeevents', 'ingredientevents', 'inputevents', 'outputevents',
        'procedureevents',
    ] -%}
        {%- do keys.append((
            'stg_mimiciv_icu__' ~ table, 'stay_id', 'stg_mimiciv_icu__icustays', 'stay_id'
        )) -%}
        {%- do keys.append((
            'stg_mimiciv_icu__' ~ table, 'itemid', 'stg_mimiciv_icu__d_items', 'itemid'
        )) -%}
    {%- endfor -%}
    {%- for table in ['diagnosis', 'medrecon', 'pyxis', 'triage', 'vitalsign'] -%}
        {%- do keys.append((
            'stg_mimiciv_ed__' ~ table, 'stay_id', 'stg_mimiciv_ed__edstays', 'stay_id'
        )) -%}
    {%- endfor -%}
    {%- do keys.extend([
        ('stg_mimiciv_icu__icustays', 'hadm_id', 'stg_mimiciv_hosp__admissions', 'hadm_id'),
        ('stg_mimiciv_ed__edstays', 'subject_id', 'stg_mimiciv_hosp__patients', 'subject_id'),
        ('stg_mimiciv_ed__edstays', 'hadm_id', 'stg_mimiciv_hosp__admissions', 'hadm_id'),
        ('stg_mimiciv_hosp__labevents', 'itemid', 'stg_mimiciv_hosp__d_labitems', 'itemid'),
        ('stg_mimiciv_hosp__emar_detail', 'emar_id', 'stg_mimiciv_hosp__emar', 'emar_id'),
        ('stg_mimiciv_hosp__poe_detail', 'poe_id', 'stg_mimiciv_hosp__poe', 'poe_id'),
        ('stg_mimiciv_hosp__emar', 'poe_id', 'stg_mimiciv_hosp__poe', 'poe_id'),
        ('stg_mimiciv_ecg__waveform_note_links', 'subject_id', 'stg_mimiciv_hosp__patients',
         'subject_id'),
    ]) -%}
    {{ return(keys) }}
{%- endmacro %}
