// One device with its figures, feeds and cables; and one cable.

/** `pod0-gpu3 at unit 22` @param {number} d @returns {Child} */
function standing(d) {
    const r = devices.rack()[d];
    if (r < 0) return "in no rack";
    const unit = unitOf(d);
    return [rackLink(r), unit ? `, ${unit}` : ""];
}

/** The unit that a device begins at, such as `OU 22`; empty where unknown. @param {number} d */
function unitOf(d) {
    const r = devices.rack()[d];
    const bottom = devices.bottom()[d];
    if (r < 0 || bottom < 0) return "";
    const frame = racks.frame(r);
    const unit = bottom / frame.pitch + 1;
    return `${frame.unit}\u00a0${Number.isInteger(unit) ? unit : unit.toFixed(1)}`;
}

/** @param {string} name @returns {Child} */
function deviceView(name) {
    const d = devices.names().indexOf(name);
    if (d < 0) return notFound("device", name);
    const element = devices.element(d);
    return [
        h(
            "header.title",
            null,
            h("p.crumb", null, element.kind),
            h("h1", null, name),
            h("p.lead", null, h("b", null, element.definition), " · ", standing(d)),
            element.doc ? h("p.muted", null, element.doc) : null,
        ),
        h("div.tiles", null, deviceTiles(d)),
        cables.whole ? cableSection(d) : section("Cables", h("p.muted", null, MANY_CABLES)),
        feedSection(d),
        pipeSection(d),
        section(
            "Figures",
            h("p.muted", null, "Made by ", placeMark(element.at)),
            figureTable(element, element.definition),
        ),
        partSection(d),
    ];
}

/** @param {number} d @returns {Child[]} */
function deviceTiles(d) {
    const from = power.class(d);
    if (from.feeder) {
        return [
            tile(
                traced(watts(power.output()[d]), () => feederCard(d)),
                "leaves it at peak",
            ),
            tile(
                traced(watts(power.input()[d]), () => feederCard(d)),
                "it takes at peak",
            ),
        ];
    }
    return [
        tile(
            traced(watts(power.peak()[d]), () => deviceDraw(d, "peak")),
            "peak power",
        ),
        tile(
            traced(watts(power.typical()[d]), () => deviceDraw(d, "typical")),
            "typical power",
        ),
        ...heatTiles(d),
        cables.whole ? tile(count(cables.at(d).length), "cables") : null,
    ];
}

/** @param {number} d */
function cableSection(d) {
    const rows = cables
        .at(d)
        .map((row) => {
            const first = cables.a()[row] === d;
            return {
                row,
                port: (first ? cables.ap() : cables.zp())[row],
                peer: (first ? cables.z() : cables.a())[row],
                far: (first ? cables.zp() : cables.ap())[row],
            };
        })
        .sort((x, y) => x.port - y.port);
    if (!rows.length) return null;
    return section(
        plural(rows.length, "cable"),
        growing(rows, 64, (part) =>
            table(
                ["Port", "Cable", "To", "Port there", ">Speed", ">Way", ">Order", "Media"],
                part.map(({ row, port, peer, far }) => [
                    devices.terminal(d, "port", port),
                    cableLink(row),
                    deviceLink(peer),
                    devices.terminal(peer, "port", far),
                    cables.speed(row) ? rate(cables.speed(row)) : "",
                    cables.mated(row) ? "" : metres(cables.length(row)),
                    cables.sold(row) >= 0 ? metres(cables.sold(row)) : "",
                    mediaWords(row),
                ]),
            ),
        ),
    );
}

/** What a cable is made with. @param {number} row @returns {string} */
function mediaWords(row) {
    if (cables.mated(row)) return "no cord: plug meets plug";
    const plugs = [cables.plug(row, 0), cables.plug(row, 1)].filter(Boolean);
    if (plugs.length) return [...new Set(plugs.map((plug) => plug.name))].join(" and ");
    const made = cables.media(row);
    return !made ? "not stated" : made.kind === "optic" ? `fibre for ${made.name}` : made.name;
}

