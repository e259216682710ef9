"""What FBOSS's configurations may hold: structs, fields, types, required ones, enums and unions.

Written down from github.com/facebook/fboss at 14ec47ec: fboss/agent/agent_config.thrift, switch_config.thrift,
platform_config.thrift, fboss/lib/if/fboss_common.thrift and configerator/structs/neteng/fboss/bgp/bgp_config.thrift, as
far as our files go. It is stricter than the agent, which passes over what it does not know and fills what is missing:
here an unknown field, a wrong type, a number out of range, an unknown enum value, a union with two members and a
missing field without a default are faults. What one field says of another is in `fboss_rules`.
"""

from __future__ import annotations

from typing import Any

from real.thrift_types import byte, enum, i16, i32, i64, listed, mapped, struct, text, truth, union

number_map = mapped(i16, i16, numeric=True)

port_state = enum("PortState", 0, 1, 2)
port_speed = enum(
    "PortSpeed",
    0,
    1000,
    10000,
    20000,
    25000,
    40000,
    50000,
    53125,
    100000,
    106250,
    200000,
    212500,
    400000,
    800000,
    1600000,
    3200000,
)
profile_id = enum("PortProfileID", *range(66))
port_type = enum("PortType", *range(8))
scope = enum("Scope", 0, 1)
switch_type = enum("SwitchType", 0, 1, 2, 3)
asic_type = enum("AsicType", *range(1, 27))
platform_type = enum("PlatformType", *range(1, 57), 1000)
stream_type = enum("StreamType", 0, 1, 2, 3)
scheduling = enum("QueueScheduling", 0, 1, 2, 1000)
scaling = enum("MMUScalingFactor", *range(13))

range64 = struct("Range64", minimum_=i64, maximum_=i64)
range32 = struct("Range", minimum_=i32, maximum_=i32)
system_port_ranges = struct("SystemPortRanges", systemPortRanges_=listed(range64))

