"""The benchmarks, named as in `make bench BENCH=...`; each module has `lines`."""
