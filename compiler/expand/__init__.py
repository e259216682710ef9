"""From the design to the plant: arrays unrolled, rules run as queries, lengths from the floor plan."""
