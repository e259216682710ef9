"""Where a number comes from: what a file states, and how a figure follows from what is stated.

`stated` gives one attribute of an element, an optic, a cable or a whip with its file and line, the source that its
definition cites and whether it is a guess. `explain` gives a figure of the plant as a tree: every branch says how it is
counted, every leaf is stated somewhere. Both are typed values; `rackwright show` prints them and a page may hold them.
"""

from .books import Books
from .explain import FIGURES, explain, figures_of
from .model import Figure, Place, Stated, readable
from .places import place_of, stated, statements
from .subjects import Cable, Definition, Instances, Subject, subject_of

__all__ = [
    "FIGURES",
    "Books",
    "Cable",
    "Definition",
    "Figure",
    "Instances",
    "Place",
    "Stated",
    "Subject",
    "explain",
    "figures_of",
    "place_of",
    "readable",
    "stated",
    "statements",
    "subject_of",
]
