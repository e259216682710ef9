"""From files to the design: load, look up names, evaluate, elaborate the tree, read relations."""
