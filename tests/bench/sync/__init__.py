"""Benchmarks of sync: python -m tests.bench.sync [group …] [--rounds 5]."""
