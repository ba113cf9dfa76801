"""The command line begins here, under both of its names: `ftdata` and `python -m ftdata`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Load the command line and run it; Ctrl+C while it is being loaded is no traceback either."""
    try:
        from ftdata.cli import main as run

        run()
    except KeyboardInterrupt:
        sys.stderr.write("ftdata: stopped; nothing was written\n")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
