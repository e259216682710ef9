"""Views of the plant as graphs, each built once from columns."""
