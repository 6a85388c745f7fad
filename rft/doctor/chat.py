"""The chat template: one place per picture, the turn that the model should take, and the token that ends it."""

from __future__ import annotations

import json
from typing import Any

from agentkit.policies.qwen_processor import STOCK_CLASS
from rft.doctor.case import Case, Unavailable
from rft.doctor.finding import Finding, fail, ok, warn

_ADVICE = "take chat_template.jinja from the model's original folder"


def chat_template(case: Case) -> Finding:
    """Whether the template writes each picture as the model knows it, keeps the words and asks for a reply."""
    try:
        processor = case.processor
    except Unavailable as gone:
        return fail(str(gone.error), "a Qwen2.5-VL processor with a chat template", _ADVICE)
    row = next((row for row in case.rows if row.image is not None), case.rows[0])
    messages, images = case.examples.chat(row)
    try:
        text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        silent = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=False)
    except Exception as error:  # templates are programs, and raise anything
        return fail(f"the template raises {type(error).__name__}: {error}", "a prompt", _ADVICE)
    token, places = processor.image_token, text.count(processor.image_token)
    framed = text.count(f"<|vision_start|>{token}<|vision_end|>")
    if places != len(images):
        return fail(f"{places} {token} for {len(images)} picture(s)", "one for each", _ADVICE)
    if framed != len(images):
        return fail(
            f"{len(images)} picture(s), {framed} of them between <|vision_start|> and <|vision_end|>", "all", _ADVICE
        )
    for message in messages:
        for part in message["content"]:
            if part["type"] == "text" and part["text"].strip() not in text:
                return fail(f"the words {part['text'].strip()[:60]!r} are not in the prompt", "all words", _ADVICE)
    if not text.startswith(silent) or len(text) == len(silent):
        return fail("add_generation_prompt adds nothing at the end", "the start of the assistant's turn", _ADVICE)
    return ok(f"{places} picture(s), prompt ends with {text[len(silent) :]!r}")


def end_of_turn(case: Case) -> Finding:
    """Whether the token that ends a turn is the one at which sampling stops, and padding is another."""
    processor = case.processor
    tokenizer = processor.tokenizer
    turn: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "question"}]},
        {"role": "assistant", "content": [{"type": "text", "text": "answer"}]},
    ]
    text = processor.apply_chat_template(turn, tokenize=False)
    after = text.rpartition("answer")[2].strip()
    end = tokenizer.eos_token
    if end is None or not after.startswith(end):
        return fail(
            f"a turn ends with {after!r}, sampling stops at {end!r}", "the same token: else every reply is cut",
            "set eos_token in tokenizer_config.json",
        )  # fmt: skip
    if tokenizer.pad_token_id is None:
        return fail("no padding token", "one", "set pad_token in tokenizer_config.json to <|endoftext|>")
    if tokenizer.pad_token_id in (tokenizer.eos_token_id, processor.image_token_id):
        return warn(
            f"padding is {tokenizer.pad_token!r}, which also means something", "a token of its own",
            "set pad_token in tokenizer_config.json to <|endoftext|>",
        )  # fmt: skip
    return ok(f"turns end with {end!r}, padding is {tokenizer.pad_token!r}")


def stock_processor(case: Case) -> Finding:
    """Whether stock AutoProcessor, which vLLM uses, finds the processor: for an unknown name it gives a tokenizer."""
    file = case.folder / "processor_config.json"
    if not file.is_file():
        file = case.folder / "preprocessor_config.json"
    named = json.loads(file.read_text("utf-8")).get("processor_class") if file.is_file() else None
    if named is None or named == STOCK_CLASS:
        return ok(f"processor_class {named}")
    report = warn if case.config.generation == "hf" else fail
    return report(
        f"{file.name} names processor_class {named}", STOCK_CLASS,
        "agentkit.policies.qwen_processor.make_stock_loadable(folder) corrects it",
    )  # fmt: skip
