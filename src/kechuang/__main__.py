"""`python -m kechuang`: the command line."""

from kechuang.cli import main

if __name__ == "__main__":
    main()
