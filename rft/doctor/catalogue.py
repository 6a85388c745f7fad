"""All checks, in the order in which they are made: what costs nothing first, what runs the model last."""

from __future__ import annotations

from rft.doctor import chat, launching, pictures, precision, room, rows, steps, versions, weights
from rft.doctor.case import Case
from rft.doctor.finding import Check, Finding


def _late(module: str, name: str) -> Check:
    """A check whose module needs torch, which the others do without."""

    def run(case: Case) -> Finding:
        import importlib

        return getattr(importlib.import_module(f"rft.doctor.{module}"), name)(case)

    return Check(name, run, deep=True)


CHECKS: tuple[Check, ...] = (
    Check("versions", versions.versions),
    Check("vllm_pins", versions.vllm_pins),
    Check("torchvision_pair", versions.torchvision_pair),
    Check("launcher", launching.launcher),
    Check("rank_without_launcher", launching.rank_without_launcher),
    Check("threads", launching.threads),
    Check("accelerate_file", launching.accelerate_file),
    Check("vllm_server", launching.vllm_server),
    Check("dtype", precision.dtype),
    Check("cudnn_attention", precision.cudnn_attention),
    Check("sampling_settings", steps.sampling_settings),
    Check("bypasses", steps.bypasses),
    Check("trainer_arguments", steps.trainer_arguments),
    Check("earlier_run", room.earlier_run),
    Check("rows", rows.rows),
    Check("boxes", rows.boxes),
    Check("mixed_rows", launching.mixed_rows),
    Check("batch", steps.batch),
    Check("chat_template", chat.chat_template),
    Check("end_of_turn", chat.end_of_turn),
    Check("stock_processor", chat.stock_processor),
    Check("model_settings", weights.model_settings),
    Check("tied_weights", weights.tied_weights),
    Check("lora_targets", weights.lora_targets),
    Check("learning_rate", weights.learning_rate),
    Check("disk_space", room.disk_space),
    Check("pixel_budget", pictures.pixel_budget),
    Check("resized_size", pictures.resized_size),
    Check("own_sampler_size", pictures.own_sampler_size),
    Check("placeholders", pictures.placeholders),
    Check("prompt_room", pictures.prompt_room),
    Check("gold_reward", rows.gold_reward),
    Check("reply_length", rows.reply_length),
    _late("sight", "pixel_counterfactual"),
    _late("sight", "log_prob_parity"),
    _late("replies", "dead_groups"),
    _late("replies", "entropy"),
    _late("replies", "cut_replies"),
    _late("replies", "reply_format"),
)
