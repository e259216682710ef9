"""How a switch is managed and what it reports to: `openconfig-system`, `-lldp` and `-sampling-sflow`."""

from __future__ import annotations

from .._kit.device_model import Services, SwitchModel
from .._kit.placeholders import secret
from .bgp import DEFAULT, MANAGEMENT
from .names import Box
from .nodes import Node, Value, keyed

GRPC = "openconfig-system-grpc"
SFLOW = "openconfig-sampling-sflow"
LOGGING = "openconfig-system-logging"
ROLES = "openconfig-aaa-types"


def system(switch: SwitchModel, box: Box) -> Node:
    """Name, users, time, log, names and gNMI. What leaves by the management port names its table."""
    services = switch.network.services
    table = MANAGEMENT if box.management else DEFAULT
    config: Node = {"hostname": switch.name}
    if services.domain:
        config["domain-name"] = services.domain
    found: Node = {"config": config}
    if services.users:
        found["aaa"] = {"authentication": {"users": {"user": [_user(name) for name in sorted(services.users)]}}}
    if services.syslog:
        servers: list[Value] = [_log(host, table) for host in services.syslog]
        found["logging"] = {"remote-servers": {"remote-server": servers}}
    if services.dns:
        found["dns"] = _dns(services)
    if services.ntp:
        times: list[Value] = [
            keyed(
                {"address": host, "association-type": "SERVER", "iburst": True, "network-instance": table},
                "address",
            )
            for host in services.ntp
        ]
        found["ntp"] = {"config": {"enabled": True}, "servers": {"server": times}}
    if services.gnmi:
        server = keyed(
            {
                "name": DEFAULT,
                "services": [f"{GRPC}:GNMI"],
                "enable": True,
                "port": services.gnmi,
                "transport-security": True,
                "network-instance": table,
            },
            "name",
        )
        found[f"{GRPC}:grpc-servers"] = {"grpc-server": [server]}
    return found


def _user(name: str) -> Node:
    """A name alone: the hash of its password is a placeholder until a vault fills it."""
    return keyed({"username": name, "password-hashed": secret(name), "role": f"{ROLES}:SYSTEM_ROLE_ADMIN"}, "username")


def _log(host: str, table: str) -> Node:
    selector = keyed({"facility": f"{LOGGING}:ALL", "severity": "INFORMATIONAL"}, "facility", "severity")
    return keyed({"host": host, "network-instance": table}, "host", selectors={"selector": [selector]})


def _dns(services: Services) -> Node:
    found: Node = {}
    if services.domain:
        found["config"] = {"search": [services.domain]}
    found["servers"] = {"server": [keyed({"address": address}, "address") for address in services.dns]}
    return found


def lldp(switch: SwitchModel) -> Node:
    """On every linked port, so that a wrong cable shows."""
    ports: list[Value] = [keyed({"name": i.port.name, "enabled": True}, "name") for i in switch.linked]
    return {"config": {"enabled": True, "system-name": switch.name}, "interfaces": {"interface": ports}}


def sampling(switch: SwitchModel, box: Box) -> Node:
    """Sampled flows of every linked port; empty without a collector."""
    sflow = switch.network.services.sflow
    if sflow is None:
        return {}
    collector: Node = {
        "address": sflow.collector,
        "port": sflow.port,
        "network-instance": MANAGEMENT if box.management else DEFAULT,
    }
    ports: list[Value] = [
        keyed({"name": i.port.name, "enabled": True, "ingress-sampling-rate": sflow.rate}, "name")
        for i in switch.linked
    ]
    return {
        f"{SFLOW}:sflow": {
            "config": {"enabled": True, "agent-id-ipv4": switch.loopback, "polling-interval": sflow.polling_s},
            "collectors": {"collector": [keyed(collector, "address", "port")]},
            "interfaces": {"interface": ports},
        }
    }
