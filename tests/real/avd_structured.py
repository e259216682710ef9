"""A switch in the terms of arista.avd's structured configuration, from the vendor-neutral model alone.

Only names of policies and the one profile are taken from our own conventions; every word of EOS is AVD's.
"""

from __future__ import annotations

from typing import Any

from rackwright.backends._kit.device_model import Interface, PeerGroup, PrefixMatch, SwitchModel

Data = dict[str, Any]

LANES = {"25": "25g", "10": "10g"}


def structured(switch: SwitchModel, management: str, queues: str) -> Data:
    """The whole switch. `management` is its port for that, `queues` the key of its kind of egress queues."""
    network = switch.network
    found: Data = {
        "hostname": switch.name,
        "service_routing_protocols_model": "multi-agent",
        "spanning_tree": {"mode": "none"},
        "lldp": {"management_address": management, "vrf": "MGMT"},
        "vrfs": [{"name": "MGMT", "ip_routing": False}],
        "management_api_http": {"enable_https": True, "enable_vrfs": [{"name": "MGMT"}]},
        "management_ssh": {"vrfs": [{"name": "MGMT", "enable": True}]},
        "ethernet_interfaces": [_interface(i, network.mtu, network.qos is not None) for i in switch.interfaces],
        "loopback_interfaces": [_loopback(switch)],
        "management_interfaces": [_management(switch, management)],
        "ip_routing": True,
        "ip_routing_ipv6_interfaces": network.unnumbered,
        "router_bgp": _bgp(switch),
    }
    if network.unnumbered or network.ipv6:
        found["ipv6_unicast_routing"] = True
    if switch.management:
        found["static_routes"] = [{"vrf": "MGMT", "prefix": "0.0.0.0/0", "next_hop": network.gateway}]
    if network.bfd:
        every = network.bfd.interval_ms
        found["router_bfd"] = {"interval": every, "min_rx": every, "multiplier": network.bfd.multiplier}
    return found | _services(switch, management) | _policies(switch) | _classes(switch, queues)


def _interface(i: Interface, mtu: int, lossless: bool) -> Data:
    gigabits = i.port.speed // 10**9
    speed = LANES.get(str(gigabits), f"{gigabits}g-{i.port.width}")
    if i.kind == "unused":
        return {"name": i.port.name, "shutdown": True} | ({"speed": speed} if i.port.part else {})
    one: Data = {"name": i.port.name, "description": i.description, "mtu": mtu, "speed": speed}
    one |= {"switchport": {"enabled": False}}
    if i.port.fec != "none":
        one["error_correction_encoding"] = {"reed_solomon": True}
    if i.address:
        one["ip_address"] = i.address
    elif i.kind == "fabric":
        one["ipv6_enable"] = True
    if i.address6:
        one["ipv6_address"] = i.address6
    return one | ({"service_profile": "LOSSLESS"} if lossless else {})


def _loopback(switch: SwitchModel) -> Data:
    one = {"name": "Loopback0", "description": "router id", "ip_address": f"{switch.loopback}/32"}
    return one | ({"ipv6_address": f"{switch.loopback6}/128"} if switch.loopback6 else {})


def _management(switch: SwitchModel, port: str) -> Data:
    one: Data = {"name": port, "description": "out-of-band", "type": "oob", "vrf": "MGMT"}
    if switch.management:
        return one | {"ip_address": switch.management}
    return one | {"ip_address": "dhcp", "dhcp_client_accept_default_route": True}


def _services(switch: SwitchModel, port: str) -> Data:
    services = switch.network.services
    found: Data = {}
    if services.users:
        found["local_users"] = [
            {"name": user, "privilege": 15, "role": "network-admin", "sha512_password": f"%secret:{user}%"}
            for user in services.users
        ]
    if services.dns:
        servers = [{"ip_address": server} for server in services.dns]
        found["ip_name_server"] = {"vrfs": [{"name": "MGMT", "servers": servers}]}
    if services.domain:
        found["dns_domain"] = services.domain
    if services.syslog:
        hosts = [{"name": host} for host in services.syslog]
        found["logging"] = {"vrfs": [{"name": "MGMT", "hosts": hosts, "source_interface": port}]}
    if services.ntp:
        found["ntp"] = {"vrf": "MGMT", "servers": [{"name": host} for host in services.ntp]}
        found["ntp"]["local_interface"] = {"name": port, "vrf": "MGMT"}
    if services.sflow is not None:
        s = services.sflow
        to = {"name": "MGMT", "destinations": [{"destination": s.collector, "port": s.port}], "source_interface": port}
        found["sflow"] = {"sample": s.rate, "polling_interval": s.polling_s, "vrfs": [to], "run": True}
        found["sflow"] |= {"dangerous": True} if s.rate < 16384 else {}
    if services.gnmi:
        grpc = [{"name": "default", "port": services.gnmi, "vrf": "MGMT"}]
        found["management_api_gnmi"] = {"transport": {"grpc": grpc}, "provider": "eos-native"}
    return found


