"""tallystick: organisations find out, privately, that they know the same person."""
