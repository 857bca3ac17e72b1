{# Microbiology in words that may be shown. Belongs here: the closed list of them. Does not belong
   here: when they are shown (`int_cultures__resulted`). #}

{# Words of a closed list that stand in a comment, in the order of the list and parted by `; `; null
   when none does. They are what a microscope or a plate shows, so none of them can name a disease:
   Gram reaction and shape with arrangement, yeast, neutrophils with their amount, no organisms, no
   growth (with its limit), too few colonies, flora; of a serology or an antigen that it is positive,
   negative, equivocal, reactive or not detected. A Gram stain's comment is its result: MIMIC has
   it nowhere else. #}
{%- macro microbiology_words(comments) -%}
    {%- set arranged -%}
        gram (?:positive|negative|variable) (?:cocci|coccobacilli|diplococci|rods?|bacilli)
    {%- endset -%}
    nullif(
        concat_ws(
            '; ',
            {%- for pattern in [
                '^ *(?:positive|negative|equivocal|non-?reactive|reactive)\\b',
                'not detected',
                '[<>]?[0-9][0-9-]* pmns and [<>]?[0-9]+ epithelial cells */ *100x field',
                'no polymorphonuclear leukocytes seen',
                '[1-4]\\+[^a-z]{0,4}[^.:]{0,24}:? *polymorphonuclear leukocytes',
                'no (?:micro)?organisms seen',
                arranged | trim ~ '(?:\\(s\\))?(?:[. ]*in (?:pairs|chains|clusters)'
                    ~ '(?:,? (?:and )?(?:pairs|chains|clusters))*)?',
                'budding yeast',
                'no (?:significant )?growth(?:,? *< *[0-9,]+ *(?:cfu|organisms) */ *ml)?',
                '< *[0-9,]+ *(?:cfu|organisms) */ *ml',
                'mixed bacterial flora',
                '(?:(?:sparse|rare|moderate|heavy) growth +)?commensal respiratory flora',
            ] %}
            nullif(
                lower(
                    regexp_replace(
                        array_to_string(
                            list_distinct(
                                regexp_extract_all({{ comments }}, '(?i){{ pattern }}')
                            ),
                            '; '
                        ),
                        '[\s.]+',
                        ' ',
                        'g'
                    )
                ),
                ''
            ){% if not loop.last %},{% endif %}
            {%- endfor %}
        ),
        ''
    )
{%- endmacro %}