def _prefixes(rule: PrefixMatch) -> str:
    if rule.low == rule.high:
        return f"permit {rule.prefix} eq {rule.low}"
    return f"permit {rule.prefix} ge {rule.low} le {rule.high}"


def _policies(switch: SwitchModel) -> Data:
    """Prefix lists and route maps: own things out, loopbacks and hosts through, a default down where it is wanted."""
    network = switch.network
    ups = any(group.name == "UPLINKS" for group in switch.groups)
    default = any(group.default_route for group in switch.groups) or (network.default_route and ups)
    lists: dict[str, dict[str, str]] = {"": {}, "6": {}}
    families = [("", network.loopbacks, network.hosts, f"{switch.loopback}/32", switch.block, "0.0.0.0/0", 31)]
    if network.loopbacks6 is not None:
        own6 = f"{switch.loopback6}/128"
        families.append(("6", network.loopbacks6, network.hosts6, own6, switch.block6, "::/0", 127))
    for six, loopbacks, hosts, own, block, anything, link in families:
        mine = lists[six]
        mine[f"LOOPBACKS{six}"] = _prefixes(loopbacks)
        mine[f"OWN{six}"] = f"permit {own}"
        if hosts is not None:
            mine[f"HOSTS{six}"] = _prefixes(hosts)
        if block:
            mine[f"LINKS{six}"] = f"permit {block} eq {link}"
        if default:
            mine[f"DEFAULT{six}"] = f"permit {anything}"
    connected: list[tuple[str, str]] = []
    through: dict[str, list[tuple[str, str]]] = {"LOOPBACKS": [], "HOSTS": [], "DEFAULT": []}
    for six, names in lists.items():
        ip = "ipv6" if six else "ip"
        for name, community in (("OWN", network.loopback_community), ("LINKS", network.host_community)):
            if f"{name}{six}" in names:
                connected.append((f"{ip} address prefix-list {name}{six}", community))
        for name, found in through.items():
            if f"{name}{six}" in names:
                found.append((f"{ip} address prefix-list {name}{six}", ""))
    maps = [_map("CONNECTED", connected)]
    if network.aggregate and switch.block and network.host_community:
        maps.append(_map("AGGREGATE", [("", network.host_community)]))
    for group in switch.groups:
        below = through["DEFAULT"] if network.default_route and group.name == "UPLINKS" else through["HOSTS"]
        maps.append(_map(f"{group.name}-IN", through["LOOPBACKS"] + below))
        told = through["DEFAULT"] if group.default_route else through["HOSTS"]
        maps.append(_map(f"{group.name}-OUT", through["LOOPBACKS"] + told))
    return {
        "prefix_lists": [_list(name, action) for name, action in lists[""].items()],
        "ipv6_prefix_lists": [_list(name, action) for name, action in lists["6"].items()],
        "route_maps": maps,
    }


def _list(name: str, action: str) -> Data:
    return {"name": name, "sequence_numbers": [{"sequence": 10, "action": action}]}


def _map(name: str, entries: list[tuple[str, str]]) -> Data:
    steps = []
    for n, (match, community) in enumerate(entries):
        step: Data = {"sequence": 10 * (n + 1), "type": "permit"}
        step |= {"match": [match]} if match else {}
        step |= {"set": [f"community {community}"]} if community else {}
        steps.append(step)
    return {"name": name, "sequence_numbers": steps}


