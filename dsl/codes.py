"""Every diagnostic code, once: its severity and its summary.

A summary never holds a user's names, so it can be searched for. `docs/errors/<code>.md` explains each.
RW0 the tool, RW1 syntax, RW2 names, types and units, RW3 ports and optics, RW4 cabling, RW5 power,
RW6 cooling and space, RW7 topology and routing, RW8 backends, RW9 left to users.
"""

from __future__ import annotations

from typing import Literal, NamedTuple


class Code(NamedTuple):
    severity: Literal["error", "warning", "note"]
    summary: str


CODES: dict[str, Code] = {
    # --- RW0: the tool ---
    "RW0001": Code("error", "a file cannot be read"),
    "RW0002": Code("error", "a file is too large to be a spec"),
    "RW0003": Code("error", "a file is not UTF-8 text"),
    "RW0004": Code("error", "a parameter cannot be set"),
    "RW0005": Code("error", "there is nothing to build in this file"),
    "RW0006": Code("note", "some media are left out and were not checked"),
    "RW0010": Code("error", "an unknown backend"),
    "RW0011": Code("error", "the output cannot be written"),
    "RW0012": Code("error", "the output directory holds somebody else's files"),
    "RW0013": Code("error", "somebody else's file is in the way"),
    "RW0014": Code("error", "a manifest that this version does not know"),
    "RW0015": Code("error", "an output directory that cannot be replaced"),
    "RW0016": Code("error", "the output directory is not what this spec gives"),
    "RW0017": Code("error", "a backend cannot be loaded"),
    "RW0018": Code("error", "the design has nothing of that name"),
    # --- RW1: syntax ---
    "RW1001": Code("error", "this cannot be read"),
    "RW1002": Code("error", "a string is not closed"),
    "RW1003": Code("error", "a block is not closed"),
    "RW1004": Code("error", "nested too deeply"),
    "RW1005": Code("error", "a character that the language does not use"),
    "RW1006": Code("error", "an unknown escape in a string"),
    "RW1007": Code("error", "a statement that does not belong here"),
    # --- RW2: names, types and units ---
    "RW2001": Code("error", "an unknown name"),
    "RW2002": Code("error", "a name is declared twice"),
    "RW2003": Code("error", "an unknown kind"),
    "RW2004": Code("error", "an unknown attribute"),
    "RW2005": Code("error", "an unknown unit"),
    "RW2006": Code("error", "quantities that do not go together"),
    "RW2007": Code("error", "a value of the wrong type"),
    "RW2008": Code("error", "a module cannot be found"),
    "RW2009": Code("error", "modules use each other in a cycle"),
    "RW2010": Code("error", "a definition contains itself"),
    "RW2011": Code("error", "a kind that cannot stand here"),
    "RW2012": Code("error", "wrong arguments for a definition"),
    "RW2013": Code("error", "an array size that cannot be built"),
    "RW2014": Code("error", "the design is too large"),
    "RW2015": Code("error", "it is not clear which assembly is the design"),
    "RW2016": Code("warning", "a definition is never used"),
    "RW2017": Code("error", "a name pattern that cannot be used"),
    "RW2018": Code("error", "two devices or two racks have the same name"),
    "RW2019": Code("error", "a value that the language does not support yet"),
    "RW2020": Code("error", "a required value is missing"),
    # --- RW3: ports, indices and optics ---
    "RW3001": Code("error", "an index is outside its array"),
    "RW3002": Code("error", "the wrong number of indices"),
    "RW3003": Code("error", "one index joins arrays of different sizes"),
    "RW3004": Code("error", "this is not a single port"),
    "RW3005": Code("error", "a port is used twice"),
    "RW3006": Code("error", "an index name is not bound"),
    "RW3007": Code("error", "the two ends of this link differ in speed"),
    "RW3008": Code("error", "a plug does not fit its cage"),
    "RW3009": Code("error", "ports that the part cannot make"),
    "RW3010": Code("error", "a view's size does not agree with what it shows"),
    "RW3011": Code("error", "the two optics of this link do not speak to each other"),
    "RW3012": Code("error", "an optic or cable of the wrong speed"),
    "RW3013": Code("warning", "a relation that joins nothing"),
    "RW3014": Code("error", "a port is joined to itself"),
    "RW3015": Code("error", "an index that is reserved but not built"),
    "RW3017": Code("error", "what is reserved cannot be built"),
    "RW3016": Code("error", "one cage holds two different plugs"),
    # --- RW4: cabling ---
    "RW4001": Code("error", "a link is longer than its optic or cable reaches"),
    "RW4002": Code("warning", "a server or switch without any link"),
    "RW4003": Code("error", "no length that is sold is long enough"),
    # --- RW5: power ---
    "RW5001": Code("error", "an inlet is fed twice"),
    "RW5002": Code("error", "the supply is below the peak draw"),
    "RW5003": Code("error", "an outlet or inlet carries more than its rating"),
    "RW5004": Code("warning", "a device that nothing feeds"),
    "RW5005": Code("warning", "a part whose power is not known"),
    "RW5006": Code("warning", "a feeder whose supply is not known"),
    "RW5007": Code("error", "feeds that run in a circle"),
    # --- RW6: cooling and space ---
    "RW6001": Code("error", "a coolant coupling is used twice"),
    "RW6002": Code("error", "two devices in one place of a rack"),
    "RW6003": Code("error", "a device reaches out of its rack"),
    "RW6004": Code("error", "two racks in one place of the floor"),
    "RW6005": Code("error", "a rack holds more weight than its frame carries"),
    # --- RW7: topology and routing ---
    "RW7001": Code("error", "an address pool is too small"),
    "RW7002": Code("error", "the AS numbers run out of their range"),
    "RW7003": Code("error", "an address pool that is not a usable prefix"),
    "RW7004": Code("error", "two address pools overlap"),
    "RW7005": Code("error", "two switches that are joined have the same AS number"),
    "RW7006": Code("error", "two switches with the same AS number would refuse each other's routes"),
    "RW7007": Code("error", "a routed network lacks an address pool"),
    "RW7008": Code("error", "a switch belongs to two routed networks"),
    "RW7009": Code("error", "an AS number that is reserved"),
    "RW7101": Code("error", "a requirement does not hold"),
    "RW7102": Code("error", "a requirement cannot be decided"),
    # --- RW8: backends ---
    "RW8001": Code("error", "a part gives its ports no name in this operating system"),
    "RW8002": Code("error", "an interface name that this operating system cannot have"),
    "RW8003": Code("error", "a host name that this operating system cannot have"),
    "RW8004": Code("error", "an MTU that this operating system cannot have"),
    "RW8005": Code("note", "an operating system is not told all that the network asks for"),
    "RW8006": Code("warning", "the lane numbers of ports are not known"),
    "RW8007": Code("note", "cable lengths are not known, so switches assume long ones"),
    "RW8100": Code("note", "there is no workload to simulate"),
    "RW8101": Code("error", "it is not clear which port serves which accelerator"),
    "RW8102": Code("error", "the fabric of this workload is not a tree of tiers"),
    "RW8103": Code("note", "simulators take as zero what the parts do not state"),
    "RW8104": Code("note", "simulators take the longest link of a tier for all of them"),
    "RW8105": Code("error", "the scale-up network of a server is not described"),
    "RW8106": Code("warning", "groups of different sizes are simulated as one"),
    "RW8107": Code("warning", "simulators take the lowest bandwidth of a tier for all ranks"),
    "RW8108": Code("error", "a collective of a size that cannot be simulated"),
    "RW8109": Code("warning", "files of a simulator are left out"),
    "RW8110": Code("note", "the traces of a simulation cover a part of the ranks"),
    "RW8120": Code("error", "this fabric cannot be written as an htsim fat tree"),
    "RW8121": Code("note", "the htsim files cover a part of the fabric"),
    "RW8122": Code("note", "idle hosts stand in for unused ports in htsim"),
    "RW8123": Code("note", "one step stands for a whole collective in htsim"),
    "RW8201": Code("note", "links that name no cable or optic"),
    "RW8202": Code("note", "cables whose length is unknown"),
}
