"""What simulators see of a design: ranks, scale-up, tiers, bandwidths and latencies, in no simulator's words."""
