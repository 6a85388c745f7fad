"""The device side of the Android Debug Bridge: what a phone's `adbd` speaks, over TCP, in front of a simulated phone.

with AdbServer(phone) as server:
    print(f"adb connect {server.address}")
"""

from envs.phone.adb.auth import Auth, PublicKey
from envs.phone.adb.server import AdbServer

__all__ = ["AdbServer", "Auth", "PublicKey"]
