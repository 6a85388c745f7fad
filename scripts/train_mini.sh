#!/usr/bin/env bash
# The small model that Glint ships, from random weights, on one H100 in about 16 minutes. Usage: scripts/train_mini.sh RUNS
set -euo pipefail
runs=${1:-runs/mini}
workers=${WORKERS:-16}
export OMP_NUM_THREADS=1 TOKENIZERS_PARALLELISM=false

# 1. Letters and places: made-up words on 224x112 crops.
rft sft-stream --init mini --text 1 --text-height 112 --row-length 320 --minutes 1.4 --workers "$workers" --out "$runs/letters"
# 2. Whole phone screens: read them out, find what is asked for.
rft sft-stream --model "$runs/letters/final" --text 0.3 --read 0.5 --minutes 7.6 --workers "$workers" --seed 11 --out "$runs/screens"
# 3. The same with taller phones, and steps of scripted solutions of the training tasks.
rft sft-stream --model "$runs/screens/final" --screens small small small small small small small medium medium tall \
  --text 0.1 --tasks 0.33 --read 0.3 --minutes 7.2 --lr 1.5e-3 --workers "$workers" --seed 21 --out "$runs/agent"
python scripts/pack_mini.py "$runs/agent/final" "$runs/packed"