/** @param {number} d */
function feedSection(d) {
    const into = [...feeds.into(d)];
    const out = [...feeds.out(d)];
    if (!into.length && !out.length) return null;
    const flow = power.feed();
    return section(
        "Power",
        into.length
            ? table(
                  ["Fed by", "Outlet", "Inlet here", ">At peak"],
                  into.map((f) => [
                      deviceLink(feeds.a()[f]),
                      devices.terminal(feeds.a()[f], "outlet", feeds.ap()[f]),
                      devices.terminal(d, "inlet", feeds.zp()[f]),
                      watts(flow[f]),
                  ]),
              )
            : null,
        out.length
            ? growing(out, 32, (part) =>
                  table(
                      ["Feeds", "Inlet there", "Outlet here", ">At peak"],
                      part.map((f) => [
                          deviceLink(feeds.z()[f]),
                          devices.terminal(feeds.z()[f], "inlet", feeds.zp()[f]),
                          devices.terminal(d, "outlet", feeds.ap()[f]),
                          watts(flow[f]),
                      ]),
                  ),
              )
            : null,
        power.class(d).feeder ? h("p", null, link(`power/${devices.name(d)}`, "Fail it in the power tree")) : null,
    );
}

/** @param {number} d */
function pipeSection(d) {
    const into = [...pipes.into(d)];
    const out = [...pipes.out(d)];
    if (!into.length && !out.length) return null;
    return section(
        "Coolant",
        into.length
            ? table(
                  ["Supplied by", "Through", "Inlet here"],
                  into.map((p) => [
                      deviceLink(pipes.a()[p]),
                      devices.terminal(pipes.a()[p], "coolant_out", pipes.ap()[p]),
                      devices.terminal(d, "coolant_in", pipes.zp()[p]),
                  ]),
              )
            : null,
        out.length
            ? growing(out, 32, (part) =>
                  table(
                      ["Supplies", "Inlet there", "Through"],
                      part.map((p) => [
                          deviceLink(pipes.z()[p]),
                          devices.terminal(pipes.z()[p], "coolant_in", pipes.zp()[p]),
                          devices.terminal(d, "coolant_out", pipes.ap()[p]),
                      ]),
                  ),
              )
            : null,
    );
}

/** Parts inside a device. @param {number} d */
function partSection(d) {
    const own = devices.classes[devices.cls(d)].element;
    const found = DATA.elements
        .map((/** @type {any} */ e, /** @type {number} */ i) => ({ e, i }))
        .filter((/** @type {any} */ { e, i }) => i !== own && e.role === "part" && inside(i, own));
    if (!found.length) return null;
    const each = instances(own);
    return section(
        "Inside",
        found.map((/** @type {any} */ { e, i }) =>
            h(
                "details",
                null,
                h(
                    "summary",
                    null,
                    `${count(instances(i) / each)} × `,
                    h("b", null, e.name),
                    h("span.muted", null, ` ${e.kind}, ${e.definition}`),
                ),
                figureTable(e, e.definition),
            ),
        ),
    );
}

