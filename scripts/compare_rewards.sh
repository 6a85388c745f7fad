#!/usr/bin/env bash
# All rewards on replies of the shipped model: 200 held-out questions on a screen shape it never saw, 8 replies each.
# Writes docs/results/reward_compare.json; about five minutes on two cores. Usage: scripts/compare_rewards.sh [OUT]
set -euo pipefail
out=${1:-runs/compare_rewards}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1} TOKENIZERS_PARALLELISM=false

rft data phone --out "$out/data" --n 200 --seed 19 --split held_out --screen classic
rft rewards sample --policy qwen:mini --protocol venus1_ground --data "$out/data/rows.jsonl" --samples 8 \
  --temperature 1.2 --max-new-tokens 16 --seed 0 --out "$out/mini_classic_t1.2.jsonl"
rft rewards compare --replies "$out/mini_classic_t1.2.jsonl" --data "$out/data/rows.jsonl" --out "$out/report"
cp "$out/report/comparison.json" docs/results/reward_compare.json
