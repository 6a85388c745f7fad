"""Environments behind `agentkit.Env`: one adapter per file. Importing this loads no device library."""
