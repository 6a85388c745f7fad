"""Score a file of predictions, anybody's, without a model: no torch is loaded and no image is needed.

  agentkit score screenspot-pro --predictions SSPro.json
  agentkit score osworld-g --predictions OS_G.json --data OSWorld-G --out runs/os-g
  agentkit score ui-vision --predictions basic.json functional.json spatial.json --data ui-vision --json card.json
  agentkit score screenspot-v2 --predictions runs/v2/predictions.jsonl --data ScreenSpot-v2
  agentkit score androidcontrol-high --predictions runs/ac/predictions.jsonl --data android_control

FILE is what the evaluators of ScreenSpot-Pro, UI-Venus, MAI-UI or UI-Vision write (records with `pred`, `raw_response`,
`bbox`, `gt_type`, `correctness`; JSON or JSON lines), or Glint's own predictions.jsonl.

With --data the targets are the suite's own, and every record that asks or aims at something else is told; without, they
are those in the file. Where the file's own verdict differs from ours the card says how often, where and why. --protocol
reads the model's words anew instead of taking the file's points.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from agentkit.scoring.rescore import Rescored
    from envs.grounding.suite import Suite

HELP = "score a file of predictions, also other evaluators', without a model"


def configure(parser: argparse.ArgumentParser) -> None:
    from envs.grounding.catalog import CATALOG, layouts
    from envs.navigation.catalog import CATALOG as RECORDED
    from envs.navigation.catalog import layouts as recorded_layouts

    add = parser.add_argument
    add("suite", choices=(*CATALOG, *RECORDED), metavar="SUITE", help=", ".join([*CATALOG, *RECORDED]))
    add("--predictions", required=True, nargs="+", type=Path, metavar="FILE", help="result files or predictions.jsonl")
    add("--data", type=Path, metavar="DIR", help="the suite as published; images may be missing")
    add("--protocol", metavar="NAME", help="read the model's words anew, e.g. venus1_ground_72b")
    add("--box-format", choices=("xywh", "xyxy"), help="overrule what the rows of --data prove")
    add("--split", nargs="+", metavar="NAME", help="of a navigation suite (default: the one that is published)")
    add("--seed", type=int, default=0, help="of the bootstrap (default: %(default)s)")
    add("--out", type=Path, metavar="DIR", help="new folder for results.json and report.html")
    add("--json", type=Path, metavar="FILE", help="write the results as JSON")
    parser.epilog = f"suites and what --data must hold:\n{layouts(CATALOG)}\n{recorded_layouts()}"


def run(args: argparse.Namespace) -> int:
    """Exit code 0. DataError when the file is no result file or does not belong to the suite."""
    from agentkit.cli.navigation_args import is_navigation

    if is_navigation(args.suite):
        from agentkit.cli.score_navigation import score_navigation_files

        return score_navigation_files(args)
    from dataclasses import replace

    from agentkit.cli.eval_run import write_json
    from agentkit.errors import DataError
    from agentkit.scoring import card_text
    from agentkit.scoring.records import is_record, read_result_file, records_of
    from agentkit.scoring.rescore import rescore

    suite = _suite(args)
    files = {path: read_result_file(path) for path in args.predictions}
    kinds = {is_record(row) for rows in files.values() for row in rows}
    if len(kinds) > 1:
        raise DataError("records with `pred` and rows without are mixed; score files of one kind at a time")
    if kinds == {True}:
        samples = suite.samples if suite is not None else None
        records = [record for path, rows in files.items() for record in records_of(rows, path)]
        found = rescore(records, samples, _parser(args.protocol), args.seed)
    else:
        found = _own_rows(args, [row for rows in files.values() for row in rows], suite)
    if not found.sizes_known:
        found = replace(found, card=replace(found.card, distance=float("nan"), miss_distance=float("nan")))
    notes = list(suite.notes) if suite is not None else _notes_without_data(args.suite, found)
    if not found.sizes_known:
        notes.append("the file does not tell the screenshots' sizes: no distances; --data knows them")
    for note in notes:
        print(note)
    print(f"\n{card_text(found.card)}")
    _say("the file's own verdict differs from ours", found.verdicts)
    _say("the file differs from the suite's own data", found.targets)
    results = _results(args, suite, found, notes)
    if args.json is not None:
        write_json(args.json, results)
        print(f"results {args.json}")
    if args.out is not None:
        _write_folder(args, found, notes, results)
    return 0


def _suite(args: argparse.Namespace) -> Suite | None:
    if args.data is None:
        return None
    from envs.grounding.suite import load_suite

    return load_suite(args.suite, args.data, args.box_format, pictures=False)


def _parser(name: str | None) -> Any:
    if name is None:
        return None
    from agentkit.protocols import get_protocol

    protocol = get_protocol(name)
    return lambda text, size: protocol.parse(text, protocol.budget.resize(size)).action


def _own_rows(args: argparse.Namespace, rows: list[dict[str, Any]], suite: Suite | None) -> Rescored:
    """Glint's own rows, which hold no targets."""
    from agentkit.errors import ConfigError, DataError
    from agentkit.scoring import prediction_of, score_grounding
    from agentkit.scoring.rescore import Findings, Rescored

    if suite is None:
        raise ConfigError(f"{_names(args)} holds no targets (`pred` and `bbox`); they must come from --data")
    sizes, parse = {sample.id: sample.size for sample in suite.samples}, _parser(args.protocol)

    def read(key: str, text: str) -> Any:
        size = sizes.get(key)
        if parse is None:
            raise DataError(f"prediction {key!r} holds only text; say with --protocol how it is read")
        if size is None:
            raise DataError(f"prediction {key!r} names no sample of this suite")
        return parse(text, size)

    predictions = tuple(prediction_of(row, read) for row in rows)
    card = score_grounding(suite.samples, predictions, args.seed)
    return Rescored(suite.samples, predictions, card, Findings(), Findings(), True)


