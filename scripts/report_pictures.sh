#!/bin/sh
# The pictures of report pages in docs/images, from real runs of the shipped model: about five minutes on two cores.
#   sh scripts/report_pictures.sh [FOLDER]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
work=${1:-$root/runs/report_pictures}
images=$root/docs/images
PATH=$root/.venv/bin:$PATH
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" TOKENIZERS_PARALLELISM=false

mkdir -p "$work"
cd "$work"
rft data phone --out heldout --n 160 --seed 90 --split held_out --screen wide --format screenspot-v2
rft data phone --out train --n 400 --seed 1 --screen wide
rft data phone --out val --n 60 --seed 2 --screen wide
rft train --config "$root/configs/demo.yaml" --model mini --data train/rows.jsonl --val-data val/rows.jsonl \
    --val-every 10 --beta 0.01 --steps 60 --prompts 8 --out rft
agentkit show rft
for run in before:mini after:rft/final; do
    agentkit eval screenspot-v2 --data heldout --policy "qwen:${run#*:}" --protocol venus1_ground --out "${run%%:*}"
done
agentkit eval compare before=before after=after --out compare.html

shoot() { python "$root/scripts/picture.py" "$@"; }
shoot before/report.html "$images/report_score.png" 0:1590
shoot compare.html "$images/report_compare.png" 0:1580
shoot rft/page.html "$images/report_training.png" 0:1600 --dark
