"""`python -m joinfence`."""

from joinfence.cli import main

if __name__ == "__main__":
    main()
