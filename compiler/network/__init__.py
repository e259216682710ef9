"""Routed networks: tiers, AS numbers and addresses, in columns and in no vendor's words."""
