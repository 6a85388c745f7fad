"""UI-Venus-1.5 navigation (arXiv 2602.09082): coordinates 0..1000, five past steps, a phone and a web action list.

The release parses its web calls with a table that lacks three of them, and one of its agents rescales 0..1000 numbers
as if they were pixels; here prompt, table and frame agree. The prose of the prompts is ours.
"""

from agentkit.calls import VENUS15_MOBILE, VENUS15_WEB
from agentkit.frames import QWEN3VL
from agentkit.protocols.navi import Navi
from agentkit.protocols.template import prompt

VENUS15_NAVI = Navi("venus15_navi", prompt("venus15_navi_mobile"), VENUS15_MOBILE, "n1000", QWEN3VL, history=5)
VENUS15_NAVI_WEB = Navi("venus15_navi_web", prompt("venus15_navi_web"), VENUS15_WEB, "n1000", QWEN3VL, history=5)
