"""What backends share; no backend of its own."""
