"""CONFIG_DB: how the switch is managed and what it reports to. No secret stands here; certificates are files on it."""

from __future__ import annotations

from .._kit.device_model import Services, Sflow, SwitchModel
from .rows import UP, Row, Table, Tables

MANAGEMENT_PORT = "eth0"

CERTIFICATES = {
    "ca_crt": "/etc/sonic/telemetry/dsmsroot.cer",
    "server_crt": "/etc/sonic/telemetry/streamingtelemetryserver.cer",
    "server_key": "/etc/sonic/telemetry/streamingtelemetryserver.key",
}
"""Where SONiC puts gNMI's certificates by default (sonic-config-engine, minigraph.py). Without such rows it serves in
clear, in late images to itself alone (docker-sonic-gnmi, gnmi-native.sh)."""

COUNTERS = (
    "BUFFER_POOL_WATERMARK",
    "PFCWD",
    "PG_DROP",
    "PG_WATERMARK",
    "PORT",
    "PORT_BUFFER_DROP",
    "QUEUE",
    "QUEUE_WATERMARK",
    "RIF",
)
"""Counters that tell how a lossless fabric does; an image has them on by default."""


def service_tables(switch: SwitchModel) -> Tables:
    """Management port, LLDP, features and services."""
    services = switch.network.services
    tables: Tables = {
        "MGMT_PORT": {MANAGEMENT_PORT: {"alias": MANAGEMENT_PORT, "admin_status": UP}},
        "LLDP": {"GLOBAL": {"enabled": "true", "system_name": switch.name}},
        "LLDP_PORT": {i.port.name: {"enabled": "true"} for i in switch.linked},
        "FEATURE": _features(services),
        "FLEX_COUNTER_TABLE": {name: {"FLEX_COUNTER_STATUS": "enable"} for name in COUNTERS},
    }
    if switch.management:
        # Without an address the port asks for one by DHCP.
        row: Row = {"gwaddr": switch.network.gateway} if switch.network.gateway else {}
        tables["MGMT_INTERFACE"] = {f"{MANAGEMENT_PORT}|{switch.management}": row}
    if services.ntp:
        # Servers that DHCP names would be asked in place of these, and the loopback is known to the fabric alone.
        tables["NTP"] = {
            "global": {"admin_state": "enabled", "dhcp": "disabled", "src_intf": MANAGEMENT_PORT, "vrf": "default"}
        }
        tables["NTP_SERVER"] = {server: {"association_type": "server", "iburst": "on"} for server in services.ntp}
    if services.syslog:
        tables["SYSLOG_SERVER"] = {server: {} for server in services.syslog}
    if services.dns:
        tables["DNS_NAMESERVER"] = {server: {} for server in services.dns}
        if services.domain:
            tables["DNS_OPTIONS"] = {"GLOBAL": {"search": [services.domain]}}
    if services.sflow is not None:
        tables.update(_sflow(switch, services.sflow))
    if services.gnmi:
        tables["GNMI"] = {
            "certs": dict(CERTIFICATES),
            "gnmi": {"client_auth": "true", "log_level": "2", "port": str(services.gnmi)},
        }
    return tables


def _features(services: Services) -> Table:
    states = {"bgp": True, "lldp": True, "gnmi": bool(services.gnmi), "sflow": services.sflow is not None}
    return {
        name: {"state": "enabled" if on else "disabled", "auto_restart": "enabled"}
        for name, on in sorted(states.items())
    }


def _sflow(switch: SwitchModel, sflow: Sflow) -> Tables:
    return {
        "SFLOW": {
            "global": {"admin_state": UP, "agent_id": "Loopback0", "polling_interval": str(sflow.polling_s)},
        },
        "SFLOW_COLLECTOR": {
            "collector": {
                "collector_ip": sflow.collector,
                "collector_port": str(sflow.port),
                "collector_vrf": "default",
            }
        },
        "SFLOW_SESSION": {i.port.name: {"admin_state": UP, "sample_rate": str(sflow.rate)} for i in switch.linked},
    }
