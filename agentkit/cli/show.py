"""Turn recorded runs into one self-contained HTML page: every screen, what the policy said, and what it did.

agentkit show runs/20260105-101500 --open
agentkit show runs --out all.html
"""

from __future__ import annotations

import argparse

HELP = "show recorded runs as one HTML page"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("run_folder", metavar="RUN", help="a trace folder, or a folder that holds some, however deep")
    parser.add_argument("--out", metavar="PAGE", help="where to write the page (default: RUN/page.html)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")


def run(args: argparse.Namespace) -> int:
    import sys
    import webbrowser
    from pathlib import Path

    from agentkit.errors import DataError
    from agentkit.show import write_page
    from agentkit.trace import find_traces, load_trace

    root = Path(args.run_folder)
    folders = list(find_traces(root))
    if not folders:
        load_trace(root)  # says what is wrong when RUN was meant to be a trace itself
    traces = []
    for folder in folders:
        try:
            trajectory = load_trace(folder)
        except DataError as error:
            print(f"left out: {error}", file=sys.stderr)
            continue
        label = trajectory.goal if folder == root else f"{folder.relative_to(root)}: {trajectory.goal}"
        traces.append((label, trajectory))
    if not traces:
        raise DataError(f"none of the {len(folders)} traces under {root} can be read")
    page = write_page(traces, args.out or root / "page.html", title=str(root.name))
    print(page)
    if args.open:
        webbrowser.open(page.resolve().as_uri())
    return 0
