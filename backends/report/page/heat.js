// Heat: what every device gives off, where it goes, and how much of it can be taken away.

/** @type {Record<string, string>} */
const COOLANT_WORDS = { water: "water", pg25: "PG25" };

/** Figures of cooling, by device. */
const cooling = (() => {
    const columns = DATA.cooling.devices;
    const column = (/** @type {string} */ key) => lazy(() => unpack(columns[key]));
    const coolant = column("coolant");
    return {
        heat: column("heat"),
        liquid: column("liquid"),
        air: column("air"),
        flow: column("flow"),
        flowKnown: column("flowKnown"),
        taken: column("taken"),
        delivered: column("delivered"),
        inlet: column("inlet"),
        supply: column("supply"),
        airflow: column("airflow"),
        airflowKnown: column("airflowKnown"),
        drop: column("drop"),
        below: column("below"),
        rooms: DATA.cooling.rooms,
        missing: DATA.cooling.missing,
        /** Limits of a device's class. @param {number} d */
        class: (d) => DATA.cooling.classes[devices.cls(d)],
        coolantName: (/** @type {number} */ d) => COOLANT_WORDS[DATA.cooling.coolants[coolant()[d]]] || "",
    };
})();

/** Degrees Celsius from thousandths; empty where unknown. @param {number} m */
const degrees = (m) => (m <= -1_000_000 ? "" : `${Number((m / 1000).toFixed(1))} °C`);

/** Pressure from Pa. @param {number} pa */
const kilopascals = (pa) => `${DIGITS[1].format(pa / 1000)} kPa`;

/** Air from thousandths of a CFM. @param {number} m */
const airWords = (m) => `${count(Math.ceil(m / 1000))} CFM`;

/** Heat of one device and where it goes. @param {number} d */
function heatCard(d) {
    const element = devices.element(d);
    const said = element.figures.filter((/** @type {any} */ f) =>
        ["liquid", "coolant_flow", "rise", "airflow", "air_rise"].includes(f[0]),
    );
    return [
        h("p.statement", null, h("b", null, `Heat of ${devices.name(d)} at peak`), ` ${watts(cooling.heat()[d])}`),
        h(
            "p",
            null,
            `${watts(cooling.liquid()[d])} into coolant, ${watts(cooling.air()[d])} into the air. All power that a device takes and does not pass on becomes heat.`,
        ),
        cooling.liquid()[d]
            ? h(
                  "p",
                  null,
                  cooling.flowKnown()[d] ? `Coolant ${litres(cooling.flow()[d])}` : "Its coolant flow is not stated.",
                  cooling.inlet()[d] > -1_000_000 ? `, given at ${degrees(cooling.inlet()[d])}` : "",
              )
            : null,
        h(
            "p",
            null,
            cooling.airflowKnown()[d] ? `Air ${airWords(cooling.airflow()[d])}` : "Its airflow is not stated.",
        ),
        statedList(said),
        power.class(d).feeder ? null : deviceDraw(d, "peak"),
    ];
}

/** Coolers of a class that come nearest to their limits, and rooms. @returns {Child[]} */
function coolingBars() {
    /** @type {Child[]} */
    const found = [];
    devices.classes.forEach((/** @type {any} */ c, /** @type {number} */ cls) => {
        const limits = DATA.cooling.classes[cls];
        if (!limits.cooler || !c.count) return;
        const element = DATA.elements[c.element];
        if (limits.heat >= 0) found.push(coolerBar(c, element, "heat", cooling.taken(), limits.heat, watts, "heat"));
        if (limits.flow >= 0)
            found.push(coolerBar(c, element, "coolant", cooling.delivered(), limits.flow, litres, "flow"));
    });
    for (const room of cooling.rooms) {
        if (room.limit < 0) continue;
        const left = unpack(room.left);
        const worst = left.indexOf(d3.max(left));
        const element = DATA.elements[room.element];
        const said = element.figures.find((/** @type {any} */ f) => f[0] === "air_cooling");
        found.push(
            budgetBar({
                label: [
                    h("b", null, element.path),
                    h("span.muted", null, left.length > 1 ? ` air, warmest of ${count(left.length)}` : " air"),
                ],
                value: left[worst],
                limit: room.limit,
                format: watts,
                card: () => [
                    h(
                        "p.statement",
                        null,
                        `${watts(unpack(room.given)[worst])} go into the air inside; ${watts(left[worst])} are left for the room to take`,
                    ),
                    said
                        ? statedCard(said, element.definition)
                        : h("p", null, "The limit is the heat that its doors and air handlers take."),
                ],
            }),
        );
    }
    return found;
}

/**
 * @param {any} c
 * @param {any} element
 * @param {string} what
 * @param {ArrayLike<number>} column
 * @param {number} limit
 * @param {(n: number) => string} format
 * @param {string} attribute
 */
function coolerBar(c, element, what, column, limit, format, attribute) {
    let worst = c.first;
    for (let d = c.first; d < c.first + c.count; d++) if (column[d] > column[worst]) worst = d;
    const said = element.figures.find((/** @type {any} */ f) => f[0] === attribute);
    return budgetBar({
        label: [
            h("b", null, element.path),
            h("span.muted", null, ` ${what}${c.count > 1 ? `, tightest of ${count(c.count)}` : ""}`),
        ],
        value: column[worst],
        limit,
        format,
        card: () => [
            h(
                "p.statement",
                null,
                h("b", null, devices.name(worst)),
                ` has ${format(column[worst])} of ${format(limit)}`,
            ),
            said ? statedCard(said, element.definition) : null,
        ],
    });
}

