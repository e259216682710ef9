// The first view: what this design is, what it has, and how near it is to its limits.

/**
 * How many instances of each kind of part there are, most first.
 * @param {(element: any) => boolean} wanted
 * @returns {[string, number][]}
 */
function census(wanted) {
    /** @type {Map<string, number>} */
    const found = new Map();
    DATA.elements.forEach((/** @type {any} */ e, /** @type {number} */ i) => {
        if (wanted(e)) found.set(e.kind, (found.get(e.kind) || 0) + instances(i));
    });
    return [...found].filter(([, n]) => n).sort((a, b) => b[1] - a[1]);
}

/** Where parts of a kind are declared, and how many each declaration makes. @param {string} kind */
function censusCard(kind) {
    const found = DATA.elements
        .map((/** @type {any} */ e, /** @type {number} */ i) => ({ e, n: instances(i) }))
        .filter((/** @type {any} */ { e, n }) => e.kind === kind && n);
    return h(
        "ul.figures",
        null,
        found.map((/** @type {any} */ { e, n }) =>
            h("li", null, `${count(n)} × `, h("b", null, e.path), ` ${e.definition} `, placeMark(e.at)),
        ),
    );
}

/** The statements that make cables. */
const cableCard = () =>
    h(
        "ul.figures",
        null,
        DATA.cables.rules.map((/** @type {any} */ r) => {
            const rule = DATA.rules[r.rule];
            return h(
                "li",
                null,
                `${count(r.count)} from `,
                h("b", null, DATA.elements[rule.a].path),
                " to ",
                h("b", null, DATA.elements[rule.z].path),
                " ",
                placeMark(rule.at),
            );
        }),
    );

/** The instance of a budget's table that has least left. @param {any} found */
function tightest(found) {
    const taken = unpack(found.taken);
    const supply = unpack(found.supply);
    let worst = -1;
    for (let i = 0; i < taken.length; i++) {
        if (supply[i] <= 0) continue;
        if (worst < 0 || taken[i] / supply[i] > taken[worst] / supply[worst]) worst = i;
    }
    return worst < 0 ? null : { instance: worst, taken: taken[worst], supply: supply[worst] };
}

/**
 * The name of an instance of an element that the budget has a table of.
 * @param {any} found
 * @param {number} instance
 */
function instanceName(found, instance) {
    const element = DATA.elements[found.element];
    if (element.kind === "rack") {
        const first = racks.element().indexOf(found.element);
        return first < 0 ? element.name : racks.names[first + instance];
    }
    const cls = devices.classes.find((/** @type {any} */ c) => c.element === found.element);
    if (cls) return devices.name(cls.first + instance);
    return lines(found.names)[instance] || element.name;
}

/** Budgets of power: the tightest instance of each element that has a supply. */
function powerBars() {
    return power.tables
        .map((/** @type {any} */ found) => ({ found, worst: tightest(found) }))
        .filter((/** @type {any} */ b) => b.worst)
        .reverse()
        .map((/** @type {any} */ { found, worst }) => {
            const element = DATA.elements[found.element];
            const total = instances(found.element);
            const name = instanceName(found, worst.instance);
            return budgetBar({
                label: [
                    h("b", null, element.path),
                    h("span.muted", null, total > 1 ? ` tightest of ${count(total)}: ${name}` : ` ${element.kind}`),
                ],
                value: worst.taken,
                limit: worst.supply,
                format: watts,
                card: () => supplyCard(found, worst, name),
            });
        });
}

/** @param {any} found @param {{taken: number, supply: number}} worst @param {string} name */
function supplyCard(found, worst, name) {
    const element = DATA.elements[found.element];
    const said = element.figures.filter((/** @type {any} */ f) =>
        ["supply", "installed", "busbar_limit", "efficiency"].includes(f[0]),
    );
    return [
        h(
            "p.statement",
            null,
            h("b", null, name),
            ` takes ${watts(worst.taken)} at peak of a supply of ${watts(worst.supply)}`,
        ),
        said.length
            ? said.map((/** @type {any} */ f) => statedCard(f, element.definition))
            : h("p", null, "The supply is the sum of the outermost feeders inside:"),
        said.length
            ? null
            : h(
                  "ul.figures",
                  null,
                  feederClasses(found.element).map((e) =>
                      h(
                          "li",
                          null,
                          h("b", null, e.path),
                          e.figures
                              .filter((/** @type {any} */ f) => ["supply", "installed"].includes(f[0]))
                              .map((/** @type {any} */ f) => [` ${f[0]} ${f[1]} `, placeMark(f[2])]),
                      ),
                  ),
              ),
        found.assumed.length ? h("p.assumed", null, `Rests on assumed figures: ${found.assumed.join(", ")}`) : null,
    ];
}

/** Elements of feeders inside an element. @param {number} element @returns {any[]} */
const feederClasses = (element) =>
    devices.classes
        .filter(
            (/** @type {any} */ c, /** @type {number} */ i) =>
                DATA.power.classes[i].feeder && inside(c.element, element),
        )
        .map((/** @type {any} */ c) => DATA.elements[c.element]);

/** Whether an element is another one or inside of it. @param {number} element @param {number} other */
function inside(element, other) {
    for (let e = element; e >= 0; e = DATA.elements[e].parent) if (e === other) return true;
    return false;
}

