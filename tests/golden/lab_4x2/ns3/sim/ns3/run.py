"""Builds the network of topology.txt in ns-3, measures the round trips of expected.csv and sends those of messages.csv.

Needs Python 3.11 and `pip install ns3 cppyy`. The last lines tell whether all are as expected to the picosecond; the
exit code is 0 only then.
"""

import csv
import sys
from pathlib import Path

from ns import ns

HERE = Path(__file__).resolve().parent
PORT, SINK = 9, 10
PAYLOAD = 1000
GAP = 10**6  # ns between one and the next

PROBE = """
#include "ns3/core-module.h"
#include "ns3/network-module.h"
namespace rackwright {
std::map<uint32_t, int64_t> sent, back;
void Sent(uint32_t n, ns3::Ptr<const ns3::Packet>) { sent[n] = ns3::Simulator::Now().GetFemtoSeconds(); }
void Back(uint32_t n, ns3::Ptr<const ns3::Packet>) { back[n] = ns3::Simulator::Now().GetFemtoSeconds(); }
void Watch(ns3::Ptr<ns3::Application> client, uint32_t n) {
  client->TraceConnectWithoutContext("Tx", ns3::MakeBoundCallback(&Sent, n));
  client->TraceConnectWithoutContext("Rx", ns3::MakeBoundCallback(&Back, n));
}
int64_t RoundTrip(uint32_t n) { return back.count(n) ? back[n] - sent[n] : -1; }
std::map<uint32_t, int64_t> last;
std::map<uint32_t, uint32_t> came;
void Came(uint32_t n, ns3::Ptr<const ns3::Packet>, const ns3::Address&) {
  last[n] = ns3::Simulator::Now().GetFemtoSeconds();
  came[n]++;
}
void Receive(ns3::Ptr<ns3::Application> sink, uint32_t n) {
  sink->TraceConnectWithoutContext("Rx", ns3::MakeBoundCallback(&Came, n));
}
int64_t Last(uint32_t n) { return last[n]; }
uint32_t Packets(uint32_t n) { return came[n]; }
}
"""


def address(link, end):
    """Every link is a network of four addresses: its first end has .1, its second .2."""
    return ns.Ipv4Address(0x0A000000 + 4 * link + 1 + end)


class Network:
    """The nodes, and for every node its ports: link, which end of it, peer, number of the interface."""

    def __init__(self, topology):
        lines = topology.read_text().split("\n")
        count, _, links = map(int, lines[0].split())
        self.nodes = ns.NodeContainer()
        self.nodes.Create(count)
        stack = ns.InternetStackHelper()
        static = ns.Ipv4StaticRoutingHelper()
        stack.SetRoutingHelper(static)
        stack.SetIpv6StackInstall(False)
        stack.Install(self.nodes)
        self.ip = [self.nodes.Get(n).GetObject[ns.Ipv4]() for n in range(count)]
        self.routes = [static.GetStaticRouting(ip) for ip in self.ip]
        self.ports = [[] for _ in range(count)]
        mask = ns.Ipv4Mask("255.255.255.252")
        helper = ns.PointToPointHelper()
        for link, line in enumerate(lines[2 : 2 + links]):
            a, z, rate, delay, _ = line.split()
            ends = int(a), int(z)
            helper.SetDeviceAttribute("DataRate", ns.StringValue(rate))
            helper.SetChannelAttribute("Delay", ns.StringValue(delay))
            devices = helper.Install(self.nodes.Get(ends[0]), self.nodes.Get(ends[1]))
            for end, node in enumerate(ends):
                interface = self.ip[node].AddInterface(devices.Get(end))
                self.ip[node].AddAddress(interface, ns.Ipv4InterfaceAddress(address(link, end), mask))
                self.ip[node].SetUp(interface)
                self.ports[node].append((link, end, ends[1 - end], interface))

    def route(self, ports):
        """Routes from node 0 along some ports and back; the address of the node where it ends, and its number."""
        node, way = 0, []
        for port in ports:
            link, end, peer, interface = self.ports[node][port]
            way.append((node, link, end, interface))
            node = peer
        goal = address(way[-1][1], 1 - way[-1][2])
        home = address(way[0][1], way[0][2])
        for here, link, end, interface in way:
            self.routes[here].AddHostRouteTo(goal, address(link, 1 - end), interface)
        for here, link, end, _ in way:
            there, interface = self._other_end(here, link)
            self.routes[there].AddHostRouteTo(home, address(link, end), interface)
        return goal, node

    def _other_end(self, node, link):
        peer = next(p for number, _, p, _ in self.ports[node] if number == link)
        return peer, next(i for number, _, _, i in self.ports[peer] if number == link)


