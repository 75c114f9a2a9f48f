"""`python -m tallystick`: the command line, without the script on the path."""

from tallystick.cli import main

if __name__ == "__main__":
    main(prog_name="tallystick")
