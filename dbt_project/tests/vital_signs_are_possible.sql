-- Ranges: MIT-LCP/mimic-code, concept vitalsign.
select
    scenario_id,
    test_id
from {{ ref('evidence') }}
where
    kind = 'vital'
    and not {{ is_valid_vital('test_id', 'value_num') }}
union all
select
    scenario_id,
    'triage' as test_id
from {{ ref('scenarios') }}
where
    not coalesce({{ is_valid_vital("'vital_temp'", 'temperature_c') }}, true)
    or not coalesce({{ is_valid_vital("'vital_hr'", 'heart_rate_bpm') }}, true)
    or not coalesce({{ is_valid_vital("'vital_rr'", 'resp_rate_per_min') }}, true)
    or not coalesce({{ is_valid_vital("'vital_spo2'", 'spo2_pct') }}, true)
    or not coalesce({{ is_valid_vital("'vital_sbp'", 'sbp_mmhg') }}, true)
    or not coalesce({{ is_valid_vital("'vital_dbp'", 'dbp_mmhg') }}, true)