/** @param {string} id @returns {Child} */
function cableView(id) {
    const row = cables.whole ? cables.find(id) : -1;
    if (row < 0) return notFound("cable", id);
    const rule = cables.rule(row);
    const ends = [
        [cables.a()[row], cables.ap()[row]],
        [cables.z()[row], cables.zp()[row]],
    ];
    const media = cables.mated(row)
        ? []
        : [...new Set([cables.media(row), cables.plug(row, 0), cables.plug(row, 1)])].filter(Boolean);
    const circuit = cables.circuit(row);
    const listed = cables.listed(row);
    return [
        h(
            "header.title",
            null,
            h("p.crumb", null, "cable"),
            h("h1", null, id),
            h("p.lead", null, mediaWords(row)),
            h("p.muted", null, "Made by ", placeMark(rule.at)),
            listed === row ? null : h("p", null, "It is ordered and pulled as a part of ", cableLink(listed), "."),
            circuit
                ? h("p", null, "Part of the link from ", portWords(circuit[0]), " to ", portWords(circuit[1]), ".")
                : null,
        ),
        h(
            "div.ends",
            null,
            ends.map(([d, port], side) =>
                h(
                    "div.end",
                    null,
                    h("div.muted", null, side ? "z end" : "a end"),
                    h("div.end-name", null, deviceLink(d)),
                    h("div", null, "port ", h("b", null, devices.terminal(d, "port", port))),
                    h("div.muted", null, standing(d)),
                ),
            ),
        ),
        h(
            "div.tiles",
            null,
            cables.speed(row) ? tile(rate(cables.speed(row)), "speed") : null,
            cables.mated(row)
                ? null
                : tile(
                      traced(metres(cables.length(row)), () => wayCard(row)),
                      "way, with slack",
                  ),
            cables.sold(row) >= 0
                ? tile(
                      traced(metres(cables.sold(row)), () => orderCard(row)),
                      "length to order",
                  )
                : null,
            rule.network ? tile(rule.network, "network") : null,
        ),
        media.map((thing) =>
            section(thing.name, thing.doc ? h("p.muted", null, thing.doc) : null, figureTable(thing, thing.name)),
        ),
    ];
}

/**
 * What the way of a cable follows from: the places of its ends, and the figures of the floor around them.
 * @param {number} row
 */
function wayCard(row) {
    const ends = [cables.a()[row], cables.z()[row]];
    const rooms = [...new Set(ends.map(roomOf))].filter((e) => e >= 0);
    return [
        h("p.statement", null, h("b", null, "Way"), ` ${metres(cables.length(row))}`),
        h(
            "p",
            null,
            "From the middle of one device's face up to the tray, along it and down to the other; in one rack the difference of their heights. Slack is in it.",
        ),
        h(
            "ul.figures",
            null,
            ends.map((d) => h("li", null, h("b", null, devices.name(d)), " ", standing(d))),
        ),
        rooms.map((e) =>
            statedList(floorFigures(e)),
        ),
    ];
}

/** The element whose floor plan a device stands on; -1 for none. @param {number} d */
function roomOf(d) {
    const r = devices.rack()[d];
    if (r < 0 || !SPACE.floor) return -1;
    const { columns, rooms } = ground();
    return SPACE.floor.rooms[rooms[columns.hall[r]]].element;
}

/** Figures of a floor that lengths follow from. @param {number} e @returns {any[]} */
const floorFigures = (e) =>
    DATA.elements[e].figures.filter((/** @type {any} */ f) =>
        /^floor\.(row_pitch|hot_pitch|bay_pitch|tray|cross_aisle|slack)$/.test(f[0]),
    );

/** What the length to order follows from. @param {number} row */
function orderCard(row) {
    const thing = cables.media(row);
    const said = thing ? thing.figures.filter((/** @type {any} */ f) => f[0] === "lengths" || f[0] === "reach") : [];
    return [
        h("p.statement", null, h("b", null, "Length to order"), ` ${metres(cables.sold(row))}`),
        h(
            "p",
            null,
            said.some((/** @type {any} */ f) => f[0] === "lengths")
                ? "The shortest that is sold and suffices."
                : "The way, rounded up to a whole metre.",
        ),
        said.map((/** @type {any} */ f) => statedCard(f, thing.name)),
    ];
}

/** @param {[number, number]} end  a device and its port */
const portWords = ([d, port]) => [deviceLink(d), ` ${devices.terminal(d, "port", port)}`];

/** @param {string} what @param {string} name @returns {Child} */
const notFound = (what, name) =>
    section(
        "Not found",
        h("p", null, `This design has no ${what} ${name}.`),
        h("p", null, link("summary", "To the summary")),
    );
