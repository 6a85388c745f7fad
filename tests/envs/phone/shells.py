"""Running the phone's shell in tests."""

from __future__ import annotations

from envs.phone.shell import Shell


def out(shell: Shell, command: str, stdin: bytes = b"") -> str:
    """Standard output of a command that must not complain."""
    result = shell.run(command, stdin)
    assert result.stderr == b"", result.stderr
    return result.text


def failed(shell: Shell, command: str) -> tuple[int, str]:
    """Exit status and standard error of a command that must fail."""
    result = shell.run(command)
    assert result.code != 0, (command, result)
    return result.code, result.stderr.decode()
