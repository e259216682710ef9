// One rack from the front and from the back, with what stands in it.

/** Pixels of an elevation. */
const ELEVATION = { width: 260, unit: 15, gutter: 34, top: 26 };

/** Which colour a kind has in an elevation. @param {string} kind */
function kindClass(kind) {
    if (["switch"].includes(kind)) return "k-switch";
    if (["server", "accelerator", "cpu", "nic"].includes(kind)) return "k-server";
    if (["cdu", "manifold", "door", "aalc", "crah", "fan", "chiller", "tower"].includes(kind)) return "k-cooling";
    if (["battery", "ups"].includes(kind)) return "k-battery";
    if (
        [
            "shelf",
            "pdu",
            "panel",
            "rectifier",
            "tap",
            "busway",
            "transformer",
            "switchboard",
            "utility",
            "generator",
            "transfer",
        ].includes(kind)
    )
        return "k-power";
    return "k-other";
}

/** @param {string} name @returns {Child} */
function rackView(name) {
    if (!racks.count) return section("Racks", h("p", null, "This spec has no racks."));
    if (!name) return rackList();
    const r = racks.names.indexOf(name);
    if (r < 0) return notFound("rack", name);
    const element = racks.of(r);
    const list = Array.from(devices.inRack(r)).sort((a, b) => devices.bottom()[b] - devices.bottom()[a] || a - b);
    const place = racks.row()[r] >= 0 ? `row ${racks.row()[r]}, bay ${racks.bay()[r]}` : "";
    return [
        h(
            "header.title",
            null,
            h("p.crumb", null, "rack", place ? ` · ${place}` : null),
            h("h1", null, name),
            h("p.lead", null, h("b", null, element.definition), element.doc ? ` · ${element.doc}` : ""),
            h(
                "p",
                null,
                r > 0 ? [rackLinkWords(r - 1, "← "), " "] : null,
                r + 1 < racks.count ? rackLinkWords(r + 1, "→ ") : null,
            ),
        ),
        h("div.tiles", null, rackTiles(r, list)),
        h(
            "div.rack-view",
            null,
            h("div.elevations", null, elevation(r, list, false), elevation(r, list, true)),
            h(
                "div",
                null,
                section("Devices, from the top", deviceTable(list)),
                neighbours(r),
                section("Figures of the frame", figureTable(element, element.definition)),
            ),
        ),
    ];
}

/** @param {number} r @param {string} before */
const rackLinkWords = (r, before) => link(`rack/${racks.names[r]}`, before, racks.names[r]);

/** @param {number} r @param {number[]} list @returns {Child[]} */
function rackTiles(r, list) {
    const peak = d3.sum(list, (/** @type {number} */ d) => power.peak()[d]);
    const typical = d3.sum(list, (/** @type {number} */ d) => power.typical()[d]);
    return [
        tile(
            traced(watts(peak), () => sumCard(`Peak of ${racks.names[r]}`, list, power.peak())),
            "peak power",
        ),
        tile(
            traced(watts(typical), () => sumCard(`Typical of ${racks.names[r]}`, list, power.typical())),
            "typical power",
        ),
        ...rackHeatTiles(r),
        ...rackWeightTiles(r),
        tile(count(list.length), "devices"),
    ];
}

/** All racks, by what they are. */
function rackList() {
    const element = racks.element();
    /** @type {Map<number, number[]>} */
    const found = new Map();
    for (let r = 0; r < racks.count; r++) found.set(element[r], [...(found.get(element[r]) || []), r]);
    const peak = byRack(power.peak());
    return [
        h(
            "header.title",
            null,
            h("h1", null, "Racks"),
            h("p.lead", null, `${plural(racks.count, "rack")} of ${plural(found.size, "kind")}.`),
        ),
        [...found].map(([e, list]) => {
            const head = DATA.elements[e];
            const [first] = list;
            const inRack = Array.from(devices.inRack(first)).sort(
                (a, b) => devices.bottom()[b] - devices.bottom()[a] || a - b,
            );
            return section(
                `${head.path}, ${plural(list.length, "rack")}`,
                h("p.muted", null, `${head.definition}. ${head.doc}`),
                h(
                    "div.rack-view.one",
                    null,
                    h("div.elevations", null, elevation(first, inRack, false)),
                    growing(list, 12, (part) =>
                        table(
                            ["Rack", "Place", ">Devices", ">Peak power"],
                            part.map((r) => [
                                rackLink(r),
                                racks.row()[r] >= 0 ? `row ${racks.row()[r]}, bay ${racks.bay()[r]}` : "",
                                count(devices.inRack(r).length),
                                traced(watts(peak[r]), () =>
                                    sumCard(`Peak of ${racks.names[r]}`, devices.inRack(r), power.peak()),
                                ),
                            ]),
                        ),
                    ),
                ),
            );
        }),
    ];
}

