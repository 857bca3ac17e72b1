-- Beats that medcred found in the waveforms (sources/waveforms); no rows unless asked for.
-- Grain: one record.
select
    landed.subject_id,
    landed.study_id,
    landed.outcome,
    landed.lead,
    landed.beats,
    landed.rr_mean_ms,
    landed.rr_sd_ms,
    landed.rate_per_min
from {{ raw('ecg', 'waveform_measurements') }} as landed
