"""Benchmarks of how fast the answers come, and in how much memory."""
