"""Supervised fine-tuning on screens that are rendered as training goes, from random weights if asked.

  rft sft-stream --init mini --text 1 --text-height 112 --row-length 320 --minutes 2 --workers 16 --out runs/letters
  rft sft-stream --model runs/letters/final --minutes 8 --workers 16 --out runs/screens
  rft sft-stream --model runs/screens/final --tasks 0.3 --minutes 6 --workers 16 --out runs/agent

Screens come from the simulated phone (training words and seeds only) and from pictures of made-up words. Each screen
carries many questions that do not see each other, so one image pays for a dozen answers. The three commands above are
how the small model that Glint ships was made; `scripts/train_mini.sh` runs them.
"""

from __future__ import annotations

import argparse
from functools import partial

from rft.settings import add_flags, given, load
from rft.sft_stream import StreamConfig

HELP = "supervised fine-tuning on rendered screens, from scratch if asked"


def configure(parser: argparse.ArgumentParser) -> None:
    add_flags(parser, StreamConfig)


def run(args: argparse.Namespace) -> int:
    from rft.cli.phone_scenes import SceneMix, chunks, phone_scenes
    from rft.sft_stream import sft_stream

    config = load(StreamConfig, args.config, given(args))
    mix = SceneMix(
        sizes=tuple(config.screens),
        text=config.text,
        text_height=config.text_height or None,
        tasks=config.tasks,
        read=config.read,
    )
    final = sft_stream(config, partial(phone_scenes, mix=mix), chunks())
    print(f"model in {final}")
    return 0
