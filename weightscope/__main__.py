"""`python -m weightscope`, and the console script."""

from weightscope.cli.main import main

if __name__ == "__main__":
    main()