def _notes_without_data(name: str, found: Rescored) -> list[str]:
    from agentkit.scoring import NoTarget, Polygon
    from envs.grounding.suite import against_published, reader_of

    targets = [sample.target for sample in found.samples]
    refusals = sum(isinstance(target, NoTarget) for target in targets)
    polygons = sum(isinstance(target, Polygon) for target in targets)
    counts = {"samples": len(targets), "refusals": refusals, "polygons": polygons}
    counts["boxes"] = len(targets) - refusals - polygons
    published = {key: value for key, value in reader_of(name).published.items() if key in counts}
    return ["targets as the file has them, read as x1, y1, x2, y2 in pixels", *against_published(counts, published)]


def _names(args: argparse.Namespace) -> str:
    return ", ".join(map(str, args.predictions))


def _say(what: str, findings: Any) -> None:
    if findings.checked or findings.total:
        print(f"\n{what}: {findings.total} of {findings.checked}")
        for line in findings.lines():
            print(f"  {line}")


def _results(args: argparse.Namespace, suite: Suite | None, found: Rescored, notes: list[str]) -> dict[str, Any]:
    from agentkit.cli.eval_run import versions
    from agentkit.scoring import card_json

    return {
        "suite": args.suite,
        "data": str(args.data) if args.data else None,
        "box_format": suite.box_format if suite else "xyxy",
        "instructions": suite.instructions if suite else None,
        "policy": f"predictions:{_names(args)}",
        "protocol": args.protocol,
        "limit": 0,
        "seed": args.seed,
        "samples": len(found.samples),
        "notes": notes,
        "versions": versions(),
        "verdicts": found.verdicts.json(),
        "targets": found.targets.json(),
        "card": card_json(found.card),
    }


def _write_folder(args: argparse.Namespace, found: Rescored, notes: list[str], results: dict[str, Any]) -> None:
    from agentkit.cli.eval_run import REPORT, RESULTS, write_json
    from agentkit.errors import ConfigError, boundary
    from agentkit.report import Report, grounding_shots

    if args.out.exists() and any(args.out.iterdir() if args.out.is_dir() else [args.out]):
        raise ConfigError(f"--out {args.out} exists; choose a new folder")
    with boundary(ConfigError, f"cannot create {args.out}"):
        args.out.mkdir(parents=True, exist_ok=True)
    facts = {key: results[key] for key in ("policy", "protocol", "box_format", "instructions", "seed") if results[key]}
    card = found.card
    report = Report(f"{args.suite}: {100 * card.accuracy.value:.1f} %", str(card.accuracy), facts | results["versions"])
    report.add_card("Score card", card, notes=notes)
    for heading, findings in (("The file's own verdict", found.verdicts), ("The file's targets", found.targets)):
        if findings.total:
            rows = [(cause, len(keys), ", ".join(keys[:3])) for cause, keys in findings.by_cause.items()]
            lead = f"Differs for {findings.total} of {findings.checked}."
            report.add_table(heading, ("likely cause", "records", "examples"), rows, lead)
    if args.data is not None and all(Path(sample.image).is_file() for sample in found.samples):
        for heading, wrong, limit in (("Wrong answers", True, 24), ("Right answers", False, 8)):
            shots = grounding_shots(found.samples, found.predictions, card, limit, wrong, args.seed)
            report.add_gallery(heading, shots, lead="Drawn at random from all of them.")
    write_json(args.out / RESULTS, results)
    report.write(args.out / REPORT)
    print(f"results {args.out / RESULTS}\nreport  {args.out / REPORT}")
