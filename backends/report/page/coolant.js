// The coolant loop, and what loses its coolant when an element fails.

/** @type {Chain} */
const COOLANT = {
    name: "coolant",
    rows: pipes,
    cases: DATA.cooling.cases,
    load: (d) => {
        const limits = cooling.class(d);
        return limits.heat >= 0
            ? [cooling.taken()[d], limits.heat]
            : limits.flow >= 0
              ? [cooling.delivered()[d], limits.flow]
              : [0, -1];
    },
    figures: (d) => {
        const limits = cooling.class(d);
        if (!limits.cooler)
            return traced(
                `${watts(cooling.liquid()[d])}${cooling.flowKnown()[d] ? `, ${litres(cooling.flow()[d])}` : ""}`,
                () => heatCard(d),
            );
        return traced(
            `${limits.heat >= 0 ? `${watts(cooling.taken()[d])} of ${watts(limits.heat)}` : watts(cooling.taken()[d])}, ${litres(cooling.delivered()[d])}`,
            () => coolerCard(d),
        );
    },
    sum: (list) =>
        `${watts(d3.sum(list, (/** @type {number} */ d) => (cooling.class(d).cooler ? cooling.taken() : cooling.liquid())[d]))}`,
    verdict: coolantVerdict,
    words: {
        whole: "cooler",
        dead: "no coolant",
        deadMany: "lose their coolant",
        none: "Everything keeps its coolant.",
    },
};

/** @param {number} d */
function coolerCard(d) {
    const element = devices.element(d);
    const said = element.figures.filter((/** @type {any} */ f) =>
        ["heat", "flow", "head", "coolant", "supply_temperature", "approach", "modules", "spare_modules"].includes(
            f[0],
        ),
    );
    const supply = degrees(cooling.supply()[d]);
    return [
        h(
            "p.statement",
            null,
            h("b", null, devices.name(d)),
            ` takes ${watts(cooling.taken()[d])} from what it supplies`,
        ),
        h(
            "p",
            null,
            `It delivers ${litres(cooling.delivered()[d])}${supply ? ` at ${supply}` : ""}; the loop behind it needs ${kilopascals(cooling.below()[d])}.`,
        ),
        said.map((/** @type {any} */ f) => statedCard(f, element.definition)),
    ];
}

/** What the compiler says of a failure. @param {any} found @returns {Child} */
function coolantVerdict(found) {
    const words = {
        holds: "The rest takes the heat within its limits.",
        overload: "Something takes more than it can.",
        uncooled: "Loads lose their coolant.",
    };
    const sorts = {
        heat: ["heat", watts],
        flow: ["coolant", litres],
        coupling: ["coolant through the coupling", litres],
        pressure: ["pressure", kilopascals],
        air: ["heat left in the air", watts],
        airflow: ["air that devices move", airWords],
    };
    const row = (/** @type {any} */ o) => {
        const [word, format] = /** @type {any} */ (sorts)[o.sort];
        return [o.where, word, format(o.load), format(o.limit)];
    };
    const near = found.worst ? row(found.worst) : null;
    return [
        h(`p.verdict.${found.verdict}`, null, /** @type {any} */ (words)[found.verdict]),
        found.members.n > 1
            ? h(
                  "p.muted",
                  null,
                  `${count(found.members.n)} such failures have the same outcome; names below are those of ${found.instance}.`,
              )
            : null,
        found.darkPower ? h("p", null, `${watts(found.darkPower)} of heat for coolant find none.`) : null,
        found.overloads.length
            ? table(["Over its limit", "What", ">Load", ">Limit"], found.overloads.map(row))
            : near
              ? h("p", null, "Nearest to its limit: ", h("b", null, near[0]), `, ${near[1]} ${near[2]} of ${near[3]}`)
              : null,
        found.more ? h("p.muted", null, `and ${count(found.more)} more`) : null,
    ];
}

/** @param {string} asked @returns {Child} */
function coolantView(asked) {
    const missing = cooling.missing.length
        ? section(
              "Not in this spec",
              h(
                  "ul.plain",
                  null,
                  cooling.missing.map((/** @type {string} */ m) => h("li", null, m)),
              ),
          )
        : null;
    const rooms = cooling.rooms.length
        ? section(
              "Heat in the air",
              table(
                  ["Where", ">Instances", ">Into the air, most", ">Left in it, most", ">The room takes"],
                  cooling.rooms.map((/** @type {any} */ room) => {
                      const given = unpack(room.given);
                      return [
                          DATA.elements[room.element].path,
                          count(given.length),
                          watts(d3.max(given) || 0),
                          watts(d3.max(unpack(room.left)) || 0),
                          room.limit < 0 ? "not stated" : watts(room.limit),
                      ];
                  }),
              ),
          )
        : null;
    return [
        h(
            "header.title",
            null,
            h("h1", null, "Coolant"),
            h(
                "p.lead",
                null,
                pipes.count
                    ? `${plural(pipes.count, "pipe")}, from the sources of coolant to what they cool. Bars are what a cooler takes of what it can.`
                    : "This spec pipes no coolant; all heat goes into the air.",
            ),
        ),
        pipes.count ? chainView(COOLANT, asked) : null,
        rooms,
        missing,
    ];
}
