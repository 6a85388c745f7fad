"""An oracle for MiniWoB++: one rule per task, in families."""

from envs.miniwob.oracle.policy import RULES, Oracle

__all__ = ["RULES", "Oracle"]
