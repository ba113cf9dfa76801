"""`python -m ftdata` is the command line."""

from ftdata.cli import main

if __name__ == "__main__":
    main()
