-- What was charted in intensive care and serves the concepts of this folder: the one reading of
-- chartevents, as narrow as can be.
-- Grain: one charted value.
-- Source: icu-definitions.md; the items are in macros/icu.sql. Words lose the blanks at their ends,
-- since some releases have trimmed them. A number that is none (NaN, infinity) is null.
select
    charted.subject_id,
    charted.stay_id,
    charted.itemid,
    charted.charted_at,
    case when isfinite(charted.value_num) then charted.value_num end as value_num,
    case
        when charted.itemid in (223900, 226732, 223849, 229314)
            then nullif(trim(charted.value_text), '')
    end as words
from {{ ref('stg_mimiciv_icu__chartevents') }} as charted
where
    charted.itemid in ({{ icu_charted_items() }})
    and charted.charted_at is not null
    and charted.stay_id is not null