/** Power usage effectiveness as far as it is modelled; nothing without IT equipment. @returns {Child} */
function effectivenessTile() {
    const { in: entering, it, missing } = DATA.power.pue;
    if (!it) return null;
    const shown = DIGITS[3].format(Math.ceil((1000 * entering) / it) / 1000);
    return tile(
        traced(shown, () => [
            h("p.statement", null, `${watts(entering)} enter, of which ${watts(it)} reach IT equipment, at peak`),
            missing.length
                ? [
                      h("p", null, "Partial. Not modelled:"),
                      h(
                          "ul.figures",
                          null,
                          missing.map((/** @type {string} */ m) => h("li", null, m)),
                      ),
                  ]
                : null,
        ]),
        missing.length ? "PUE, partial" : "PUE at peak",
    );
}

/** @returns {Child} */
function coolingTiles() {
    const liquid = d3.sum(cooling.liquid());
    const air = d3.sum(cooling.air());
    const every = Array.from({ length: devices.count }, (_, d) => d);
    return [
        tile(
            traced(watts(liquid + air), () => sumCard("Heat of all devices", every, cooling.heat())),
            "heat at peak",
        ),
        liquid
            ? tile(
                  traced(percent(liquid, liquid + air), () => [
                      h("p.statement", null, `${watts(liquid)} into coolant, ${watts(air)} into air`),
                      h("p", null, "By the share `liquid` that each part states; see the figures of a device."),
                  ]),
                  "of it into coolant",
              )
            : null,
    ];
}

/** @param {number} d @returns {Child[]} */
function heatTiles(d) {
    if (!cooling.heat()[d]) return [];
    return [
        tile(
            traced(watts(cooling.heat()[d]), () => heatCard(d)),
            "heat at peak",
            cooling.liquid()[d] ? `${percent(cooling.liquid()[d], cooling.heat()[d])} into coolant` : "into air",
        ),
        cooling.liquid()[d] && cooling.flowKnown()[d]
            ? tile(
                  traced(litres(cooling.flow()[d]), () => heatCard(d)),
                  "coolant",
                  cooling.coolantName(d),
              )
            : null,
        cooling.airflowKnown()[d] && cooling.airflow()[d]
            ? tile(
                  traced(airWords(cooling.airflow()[d]), () => heatCard(d)),
                  "air",
              )
            : null,
    ];
}

/** @param {number} r @returns {Child[]} */
function rackHeatTiles(r) {
    const list = devices.inRack(r);
    const sum = (/** @type {ArrayLike<number>} */ column) => d3.sum(list, (/** @type {number} */ d) => column[d]);
    const liquid = sum(cooling.liquid());
    const air = sum(cooling.air());
    const known = list.every((d) => cooling.airflowKnown()[d]);
    return [
        liquid
            ? tile(
                  traced(watts(liquid), () =>
                      sumCard(`Heat of ${racks.names[r]} into coolant`, list, cooling.liquid()),
                  ),
                  "heat into coolant",
              )
            : null,
        air
            ? tile(
                  traced(watts(air), () => sumCard(`Heat of ${racks.names[r]} into air`, list, cooling.air())),
                  "heat into air",
              )
            : null,
        sum(cooling.airflow())
            ? tile(
                  traced(airWords(sum(cooling.airflow())), () => airCard(r, list)),
                  known ? "air" : "air, as far as stated",
              )
            : null,
    ];
}

/** Air that moves through a rack, by device. @param {number} r @param {ArrayLike<number>} list */
function airCard(r, list) {
    const moved = Array.from(list).filter((d) => cooling.airflow()[d] > 0);
    return [
        h("p.statement", null, h("b", null, `Air through ${racks.names[r]} at peak`)),
        h(
            "ul.figures",
            null,
            moved.slice(0, 12).map((d) => {
                const said = devices
                    .element(d)
                    .figures.find((/** @type {any} */ f) => f[0] === "airflow" || f[0] === "air_rise");
                return h(
                    "li",
                    null,
                    h("b", null, devices.name(d)),
                    ` ${airWords(cooling.airflow()[d])}`,
                    said
                        ? [
                              `, from ${spaced(said[0])} ${said[1]} `,
                              placeMark(said[2]),
                              said[5] ? h("span.badge", null, "assumed") : null,
                          ]
                        : null,
                );
            }),
        ),
        moved.length > 12 ? h("p", null, `and ${plural(moved.length - 12, "more device")}`) : null,
    ];
}

/** @returns {Measure[]} */
function heatMeasures() {
    return /** @type {["heat" | "liquid" | "air", string][]} */ ([
        ["heat", "Heat"],
        ["liquid", "Into coolant"],
        ["air", "Into air"],
    ])
        .filter(([key]) => key !== "liquid" || cooling.liquid().some((n) => n > 0))
        .filter(([key]) => key !== "air" || cooling.liquid().some((n) => n > 0))
        .map(([key, title]) => ({
            key,
            title,
            format: watts,
            values: lazy(() => byRack(cooling[key]())),
            card: (list) =>
                list.map((r) => sumCard(`${title} of ${racks.names[r]}`, devices.inRack(r), cooling[key]())),
        }));
}
