"""An image processor that prepares each distinct screenshot once. Same pixel values, bit for bit.

GRPO prepares every screenshot 2 G times per step: each of the G copies for the sampler, and again for the loss.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import Any

import numpy as np
from PIL import Image
from transformers import BatchFeature, Qwen2VLImageProcessorPil


class CachedImageProcessor(Qwen2VLImageProcessorPil):
    """`Qwen2VLImageProcessorPil` with a memory of the last `cache_images` distinct pictures."""

    cache_images = 64

    def preprocess(self, images: Any, **kwargs: Any) -> BatchFeature:
        """Pixel values [patches of all images, D] and `image_grid_thw` [images, 3], in the order given.

        Anything but plain RGB pictures and plain tensors out goes the parent's way.
        """
        flat = _flatten(images)
        if not flat or not all(isinstance(image, Image.Image) and image.mode == "RGB" for image in flat):
            return super().preprocess(images, **kwargs)
        tensors = kwargs.pop("return_tensors", None)
        settings = repr(sorted((key, repr(value)) for key, value in {"size": self.size, **kwargs}.items()))
        ready = [self._one(image, settings, kwargs) for image in flat]
        data = {
            "pixel_values": np.concatenate([pixels for pixels, _ in ready]),
            "image_grid_thw": np.concatenate([grid for _, grid in ready]),
        }
        return BatchFeature(data=data, tensor_type=tensors)

    def _one(self, image: Image.Image, settings: str, kwargs: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
        store: OrderedDict[Any, Any] = self.__dict__.setdefault("_ready", OrderedDict())
        key = (image.size, settings, hashlib.blake2b(image.tobytes(), digest_size=16).digest())
        if key in store:
            store.move_to_end(key)
        else:
            made = super().preprocess([image], return_tensors="np", **kwargs)
            store[key] = (made["pixel_values"], made["image_grid_thw"])
            while len(store) > self.cache_images:
                store.popitem(last=False)
        return store[key]

    def to_dict(self) -> dict[str, Any]:
        """The settings without the memory, under the parent's name, so that saved folders stay stock."""
        saved = super().to_dict()
        saved.pop("_ready", None)
        saved["image_processor_type"] = Qwen2VLImageProcessorPil.__name__
        return saved


def cache_images(processor: Any, images: int = 64) -> None:
    """Give `processor` a caching image processor with the same settings. One that is not PIL-backed is left alone."""
    inner = processor.image_processor
    if type(inner) is Qwen2VLImageProcessorPil:
        cached = CachedImageProcessor.from_dict(inner.to_dict())
        cached.cache_images = images
        processor.image_processor = cached


def _flatten(images: Any) -> list[Any]:
    if isinstance(images, (list, tuple)):
        return [leaf for item in images for leaf in _flatten(item)]
    return [] if images is None else [images]
