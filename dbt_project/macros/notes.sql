{#- Pattern of the headers of a sort of section in a discharge summary (RE2, without case). A header
    belongs to the first sort whose pattern fits it whole, in the order of `sorts_of_sections`.

    Source: notes-and-imaging.md section 2, widened by the usual variants. `___` stands where
    de-identification took a word. Of three sorts only the place is used:

    ending  ends the section before it; after it nothing tells of the arrival
    course  the same, but for the drugs taken at home
    hidden  ends the section before it

    `exam_perhaps` is a header of the examination at its place behind the histories or inside it; in
    the course of the emergency department it heads another one. Lines are joined without a break. -#}
{% macro header_of(sort) -%}
    {%- if sort == 'ending' -%}
        discharge medications?|medications? (?:on|at) discharge|___ medications?
        |discharge (?:disposition|diagnos[ie]s|condition|instructions|summary|status)
        |(?:final|primary|secondary|___) diagnos[ie]s|___ (?:condition|disposition|instructions)
        |condition on discharge|facility|follow[- ]?up(?: instructions| ___)?|addendum
    {%- elif sort == 'course' -%}
        (?:brief |___ |summary of )?(?:hospital|___) course[^:\n]{0,40}|brief ___ course
        |brief hospital ___|course in hospital|[#*= ]*transitional issues
        |(?:acute|active|chronic|inactive|acute/active|chronic/inactive) (?:medical )?
        (?:issues?|problems?)
        |assessment(?: (?:and|&) plan)?|a/p
    {%- elif sort == 'hidden' -%}
        (?:(?:physical|pe|exam(?:ination)?|vitals?|signs) ){0,2}
        (?:(?:on|at|upon|prior to|day of) )?(?:discharge|d/c)(?: [^:\n]{0,40})?
        |name|unit no|admission date|date of birth|sex|service|attending
        |major [^:\n]{0,40}(?:procedures?|___)|(?:surgical|___) or invasive (?:procedures?|___)
        |(?:pertinent|___) (?:results|labs?|data|studies)|pertinent ___|labs?(?: on admission)?
        |(?:admission|initial|ed|other) (?:labs?|laboratory|studies|imaging|data|results)
        |lab(?:oratory)? (?:data|results|studies)|imaging(?: studies)?|studies|micro(?:biology)?
        |e[kc]g|cxr|ct(?: [^:\n]{0,20})?|mri(?: [^:\n]{0,20})?|radiology|impression|data
        |ed course|emergency department course|ed vitals|medications? on ___|___ history
        |(?:___ )+___
    {%- elif sort == 'allergies' -%}
        allergies(?:[ /][^:\n]{0,30})?|allergy
    {%- elif sort == 'chief_complaint' -%}
        (?:chief|___) complaints?|chief ___|reason for (?:admission|visit)|cc
    {%- elif sort == 'history' -%}
        history of (?:the )?(?:present(?:ing)?|___) (?:illness|complaints?|___)
        |___ of (?:present(?:ing)?|___) illness|hpi
    {%- elif sort == 'review' -%}
        review of systems?|___ of systems?|review of ___|ros
    {%- elif sort == 'past_history' -%}
        past (?:medical|surgical|___)(?:(?: and | ?[&/] ?)(?:past )?surgical)? (?:history|hx|___)
        |___ (?:medical|surgical) (?:history|hx)|past (?:history|hx)
        |(?:medical|surgical) history|pmhx?(?: ?[/&] ?pshx?)?|pshx?
    {%- elif sort == 'social_history' -%}
        social (?:history|hx|___)|shx|soc hx
    {%- elif sort == 'family_history' -%}
        family (?:medical )?(?:history|hx|___)|fhx?|fam hx
    {%- elif sort == 'exam' -%}
        (?:physical|admission|initial) ?(?:physical |admission |initial )?
        (?:exam(?:ination)?|pe|___)(?: [^:\n]{0,24})?
        |(?:exam(?:ination)?|pe) (?:on|at|upon) (?:admission|arrival|presentation)
    {%- elif sort == 'exam_perhaps' -%}
        exam(?:ination)?|pe|physical|___ (?:physical )?exam(?:ination)?|on admission
    {%- elif sort == 'home_drugs' -%}
        (?:pre-?)?admission med(?:ication)?s?(?: list)?|home med(?:ication)?s?(?: list)?
        |med(?:ication)?s? (?:on|at|prior to|before) (?:admission|arrival)
        |outpatient medications?|___ on admission
    {%- endif -%}
{%- endmacro %}

{#- Sorts of sections, in the order in which a header is tried. -#}
{% macro sorts_of_sections() -%}
    {{ return([
        'ending', 'course', 'hidden', 'allergies', 'chief_complaint',
        'history', 'review', 'past_history', 'social_history', 'family_history',
        'exam', 'exam_perhaps', 'home_drugs',
    ]) }}
{%- endmacro %}

{#- A line that begins with a header, as one pattern (RE2); the header is its first group. -#}
{% macro line_of_header() -%}
    (?im)^ ?(?:[#*=-]+ ?)?(
    {%- for sort in sorts_of_sections() -%}
        {{ header_of(sort) | replace('\n        ', '') }}{{ '' if loop.last else '|' }}
    {%- endfor -%}
    ) ?(?::|$)
{%- endmacro %}

{#- The branches of a `case` that tells the sort of section which a header begins. -#}
{% macro sorts_by_header(header) -%}
    {%- for sort in sorts_of_sections() -%}
        {%- set pattern = header_of(sort) | replace('\n        ', '') -%}
        when regexp_full_match({{ header }}, '(?i)(?:{{ pattern }})') then '{{ sort }}'{{ ' ' }}
    {%- endfor -%}
{%- endmacro %}

{#- Where in a history what the patient told ends, and what the hospital found begins (RE2, text
    without line breaks). Source: notes-and-imaging.md section 2, "HPI cut", with words between
    study and verb, and results behind a colon. -#}
{% macro end_of_history() -%}
    {{ return(
        '\\b(?:in|at|(?:up)?on arrival (?:to|in|at)|arriv(?:ed|ing) (?:to|in|at)) '
        ~ '(?:(?:the|our|an|___) ){0,2}(?:ED|ER|emergency (?:department|room|ward)|OSH'
        ~ '|outside (?:hospital|facility|ED))\\b'
        ~ '|\\b(?:up)?on (?:arrival|transfer) (?:to|on|in) (?:the )?(?:floor|ward|unit|[a-z]*ICU)\\b'
        ~ '|\\bED course\\b|\\b(?:initial|triage|ED) (?:ED )?(?:vitals?|VS|labs?)\\b'
        ~ '|\\bvitals? (?:in|on arrival)\\b'
        ~ '|\\b(?:was|were) found to have\\b'
        ~ '|\\b(?:labs?|imaging|CTA?|CXR|US|MRI|EKG|ECG)(?: scan)? '
        ~ '(?:was|were|showed|revealed|notable|demonstrated|significant)\\b'
        ~ '|\\b(?:labs?|imaging|CTA?|CXR|MRI|EKG|ECG|x-?rays?|ultrasound)\\b[^.;]{0,40}\\b'
        ~ '(?:showed|showing|revealed|revealing|demonstrated|demonstrating|notable for)\\b'
        ~ '|(?:^|[.;,] ?)(?:VS|vitals?|labs?|imaging|CT|CXR|EKG|ECG)(?: [a-z]+)?:'
    ) }}
{%- endmacro %}

{#- Where the examination on admission ends and that at discharge begins (RE2). Source:
    notes-and-imaging.md section 2, "Physical exam cut", and the same words inside a line. -#}
{% macro end_of_admission_exam() -%}
    {{ return(
        '(?:^|\\n) ?[*=#-]* ?(?:(?:physical |PE|exam|vitals?)[^\\n]{0,24})?'
        ~ '\\b(?:at|on|upon|prior to|day of)? ?(?:discharge|d/c)\\b'
        ~ '|\\b(?:at|on|upon|prior to|(?:on )?day of) (?:the time of )?(?:discharge|d/c)\\b'
    ) }}
{%- endmacro %}

{#- The text without the rest of it that begins with `pattern`; case does not count. -#}
{% macro cut_at(text, pattern) -%}
    regexp_replace({{ text }}, '(?is)(?:{{ pattern }}).*', '')
{%- endmacro %}
