"""What `candidates.yaml` may say, and the digest that names a candidate.

Belongs here: one entry as a whole, reading the file with errors that name line and entry, and
`Candidate.sha256`. Does not belong here: the parts of an entry (`_declared`), whether a candidate
may see a release (`egress`), how it is called (`client`).

No key ever stands in the file: an entry names the environment variable that holds it.
"""

from __future__ import annotations

import hashlib
import ipaddress
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from evaluators.candidates._declared import (
    Assurance,
    AssuranceClaim,
    EgressDeclaration,
    Params,
    Price,
    RetryPolicy,
    Spending,
)
from evaluators.candidates.reference.identity import reference_digests
from evaluators.canonical import sha256_json
from evaluators.encounter.protocol import PROTOCOL_VERSION, Border

REFERENCE_PROVIDER = "reference"
HUMAN_PROVIDER = "human"
"""Persons at a terminal (`evaluators.human`). They are baselines and never stand in the file."""
CANDIDATE_FORMAT = "medcred-candidate/1"

_SECRET_NAMES = frozenset(
    {"api_key", "apikey", "key", "token", "api_token", "access_token", "secret", "password"}
    | {"authorization", "bearer", "credential", "credentials", "headers", "extra_headers"}
)


class CandidateConfigError(ValueError):
    """`candidates.yaml` cannot be used; the text says which line and entry, and what to do."""


class Candidate(Border):
    """One entry of `candidates.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))

    role: ClassVar[str] = "candidate"
    declared_in: ClassVar[str] = "candidates.yaml"

    id: str = Field(
        max_length=80, pattern=r"^[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)?$"
    )
    """Single separators only, so that no two ids share a folder."""
    model: str = Field(min_length=1, max_length=120, pattern=r"^\S+$")
    """A LiteLLM model string, `provider/name`."""
    description: str = ""
    api_base: str | None = None
    api_key_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")
    """Name of the environment variable that holds the key; the key itself is never written."""
    modalities: tuple[Literal["text", "image"], ...] = ("text",)
    """What the endpoint takes. Without `image` it is not examined where a film is asked about, and
    results come without pictures."""
    params: Params = Params()
    retry: RetryPolicy = RetryPolicy()
    spending: Spending = Spending()
    price: Price | None = None
    max_concurrency: int = Field(default=8, ge=1, le=512)
    assurance: AssuranceClaim = AssuranceClaim()
    egress: EgressDeclaration | None = None
    family: str | None = Field(default=None, pattern=r"^[a-z0-9]+([.-][a-z0-9]+)*$")
    """The lineage of its weights, such as `llama-3`: a judge of the same one does not judge it."""

    @property
    def provider(self) -> str | None:
        """The part of `model` before the first slash, if there is one."""
        head, slash, _ = self.model.partition("/")
        return head if slash else None

    @property
    def is_reference(self) -> bool:
        """Whether it is one of this repository's own candidates, which answer in this process."""
        return self.provider == REFERENCE_PROVIDER

    @property
    def takes_pictures(self) -> bool:
        """Whether it may be shown a picture; a reference candidate leaves it unread."""
        return self.is_reference or "image" in self.modalities

    @property
    def reads_pictures(self) -> bool:
        """Whether results come to it with pictures: only when its entry declares the modality."""
        return "image" in self.modalities

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is named as an address of this machine."""
        if self.api_base is None:
            return False
        host = urlsplit(self.api_base).hostname or ""
        if host == "localhost":
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    @cached_property
    def sha256(self) -> str:
        """Digest over all that determines behaviour: endpoint, parameters, retries, harness, code.

        Id, description, key variable, prices, caps and concurrency are left out: they change who
        pays and how fast, not what is answered.
        """
        return sha256_json(
            {
                "format": CANDIDATE_FORMAT,
                "model": self.model,
                "api_base": self.api_base,
                "modalities": list(self.modalities),
                "params": self.params.as_sent(),
                "retry": self.retry.model_dump(mode="json"),
                "harness": harness_identity(),
                "code": dict(reference_digests(self.model)) if self.is_reference else {},
            }
        )

    @model_validator(mode="after")
    def _endpoint_is_consistent(self) -> Self:
        if self.api_base is not None:
            _check_api_base(self.api_base)
        if self.is_reference:
            if self.api_base is not None or self.api_key_env is not None:
                raise ValueError("a reference candidate has neither api_base nor api_key_env")
            reference_digests(self.model)
            if self.assurance.level is not Assurance.CODE:
                raise ValueError("a reference candidate has the assurance level `code`")
        elif self.assurance.level is Assurance.CODE:
            raise ValueError("the assurance level `code` is for reference candidates")
        elif self.egress is not None:
            if self.api_base is None:
                raise ValueError("an egress declaration speaks of an endpoint: name its api_base")
            if self.egress.kind == "local" and not self.is_loopback:
                raise ValueError(
                    "egress `local` needs a loopback api_base (127.0.0.0/8, ::1, localhost)"
                )
        return self


Entry = TypeVar("Entry", bound=Candidate)


def harness_identity() -> dict[str, str]:
    """What the house itself brings to every candidate's behaviour: protocol, prompt, repair."""
    # Imported here: the session pulls in the catalogue and the scenario sets, reading a file not.
    from evaluators.encounter import replies, session

    prompt = session.system_prompt().encode()
    return {
        "protocol": PROTOCOL_VERSION,
        "system_prompt_sha256": hashlib.sha256(prompt).hexdigest(),
        "replies": replies.RULES_VERSION,
    }


