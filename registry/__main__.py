"""`python -m registry`: the commands of `registry.cli` on their own.

Belongs here: the call. Does not belong here: commands.
"""

from registry.cli import app

if __name__ == "__main__":
    app(prog_name="python -m registry")
