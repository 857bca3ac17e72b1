-- What the patient took before arrival.
-- Grain: one admission and drug.
-- Source: ed.medrecon of the emergency stay; where it names none, Medications on Admission of the
-- discharge summary, one entry a drug as written there. A clinician has this list (leak-prevention
-- channels 7 and 8). A list with numbers is cut at the numbers, any other at its lines.
with reconciled as (
    select distinct
        arrived.hadm_id,
        trim(medrecon.drug_name) as drug_name
    from {{ ref('int_visits__arrived') }} as arrived
    inner join {{ ref('stg_mimiciv_ed__medrecon') }} as medrecon
        on arrived.ed_stay_id = medrecon.stay_id
    where trim(coalesce(medrecon.drug_name, '')) != ''
),

listed as (
    select
        sections.hadm_id,
        unnest(
            case
                when regexp_matches(sections.words, '(?m)^[0-9]{1,2}[.)] ')
                    then
                        list_transform(
                            string_split_regex(e'\n' || sections.words, '\n[0-9]{1,2}[.)] '),
                            lambda entry: replace(entry, e'\n', ' ')
                        )[2:]
                else string_split(sections.words, e'\n')
            end
        ) as entry
    from {{ ref('int_notes__sections') }} as sections
    where
        sections.section = 'home_drugs'
        and sections.hadm_id not in (select reconciled.hadm_id from reconciled)
),

noted as (
    select distinct
        hadm_id,
        regexp_replace(trim(entry), '^[-*+#] *', '') as drug_name
    from listed
)

select
    hadm_id,
    drug_name
from reconciled
union all
select
    hadm_id,
    drug_name
from noted
where
    regexp_matches(drug_name, '[A-Za-z]')
    -- Lines about the list, and lists that say that there is nothing.
    and not regexp_matches(
        drug_name,
        '(?i)^(?:the )?pre-?admission medication list'
        || '|^(?:none|no medications?|nkda|unknown|n/a)\b.{0,20}$|^unable to (?:obtain|verify)'
        || '|^information was obtained|accurate and complete|:$'
    )
