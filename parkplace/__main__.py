"""`python -m parkplace …`: the operator's commands."""

from parkplace.cli import main

if __name__ == "__main__":
    main()