def _check_api_base(api_base: str) -> None:
    parts = urlsplit(api_base)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("api_base must be an http or https address")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ValueError("api_base must carry no user, key, query or fragment")


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    candidates: list[Any]


def load_candidates(path: Path) -> tuple[Candidate, ...]:
    """Read `candidates.yaml`.

    Args:
        path: the file.

    Returns:
        The candidates in the file's order, ids unique.

    Raises:
        CandidateConfigError: if the file is missing, is not YAML, holds unknown fields, a value of
            the wrong kind, a key, or one id twice. The text names line, entry and field, and never
            quotes a value (which might be a key written in the wrong place).
    """
    root, content = read_yaml(path)
    nodes = _entry_nodes(root, path.name)
    loaded: list[Candidate] = []
    seen: dict[str, int] = {}
    for node, entry in zip(nodes, content["candidates"], strict=True):
        line = node.start_mark.line + 1
        candidate = read_entry(entry, f"{path.name} line {line}", Candidate)
        if HUMAN_PROVIDER in (candidate.provider, candidate.id.partition("/")[0]):
            raise CandidateConfigError(
                f"{path.name} line {line}: a person is no entry here, since persons are never "
                "ranked nor published; use `medcred encounter --candidate human`"
            )
        if candidate.id in seen:
            raise CandidateConfigError(
                f"{path.name} line {line}, entry '{candidate.id}': this id stands already in line "
                f"{seen[candidate.id]}; choose another"
            )
        seen[candidate.id] = line
        loaded.append(candidate)
    return tuple(loaded)


def read_yaml(path: Path) -> tuple[yaml.Node | None, Any]:
    """Nodes and content of a configuration file, no field given twice.

    Raises:
        CandidateConfigError: if the file is missing, is not YAML, or gives a field twice.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise CandidateConfigError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CandidateConfigError(f"{path.name} is not UTF-8 text: save it as UTF-8") from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if root is not None:
            _refuse_repeated_keys(root, path.name)
        return root, yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}" if mark is not None else ""
        raise CandidateConfigError(f"{path.name}{where}: not valid YAML") from None


def _entry_nodes(root: yaml.Node | None, name: str) -> list[yaml.Node]:
    """The YAML nodes of the entries."""
    if root is None or not isinstance(root, yaml.MappingNode):
        raise CandidateConfigError(f"{name}: the top level must be a mapping with `candidates`")
    entries: list[yaml.Node] | None = None
    for key, value in root.value:
        if key.value != "candidates":
            raise CandidateConfigError(
                f"{name} line {key.start_mark.line + 1}: unknown field; only `candidates` is read"
            )
        if not isinstance(value, yaml.SequenceNode):
            raise CandidateConfigError(
                f"{name} line {value.start_mark.line + 1}: `candidates` must be a list"
            )
        entries = list(value.value)
    if entries is None:
        raise CandidateConfigError(f"{name}: there is no list named `candidates`")
    return entries


def _refuse_repeated_keys(node: yaml.Node, name: str) -> None:
    if isinstance(node, yaml.MappingNode):
        keys: set[str] = set()
        for key, value in node.value:
            if isinstance(key.value, str) and key.value in keys:
                raise CandidateConfigError(
                    f"{name} line {key.start_mark.line + 1}: the field '{key.value}' is given twice"
                )
            keys.add(str(key.value))
            _refuse_repeated_keys(value, name)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_repeated_keys(item, name)


def read_entry(entry: Any, where: str, of: type[Entry]) -> Entry:
    """One entry of the class `of`; `where` names its place in errors, which quote no value.

    Raises:
        CandidateConfigError: naming place and field.
    """
    if not isinstance(entry, dict):
        raise CandidateConfigError(f"{where}: an entry must be a mapping with id and model")
    named = entry.get("id")
    if isinstance(named, str) and len(named) <= 100:
        where = f"{where}, entry {named!r}"
    secret = _secret_field(entry)
    if secret is not None:
        raise CandidateConfigError(
            f"{where}: the field '{secret}' would hold a key; put the key into an environment "
            "variable and name the variable in api_key_env"
        )
    try:
        return of.model_validate(entry)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, item['loc'])) or 'entry'}: "
            f"{item['msg'].removeprefix('Value error, ')}"
            for item in error.errors(include_url=False, include_input=False, include_context=False)
        )
        raise CandidateConfigError(f"{where}: {problems}") from None


def _secret_field(value: Any) -> str | None:
    """The first field, at any depth, whose name says that it holds a secret."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if str(name).lower().replace("-", "_") in _SECRET_NAMES:
                return str(name)
            found = _secret_field(inner)
            if found is not None:
                return found
    if isinstance(value, list):
        for inner in value:
            found = _secret_field(inner)
            if found is not None:
                return found
    return None