def _bgp(switch: SwitchModel) -> Data:
    network = switch.network
    paths = min(switch.paths, 128)
    groups, neighbours, over = [], [], []
    families: dict[str, list[Data]] = {"4": [], "6": []}
    for group in switch.groups:
        for six in [""] if network.unnumbered or not network.ipv6 else ["", "6"]:
            groups.append(_group(switch, group, six))
            if not six:
                families["4"].append(_activated(switch, group, six))
            if six or (network.ipv6 and network.unnumbered):
                families["6"].append({"name": f"{group.name}{six}", "activate": True})
    for i in switch.fabric:
        if not i.peer_address:
            over.append({"name": i.port.name, "peer_group": i.group, "remote_as": str(i.peer_asn)})
        for address, six in ((i.peer_address, ""), (i.peer_address6, "6")):
            if address:
                one = {"ip_address": address, "peer_group": f"{i.group}{six}", "remote_as": str(i.peer_asn)}
                neighbours.append(one | {"description": i.peer})
    blocks = [block for block in (switch.block, switch.block6) if block and network.aggregate]
    mark = {"attribute_map": "AGGREGATE"} if network.host_community else {}
    found: Data = {
        "as": str(switch.asn),
        "router_id": switch.loopback,
        "bgp": {"default": {"ipv4_unicast": False}},
        "maximum_paths": {"paths": paths, "ecmp": paths},
        "peer_groups": groups,
        "neighbors": neighbours,
        "neighbor_interfaces": over,
        "aggregate_addresses": [{"prefix": block, "summary_only": True} | mark for block in blocks],
        "redistribute": {"connected": {"enabled": True, "route_map": "CONNECTED"}},
        "address_family_ipv4": {"peer_groups": families["4"]},
    }
    return found | ({"address_family_ipv6": {"peer_groups": families["6"]}} if network.ipv6 else {})


def _group(switch: SwitchModel, group: PeerGroup, six: str) -> Data:
    network = switch.network
    one: Data = {
        "name": f"{group.name}{six}",
        "bfd": network.bfd is not None,
        "timers": f"{network.keepalive_s} {network.hold_s}",
        "route_map_in": f"{group.name}-IN",
        "route_map_out": f"{group.name}-OUT",
        "maximum_routes": 0,
    }
    if group.allowas_in:
        one["allowas_in"] = {"enabled": True, "times": group.allowas_in}
    if network.loopback_community or network.host_community:
        one["send_community"] = "standard"
    return one


def _activated(switch: SwitchModel, group: PeerGroup, six: str) -> Data:
    one: Data = {"name": f"{group.name}{six}", "activate": True}
    if switch.network.unnumbered:
        one["next_hop"] = {"address_family_ipv6": {"enabled": True, "originate": True}}
    if group.default_route:
        one["default_originate"] = {"always": True}
    return one


def _classes(switch: SwitchModel, queues: str) -> Data:
    qos = switch.network.qos
    if qos is None:
        return {}
    word = queues.removesuffix("s").replace("_", "-")
    dscps = []
    for c in qos.classes:
        for n in range(0, len(c.dscps), 16):
            dscps.append(f"{' '.join(map(str, c.dscps[n : n + 16]))} to traffic-class {c.priority}")
    ports = []
    for c in qos.classes:
        one: Data = {"id": c.queue, "priority": "priority strict" if c.strict else "no priority"}
        one |= {} if c.strict else {"bandwidth_percent": c.share}
        if c.ecn_percent:
            threshold = {"units": "bytes", "min": c.ecn_low, "max": c.ecn_high, "max_probability": c.ecn_percent}
            one["random_detect"] = {"ecn": {"threshold": threshold | {"weight": 0}}}
        ports.append(one)
    pfc = {"enabled": True, "priorities": [{"priority": c.priority, "no_drop": True} for c in qos.lossless]}
    pfc |= {"watchdog": {"enabled": True}}
    times = [f"{-(-ms // 10) / 100:.2f}" for ms in (qos.watchdog.detect_ms, qos.watchdog.restore_ms)]
    found: Data = {
        "qos_profiles": [{"name": "LOSSLESS", "trust": "dscp", "priority_flow_control": pfc, queues: ports}],
        "qos": {
            "map": {
                "dscp": dscps,
                "traffic_class": [f"{c.priority} to {word} {c.queue}" for c in qos.classes],
            }
        },
        "priority_flow_control": {
            "watchdog": {
                "action": "drop",
                "timeout": times[0],
                "recovery_time": times[1],
                "polling_interval": f"{min(qos.watchdog.detect_ms, qos.watchdog.restore_ms) // 2 / 1000:.3f}",
            },
        },
    }
    if qos.load_balance == "dynamic":
        found["ip_hardware"] = {"fib": {"load_balance_distribution": {"dynamic": {"enabled": True}}}}
    if qos.load_balance == "qp":
        profile = {"name": "default", "fields": {"udp": {"dst_port": 4791, "payload_bytes": "5-7"}}}
        found["load_balance"] = {"policies": {"sand_profiles": [profile]}}
    return found
