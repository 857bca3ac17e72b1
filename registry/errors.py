"""The kinds of error that this room raises while it decides and publishes.

Belongs here: one class for each kind that a caller may handle. Does not belong here: what
verification finds (`verify`), since a reader of a publication needs nothing of the writing side.
No message holds an offending value: it may be a patient's.
"""

from __future__ import annotations


class RegistryError(Exception):
    """Anything that this room refuses to do."""


class CanonicalFormError(RegistryError):
    """Bytes are not the canonical JSON (RFC 8785) of one value."""


class SchemaError(RegistryError):
    """A document has something that the closed schema does not admit."""


class PolicyError(RegistryError):
    """A credential policy is malformed, or is not the one that decided."""


class StandingError(RegistryError):
    """A standing lacks a field, or holds one that is out of range."""


class PrivacyError(RegistryError):
    """Bytes to be published look like something of a patient."""


class PublicationError(RegistryError):
    """A publication cannot be written there; what was there is unchanged."""
