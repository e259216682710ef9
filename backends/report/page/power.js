// The power tree.

/** Supply of every feeder in mW; -1 where it is not known. */
const supplies = lazy(() => {
    const found = new Float64Array(devices.count).fill(-1);
    for (const t of power.tables) {
        const cls = devices.classes.find((/** @type {any} */ c) => c.element === t.element);
        if (t.level === "feeder" && cls) found.set(unpack(t.supply), cls.first);
    }
    return found;
});

/** @type {Chain} */
const POWER = {
    name: "power",
    rows: feeds,
    cases: DATA.power.cases,
    load: (d) => [power.output()[d], power.class(d).feeder ? supplies()[d] : -1],
    figures: (d) => {
        if (!power.class(d).feeder) return traced(watts(power.peak()[d]), () => deviceDraw(d, "peak"));
        const limit = supplies()[d];
        return traced(limit >= 0 ? `${watts(power.output()[d])} of ${watts(limit)}` : watts(power.output()[d]), () =>
            feederCard(d),
        );
    },
    sum: (list) => {
        const feeder = power.class(list[0]).feeder;
        return watts(d3.sum(list, (/** @type {number} */ d) => (feeder ? power.output() : power.peak())[d]));
    },
    verdict: powerVerdict,
    words: { whole: "feeder", dead: "dark", deadMany: "go dark", none: "Nothing goes dark." },
};

/** @param {number} d */
function feederCard(d) {
    const element = devices.element(d);
    const said = element.figures.filter((/** @type {any} */ f) =>
        ["supply", "installed", "efficiency", "curve", "loss", "modules", "spare_modules", "ride_through"].includes(
            f[0],
        ),
    );
    return [
        h(
            "p.statement",
            null,
            h("b", null, devices.name(d)),
            ` gives ${watts(power.output()[d])} at peak and takes ${watts(power.input()[d])}`,
        ),
        said.map((/** @type {any} */ f) => statedCard(f, element.definition)),
        h(
            "p.muted",
            null,
            `What leaves it is the peak of the ${plural(feeds.out(d).length, "feed")} behind it, shared equally with the other feeders of each load.`,
        ),
    ];
}

/** What the compiler says of a failure. @param {any} found @param {number} failed @returns {Child} */
function powerVerdict(found, failed) {
    const words = {
        holds: "The rest carries the load within its limits.",
        battery: "Loads live on stored energy alone.",
        overload: "Something carries more than it may.",
        dark: "Loads lose their power.",
    };
    const alike = found.members.n;
    return [
        h(`p.verdict.${found.verdict}`, null, /** @type {any} */ (words)[found.verdict]),
        alike > 1
            ? h(
                  "p.muted",
                  null,
                  `${count(alike)} such failures have the same outcome; names below are those of ${found.instance}.`,
              )
            : null,
        found.darkPower ? h("p", null, `${watts(found.darkPower)} of peak load go dark.`) : null,
        found.storedPower
            ? h(
                  "p",
                  null,
                  `${watts(found.storedPower)} live on storage${found.rideThrough > 0 ? ` for ${count(found.rideThrough / 1000)} s` : found.rideThrough === 0 ? "; the catalog does not say how long" : ""}.`,
              )
            : null,
        found.generators ? h("p", null, `Generators give ${watts(found.generators)}.`) : null,
        found.overloads.length
            ? table(
                  ["Over its limit", ">Load", ">Limit", "Rule"],
                  found.overloads.map((/** @type {any} */ o) => [
                      o.where,
                      amount(o, o.load),
                      amount(o, o.limit),
                      o.rule,
                  ]),
              )
            : found.worst
              ? h(
                    "p",
                    null,
                    "Nearest to its limit: ",
                    h("b", null, found.worst.where),
                    ` with ${amount(found.worst, found.worst.load)} of ${amount(found.worst, found.worst.limit)} (${percent(found.worst.load, found.worst.limit)}), `,
                    h("span.muted", null, found.worst.rule),
                )
              : null,
        found.more ? h("p.muted", null, `and ${count(found.more)} more`) : null,
    ];
}

/** @param {any} overload @param {number} value */
const amount = (overload, value) => (overload.unit === "VA" ? watts(value).replace(/W$/, "VA") : watts(value));

/** @param {string} asked @returns {Child} */
function powerView(asked) {
    if (!feeds.count)
        return section(
            "Power",
            h(
                "p",
                null,
                "This spec has no power feeds, so there is no tree of them. What devices draw is in the summary and in each rack.",
            ),
        );
    const fed = new Set(feeds.z());
    const alone = Array.from({ length: devices.count }, (_, d) => d).filter(
        (d) => !fed.has(d) && !feeds.out(d).length && power.peak()[d] > 0,
    );
    return [
        h(
            "header.title",
            null,
            h("h1", null, "Power"),
            h(
                "p.lead",
                null,
                `${plural(feeds.count, "feed")}, from the sources to the loads. Bars are the load of a feeder at peak over what it can carry.`,
            ),
        ),
        chainView(POWER, asked),
        alone.length
            ? section(
                  "Fed by nothing in this spec",
                  deviceGroups(alone, "draw power that no feed of the spec brings", "open"),
              )
            : null,
    ];
}
