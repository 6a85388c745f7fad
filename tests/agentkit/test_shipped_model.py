"""The model in the repository: small, loadable, still of the protocols it was trained on, and able to see."""

import pytest
from PIL import Image

from agentkit.actions import Click
from agentkit.policies import make_policy
from agentkit.policies.qwen_load import SHIPPED
from agentkit.protocols import get_protocol
from agentkit.types import Observation

MINI = SHIPPED["mini"]


def test_it_is_at_most_12_megabytes():
    assert sum(f.stat().st_size for f in MINI.iterdir()) <= 12_000_000


@pytest.mark.parametrize("name", ["venus1_ground", "venus1_navi"])
def test_every_fixed_part_of_its_prompts_is_one_token(name):
    """A changed prompt text would reach the model as bytes it has never been asked in."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(MINI)
    for part in get_protocol(name).fixed_parts():
        assert len(tokenizer(part, add_special_tokens=False)["input_ids"]) == 1, part[:60]


def test_it_finds_what_is_named_and_not_on_a_blank_screen():
    from envs.phone.device import Phone

    phone = Phone(screen="small", seed=5)
    phone.launch("Settings")
    policy = make_policy("qwen:mini", get_protocol("venus1_ground"))
    rows = {e.text: e.bounds for e in phone.elements() if e.role == "list_item" and e.hit}
    names = [name for name in rows if name in ("Network & internet", "Battery", "Storage", "Apps", "Notifications")]
    assert len(names) >= 4

    def hits(image: Image.Image) -> int:
        replies = policy.replies([(name, (), Observation(image)) for name in names])
        found = 0
        for name, reply in zip(names, replies, strict=True):
            if isinstance(reply.action, Click):
                x, y = reply.action.at.x * image.width, reply.action.at.y * image.height
                x1, y1, x2, y2 = rows[name]
                found += x1 <= x <= x2 and y1 <= y <= y2
        return found

    assert hits(phone.screenshot()) >= len(names) - 1
    assert hits(Image.new("RGB", phone.size, "white")) <= len(names) // 2
