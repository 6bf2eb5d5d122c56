"""`python -m standoff`."""

from standoff.cli import main

if __name__ == "__main__":  # the workers of a local cluster load this file and run no command
    main(prog_name="standoff")
