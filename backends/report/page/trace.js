// Where a number comes from: a card that opens on hover, focus or touch.

/** Cards of elements that have one. @type {WeakMap<Element, () => Child>} */
const cards = new WeakMap();

/**
 * Text with a card behind it.
 * @param {Child} text
 * @param {() => Child} card
 */
function traced(text, card) {
    const element = h("span.traced", { tabindex: 0, "aria-describedby": "card" }, text);
    cards.set(element, card);
    return element;
}

/** A card for any element, such as a rectangle of a drawing. @param {Element} element @param {() => Child} card */
function explained(element, card) {
    cards.set(element, card);
    element.classList.add("explained");
    return element;
}

const card = h("div.hover", { id: "card", role: "tooltip", hidden: true });

/** @param {Element} element @param {{x: number, y: number} | null} at */
function openCard(element, at) {
    const make = cards.get(element);
    if (!make) return;
    fill(card, make());
    card.hidden = false;
    const box = element.getBoundingClientRect();
    const x = at ? at.x + 14 : box.left;
    const y = at ? at.y + 16 : box.bottom + 6;
    const { width, height } = card.getBoundingClientRect();
    const above = at ? at.y - height - 12 : box.top - height - 6;
    card.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
    card.style.top = `${y + height > innerHeight - 8 && above > 0 ? above : y}px`;
}

const closeCard = () => {
    card.hidden = true;
};

/** @param {EventTarget | null} target */
const holder = (target) => (target instanceof Element ? target.closest(".traced, .explained") : null);

/** Listen for everything that opens or closes a card. */
function watchCards() {
    document.body.append(card);
    document.addEventListener("pointerover", (e) => {
        const element = holder(e.target);
        if (element) openCard(element, element.closest("svg") ? { x: e.clientX, y: e.clientY } : null);
        else if (!(e.target instanceof Element && e.target.closest("#card"))) closeCard();
    });
    document.addEventListener("focusin", (e) => {
        const element = holder(e.target);
        if (element) openCard(element, null);
        else closeCard();
    });
    document.addEventListener("keydown", (e) => {
        if (e.key === "Escape") closeCard();
    });
    addEventListener("scroll", closeCard, { passive: true });
}

/** `catalog/ocp/orv3.rack:57` @param {string} at */
const placeMark = (at) => h("code.place", null, at);

/**
 * A stated attribute: value, line, source, and what is assumed about it.
 * @param {[string, string, string, string, string, number]} figure
 * @param {string} owner
 */
function statedCard([attribute, value, at, source, note, assumed], owner) {
    return [
        h("p.statement", null, h("b", null, `${owner}.${attribute}`), ` = ${value}`),
        h("p", null, placeMark(at)),
        source ? h("p.source", null, source) : null,
        assumed
            ? h("p.assumed", null, "Assumed. ", note)
            : note
              ? h("p.note", null, "Assumed of this part: ", note)
              : null,
    ];
}

/** Stated attributes, one a line. @param {any[]} figures */
const statedList = (figures) =>
    h(
        "ul.figures",
        null,
        figures.map((f) =>
            h(
                "li",
                null,
                h("b", null, spaced(f[0])),
                ` ${f[1]} `,
                placeMark(f[2]),
                f[5] ? h("span.badge", null, "assumed") : null,
            ),
        ),
    );

/**
 * A figure and what it follows from, as the compiler explains it.
 * @param {any} figure
 * @returns {HTMLElement}
 */
function figureTree(figure) {
    const said = figure.stated;
    return h(
        "li",
        null,
        figure.count > 1 ? `${count(figure.count)} × ` : null,
        h("b", null, spaced(figure.name)),
        ` ${figure.amount}`,
        figure.count > 1 ? ` = ${figure.total}` : null,
        figure.how ? h("span.how", null, ` ${figure.how}`) : null,
        said && said.assumed ? h("span.badge", null, "assumed") : null,
        said ? h("div", null, placeMark(said.at), h("span.owner", null, ` ${said.owner}.${said.attribute}`)) : null,
        said && said.source ? h("div.source", null, said.source) : null,
        said && said.note && said.assumed ? h("div.assumed", null, said.note) : null,
        figure.parts && figure.parts.length ? h("ul", null, figure.parts.map(figureTree)) : null,
    );
}

