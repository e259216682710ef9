"""The model of each switch as JSON, for anybody's own templates."""

from .backend import DeviceModel

__all__ = ["DeviceModel"]
