"""Which images of a packed batch are the same picture. Exact: a fingerprint proposes, an element-wise test decides."""

from __future__ import annotations

from torch import Tensor


def split_images(pixel_values: Tensor, grid_thw: Tensor) -> list[Tensor]:
    """Packed patches [N, D] as one tensor [t * h * w, D] per row of `grid_thw` [images, 3]. Views, no copies."""
    return list(pixel_values.split(grid_thw.prod(-1).tolist()))


def first_same(parts: list[Tensor]) -> list[int]:
    """For each image, the index of the first one that is equal to it, itself included.

    `parts` are patches of images that may differ in size. Two device-to-host copies in all, however many images.
    """
    import torch

    prints = fingerprints(parts)
    first: dict[tuple[int, ...], int] = {}
    guess = [first.setdefault(mark, index) for index, mark in enumerate(prints)]
    claims = [(i, j) for i, j in enumerate(guess) if i != j]
    if parts and parts[0].device.type == "cpu":
        equal = [torch.equal(parts[i], parts[j]) for i, j in claims]
    elif claims:
        equal = torch.stack([(parts[i] == parts[j]).all() for i, j in claims]).tolist()
    else:
        equal = []
    # A collision makes an image its own first; a third copy behind it is then encoded again, which costs time only.
    wrong = {i for (i, _), same in zip(claims, equal, strict=True) if not same}
    return [i if i in wrong else j for i, j in enumerate(guess)]


def fingerprints(parts: list[Tensor]) -> list[tuple[int, ...]]:
    """A few numbers per image that are equal for equal images: shape and two sums. One device-to-host copy.

    Bits are summed as whole numbers: sums in bfloat16 are the same for many pictures.
    """
    import torch

    if not parts:
        return []
    words = [_words(part) for part in parts]
    sums = torch.stack([torch.stack((word.sum(), word[::7].sum())) for word in words]).tolist()
    return [(*part.shape, *pair) for part, pair in zip(parts, sums, strict=True)]


def _words(part: Tensor) -> Tensor:
    """The bits of `part` as a row of int64, less a rest that fills none."""
    import torch

    per_word = 8 // part.itemsize
    flat = part.reshape(-1)
    if flat.storage_offset() % per_word:
        flat = flat.clone()
    return flat[: len(flat) // per_word * per_word].view(torch.int64)
