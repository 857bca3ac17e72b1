-- Decompensated cirrhosis (encephalopathy, ascites, SBP).
-- Grain: one admission.
-- code_support: cirrhosis alone (K74.69, 571.2, 571.5) must come with a code of decompensation;
-- K70.31 names ascites itself.
{{ config(meta={'category': 'gastroenterology', 'condition': 'decompensated_cirrhosis'}) }}
with screened as (
    {{ screened('decompensated_cirrhosis') }}
)

select
    screened.subject_id,
    screened.hadm_id,
    screened.stay_id,
    screened.t0,
    screened.condition_id
from screened
where
    not {{ code_starts_with(
        'screened.target_code', 'screened.target_version', ['K7469'], ['5712', '5715']
    ) }}
    or {{ has_diagnosis(
        'screened',
        ['K7290', 'K7291', 'K7682', 'K652', 'R188', 'I8511'],
        ['5722', '56723', '78959', '45620']
    ) }}
