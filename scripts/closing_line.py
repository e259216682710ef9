"""One line over several pytest runs, in pytest's own words. Fails if a real test was skipped for no good reason.

closing_line.py DIRECTORY_OF_JUNIT_XML SECONDS
"""

from __future__ import annotations

import os
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

OPTIONAL = "set RACKWRIGHT_"
"""Such reasons ask for something that nobody can install unasked, such as the sources of an operating system."""


def main(folder: Path, seconds: int) -> int:
    counts: Counter[str] = Counter()
    missed: list[str] = []
    for path in sorted(folder.glob("*.xml")):
        for case in ET.parse(path).iter("testcase"):
            kinds = {child.tag for child in case}
            what = next((k for k in ("failure", "error", "skipped") if k in kinds), "passed")
            counts[what] += 1
            why = next((child.get("message", "") for child in case if child.tag == "skipped"), "")
            if what == "skipped" and path.stem == "real" and not why.startswith(OPTIONAL):
                missed.append(f"{case.get('classname')}::{case.get('name')}")
    words = {"failure": "failed", "passed": "passed", "skipped": "skipped", "error": "errors"}
    line = ", ".join(f"{counts[kind]} {word}" for kind, word in words.items() if counts[kind]) or "no tests ran"
    bad = counts["failure"] or counts["error"] or not counts["passed"]
    if missed and os.geteuid() == 0:
        print("\nskipped, although root could have run them:")
        print("\n".join(f"  {name}" for name in missed))
        bad = True
    print(f"\n{line} in {seconds}s")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
