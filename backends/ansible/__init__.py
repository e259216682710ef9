"""An inventory of the whole plant for Ansible."""

from .backend import Ansible

__all__ = ["Ansible"]
