"""Tests of the benchmarks: their frame and their generated data, not their figures."""
