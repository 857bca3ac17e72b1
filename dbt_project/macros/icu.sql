{#- Charted vital signs: (itemid, measure, catalogue test whose limits hold).
    Source: icu-definitions.md section 1. -#}
{% macro icu_vital_items() -%}
    {{ return([
        (220045, 'heart_rate_bpm', 'vital_hr'),
        (220179, 'sbp_mmhg', 'vital_sbp'),
        (220050, 'sbp_mmhg', 'vital_sbp'),
        (225309, 'sbp_mmhg', 'vital_sbp'),
        (220180, 'dbp_mmhg', 'vital_dbp'),
        (220051, 'dbp_mmhg', 'vital_dbp'),
        (225310, 'dbp_mmhg', 'vital_dbp'),
        (220181, 'map_mmhg', 'vital_map'),
        (220052, 'map_mmhg', 'vital_map'),
        (225312, 'map_mmhg', 'vital_map'),
        (220210, 'resp_rate_per_min', 'vital_rr'),
        (224690, 'resp_rate_per_min', 'vital_rr'),
        (223761, 'temperature_c', 'vital_temp'),
        (223762, 'temperature_c', 'vital_temp'),
        (220277, 'spo2_pct', 'vital_spo2'),
        (225664, 'glucose_charted_mg_dl', 'vital_glucose_poc'),
        (220621, 'glucose_charted_mg_dl', 'vital_glucose_poc'),
        (226537, 'glucose_charted_mg_dl', 'vital_glucose_poc'),
    ]) }}
{%- endmacro %}

{#- Items that are charted while a renal replacement runs; 227290 is the mode of a continuous one.
    Source: icu-definitions.md section 9. -#}
{% macro icu_renal_replacement_items() -%}
    {{ return([
        227290, 224144, 224145, 224149, 224150, 224151, 224152, 224153, 224154, 224191, 225183,
        226457, 226499, 228004, 228005, 228006,
    ]) }}
{%- endmacro %}

{#- Every charted item that the intensive care models read, in one list: chartevents is the largest
    table of all, and is read once. -#}
{% macro icu_charted_items() -%}
    {%- set items = [
        220739, 223900, 223901,
        223835,
        226732, 223849, 229314,
        226512, 224639,
        226730, 226707,
    ] -%}
    {%- for itemid, _, _ in icu_vital_items() -%} {%- do items.append(itemid) -%} {%- endfor -%}
    {%- do items.extend(icu_renal_replacement_items()) -%}
    {{ items | sort | join(', ') }}
{%- endmacro %}

{#- Laboratory items: (itemid, measure, lowest value that is no error and itself excluded, highest
    that is included); none where no limit is stated. Source: icu-definitions.md section 2. -#}
{% macro icu_lab_items() -%}
    {{ return([
        (51221, 'hematocrit_pct', 0, none),
        (51222, 'hemoglobin_g_dl', 0, none),
        (51265, 'platelets_k_ul', 0, none),
        (51301, 'wbc_k_ul', 0, none),
        (50862, 'albumin_g_dl', 0, 10),
        (50868, 'anion_gap_meq_l', none, 10000),
        (50882, 'bicarbonate_meq_l', 0, 10000),
        (51006, 'urea_nitrogen_mg_dl', 0, 300),
        (50893, 'calcium_mg_dl', 0, none),
        (50902, 'chloride_meq_l', 0, none),
        (50912, 'creatinine_mg_dl', 0, 150),
        (50931, 'glucose_mg_dl', 0, 10000),
        (50983, 'sodium_meq_l', 0, 200),
        (50971, 'potassium_meq_l', 0, 30),
        (51237, 'inr', 0, none),
        (51274, 'pt_s', 0, none),
        (51275, 'ptt_s', 0, none),
        (50885, 'bilirubin_total_mg_dl', 0, none),
        (50802, 'base_excess_meq_l', none, none),
        (50813, 'lactate_mmol_l', 0, 10000),
        (50816, 'fio2_raw', 0, none),
        (50818, 'pco2_mmhg', 0, none),
        (50820, 'ph', 0, none),
        (50821, 'po2_mmhg', 0, none),
        (52033, 'specimen', none, none),
    ]) }}
{%- endmacro %}

{#- Measures of blood gases: rows of one specimen belong together. -#}
{% macro icu_gas_measures() -%}
    {{ return([
        'base_excess_meq_l', 'lactate_mmol_l', 'fio2_raw', 'pco2_mmhg', 'ph', 'po2_mmhg', 'specimen'
    ]) }}
{%- endmacro %}

{#- The same as an SQL list. -#}
{% macro icu_gas_measure_list() -%}
    {%- for measure in icu_gas_measures() %}
            '{{ measure }}'{{ ',' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{#- Drugs that act on heart and vessels: (itemid, drug, is it a vasopressor). Dobutamine and
    milrinone are inotropes. Source: icu-definitions.md section 6, with the further items of the
    dictionary that it names. -#}
{% macro icu_vasoactive_items() -%}
    {{ return([
        (221906, 'norepinephrine', true),
        (221289, 'epinephrine', true),
        (229617, 'epinephrine', true),
        (221749, 'phenylephrine', true),
        (229630, 'phenylephrine', true),
        (229632, 'phenylephrine', true),
        (222315, 'vasopressin', true),
        (221662, 'dopamine', true),
        (229709, 'angiotensin_ii', true),
        (229764, 'angiotensin_ii', true),
        (221653, 'dobutamine', false),
        (221986, 'milrinone', false),
    ]) }}
{%- endmacro %}

{#- Class of oxygen support that a charted text tells, by its item; null when it tells none. Blanks
    at the ends are gone already. Source: icu-definitions.md section 5. -#}
{% macro ventilation_rules() -%}
    {{ return([
        ('Tracheostomy', [(226732, ['Tracheostomy tube', 'Trach mask'])]),
        ('InvasiveVent', [
            (226732, ['Endotracheal tube']),
            (223849, [
                '(S) CMV', 'APRV', 'APRV/Biphasic+ApnPress', 'APRV/Biphasic+ApnVol', 'APV (cmv)',
                'Ambient', 'Apnea Ventilation', 'CMV', 'CMV/ASSIST', 'CMV/ASSIST/AutoFlow',
                'CMV/AutoFlow', 'CPAP/PPS', 'CPAP/PSV', 'CPAP/PSV+Apn TCPL', 'CPAP/PSV+ApnPres',
                'CPAP/PSV+ApnVol', 'MMV', 'MMV/AutoFlow', 'MMV/PSV', 'MMV/PSV/AutoFlow', 'P-CMV',
                'PCV+', 'PCV+/PSV', 'PCV+Assist', 'PRES/AC', 'PRVC/AC', 'PRVC/SIMV', 'PSV/SBT',
                'SIMV', 'SIMV/AutoFlow', 'SIMV/PRES', 'SIMV/PSV', 'SIMV/PSV/AutoFlow', 'SIMV/VOL',
                'SYNCHRON MASTER', 'SYNCHRON SLAVE', 'VOL/AC',
            ]),
            (229314, [
                'APRV', 'APV (cmv)', 'APV (simv)', 'Ambient', '(S) CMV', 'P-CMV', 'SIMV', 'P-SIMV',
                'VS', 'ASV',
            ]),
        ]),
        ('NonInvasiveVent', [
            (226732, ['Bipap mask', 'CPAP mask']),
            (229314, ['DuoPaP', 'NIV', 'NIV-ST']),
        ]),
        ('HFNC', [(226732, ['High flow nasal cannula'])]),
        ('SupplementalOxygen', [
            (226732, [
                'Non-rebreather', 'Face tent', 'Aerosol-cool', 'Venti mask', 'Medium conc mask',
                'Ultrasonic neb', 'Vapomist', 'Oxymizer', 'High flow neb', 'Nasal cannula',
            ]),
        ]),
        ('None', [(226732, ['None'])]),
    ]) }}
{%- endmacro %}

{#- Hour of the stay's grid to which a moment belongs: hour 0 ends at `first_hour_ends_at`, and a
    moment belongs to the hour that ends at it or after it. -#}
{% macro icu_hour_of(first_hour_ends_at, moment) -%}
    cast(ceil(date_diff('second', {{ first_hour_ends_at }}, {{ moment }}) / 3600.0) as bigint)
{%- endmacro %}