/** @param {number[]} list */
const deviceTable = (list) =>
    table(
        ["Unit", "Device", "What", ">Peak power"],
        list.map((d) => [
            unitOf(d),
            deviceLink(d),
            devices.element(d).definition,
            power.class(d).feeder ? "" : traced(watts(power.peak()[d]), () => deviceDraw(d, "peak")),
        ]),
    );

/**
 * How many cables lead from a rack to each other place, most first: a rack, -1 for what stands in none.
 * @param {number} r
 * @returns {[number, number][]}
 */
function cablesTo(r) {
    /** @type {Map<number, number>} */
    const found = new Map();
    const add = (/** @type {number} */ far, /** @type {number} */ n) => {
        const key = Math.max(far, -1);
        found.set(key, (found.get(key) || 0) + n);
    };
    if (cables.whole) {
        for (const d of devices.inRack(r))
            for (const row of cables.at(d)) {
                const far = devices.rack()[cables.a()[row] === d ? cables.z()[row] : cables.a()[row]];
                add(far, far === r ? 0.5 : 1); // a cable within the rack is met at both ends
            }
    } else
        for (const { pairs } of DATA.cables.rules) {
            const [a, z, n] = [unpack(pairs.a), unpack(pairs.z), unpack(pairs.count)];
            for (let i = 0; i < n.length; i++) {
                if (a[i] === r) add(z[i], n[i]);
                else if (z[i] === r) add(a[i], n[i]);
            }
        }
    return [...found].sort((x, y) => y[1] - x[1]);
}

/** Racks that cables of this one lead to. @param {number} r */
function neighbours(r) {
    const rows = cablesTo(r);
    if (!rows.length) return null;
    const name = (/** @type {number} */ far) =>
        far === r ? "within the rack" : far < 0 ? "outside of racks" : rackLink(far);
    return section(
        "Cables",
        cables.whole ? null : h("p.muted", null, MANY_CABLES),
        growing(rows, 12, (part) =>
            table(
                ["To", ">Cables"],
                part.map(([far, n]) => [name(far), count(n)]),
            ),
        ),
    );
}

/**
 * The drawing of a rack from one side.
 * @param {number} r
 * @param {number[]} list
 * @param {boolean} rear
 */
function elevation(r, list, rear) {
    const frame = racks.frame(r);
    const bottoms = devices.bottom();
    const top =
        d3.max(list, (/** @type {number} */ d) => bottoms[d] + Math.max(frame.pitch, devices.class(d).height)) ||
        frame.pitch;
    const units = Math.max(1, Math.round((frame.height > 0 ? Math.max(frame.height, top) : top) / frame.pitch));
    const { width, unit, gutter } = ELEVATION;
    const high = units * unit;
    const placed = list.filter((d) => bottoms[d] >= 0);
    const loose = list.filter((d) => bottoms[d] < 0);
    const at = (/** @type {number} */ um) => ELEVATION.top + high - (um / frame.pitch) * unit;
    const drawing = s(
        "svg.elevation",
        {
            viewBox: `0 0 ${width + 2 * gutter} ${high + ELEVATION.top + 10}`,
            role: "img",
            "aria-label": `${racks.names[r]} from the ${rear ? "back" : "front"}`,
        },
        s("text.side", { x: gutter, y: 14 }, rear ? "Rear" : "Front"),
        s("rect.frame", { x: gutter - 5, y: ELEVATION.top - 4, width: width + 10, height: high + 8, rx: 3 }),
        zoneMarks(r, at, { x: gutter, width }),
        d3.range(1, units + 1).map((/** @type {number} */ u) =>
            s(
                "g",
                null,
                s("line.unit", {
                    x1: gutter,
                    x2: gutter + width,
                    y1: at((u - 1) * frame.pitch),
                    y2: at((u - 1) * frame.pitch),
                }),
                s(
                    "text.unit",
                    { x: gutter - 9, y: at((u - 0.5) * frame.pitch) + 3.5, "text-anchor": "end" },
                    String(u),
                ),
            ),
        ),
        levels(placed.filter((d) => !rear || !frontOnly()[d])).map((row) =>
            row.map((d, i) => {
                const w = width / row.length;
                const place = rear ? row.length - 1 - i : i;
                return deviceBox(
                    d,
                    {
                        x: gutter + place * w,
                        y: at(bottoms[d] + Math.max(devices.class(d).height, frame.pitch * 0.6)),
                        w,
                        h: (Math.max(devices.class(d).height, frame.pitch * 0.6) / frame.pitch) * unit,
                    },
                    racks.names[r],
                    rear,
                );
            }),
        ),
    );
    return h(
        "figure",
        null,
        drawing,
        loose.length && !rear
            ? h(
                  "figcaption.muted",
                  null,
                  `${plural(loose.length, "device")} without a place: `,
                  loose.slice(0, 6).map((d, i) => [i ? ", " : "", deviceLink(d)]),
                  loose.length > 6 ? ", …" : "",
              )
            : null,
    );
}

