{#- How a text is read before it is judged by the patterns of int_leaks__patterns. The copy that is
    judged is never shown: nothing in a presentation is masked or rewritten (leak-prevention B6).

    Source: leak-prevention rule B4 and channels 4 and 6. Without look-around, which DuckDB's
    patterns (RE2) do not have. -#}

{#- British spelling as American: the terms are written both ways, the texts are one way. -#}
{% macro american(words) -%}
    regexp_replace(
        regexp_replace(
            {{ words }}, '(?i)(h|isch|leuk|an|ur|glyc|calc|kal|natr|septic|bacter)aem', '\1em', 'g'
        ),
        '(?i)oedem', 'edem', 'g'
    )
{%- endmacro %}

{#- What of a text is said of the patient and not denied. Taken out: denials, what was ruled out,
    diseases of relatives. A question ("?GBS", "r/o appy") stays: in the complaint of a patient who
    has it, it names the answer.

    A cue is marked (`~`, of what was ruled out `^`). Words that begin a new statement end its reach
    (`|`), as do full stop, semicolon, colon and end of line; for `^` a comma does, too. What is not
    surely denied stays: a leak that is shown costs more than a scenario that is dropped. In a text
    without small letters ALL and TIPS are English words. -#}
{% macro asserted(words) -%}
    {%- set qualified = '( (new|known|prior|previous|past|personal|family|recent|other|further'
        ~ '|acute|clear|documented|any|a|an|evidence|signs?|symptoms?|history|hx|h/o|of|for'
        ~ '|having))*' -%}
    {%- set relatives = '(mother|father|mom|dad|parents?|sisters?|brothers?|siblings?|sons?'
        ~ '|daughters?'
        ~ '|aunts?|uncles?|cousins?|grandmothers?|grandfathers?|grandparents?|nieces?|nephews?|wife'
        ~ '|husband|spouse|partner|roommates?|sick contacts?|relatives?|family members?)' -%}
    {%- set steps = [
        ('(?i)\\bruled out for\\b', ' ~ '),
        ('(?i)\\b([\\w/-]+ ){1,3}ruled out\\b', ' ^ '),
        ('(?i)\\b((has|have|had|was|were) )?never ((had|has|have|been) )*(told|diagnosed|treated'
            ~ '|known)?'
            ~ '( (of|with|for|to have))*\\b' , ' ~ '),
        ('(?i)\\b(do|does|did|is|are|was|were|has|have|had)(n.t| not) (have|had|having|known'
            ~ '|diagnosed'
            ~ '|consistent|suggestive|suspicious|concerning)( (a|an|any|with|of|for'
            ~ '|to have))*\\b', ' ~ '),
        ('(?i)\\b(denie[sd]|denying|deny|(screens? )?neg(ative)? for|absence of|free of|without'
            ~ '|no longer has'
            ~ '|no|nor|(low|no) (suspicion|concern) (of|for))\\b' ~ qualified, ' ~ '),
        ('(?i)\\b' ~ relatives ~ '(.s)?( (who|also|both|and [a-z]+|recently))* ?'
            ~ '(had|has|have|with|died (of|from)|history of|h/o|hx of|side (had|with)|:|-)', ' ~ '),
        ('(?i)\\bfamily( medical| cardiac)? (history|hx)\\b( (of|is|notable|significant|positive'
            ~ '|for))*', ' ~ '),
        ('(?i)\\b(but|however|although|though|yet|except|now|today|here|then|presents?|presented'
            ~ '|presenting|came|comes|diagnosed|diagnosis|found|told|transferred|transfer|sent'
            ~ '|admitted|treated|seen'
            ~ '|showed|shows|showing|revealed|read as|positive|consistent|concerning|worsening'
            ~ '|he|she|they|patient|pt'
            ~ '|was|were|is|are|has|had|which|because|e[kc]g|cta?|mri|cxr|labs?|imaging)\\b',
            '| \\1'),
        ('~[^.;:|\\n^~]*', ' '),
        ('\\^[^,.;:|\\n^~]*', ' '),
        ('\\| ', ''),
    ] -%}
    {%- set judged = namespace(text=american(
        "case when regexp_matches(" ~ words ~ ", '[a-z]') then " ~ words
        ~ " else regexp_replace(regexp_replace("
        ~ words ~ ", '\\bALL\\b', 'all', 'g'), '\\bTIPS\\b', 'tips', 'g') end"
    )) -%}
    {%- for pattern, replacement in steps -%}
        {%- set judged.text = (
            "regexp_replace(" ~ judged.text ~ ", '" ~ pattern ~ "', '" ~ replacement ~ "', 'g')"
        ) -%}
    {%- endfor -%}
    {{ return(judged.text) }}
{%- endmacro %}

{#- Whether a text that was read by `asserted` gives the condition of a row of int_leaks__patterns
    away. -#}
{% macro gives_away(judged_words, patterns) -%}
    regexp_matches(
        coalesce(
            regexp_replace({{ judged_words }}, {{ patterns }}.blanked, ' ', 'g'), {{ judged_words }}
        ),
        {{ patterns }}.forbidden
    )
{%- endmacro %}

{#- The query of int_leaks__patterns. A macro, so that the unit tests of int_leaks__named begin with
    the terms: what a term catches is said by texts, not by patterns.

    `meanings`: a word among the forbidden ones, and expressions in which it says nothing of the
    condition. Source: common chart abbreviations (PE physical examination, UA urinalysis, CVA
    costovertebral angle). -#}
{% macro leak_patterns() -%}
    {%- set meanings = [
        ('PE', '\\b(on|by) PE\\b|\\bPE ?:|\\bPE (exam|notable|significant|unremarkable|benign)'),
        ('UA', '\\b(positive|negative|dirty|bland|clean|clear|pos|neg|repeat) UA\\b|\\bUA (was '
            ~ '|is )?(positive|negative'
            ~ '|pos|neg|with|showed|notable|dirty|bland|clean|sent|unremarkable|and)\\b|\\bUA/'),
        ('CVA', '\\bCVAT\\b|\\bCVA (tender|angle|percussion)\\w*'),
        ('flu', '\\bflu[- ](like|shots?|vaccin\\w*|season)'),
        ('IPH', '\\b(easy|gum|nose|nasal|gingival|vaginal|menstrual|rectal|GI|gastrointestinal'
            ~ '|hemorrhoidal)'
            ~ ' bleed\\w*|\\bbleeding (gums|disorder|diathesis|risk|time)'),
        ('SDH', '\\b(easy|gum|nose|nasal|gingival|vaginal|menstrual|rectal|GI|gastrointestinal'
            ~ '|hemorrhoidal)'
            ~ ' bleed\\w*|\\bbleeding (gums|disorder|diathesis|risk|time)'),
        ('SBO', '\\b(bladder outlet|urinary|ureteral|airway|airflow|biliary|nasal'
            ~ '|outflow) obstruction'),
        ('hip fx', '\\b(wrist|rib|ankle|arm|hand|foot|toe|finger|vertebral|compression|humer\\w*'
            ~ '|radi\\w+|clavic\\w+'
            ~ '|nasal|orbital|tibi\\w*|fibul\\w*|spin\\w*|skull|jaw|metatarsal) (fracture|fx)'),
    ] -%}
with terms as (
    select
        condition_id,
        leak_policy,
        string_split({{ american("forbidden_synonyms") }}, '|') as synonyms,
        {{ american("nullif(forbidden_regex, '')") }} as pattern,
        string_split({{ american("allowed_terms") }}, '|') as allowed
    from {{ ref('int_leak_terms__known') }}
    where leak_policy in ('strict', 'chronic_ok')
),

policies as (
    select
        condition_id,
        synonyms,
        allowed,
        concat_ws(
            '|',
            '\b('
            || regexp_replace(pattern, '\\b(ALL|CAP|TIPS)\\b', '(?-i:\\b\1\\b)', 'g')
            || ')',
            case
                when leak_policy = 'strict'
                    then '(^|[^a-z0-9])(' || list_aggregate(
                        list_transform(
                            synonyms,
                            lambda term: case
                                when term in ('ALL', 'CAP', 'TIPS') then '(?-i:' || term || ')'
                                else
                                    regexp_replace(
                                        regexp_escape(term), '\\?[ -]', '[ -]', 'g'
                                    )
                            end
                        ),
                        'string_agg', '|'
                    ) || ')s?([^a-z0-9]|$)'
            end
        ) as forbidden
    from terms
),

other_meanings as (
    {% for word, expression in meanings -%}
    select
        '{{ word }}' as word, -- noqa: RF04
        '{{ expression }}' as expression
    {{ 'union all' if not loop.last }}
    {% endfor %}
),

spared as (
    select
        policies.condition_id,
        string_agg(other_meanings.expression, '|' order by other_meanings.word) as expressions
    from policies
    inner join other_meanings
        on list_contains(policies.synonyms, other_meanings.word)
    group by policies.condition_id
)

select
    policies.condition_id,
    '(?i)(' || policies.forbidden || ')' as forbidden,
    '(?i)(' || nullif(
        concat_ws(
            '|',
            '\b(' || list_aggregate(
                list_transform(
                    list_filter(
                        policies.allowed,
                        lambda term: regexp_matches(term, '(?i)(' || policies.forbidden || ')')
                    ),
                    lambda term: regexp_escape(term)
                ),
                'string_agg', '|'
            ) || ')\b',
            spared.expressions
        ),
        ''
    ) || ')' as blanked
from policies
left join spared
    on policies.condition_id = spared.condition_id
where policies.forbidden != ''
{%- endmacro %}
