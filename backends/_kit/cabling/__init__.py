"""Tables of cables, labels, pulls, trays and the bill, for every backend that prints one of them."""
