"""The closed JSON Schemas: the only door through which a document leaves, or is believed.

Belongs here: loading `schema/*.json` and validating against them. Does not belong here: meaning
that a schema cannot state (`statements.check_statement`).

Two things are stricter than the JSON Schema draft: `pattern` must match the whole text (Python's
`$` also matches before a trailing line break), and no error repeats the offending value.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jsonschema import Draft202012Validator, ValidationError, validators

from registry.errors import SchemaError

Document = Literal["policy", "statement", "index"]

SCHEMA_FOLDER = Path(__file__).parent / "schema"


def validate(document: Document, value: Any) -> None:
    """Accept `value` as a `document`, or refuse it.

    Raises:
        SchemaError: naming the document, the place and the rule; never the value, and never a
            key that the schema does not know.
    """
    found = sorted(
        {
            (error.json_path, str(error.validator))
            for error in _validator(document).iter_errors(value)
        }
    )
    if found:
        place, rule = found[0]
        more = f" ({len(found)} violations in all)" if len(found) > 1 else ""
        raise SchemaError(
            f"The {document} breaks its schema at {place}, rule {rule}{more}: only what "
            f"schema/{document}.json admits may be published."
        )


def _whole_pattern(
    _: Any, pattern: str, instance: Any, schema: Mapping[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, str) and re.fullmatch(pattern, instance) is None:
        yield ValidationError("text does not match its pattern")


@cache
def _validator(document: Document) -> Any:
    schema = json.loads((SCHEMA_FOLDER / f"{document}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    extend: Any = validators.extend  # its stub has no types
    strict = extend(Draft202012Validator, {"pattern": _whole_pattern})
    return strict(schema)
