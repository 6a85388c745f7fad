"""Turn a run into one self-contained HTML page, whatever kind it is; the page is written into its folder.

agentkit show runs/20260105-101500 --open      recorded episodes: every screen, what the policy said and did
agentkit show runs/v2                          an evaluation: scores, costs, answers (results.json of agentkit eval)
agentkit show runs/rft --watch 30              a training run, also a running one: drawn anew every 30 s
agentkit show runs --out all.html              all traces under a folder

A training run is known by metrics.jsonl, an evaluation by results.json, traces by trace.json at any depth.
"""

from __future__ import annotations

import argparse
from pathlib import Path

HELP = "show a run as one HTML page: recorded episodes, an evaluation, a training run"


def configure(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("run_folder", metavar="RUN", help="a run's folder, a trace folder, or a folder that holds some, however deep")
    add("--out", metavar="PAGE", help="where to write the page (default: RUN/page.html; evaluations: RUN/report.html)")
    add("--open", action="store_true", help="open the page in the browser")
    add("--watch", type=float, metavar="S", help="of a training run: write the page every S seconds until the run ends")


def run(args: argparse.Namespace) -> int:
    from agentkit.cli.eval_run import RESULTS
    from agentkit.errors import ConfigError
    from rft.run_page import is_run

    root = Path(args.run_folder)
    if args.watch is not None:
        if not is_run(root):
            raise ConfigError(f"--watch follows a training run; {root} has no metrics.jsonl")
        return _watch(root, Path(args.out or root / "page.html"), args.watch, args.open)
    if is_run(root):
        page = _training(root, Path(args.out or root / "page.html"))
    elif (root / RESULTS).is_file():
        page = _evaluation(root, args.out)
    else:
        page = _traces(root, Path(args.out or root / "page.html"))
    print(page)
    if args.open:
        _open(page)
    return 0


def _training(root: Path, out: Path, refresh_s: int = 0) -> Path:
    from rft.run_page import run_page

    report = run_page(root)
    report.refresh_s = refresh_s
    return report.write(out)


def _watch(root: Path, out: Path, every_s: float, opened: bool) -> int:
    """Until final/ is there, or Ctrl-C."""
    import time

    from agentkit.errors import ConfigError

    if not every_s >= 1:
        raise ConfigError(f"--watch needs at least 1 second, got {every_s:g}")
    print(f"{_training(root, out, round(every_s))}, every {every_s:g} s; Ctrl-C ends it", flush=True)
    if opened:
        _open(out)
    while not (root / "final").exists():
        time.sleep(every_s)
        _training(root, out, round(every_s))
    _training(root, out)
    return 0


def _evaluation(root: Path, out: str | None) -> Path:
    from agentkit.cli.eval_run import REPORT, read_results
    from agentkit.report.runs import saved_report

    target = Path(out) if out else root / REPORT
    return saved_report(root, read_results(root), target.parent).write(target)


def _traces(root: Path, out: Path) -> Path:
    import sys

    from agentkit.errors import DataError
    from agentkit.show import write_page
    from agentkit.trace import find_traces, load_trace

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
    return write_page(traces, out, title=str(root.name))


def _open(page: Path) -> None:
    import webbrowser

    webbrowser.open(page.resolve().as_uri())
