"""Pictures on their way to the model: one pixel budget, one size, as many tokens as features, room for all."""

from __future__ import annotations

from agentkit.frames import BUDGETS, QWEN25VL, PixelBudget, Size
from rft.data.rows import Row
from rft.doctor.case import Case
from rft.doctor.finding import Finding, fail, ok, warn
from rft.doctor.prompts import encode, prompt_text
from rft.second_resize import second_resize

VLLM_BATCHED_TOKENS = 4096
"""What TRL allows one step of a vLLM inside the trainer; a picture must fit in."""


def pixel_budget(case: Case) -> Finding:
    """Whether the processor, the protocol and the run agree how large a picture may be."""
    own, published, used = case.processor.budget, case.protocol.budget, case.budget
    shown = f"{used.min_pixels} to {used.max_pixels} pixels"
    if own != QWEN25VL and own != published and own in BUDGETS.values():
        names = " or ".join(name for name, budget in BUDGETS.items() if budget == own)
        return warn(
            f"the model's folder has the budget of {names}, the protocol is {case.protocol.name}",
            f"{published.min_pixels} to {published.max_pixels} pixels",
            f"--min-pixels {published.min_pixels} --max-pixels {published.max_pixels}, or the protocol of that budget",
        )
    asked = case.config.min_pixels or case.config.max_pixels
    trained = own if own != QWEN25VL else published
    if asked and used.max_pixels * 2 < trained.min_pixels:
        return warn(
            f"{shown}, less than half of the {trained.min_pixels} that the model has always seen", "a budget near it",
            "raise --max-pixels: small targets vanish first",
        )  # fmt: skip
    sizes = {row.size for row in case.rows if row.image is not None}
    blown = [size for size in sizes if used.tokens(size) > 3 * PixelBudget(784, 10**9).tokens(size)]
    if blown:
        size = max(blown, key=used.tokens)
        return warn(
            f"a picture of {size[0]}x{size[1]} is enlarged to {used.tokens(size)} tokens", "thrice its own at most",
            "lower --min-pixels, if the model was not trained at this budget",
        )  # fmt: skip
    most = max((used.tokens(size) for size in sizes), default=0)
    return ok(f"{shown}, at most {most} tokens a picture")


def resized_size(case: Case) -> Finding:
    """Whether the processor makes of each picture the size in which coordinates are read."""
    images, patch = case.ready_processor.image_processor, case.ready_processor.image_processor.patch_size
    seen: dict[Size, Row] = {Size(*row.size): row for row in case.rows if row.image is not None}
    for size, row in list(seen.items())[: 4 * case.sample]:
        picture = case.examples.chat(row)[1][0]
        _, height, width = images(images=[picture], return_tensors="pt")["image_grid_thw"][0].tolist()
        got, want = Size(width * patch, height * patch), case.budget.resize(size)
        if got != want:
            return fail(
                f"row {row.number}, {size.width}x{size.height}: the model sees {got.width}x{got.height}, coordinates "
                f"would be read in {want.width}x{want.height}",
                "one size: else every click is off by their ratio",
                "widen min_pixels..max_pixels to hold a whole row of patches, or check do_resize and size in the "
                "processor's configuration",
            )
    return ok(f"{len(seen)} picture sizes come out as coordinates expect")


def own_sampler_size(case: Case) -> Finding:
    """Whether vLLM, which resizes by the model's folder and not by this run, would leave our pictures alone."""
    if case.config.generation == "hf":
        return ok("pictures are resized once, in this process")
    budgets = (case.processor.budget, case.budget)
    for row in case.rows:
        if row.image is not None:
            ours = case.budget.resize(row.size)
            if again := second_resize(ours, budgets):
                return fail(
                    f"row {row.number}: resized here to {ours.width}x{ours.height}, by vLLM or the loss again to "
                    f"{again.width}x{again.height}",
                    "budgets that leave it: else coordinates are read in the wrong size, and the run is refused",
                    f"save the model with {case.budget.min_pixels} to {case.budget.max_pixels} pixels, or widen both",
                )
    largest = max((case.budget.tokens(row.size) for row in case.rows if row.image is not None), default=0)
    if case.config.generation == "vllm-colocate" and largest > VLLM_BATCHED_TOKENS:
        return fail(
            f"a picture of {largest} tokens", f"at most {VLLM_BATCHED_TOKENS}, which TRL allows a vLLM in the trainer",
            "lower --max-pixels, or use generation=vllm-server",
        )  # fmt: skip
    return ok(f"vLLM leaves the pictures alone; at most {largest} tokens each")


def placeholders(case: Case) -> Finding:
    """Whether each prompt has as many picture tokens as the tower makes features, and says which they are."""
    processor = case.ready_processor
    merge = processor.image_processor.merge_size**2
    for row in case.some_rows:
        try:
            batch = encode(case, [row])
        except ValueError as error:
            return fail(
                f"row {row.number}: {error}", "prompts that are not cut",
                "remove truncation from the processor's settings",
            )  # fmt: skip
        tokens = int((batch["input_ids"] == processor.image_token_id).sum())
        features = int(batch["image_grid_thw"].prod(-1).sum()) // merge if "image_grid_thw" in batch else 0
        if tokens != features:
            return fail(
                f"row {row.number}: {tokens} picture tokens for {features} features", "as many",
                "never cut a prompt across a picture; lower the pixel budget instead",
            )  # fmt: skip
        if features and "mm_token_type_ids" not in batch:
            return fail(
                "the processor does not return mm_token_type_ids", "them: without, positions are one-dimensional",
                "use transformers >=5.17",
            )  # fmt: skip
        if features and int(batch["mm_token_type_ids"].sum()) != features:
            return fail(
                f"row {row.number}: mm_token_type_ids marks {int(batch['mm_token_type_ids'].sum())} of {features} "
                "picture tokens",
                "all of them: positions of the others are wrong", "use transformers >=5.17",
            )  # fmt: skip
    return ok(f"{len(case.some_rows)} prompts: picture tokens and features agree, and are marked")


def prompt_room(case: Case) -> Finding:
    """Whether the longest prompt and reply fit into every limit on length, so that no picture is cut."""
    tokenizer, config = case.ready_processor.tokenizer, case.config
    longest, number = 0, 0
    for row in case.some_rows:
        text, images = prompt_text(case, row)
        words = len(tokenizer(text, add_special_tokens=False)["input_ids"])
        length = words - len(images) + sum(case.budget.tokens(image.size) for image in images)
        if length > longest:
            longest, number = length, row.number
    limits = {"the model's positions": case.model_config.get_text_config().max_position_embeddings}
    if config.generation != "hf" and config.trainer.get("vllm_max_model_length"):
        limits["vllm_max_model_length"] = config.trainer["vllm_max_model_length"]
    if tokenizer.model_max_length < 10**9:
        limits["the tokenizer's model_max_length"] = tokenizer.model_max_length
    need = longest + config.max_new_tokens
    name, limit = min(limits.items(), key=lambda item: item[1])
    shown = f"row {number} needs {longest} + {config.max_new_tokens} tokens, {name}: {limit}"
    if need > limit:
        return fail(
            shown, "room for both: a cut goes through the picture, and tokens and features no longer agree",
            "lower --max-pixels or --max-new-tokens, or shorten the history",
        )  # fmt: skip
    return ok(shown)
