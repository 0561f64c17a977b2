"""Benchmarks of the app in a real pty: python -m tests.bench.tui [group …] [--rounds 7]. POSIX."""