def rows_of(name):
    with open(HERE / name, newline="") as file:
        return list(csv.DictReader(file))


def echoes(network, rows, begin):
    """One after the other, so that none waits for another. Gives what must be kept, and when all are over, in ns."""
    server, keep = ns.UdpEchoServerHelper(PORT), []
    for number, row in enumerate(rows):
        goal, node = network.route([int(port) for port in row["ports"].split()])
        assert node == int(row["to"]), row
        client = ns.UdpEchoClientHelper(goal.ConvertTo(), PORT)
        client.SetAttribute("MaxPackets", ns.UintegerValue(1))
        client.SetAttribute("PacketSize", ns.UintegerValue(PAYLOAD))
        applications = client.Install(network.nodes.Get(0))
        applications.Start(ns.NanoSeconds(begin))
        begin += GAP + 2 * int(float(row["rtt_ns"]))
        ns.cppyy.gbl.rackwright.Watch(applications.Get(0), number)
        keep.append((server.Install(network.nodes.Get(node)), client, applications))
    return keep, begin


def messages(network, rows, begin):
    """All packets of a message at once, into a queue that holds them. Gives what must be kept, starts, and the end."""
    keep, starts = [], []
    for number, row in enumerate(rows):
        goal, node = network.route([int(port) for port in row["ports"].split()])
        sink = ns.PacketSinkHelper("ns3::UdpSocketFactory", ns.InetSocketAddress(goal, SINK + number).ConvertTo())
        received = sink.Install(network.nodes.Get(node))
        ns.cppyy.gbl.rackwright.Receive(received.Get(0), number)
        client = ns.UdpClientHelper(goal.ConvertTo(), SINK + number)
        client.SetAttribute("MaxPackets", ns.UintegerValue(int(row["packets"])))
        client.SetAttribute("PacketSize", ns.UintegerValue(PAYLOAD))
        client.SetAttribute("Interval", ns.TimeValue(ns.Seconds(0)))
        applications = client.Install(network.nodes.Get(0))
        applications.Start(ns.NanoSeconds(begin))
        starts.append(begin)
        begin += GAP + 2 * int(float(row["ns"]))
        keep.append((sink, received, client, applications))
    return keep, starts, begin


def told(words, measured, wanted, packets=1):
    """Whether a time is as expected to the picosecond, or to the femtosecond that each packet is rounded by."""
    right = abs(measured - wanted) < max(0.001, packets / 10**6)
    print(f"{words}: {measured:.3f} ns, {wanted:.3f} expected{'' if right else ', WRONG'}")
    return right


def main():
    ns.Time.SetResolution(ns.Time.FS)
    ns.Config.SetDefault("ns3::DropTailQueue<Packet>::MaxSize", ns.StringValue("1000000p"))
    ns.cppyy.cppdef(PROBE)
    probe = ns.cppyy.gbl.rackwright
    network = Network(HERE / "topology.txt")
    trips, sends = rows_of("expected.csv"), rows_of("messages.csv")
    kept, over = echoes(network, trips, GAP)
    also, starts, over = messages(network, sends, over)
    ns.Simulator.Stop(ns.NanoSeconds(over))
    ns.Simulator.Run()
    right = [0, 0]
    for number, row in enumerate(trips):
        right[0] += told(f"0 -> {row['to']} ({row['path']})", probe.RoundTrip(number) / 10**6, float(row["rtt_ns"]))
    for number, row in enumerate(sends):
        words = f"{row['workload']}: {probe.Packets(number)} of {row['packets']} packets, 0 -> {row['to']}"
        took, packets = probe.Last(number) / 10**6 - starts[number], int(row["packets"])
        right[1] += told(words, took, float(row["ns"]), packets) and probe.Packets(number) == packets
    ns.Simulator.Destroy()
    if sends:
        print(f"{right[1]} of {len(sends)} messages as expected")
    print(f"{right[0]} of {len(trips)} round trips as expected")
    return 0 if trips and right == [len(trips), len(sends)] else 1


if __name__ == "__main__":
    sys.exit(main())
