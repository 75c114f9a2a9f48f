"""Quality and speed of tallystick, beside its peers, with a committed baseline; see README.md."""
