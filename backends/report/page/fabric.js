// The fabric by tiers: classes of devices, what joins them, and what each has down and up.

/** Sizes of the drawing. */
const TIER = { box: 220, high: 76, gap: 44, rise: 104, left: 86 };

/** @param {string} asked  the path of an element, or nothing @returns {Child} */
function fabricView(asked) {
    const { nodes, edges } = DATA.fabric;
    if (!nodes.length) return section("Fabric", h("p", null, "This spec has no data links."));
    const node = nodes.find((/** @type {any} */ n) => pathOf(n) === asked);
    if (asked && node) return classView(node);
    return [
        h(
            "header.title",
            null,
            h("h1", null, "Fabric"),
            h(
                "p.lead",
                null,
                `${plural(
                    d3.sum(edges, (/** @type {any} */ e) => e.count),
                    "link",
                )} in ${plural(edges.length, "statement")}. A ratio is bandwidth down over bandwidth up of the worst device of a class.`,
            ),
        ),
        h("div.card.wide", null, tierDrawing(nodes, edges)),
        section(
            "What joins what",
            table(
                ["From", "To", ">Links", ">Speed", ">Each From has", ">Each To has", "Media", "Statement"],
                edges.map((/** @type {any} */ e) => [
                    classLink(e.a),
                    classLink(e.z),
                    count(e.count),
                    rate(e.speed / 1e6),
                    spread(e.perA),
                    spread(e.perZ),
                    [...new Set(DATA.rules[e.rule].options.flat())].join(" or ") || "not stated",
                    placeMark(DATA.rules[e.rule].at),
                ]),
            ),
        ),
        section(
            "Classes",
            table(
                ["Class", "What", ">Devices", ">Ports", "Tier", ">Down : up"],
                [...nodes]
                    .sort((a, b) => b.tier - a.tier)
                    .map((n) => [
                        classLink(n.class),
                        DATA.elements[devices.classes[n.class].element].definition,
                        count(devices.classes[n.class].count),
                        count((devices.classes[n.class].terminals.port || []).length),
                        n.tier < 0 ? "" : n.tier ? `tier ${n.tier}` : "hosts",
                        ratioWords(n),
                    ]),
            ),
        ),
    ];
}

/** Fewest and most in words. @param {[number, number]} pair */
const spread = ([low, high]) => range(low, high);

/** @param {any} node */
const pathOf = (node) => DATA.elements[devices.classes[node.class].element].path;

/** @param {number} cls */
const classLink = (cls) =>
    link(
        `fabric/${DATA.elements[devices.classes[cls].element].path}`,
        DATA.elements[devices.classes[cls].element].path,
    );

/** @param {any} node @returns {Child} */
function ratioWords(node) {
    if (!node.ratio) return "";
    const { down, up, device } = node.ratio;
    const words = up === 1 || down === 1 ? `${count(down)} : ${count(up)}` : `${(down / up).toFixed(2)} : 1`;
    return traced(words, () => [
        h("p.statement", null, `Down to up exactly ${down} : ${up}`),
        h("p", null, `Worst at ${devices.name(device)}, counted from the speeds of its cables:`),
        h(
            "ul.figures",
            null,
            DATA.fabric.edges
                .filter((/** @type {any} */ e) => e.a === node.class || e.z === node.class)
                .map((/** @type {any} */ e) =>
                    h(
                        "li",
                        null,
                        `${spread(e.a === node.class ? e.perA : e.perZ)} × ${rate(e.speed / 1e6)} to `,
                        h("b", null, DATA.elements[devices.classes[e.a === node.class ? e.z : e.a].element].path),
                        " ",
                        placeMark(DATA.rules[e.rule].at),
                    ),
                ),
        ),
    ]);
}

/** Boxes by tier, the highest on top. @param {any[]} nodes @param {any[]} edges */
function tierDrawing(nodes, edges) {
    const tiers = [...new Set(nodes.map((n) => n.tier))].sort((a, b) => b - a);
    const rows = tiers.map((t) => nodes.filter((n) => n.tier === t));
    const widest = Math.max(...rows.map((row) => row.length));
    const width = TIER.left + widest * (TIER.box + TIER.gap) + 90;
    const at = new Map();
    rows.forEach((row, r) =>
        row.forEach((n, i) => {
            const room = widest * (TIER.box + TIER.gap);
            const step = room / row.length;
            at.set(n.class, { x: TIER.left + (i + 0.5) * step, y: 20 + r * (TIER.high + TIER.rise), row: r });
        }),
    );
    const most = d3.max(edges, (/** @type {any} */ e) => e.count * e.speed) || 1;
    const thick = d3.scaleSqrt().domain([0, most]).range([1, 9]);
    const pairs = new Map();
    const drawn = together(edges).map((e) => {
        const key = `${Math.min(e.a, e.z)} ${Math.max(e.a, e.z)}`;
        const nth = pairs.get(key) || 0;
        pairs.set(key, nth + 1);
        return edgeLine(e, at.get(e.a), at.get(e.z), thick(e.count * e.speed), nth);
    });
    // What joins devices of the lowest row to each other is drawn below it.
    const inLowest = drawn.filter((d) => d.lowest === rows.length - 1).length;
    const below = inLowest ? 20 + 18 * inLowest : 0;
    return h(
        "div.scroll",
        { tabindex: 0, role: "region", "aria-label": "Tiers of the fabric" },
        s(
            "svg.tiers",
            {
                viewBox: `0 0 ${width} ${rows.length * (TIER.high + TIER.rise) - TIER.rise + 40 + below}`,
                css: { "--wide": `${width}px` },
            },
            rows.map((row, r) =>
                s(
                    "text.tier-name",
                    { x: 4, y: 20 + r * (TIER.high + TIER.rise) + TIER.high / 2 + 4 },
                    tiers[r] < 0 ? "apart" : tiers[r] ? `tier ${tiers[r]}` : "hosts",
                ),
            ),
            drawn.map((d) => d.line),
            nodes.map((n) => tierBox(n, at.get(n.class))),
            drawn.map((d) => d.label),
        ),
    );
}

