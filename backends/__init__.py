"""Output families. Each subpackage renders one from the design and the plant."""
