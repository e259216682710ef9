"""The language: source text, spans, diagnostics, units, grammar, syntax and formatter."""
