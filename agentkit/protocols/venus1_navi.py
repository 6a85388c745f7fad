"""UI-Venus-1.0 navigation (arXiv 2508.10833): 13 calls, coordinates in pixels of the resized screenshot.

The call syntax, the section order and the history line are the release's. The prose of the prompt is ours, so scores
of released weights may differ a little from those under the original wording.
"""

from agentkit.calls import VENUS1
from agentkit.frames import QWEN25VL, VENUS1_NAVI_7B
from agentkit.protocols.navi import Navi
from agentkit.protocols.template import prompt

VENUS1_NAVI = Navi("venus1_navi", prompt("venus1_navi"), VENUS1, "model_px", VENUS1_NAVI_7B)
VENUS1_NAVI_72B = Navi("venus1_navi_72b", prompt("venus1_navi"), VENUS1, "model_px", QWEN25VL)