/** Devices side by side: those that begin at one height. @param {number[]} list @returns {number[][]} */
function levels(list) {
    /** @type {Map<number, number[]>} */
    const found = new Map();
    for (const d of [...list].sort((a, b) => a - b)) {
        const bottom = devices.bottom()[d];
        found.set(bottom, [...(found.get(bottom) || []), d]);
    }
    return [...found.values()];
}

/**
 * @param {number} d
 * @param {{x: number, y: number, w: number, h: number}} box
 * @param {string} rackName
 * @param {boolean} rear
 */
function deviceBox(d, box, rackName, rear) {
    const element = devices.element(d);
    const name = devices.name(d).replace(`${rackName}-`, "");
    const room = Math.floor((box.w - 10) / 6.2);
    const words = rear ? rearWords(d) : name;
    const shown = words.length > room ? `${words.slice(0, Math.max(1, room - 1))}…` : words;
    const group = s(
        `g.box.${kindClass(element.kind)}`,
        { tabindex: 0, role: "link", "aria-label": `${devices.name(d)}, ${element.definition}` },
        s("rect", {
            x: box.x + 0.75,
            y: box.y + 0.75,
            width: Math.max(1, box.w - 1.5),
            height: Math.max(1, box.h - 1.5),
            rx: 2,
        }),
        room > 2 ? s("text", { x: box.x + 6, y: box.y + box.h / 2 + 4 }, shown) : null,
        box.h >= 44 && !rear && room > 12
            ? s("text.small", { x: box.x + 6, y: box.y + box.h / 2 + 18 }, element.definition.slice(0, room))
            : null,
    );
    const open = () => {
        location.hash = `#/device/${encodeURIComponent(devices.name(d))}`;
    };
    group.addEventListener("click", open);
    group.addEventListener("keydown", (e) => {
        if (e.key === "Enter") open();
    });
    return explained(group, () => deviceCard(d));
}

/** What is seen from behind: how much is plugged in. @param {number} d */
function rearWords(d) {
    const inlets = feeds.into(d).length;
    const out = feeds.out(d).length;
    const coolant = pipes.into(d).length + pipes.out(d).length;
    const words = [
        inlets ? `${plural(inlets, "feed")} in` : "",
        out ? `${count(out)} out` : "",
        coolant ? plural(coolant, "hose") : "",
        cables.whole && cables.at(d).length ? plural(cables.at(d).length, "cable") : "",
    ].filter(Boolean);
    return words.join(" · ") || "-";
}

/** A device in short, with the lines of its figures. @param {number} d */
function deviceCard(d) {
    const element = devices.element(d);
    const shown = element.figures.filter((/** @type {any} */ f) =>
        ["model", "vendor", "height", "depth", "weight", "supply", "liquid"].includes(f[0]),
    );
    return [
        h("p.statement", null, h("b", null, devices.name(d))),
        h("p.muted", null, `${element.kind}, ${element.definition}`),
        power.class(d).feeder ? h("p", null, `${watts(power.output()[d])} leave it at peak`) : deviceDraw(d, "peak"),
        statedList(shown),
        element.source ? h("p.source", null, element.source) : null,
    ];
}
