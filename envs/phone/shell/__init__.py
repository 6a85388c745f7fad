"""The phone's shell: an interpreter in process, with its own grammar and commands. It never runs anything on the host.

shell = Shell(phone)
shell.run("settings get global wifi_on").text
"""

from envs.phone.shell.interpreter import Shell, ShellResult
from envs.phone.shell.syntax import ShellSyntaxError
from envs.phone.shell.system import System

__all__ = ["Shell", "ShellResult", "ShellSyntaxError", "System"]
