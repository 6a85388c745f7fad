"""An Android device over ADB, real, emulated or simulated, and the `agentkit` environment in front of it.

No adb binary and no ADB server are involved: the device is reached over TCP by adb-shell (`pip install
'glint-agents[android]'`). For a phone on USB run `adb tcpip 5555` first.
"""

from envs.android.console import CannotDo
from envs.android.device import AndroidDevice
from envs.android.env import AndroidEnv

__all__ = ["AndroidDevice", "AndroidEnv", "CannotDo"]
