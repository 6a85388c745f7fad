"""A tokenizer for small UI agents trained from scratch: bytes, whole numbers, and the fixed words of the protocols.

Ordinary text is one token a byte, so a word never seen in training is spelled like any other. A whole number up to
`LARGEST_NUMBER` is one token, so a coordinate is one choice and its neighbours are one step away, as in Pix2Seq
(arXiv 2109.10852). Each literal chunk of a prompt protocol (`fixed_parts`) is one token too: a small model speaks the
full UI-Venus prompt, byte for byte, at the price of a few tokens.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

LARGEST_NUMBER = 1023
SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
CALL_PARTS = (
    "<think>",
    "</think><action>",
    "</action><conclusion>",
    "</conclusion>",
    "</think><action>Click(box=(",
    "</think><action>LongPress(box=(",
    "</think><action>Drag(start=(",
    "</think><action>Scroll(start=(",
    "</think><action>Type(content='",
    "</think><action>Launch(app='",
    "</think><action>Wait()</action><conclusion>",
    "</think><action>Finished(content='",
    "</think><action>CallUser(content='",
    "</think><action>PressBack()</action><conclusion>",
    "</think><action>PressHome()</action><conclusion>",
    "</think><action>PressEnter()</action><conclusion>",
    "</think><action>PressRecent()</action><conclusion>",
    "))</action><conclusion>",
    "')</action><conclusion>",
    "), end=(",
    "), direction='",
    ", ",
)
"""Pieces of a navigation reply (UI-Venus-1.0 syntax) that always stand together."""
TURN_PARTS = ("system\nYou are a helpful assistant.", "user\n", "assistant\n")
CHAT_TEMPLATE = (
    "{%- for m in messages -%}"
    "{%- if loop.first and m['role'] != 'system' -%}"
    "<|im_start|>system\nYou are a helpful assistant.<|im_end|>{{ '\n' }}"
    "{%- endif -%}"
    "<|im_start|>{{ m['role'] + '\n' }}"
    "{%- if m['content'] is string -%}{{ m['content'] }}"
    "{%- else -%}{%- for part in m['content'] -%}"
    "{%- if part['type'] == 'image' or 'image' in part -%}<|vision_start|><|image_pad|><|vision_end|>"
    "{%- elif 'text' in part -%}{{ part['text'] }}{%- endif -%}{%- endfor -%}{%- endif -%}"
    "<|im_end|>{{ '\n' }}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}<|im_start|>assistant{{ '\n' }}{%- endif -%}"
)
"""The turn layout of Qwen2.5-VL, images only."""


def build_tokenizer(chunks: Iterable[str] = ()) -> PreTrainedTokenizerFast:
    """A left-padding tokenizer whose extra one-token strings are `chunks`, longest match first.

    Equal arguments give equal ids, so a saved model can be checked against the protocols it was trained on.
    """
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    vocabulary = {token: i for i, token in enumerate(SPECIAL)}
    for byte in sorted(pre_tokenizers.ByteLevel.alphabet()):
        vocabulary[byte] = len(vocabulary)
    core = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    core.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    core.decoder = decoders.ByteLevel()
    whole = [str(n) for n in range(10, LARGEST_NUMBER + 1)]
    whole += [part for part in dict.fromkeys((*TURN_PARTS, *CALL_PARTS, *chunks)) if len(part.encode()) > 1]
    core.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    core.add_tokens([AddedToken(t, normalized=False) for t in whole])
    return PreTrainedTokenizerFast(
        tokenizer_object=core,
        eos_token="<|im_end|>",  # noqa: S106
        pad_token="<|endoftext|>",  # noqa: S106
        additional_special_tokens=list(SPECIAL[1:]),
        padding_side="left",
        model_max_length=8192,
        clean_up_tokenization_spaces=False,
        chat_template=CHAT_TEMPLATE,
    )