/** Edges as they are drawn: links of one speed within a class are one loop, whichever statements make them. @param {any[]} edges */
function together(edges) {
    const loops = d3.groups(
        edges.filter((e) => e.a === e.z),
        (e) => `${e.a} ${e.speed}`,
    );
    return [
        ...edges.filter((e) => e.a !== e.z).map((e) => ({ ...e, parts: [e] })),
        ...loops.map(([, parts]) => ({ ...parts[0], count: d3.sum(parts, (e) => e.count), parts })),
    ];
}

/** @param {any} node @param {{x: number, y: number}} at */
function tierBox(node, at) {
    const c = devices.classes[node.class];
    const element = DATA.elements[c.element];
    const cut = (/** @type {string} */ text, /** @type {number} */ n) =>
        text.length > n ? `${text.slice(0, n - 1)}…` : text;
    const group = s(
        `g.tier-box.${kindClass(element.kind)}`,
        { tabindex: 0, role: "link", "aria-label": `${count(c.count)} ${element.path}` },
        s("rect", { x: at.x - TIER.box / 2, y: at.y, width: TIER.box, height: TIER.high, rx: 6 }),
        s(
            "text.big",
            { x: at.x, y: at.y + 24, "text-anchor": "middle" },
            cut(`${count(c.count)} × ${element.path}`, 25),
        ),
        s("text.small", { x: at.x, y: at.y + 43, "text-anchor": "middle" }, cut(element.definition, 34)),
        node.ratio
            ? s(
                  "text.ratio",
                  { x: at.x, y: at.y + 64, "text-anchor": "middle" },
                  `${Number((node.ratio.down / node.ratio.up).toFixed(2))} : 1`,
              )
            : null,
    );
    const open = () => {
        location.hash = `#/fabric/${encodeURIComponent(element.path)}`;
    };
    group.addEventListener("click", open);
    group.addEventListener("keydown", (e) => {
        if (e.key === "Enter") open();
    });
    return explained(group, () => [
        h("p.statement", null, h("b", null, element.path), `: ${plural(c.count, "device")}`),
        h("p.muted", null, element.definition, " ", placeMark(element.at)),
        node.ratio ? h("p", null, `Down to up ${node.ratio.down} : ${node.ratio.up} at worst`) : null,
    ]);
}

/** @param {any} edge @param {any} a @param {any} z @param {number} thick @param {number} nth */
function edgeLine(edge, a, z, thick, nth) {
    const words = `${count(edge.count)} × ${rate(edge.speed / 1e6)}`;
    const [top, low] = a.row <= z.row ? [a, z] : [z, a];
    const same = a.row === z.row;
    const x = same ? (top === low ? top.x + 64 : (top.x + low.x) / 2) : (top.x + low.x) / 2 + nth * 26;
    const y = same ? top.y + TIER.high + 30 + nth * 22 : (top.y + TIER.high + low.y) / 2 + nth * 20;
    const path = same
        ? a === z
            ? `M${a.x + 40},${a.y + TIER.high} q24,34 48,0`
            : `M${a.x},${a.y + TIER.high} Q${x},${y + 26} ${z.x},${z.y + TIER.high}`
        : `M${top.x + nth * 26},${top.y + TIER.high} C${top.x + nth * 26},${y} ${low.x + nth * 26},${y} ${low.x + nth * 26},${low.y}`;
    const line = s("path.edge", { d: path, "stroke-width": thick });
    const half = words.length * 3.6 + 8;
    const label = s(
        "g.edge-label",
        { tabindex: 0 },
        s("rect", { x: x - half, y: y - 11, width: 2 * half, height: 20, rx: 10 }),
        s("text", { x, y: y + 3.5, "text-anchor": "middle" }, words),
    );
    explained(label, () => [
        h("p.statement", null, h("b", null, words)),
        edge.parts.map((/** @type {any} */ e) =>
            h(
                "p",
                null,
                `${spread(e.perA)} at each ${DATA.elements[devices.classes[e.a].element].path}, ${spread(e.perZ)} at each ${DATA.elements[devices.classes[e.z].element].path} `,
                placeMark(DATA.rules[e.rule].at),
            ),
        ),
    ]);
    return { line, label, lowest: same ? a.row : -1 };
}

/** All devices of a class. @param {any} node */
function classView(node) {
    const c = devices.classes[node.class];
    const element = DATA.elements[c.element];
    const list = Array.from({ length: c.count }, (_, i) => c.first + i);
    return [
        h(
            "header.title",
            null,
            h("p.crumb", null, link("fabric", "Fabric")),
            h("h1", null, element.path),
            h(
                "p.lead",
                null,
                `${plural(c.count, "device")}, `,
                h("b", null, element.definition),
                element.doc ? ` · ${element.doc}` : "",
            ),
        ),
        section(
            "Devices",
            growing(list, 50, (part) =>
                table(
                    ["Device", "Where", ">Cables", ">Peak power"],
                    part.map((d) => [
                        deviceLink(d),
                        standing(d),
                        cables.whole ? count(cables.at(d).length) : "",
                        traced(watts(power.peak()[d]), () => deviceDraw(d, "peak")),
                    ]),
                ),
            ),
        ),
        section("Figures", figureTable(element, element.definition)),
    ];
}
