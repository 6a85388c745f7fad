"""The Qwen2.5-VL processor for screenshots: torchvision or not, and saved so that stock code loads it.

Stock `Qwen2_5_VLProcessor` insists on a video processor, which needs torchvision. `UiProcessor` has none, and drops
the `None` and `[]` that data pipelines hand over for rows without a screenshot.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from transformers import AutoTokenizer, Qwen2VLImageProcessorPil
from transformers.models.qwen2_5_vl.processing_qwen2_5_vl import Qwen2_5_VLProcessor
from transformers.processing_utils import ProcessorMixin

from agentkit.errors import PolicyError
from agentkit.frames import PixelBudget

STOCK_CLASS = "Qwen2_5_VLProcessor"


class UiProcessor(Qwen2_5_VLProcessor):
    """Tokenizer plus PIL image processor; call it as the stock one: `processor(text=[...], images=[[PIL], ...])`."""

    def __init__(
        self, image_processor: Any = None, tokenizer: Any = None, chat_template: str | None = None, **_: Any
    ) -> None:
        self.image_token, self.video_token = "<|image_pad|>", "<|video_pad|>"
        self.image_token_id = tokenizer.convert_tokens_to_ids(self.image_token)
        self.video_token_id = tokenizer.convert_tokens_to_ids(self.video_token)
        ProcessorMixin.__init__(self, image_processor, tokenizer, chat_template=chat_template)

    @classmethod
    def get_attributes(cls) -> list[str]:
        return ["image_processor", "tokenizer"]

    def __call__(self, images: Any = None, text: Any = None, **kwargs: Any) -> Any:
        return super().__call__(images=flat_images(images), text=text, **kwargs)

    @property
    def budget(self) -> PixelBudget:
        """The pixel budget that the image processor applies."""
        return budget_of(self)


def flat_images(images: Any) -> list[Any] | None:
    """The images of a possibly nested batch in order, without the empty places; None when there are none."""
    if images is None:
        return None
    if not isinstance(images, (list, tuple)):
        return [images]
    flat = [image for item in images for image in flat_images(item) or []]
    return flat or None


def load_processor(path: str | os.PathLike[str], budget: PixelBudget | None = None) -> UiProcessor:
    """The processor in a folder (or hub id), padding left, with `budget` in place of the folder's own if given.

    Raises PolicyError when the folder holds no Qwen2.5-VL tokenizer and image processor, or when the factor of
    `budget` is not that of the folder's patches.
    """
    try:
        image_processor = Qwen2VLImageProcessorPil.from_pretrained(path)
        tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left", truncation_side="left")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PolicyError(f"no Qwen2.5-VL processor at {path}: {error}") from error
    template = tokenizer.chat_template or _template_beside(path)
    if template is None:
        raise PolicyError(f"the tokenizer at {path} has no chat template")
    processor = UiProcessor(image_processor, tokenizer, chat_template=template)
    if tokenizer.unk_token_id == processor.image_token_id or processor.image_token_id is None:
        raise PolicyError(f"the tokenizer at {path} does not know {processor.image_token}")
    if budget is not None:
        set_budget(processor, budget)
    return processor


def save_processor(processor: Any, path: str | os.PathLike[str]) -> None:
    """Write `processor` so that both `load_processor` and stock `AutoProcessor` (vLLM, a GPU box) read it."""
    processor.save_pretrained(path)
    make_stock_loadable(path)


def make_stock_loadable(path: str | os.PathLike[str]) -> None:
    """Name the stock class in a saved processor's folder and give it the video block that this class wants.

    With an unknown class name there, `AutoProcessor` silently returns a bare tokenizer.
    """
    folder = Path(path)
    for name in ("processor_config.json", "tokenizer_config.json"):
        file = folder / name
        config = json.loads(file.read_text(encoding="utf-8"))
        config["processor_class"] = STOCK_CLASS
        if name == "processor_config.json":
            images = config["image_processor"]
            shared = ("patch_size", "temporal_patch_size", "merge_size", "size", "image_mean", "image_std")
            config.setdefault(
                "video_processor",
                {"video_processor_type": "Qwen2VLVideoProcessor", **{key: images[key] for key in shared}},
            )
        file.write_text(json.dumps(config, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def budget_of(processor: Any) -> PixelBudget:
    """The pixel budget of any Qwen2-VL style processor."""
    images = processor.image_processor
    return PixelBudget(images.size["shortest_edge"], images.size["longest_edge"], images.patch_size * images.merge_size)


def set_budget(processor: Any, budget: PixelBudget) -> None:
    """Make `processor` resize to `budget`."""
    images = processor.image_processor
    if budget.factor != images.patch_size * images.merge_size:
        raise PolicyError(
            f"the budget has factor {budget.factor}, the model's patches need {images.patch_size * images.merge_size}"
        )
    images.size = {"shortest_edge": budget.min_pixels, "longest_edge": budget.max_pixels}


def _template_beside(path: str | os.PathLike[str]) -> str | None:
    file = Path(path) / "chat_template.json"
    if not file.is_file():
        return None
    return json.loads(file.read_text(encoding="utf-8")).get("chat_template")
