"""Which published rules judge which data set. The first is the data set's headline."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agentkit.scoring.navigation.agentcpm import NEAREST, AgentCpm
from agentkit.scoring.navigation.aitw import AndroidInTheWildRule
from agentkit.scoring.navigation.androidcontrol import AndroidControlPaper
from agentkit.scoring.navigation.gui_odyssey import GuiOdysseyRule
from agentkit.scoring.navigation.rule import Rule
from agentkit.scoring.navigation.ui_s1 import UiS1
from agentkit.scoring.navigation.ui_tars import UiTars

_ANDROIDCONTROL: tuple[Rule, ...] = (
    AgentCpm(0.04, nearest=NEAREST, long_press_is_click=True),
    UiTars(),
    UiS1(),
    AndroidControlPaper(),
)

RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType(
    {
        "androidcontrol-high": _ANDROIDCONTROL,
        "androidcontrol-low": _ANDROIDCONTROL,
        "gui-odyssey": (GuiOdysseyRule(), AgentCpm(), UiTars()),
        "aitw": (AndroidInTheWildRule(), AgentCpm(), UiTars()),
        "aitz": (AndroidInTheWildRule(), AgentCpm(), UiTars()),
    }
)
"""Suite to rules."""
