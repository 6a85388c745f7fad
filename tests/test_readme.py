"""README's figures are those of docs/results, and what it points to exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = "".join(page.read_text("utf-8") for page in (ROOT / "README.md", ROOT / "docs" / "results.md"))


def test_its_tables_are_made_from_the_results():
    words = [sys.executable, "scripts/readme_tables.py", "--check"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_file_it_names_exists():
    named = re.findall(r"`((?:docs|scripts|configs)/[\w./-]+)`|\]\((docs/[^)]+)\)", README)
    paths = {(first or second).partition("#")[0] for first, second in named}
    assert paths
    assert [name for name in sorted(paths) if not (ROOT / name).exists()] == []
