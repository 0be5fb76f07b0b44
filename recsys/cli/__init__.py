"""The command line: what `python -m recsys` does."""

from recsys.cli.app import main

__all__ = ["main"]
