"""OsmAnd."""

from envs.phone.apps.osmand.main import OsmAnd

__all__ = ["OsmAnd"]