/** What one device draws. @param {number} d @param {"peak" | "typical"} which */
function deviceDraw(d, which) {
    const from = power.class(d);
    const total = power[which]()[d];
    const plugs = which === "peak" ? power.plugs()[d] : 0;
    return [
        h(
            "p.statement",
            null,
            h("b", null, `${which === "peak" ? "Peak" : "Typical"} power of ${devices.name(d)}`),
            ` ${watts(total)}`,
        ),
        from[which].length
            ? h("ul.figures", null, from[which].map(figureTree))
            : h(
                  "p",
                  null,
                  from.feeder
                      ? "It draws nothing itself; what it loses is counted in what it takes."
                      : "Nothing is stated of its power.",
              ),
        plugs ? [h("p", null, `Plugged into its ports: ${watts(plugs)}`), plugTable(d)] : null,
    ];
}

/** Optics and cables at a device with the power of each. @param {number} d */
function plugTable(d) {
    if (!cables.whole) return null;
    /** @type {Map<any, number>} */
    const found = new Map();
    for (const row of cables.at(d)) {
        const thing = cables.plug(row, cables.a()[row] === d ? 0 : 1);
        if (thing) found.set(thing, (found.get(thing) || 0) + 1);
    }
    return h(
        "ul.figures",
        null,
        [...found].map(([thing, times]) => {
            const figure = thing.figures.find((/** @type {any} */ f) => f[0] === "power" || f[0] === "peak_power");
            return h(
                "li",
                null,
                `${plural(times, "port")} with `,
                h("b", null, thing.name),
                figure
                    ? [
                          ` ${figure[1]} each plug `,
                          placeMark(figure[2]),
                          figure[5] ? h("span.badge", null, "assumed") : null,
                      ]
                    : " which states no power",
            );
        }),
    );
}

/**
 * A sum over devices, by class and by what one of them draws.
 * @param {string} title
 * @param {ArrayLike<number>} list  devices
 * @param {ArrayLike<number>} column  their figure in mW
 */
function sumCard(title, list, column) {
    const plugged = column === power.peak();
    /** @type {Map<string, {count: number, one: number, cls: number, d: number}>} */
    const found = new Map();
    let total = 0;
    for (let i = 0; i < list.length; i++) {
        const d = list[i];
        total += column[d];
        if (!column[d]) continue;
        const key = `${devices.cls(d)} ${column[d]}`;
        const group = found.get(key) || { count: 0, one: column[d], cls: devices.cls(d), d };
        group.count++;
        found.set(key, group);
    }
    const all = [...found.values()].sort((a, b) => b.count * b.one - a.count * a.one);
    return [
        h("p.statement", null, h("b", null, title), ` ${watts(total)}`),
        h(
            "ul.figures",
            null,
            all.slice(0, 8).map((g) => {
                const element = DATA.elements[devices.classes[g.cls].element];
                const from = figuresFrom(DATA.power.classes[g.cls].peak);
                return h(
                    "li",
                    null,
                    `${count(g.count)} × `,
                    h("b", null, element.path),
                    ` ${watts(g.one)} = ${watts(g.count * g.one)}`,
                    plugged && power.plugs()[g.d]
                        ? `, of which ${watts(g.count * power.plugs()[g.d])} plugged in`
                        : null,
                    h(
                        "div",
                        null,
                        from.map((at) => [placeMark(at), " "]),
                    ),
                );
            }),
        ),
        all.length > 8 ? h("p", null, `and ${plural(all.length - 8, "more group")}`) : null,
    ];
}

/** The lines that figures rest on, each once. @param {any[]} figures @returns {string[]} */
function figuresFrom(figures) {
    /** @type {Set<string>} */
    const found = new Set();
    const walk = (/** @type {any} */ f) => {
        if (f.stated) found.add(f.stated.at);
        (f.parts || []).forEach(walk);
    };
    figures.forEach(walk);
    return [...found].slice(0, 6);
}

/**
 * Everything stated of an element, an optic or a cable: figures with their lines, then the sources.
 * @param {any} thing
 * @param {string} owner
 */
function figureTable(thing, owner) {
    const figures = thing.figures;
    const sources = [...new Set(figures.map((/** @type {any} */ f) => f[3]).filter(Boolean))];
    const notes = [...new Set(figures.map((/** @type {any} */ f) => f[4]).filter(Boolean))];
    const cell = (/** @type {any} */ f) => [
        traced(f[1], () => statedCard(f, owner)),
        f[5] ? h("span.badge", null, "assumed") : null,
    ];
    return [
        table(
            ["Figure", "Value", "Stated in"],
            figures.map((/** @type {any} */ f) => [spaced(f[0]), cell(f), placeMark(f[2])]),
        ),
        sources.map((source) => h("p.source.below", null, h("b", null, "Source "), source)),
        notes.map((note) => h("p.assumed.below", null, h("b", null, "Assumed "), note)),
    ];
}
