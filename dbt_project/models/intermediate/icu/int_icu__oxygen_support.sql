-- Kind of oxygen support at each moment at which a device or a mode was charted.
-- Grain: one intensive care stay and moment.
-- Source: icu-definitions.md section 5; macro ventilation_rules. The first class that fits holds,
-- over all devices of the moment. Words that fit no class (`T-piece`, `Other`, `Standby`) tell
-- nothing.
with observed as (
    select
        stay_id,
        charted_at,
        min(
            case
                {%- for status, rules in ventilation_rules() %}
                    {%- set class_no = loop.index %}
                    {%- for itemid, words in rules %}
                        when
                            itemid = {{ itemid }}
                            and words in (
                                {% for word in words -%}
                                    '{{ word }}'{{ ',' if not loop.last }}
                                {% endfor %}
                            )
                            then {{ class_no }}
                    {%- endfor %}
                {%- endfor %}
            end
        ) as class_no
    from {{ ref('int_icu__charted') }}
    where itemid in (226732, 223849, 229314)
    group by stay_id, charted_at
)

select
    stay_id,
    charted_at,
    case class_no
        {%- for status, _ in ventilation_rules() %}
            when {{ loop.index }} then '{{ status }}'
        {%- endfor %}
    end as status
from observed
where class_no is not null
