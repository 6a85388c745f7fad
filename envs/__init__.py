"""Environments behind `agentkit.Env`: one adapter per file. Nothing is imported here, so no device library is pulled in."""