port_pfc = struct(
    "PortPfc",
    tx=truth,
    rx=truth,
    portPgConfigName_=text,
    watchdog=struct(
        "PfcWatchdog",
        detectionTimeMsecs_=i32,
        recoveryTimeMsecs_=i32,
        recoveryAction=enum("PfcWatchdogRecoveryAction", 0, 1),
    ),
)
port = struct(
    "Port",
    logicalID_=i32,
    state=port_state,
    minFrameSize=i32,
    maxFrameSize=i32,
    parserType_=enum("ParserType", 0, 1, 2, 3),
    routable_=truth,
    ingressVlan_=i32,
    speed=port_speed,
    name=text,
    description=text,
    pause=struct("PortPause", tx=truth, rx=truth),
    sFlowIngressRate=i64,
    sFlowEgressRate=i64,
    loopbackMode=enum("PortLoopbackMode", 0, 1, 2, 3),
    expectedLLDPValues=mapped(enum("LLDPTag", *range(7)), text, numeric=True),
    sampleDest=enum("SampleDestination", 0, 1),
    portQueueConfigName=text,
    profileID=profile_id,
    pfc=port_pfc,
    portType=port_type,
    expectedNeighborReachability=listed(struct("PortNeighbor", remoteSystem_=text, remotePort_=text)),
    drainState=enum("PortDrainState", 0, 1),
    flowletConfigName=text,
    scope=scope,
    portVoqConfigName=text,
)
vlan = struct("Vlan", name_=text, id_=i32, recordStats=truth, routable_=truth, ipAddresses_=listed(text), intfID=i32)
vlan_port = struct(
    "VlanPort",
    vlanID_=i32,
    logicalPort_=i32,
    spanningTreeState_=enum("SpanningTreeState", *range(5)),
    emitTags_=truth,
    emitPriorityTags_=truth,
)
interface = struct(
    "Interface",
    intfID_=i32,
    routerID=i32,
    vlanID_=i32,
    name=text,
    mac=text,
    ipAddresses_=listed(text),
    mtu=i32,
    isVirtual=truth,
    isStateSyncDisabled=truth,
    type=enum("InterfaceType", 1, 2, 3),
    scope=scope,
)
aqm = struct(
    "ActiveQueueManagement",
    detection_=union(
        "QueueCongestionDetection",
        linear=struct("LinearQueueCongestionDetection", minimumLength_=i32, maximumLength_=i32, probability=i32),
    ),
    behavior_=enum("QueueCongestionBehavior", 0, 1),
)
port_queue = struct(
    "PortQueue",
    id_=i16,
    streamType=stream_type,
    weight=i32,
    reservedBytes=i32,
    scalingFactor=scaling,
    scheduling_=scheduling,
    name=text,
    sharedBytes=i32,
    aqms=listed(aqm),
    portQueueRate=union("PortQueueRate", pktsPerSec=range32, kbitsPerSec=range32),
    bufferPoolName=text,
)
qos_policy = struct(
    "QosPolicy",
    name_=text,
    rules_=listed(struct("QosRule", queueId_=i16, dscp=listed(i16))),
    qosMap=struct(
        "QosMap",
        dscpMaps_=listed(
            struct(
                "DscpQosMap",
                internalTrafficClass_=i16,
                fromDscpToTrafficClass_=listed(byte),
                fromTrafficClassToDscp=byte,
            )
        ),
        expMaps_=listed(struct("ExpQosMap", internalTrafficClass_=i16)),
        trafficClassToQueueId_=number_map,
        pfcPriorityToQueueId=number_map,
        trafficClassToPgId=number_map,
        pfcPriorityToPgId=number_map,
        trafficClassToVoqId=number_map,
    ),
)
match_to_action = struct(
    "MatchToAction",
    matcher_=text,
    action_=struct("MatchAction", counter=text, flowletAction=enum("FlowletAction", 1, 2)),
)
traffic_policy = struct(
    "TrafficPolicyConfig",
    matchToAction=listed(match_to_action),
    defaultQosPolicy=text,
    portIdToQosPolicy=mapped(i32, text, numeric=True),
)
cpu_policy = struct(
    "CPUTrafficPolicyConfig",
    trafficPolicy=traffic_policy,
    rxReasonToQueueOrderedList=listed(
        struct("PacketRxReasonToQueue", rxReason_=enum("PacketRxReason", *range(23)), queueId_=i16)
    ),
)
load_balancer = struct(
    "LoadBalancer",
    id_=enum("LoadBalancerID", 1, 2),
    fieldSelection_=struct(
        "Fields",
        ipv4Fields_=listed(enum("IPv4Field", 1, 2)),
        ipv6Fields_=listed(enum("IPv6Field", 1, 2, 3)),
        transportFields_=listed(enum("TransportField", 1, 2)),
        mplsFields_=listed(enum("MPLSField", 1, 2, 3)),
        udfGroups=listed(text),
    ),
    algorithm_=enum("HashingAlgorithm", 1, 3, 4, 5, 6, 7, 8, 9),
    seed=i32,
)
udf_config = struct(
    "UdfConfig",
    udfGroups_=mapped(
        text,
        struct(
            "UdfGroup",
            name_=text,
            header_=enum("UdfBaseHeaderType", 1, 2, 3),
            startOffsetInBytes_=i32,
            fieldSizeInBytes_=i32,
            udfPacketMatcherIds_=listed(text),
            type=enum("UdfGroupType", 0, 1),
        ),
    ),
    udfPacketMatcher_=mapped(
        text,
        struct(
            "UdfPacketMatcher",
            name_=text,
            l2PktType=enum("UdfMatchL2Type", 0, 1),
            l3pktType=enum("UdfMatchL3Type", 0, 1, 2),
            l4PktType=enum("UdfMatchL4Type", 0, 1, 2),
            UdfL4DstPort=i16,
        ),
    ),
)
switching_mode = enum("SwitchingMode", 0, 1, 2, 3)
flowlet_switching = struct(
    "FlowletSwitchingConfig",
    inactivityIntervalUsecs_=i16,
    flowletTableSize=i16,
    dynamicEgressLoadExponent_=i16,
    dynamicQueueExponent_=i16,
    dynamicQueueMinThresholdBytes_=i32,
    dynamicQueueMaxThresholdBytes_=i32,
    dynamicSampleRate_=i32,
    dynamicEgressMinThresholdBytes_=i32,
    dynamicEgressMaxThresholdBytes_=i32,
    dynamicPhysicalQueueExponent_=i16,
    maxLinks=i16,
    switchingMode=switching_mode,
    backupSwitchingMode=switching_mode,
)
switch_info = struct(
    "SwitchInfo",
    switchType_=switch_type,
    asicType_=asic_type,
    switchIndex_=i16,
    portIdRange_=range64,
    switchMac=text,
    connectionHandle=text,
    systemPortRanges=system_port_ranges,
    localSystemPortOffset=i32,
    globalSystemPortOffset=i32,
    inbandPortId=i32,
)
switch_settings = struct(
    "SwitchSettings",
    switchType=switch_type,
    switchId=i64,
    switchDrainState=enum("SwitchDrainState", 0, 1, 2),
    switchIdToSwitchInfo_=mapped(i64, switch_info, numeric=True),
    fabricLinkMonitoringSystemPortOffset=i32,
    ecmpWidth=i32,
)
dsf_node = struct(
    "DsfNode",
    name_=text,
    switchId_=i64,
    type_=enum("DsfNodeType", 1, 2),
    loopbackIps_=listed(text),
    nodeMac=text,
    asicType_=asic_type,
    platformType_=platform_type,
    clusterId=i32,
    fabricLevel=i32,
    localSystemPortOffset=i32,
    globalSystemPortOffset=i32,
    systemPortRanges=system_port_ranges,
    inbandPortId=i32,
    scheduling=scheduling,
)
port_pg = struct(
    "PortPgConfig",
    id_=i16,
    name=text,
    scalingFactor=scaling,
    minLimitBytes_=i32,
    headroomLimitBytes=i32,
    resumeOffsetBytes=i32,
    bufferPoolName_=text,
    resumeBytes=i32,
    staticLimitBytes=i64,
)
acl = struct(
    "AclEntry", proto=i16, name_=text, actionType=enum("AclActionType", 0, 1), l4SrcPort=i32, l4DstPort=i32, dscp=byte
)
switch_config = struct(
    "SwitchConfig",
    version=i64,
    ports_=listed(port),
    vlans=listed(vlan),
    vlanPorts=listed(vlan_port),
    defaultVlan_=i32,
    interfaces=listed(interface),
    acls=listed(acl),
    sFlowCollectors=listed(struct("SflowCollector", ip_=text, port_=i16)),
    cpuQueues=listed(port_queue),
    cpuTrafficPolicy=cpu_policy,
    loadBalancers=listed(load_balancer),
    dataPlaneTrafficPolicy=traffic_policy,
    qosPolicies=listed(qos_policy),
    portQueueConfigs=mapped(text, listed(port_queue)),
    switchSettings_=switch_settings,
    portPgConfigs=mapped(text, listed(port_pg)),
    bufferPoolConfigs=mapped(text, struct("BufferPoolConfig", sharedBytes_=i32, headroomBytes=i32, reservedBytes=i32)),
    dsfNodes=mapped(i64, dsf_node, numeric=True),
    defaultVoqConfig=listed(port_queue),
    udfConfig=udf_config,
    flowletSwitchingConfig=flowlet_switching,
    portFlowletConfigs=mapped(text, struct("PortFlowletConfig", scalingFactor_=i16, loadWeight_=i16, queueWeight_=i16)),
    hostname=text,
)
agent_config = struct(
    "AgentConfig",
    defaultCommandLineArgs=mapped(text, text),
    sw_=switch_config,
    platform_=struct("PlatformConfig", chip_=union("ChipConfig", bcm=truth, asic=truth, asicConfig=truth)),
)