/** Ports of switches that are joined to something, by class. */
function portBars() {
    if (!cables.whole) return [];
    /** @type {Map<number, number>} */
    const used = new Map();
    for (const column of [cables.a(), cables.z()])
        for (let i = 0; i < column.length; i++) {
            const cls = devices.cls(column[i]);
            used.set(cls, (used.get(cls) || 0) + 1);
        }
    return [...used]
        .filter(([cls]) => DATA.elements[devices.classes[cls].element].kind === "switch")
        .map(([cls, n]) => {
            const c = devices.classes[cls];
            const element = DATA.elements[c.element];
            const ports = c.terminals.port.length * c.count;
            return budgetBar({
                label: [h("b", null, element.path), h("span.muted", null, ` ${element.definition}`)],
                value: n,
                limit: ports,
                format: count,
                card: () => [
                    h(
                        "p.statement",
                        null,
                        `${plural(c.count, "switch", "switches")} with ${plural(c.terminals.port.length, "port")} each`,
                    ),
                    h("p", null, placeMark(element.at)),
                ],
            });
        });
}

/** What a spec may say and this one does not. */
function unsaid() {
    const racksPlaced = racks.count > 0 && racks.x().some((x) => x >= 0);
    const media = new Set(DATA.rules.map((/** @type {any} */ r) => r.medium));
    return [
        racks.count ? null : "racks",
        racksPlaced ? null : "a floor plan, so there are no lengths of cables",
        media.has("feed") ? null : "power feeds",
        media.has("pipe") ? null : "coolant pipes",
        media.has("link") ? null : "data links",
    ].filter((word) => word !== null);
}

/** Figures that somebody guessed, each once. */
function guesses() {
    const found = new Map();
    for (const thing of [...DATA.elements, ...DATA.media, ...DATA.whips]) {
        for (const f of thing.figures) if (f[5]) found.set(`${thing.definition || thing.name}.${f[0]}`, [thing, f]);
    }
    return [...found];
}

/**
 * A docstring: its first paragraph, and the others to unfold. Single line breaks are those of the spec's width.
 * @param {string} doc
 */
function docWords(doc) {
    const [first, ...rest] = doc
        .split(/\n\s*\n/)
        .map((p) => p.replace(/\s*\n\s*/g, " ").trim())
        .filter(Boolean);
    return [
        first ? h("p.lead", null, first) : null,
        rest.length
            ? h(
                  "details",
                  null,
                  h("summary", null, "About this spec"),
                  rest.map((p) => h("p.muted", null, p)),
              )
            : null,
    ];
}

/** @returns {Child} */
function summaryView() {
    const design = DATA.design;
    const whole = power.tables[power.tables.length - 1];
    const every = Array.from({ length: devices.count }, (_, d) => d);
    const parts = census((e) => e.role === "part" && ["accelerator", "server", "switch"].includes(e.kind));
    const missing = unsaid();
    const assumed = guesses();
    const parameters = Object.entries(design.parameters);
    return [
        h(
            "header.title",
            null,
            h("h1", null, design.name),
            docWords(design.doc),
            h(
                "p.muted",
                null,
                parameters.length ? `${parameters.map(([k, v]) => `${k} = ${v}`).join(", ")} · ` : "",
                `Rackwright ${design.compiler} · spec ${design.digest.slice(0, 12)}`,
            ),
        ),
        h(
            "div.tiles",
            null,
            parts.map(([kind, n]) =>
                tile(
                    traced(count(n), () => censusCard(kind)),
                    kinds(kind),
                ),
            ),
            racks.count
                ? tile(
                      traced(count(racks.count), () => censusCard("rack")),
                      "racks",
                  )
                : null,
            tile(traced(count(DATA.cables.links), cableCard), DATA.cables.circuits ? "links" : "cables"),
            tile(
                traced(watts(whole ? unpack(whole.peak)[0] : 0), () =>
                    sumCard("Peak of all devices", every, power.peak()),
                ),
                "peak power",
            ),
            tile(
                traced(watts(whole ? unpack(whole.typical)[0] : 0), () =>
                    sumCard("Typical of all devices", every, power.typical()),
                ),
                "typical power",
            ),
            coolingTiles(),
            effectivenessTile(),
        ),
        section("Power", listOr(powerBars(), "No element of this spec has a supply.")),
        section("Heat and coolant", listOr(coolingBars(), "Nothing in this spec states what heat it takes away.")),
        section("Weight and space", listOr(spaceBars(), "No rack of this spec states what it carries.")),
        section(
            "Ports of switches",
            listOr(
                portBars(),
                cables.whole ? "No switch is linked." : "There are too many cables to count them by port here.",
            ),
        ),
        h(
            "div.columns",
            null,
            DATA.requirements.length
                ? section(
                      "Required, and met",
                      h(
                          "ul.plain",
                          null,
                          DATA.requirements.map((/** @type {any} */ r) =>
                              h(
                                  "li",
                                  null,
                                  h("code", null, r.text),
                                  " ",
                                  placeMark(r.at),
                                  r.message ? h("div.muted", null, r.message) : null,
                              ),
                          ),
                      ),
                  )
                : null,
            missing.length
                ? section(
                      "Not in this spec",
                      h(
                          "ul.plain",
                          null,
                          missing.map((word) => h("li", null, word)),
                      ),
                  )
                : null,
        ),
        assumed.length
            ? section(
                  "Assumed figures",
                  h(
                      "p.muted",
                      null,
                      "Guesses that the spec or the catalog marks as such; what rests on them is only as good.",
                  ),
                  growing(assumed, 12, (part) =>
                      table(
                          ["Figure", "Value", "Stated in", "Why"],
                          part.map(([name, [, f]]) => [name, f[1], placeMark(f[2]), f[4]]),
                      ),
                  ),
              )
            : null,
    ];
}

/** @param {Child[]} list @param {string} otherwise */
const listOr = (list, otherwise) => (list.length ? list : h("p.muted", null, otherwise));
