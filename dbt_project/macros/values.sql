{#- Hours from `start` to `moment`; null when either is. -#}
{% macro hours_between(start, moment) -%}
    date_diff('second', {{ start }}, {{ moment }}) / 3600.0::double
{%- endmacro %}

{#- A number as a clinician would write it: no trailing zeros, at most two decimals. -#}
{% macro number_text(number) -%}
    case
        when {{ number }} = round({{ number }})
            then cast(cast({{ number }} as bigint) as varchar)
        else cast(round({{ number }}, 2) as varchar)
    end
{%- endmacro %}

{#- Degrees Fahrenheit to Celsius, one decimal; null outside 70 to 120 F: that was no Fahrenheit.
    Source: MIT-LCP/mimic-code, concept vitalsign. -#}
{% macro celsius(fahrenheit) -%}
    case
        when {{ fahrenheit }} > 70 and {{ fahrenheit }} < 120
            then round(({{ fahrenheit }} - 32) / 1.8, 1)
    end
{%- endmacro %}

{#- SQL condition: is the value possible for this vital sign? Units: bpm, mmHg, per minute, C, %,
    mg/dL, kg, cm. Vitals without a rule pass. Source: MIT-LCP/mimic-code, concepts vitalsign,
    height, icp. -#}
{% macro is_valid_vital(test_id, value) -%}
    case {{ test_id }}
        when 'vital_hr' then {{ value }} > 0 and {{ value }} < 300
        when 'vital_sbp' then {{ value }} > 0 and {{ value }} < 400
        when 'vital_dbp' then {{ value }} > 0 and {{ value }} < 300
        when 'vital_map' then {{ value }} > 0 and {{ value }} < 300
        when 'vital_rr' then {{ value }} > 0 and {{ value }} < 70
        when 'vital_temp' then {{ value }} > 10 and {{ value }} < 50
        when 'vital_spo2' then {{ value }} > 0 and {{ value }} <= 100
        when 'vital_glucose_poc' then {{ value }} > 0
        when 'vital_weight' then {{ value }} > 0 and {{ value }} < 1500
        when 'vital_height' then {{ value }} > 120 and {{ value }} < 230
        when 'vital_icp' then {{ value }} > 0 and {{ value }} < 100
        when 'vital_fio2' then {{ value }} >= 20 and {{ value }} <= 100
        else true
    end
{%- endmacro %}

{#- The value if it is possible for this vital sign, else null. -#}
{% macro valid_vital(test_id, value) -%}
    case when {{ is_valid_vital("'" ~ test_id ~ "'", value) }} then {{ value }} end
{%- endmacro %}

{#- Age in bands, for results by group. -#}
{% macro age_band(age) -%}
    case
        when {{ age }} < 30 then '18-29'
        when {{ age }} < 50 then '30-49'
        when {{ age }} < 65 then '50-64'
        when {{ age }} < 80 then '65-79'
        else '80+'
    end
{%- endmacro %}