bgp_network = struct(
    "BgpNetwork", prefix_=text, communities=listed(text), minimum_supporting_routes=i32, install_to_fib=truth
)
bgp_peer = struct(
    "BgpPeer",
    remote_as_4_byte=i64,
    local_addr_=text,
    peer_addr_=text,
    next_hop4_=text,
    next_hop6_=text,
    description=text,
    is_passive=truth,
    peer_id=text,
    disable_ipv4_afi=truth,
    disable_ipv6_afi=truth,
    peer_group_name=text,
)
bgp_group = struct(
    "PeerGroup",
    name_=text,
    next_hop_self=truth,
    disable_ipv4_afi=truth,
    disable_ipv6_afi=truth,
    bgp_peer_timers=struct(
        "BgpPeerTimers",
        hold_time_seconds_=i32,
        keep_alive_seconds_=i32,
        out_delay_seconds_=i32,
        withdraw_unprog_delay_seconds_=i32,
    ),
)
bgp_config = struct(
    "BgpConfig",
    router_id_=text,
    networks4_=listed(bgp_network),
    networks6_=listed(bgp_network),
    peers_=listed(bgp_peer),
    hold_time=i32,
    listen_port=i32,
    listen_addr=text,
    peer_groups=listed(bgp_group),
    local_as_4_byte=i64,
)


def faults(document: Any) -> list[str]:
    """What is wrong with an agent's configuration by its types alone."""
    return list(agent_config(document, "agent"))


def bgp_faults(document: Any) -> list[str]:
    """The same of a configuration of BGP."""
    return list(bgp_config(document, "bgp"))
