"""What the benchmarks share: metrics, processes, data, peers, reports."""
