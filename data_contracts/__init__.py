"""What every table that crosses a border looks like.

Belongs here: contracts of the raw tables (`raw_contracts`, `raw/`), the known releases
(`releases.yml`), schemas of the marts, expectation suites. Does not belong here: the data, or the
code that lands and builds it.
"""
