"""Who answers for an asset.

Belongs here: the owners shown in the UI. Does not belong here: access rights.
"""

DATA_ENGINEERING = ["team:data-engineering"]
CLINICAL_CONTENT = ["team:clinical-content"]
EXAMINATION = ["team:examination"]
REGISTRY = ["team:registry"]
