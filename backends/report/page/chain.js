// Power and coolant as trees that unfold from their sources, and what goes dark when an element fails.

/**
 * What a chain shows; power and coolant differ in words and figures alone.
 * @typedef {object} Chain
 * @property {string} name  the view's name in addresses
 * @property {typeof feeds} rows
 * @property {any[]} cases
 * @property {(d: number) => Child} figures
 * @property {(list: number[]) => Child} sum
 * @property {(d: number) => [number, number]} load  load and limit for the bar; limit -1 for none
 * @property {(found: any, d: number) => Child} verdict  what the compiler says of a failure
 * @property {{whole: string, dead: string, deadMany: string, none: string}} words  `whole` is the kind of case of a whole device
 */

/** Branches of one node; more are folded into groups. */
const MOST_BRANCHES = 24;

/**
 * @typedef {{kind: "device", d: number} | {kind: "group", cls: number, text: string, list: number[]}} Branch
 */

/**
 * Sources: what feeds others and that nothing feeds, by class; what only stands by comes last.
 * @param {typeof feeds} rows
 * @returns {Branch[]}
 */
function sources(rows) {
    const standby = (/** @type {any} */ c) => Number([...STORES, ...STARTS].includes(DATA.elements[c.element].kind));
    return [...devices.classes]
        .sort((a, b) => standby(a) - standby(b))
        .flatMap((/** @type {any} */ c) => {
            const cls = devices.classes.indexOf(c);
            const list = [];
            for (let d = c.first; d < c.first + c.count; d++)
                if (rows.out(d).length && !rows.into(d).length) list.push(d);
            return list.length ? branches(list, cls) : [];
        });
}

/**
 * Devices of one class as branches: themselves if they are few, else one group of all.
 * @param {number[]} list
 * @param {number} cls
 * @returns {Branch[]}
 */
function branches(list, cls) {
    if (list.length <= MOST_BRANCHES) return list.map((d) => ({ kind: "device", d }));
    const element = DATA.elements[devices.classes[cls].element];
    return [{ kind: "group", cls, text: element.path, list }];
}

/** The next finer branches of a group, along the arrays of the spec. @param {any} group @returns {Branch[]} */
function split(group) {
    const c = devices.classes[group.cls];
    /** @type {[string, number][]} */
    const dims = [];
    for (let e = c.element; e >= 0; e = DATA.elements[e].parent)
        DATA.elements[e].dims
            .slice()
            .reverse()
            .forEach((/** @type {number[]} */ [size]) => dims.unshift([DATA.elements[e].name, size]));
    let each = c.count;
    for (const [name, size] of dims) {
        each /= size;
        const keys = new Set(group.list.map((/** @type {number} */ d) => Math.floor((d - c.first) / each)));
        if (keys.size === 1) continue;
        if (each === 1) break;
        return [...keys].map((key) => {
            const list = group.list.filter((/** @type {number} */ d) => Math.floor((d - c.first) / each) === key);
            return list.length === 1
                ? { kind: "device", d: list[0] }
                : { kind: "group", cls: group.cls, text: `${name} ${key % size}`, list };
        });
    }
    return group.list.map((/** @type {number} */ d) => ({ kind: "device", d }));
}

/** What a device feeds, by class. @param {typeof feeds} rows @param {number} d @returns {Branch[]} */
function fedBy(rows, d) {
    /** @type {Map<number, Set<number>>} */
    const found = new Map();
    const z = rows.z();
    for (const row of rows.out(d)) {
        const cls = devices.cls(z[row]);
        if (!found.has(cls)) found.set(cls, new Set());
        found.get(cls)?.add(z[row]);
    }
    return [...found].flatMap(([cls, set]) => branches([...set], cls));
}

/**
 * The whole view of a chain.
 * @param {Chain} chain
 * @param {string} asked  the device that is to fail, from the address
 */
function chainView(chain, asked) {
    const failed = devices.names().indexOf(asked);
    const valid = failed >= 0 && chain.rows.out(failed).length > 0;
    const level = valid ? levelsAfter(chain.rows, new Set([failed]), new Set()) : new Uint8Array(devices.count);
    const host = h("div.tree", null);
    const open = new Set(valid ? wayTo(chain.rows, failed) : []);
    const roots = sources(chain.rows);
    fill(
        host,
        roots.map((branch) => treeNode(chain, branch, level, open, roots.length <= 2)),
    );
    return h(
        "div.chain",
        null,
        valid
            ? failurePanel(chain, failed, level)
            : h(
                  "p.hint",
                  null,
                  "Unfold a branch with its arrow. ",
                  h("b", null, "Fail"),
                  " shows what carries the load then, and what goes dark.",
              ),
        h("div.card", null, host),
    );
}

/** A device and all above it. @param {typeof feeds} rows @param {number} d @returns {number[]} */
function wayTo(rows, d) {
    const found = new Set([d]);
    for (const at of found) for (const row of rows.into(at)) found.add(rows.a()[row]);
    return [...found];
}

/**
 * @param {Chain} chain
 * @param {Branch} branch
 * @param {Uint8Array} level
 * @param {Set<number>} open  devices to which the tree is unfolded
 * @param {boolean} unfolded
 * @returns {HTMLElement}
 */
function treeNode(chain, branch, level, open, unfolded) {
    const isGroup = branch.kind === "group";
    const hit = isGroup ? branch.list.some((d) => open.has(d)) : open.has(branch.d);
    const leaf = !isGroup && !chain.rows.out(branch.d).length;
    const inner = h("div.under", null);
    const item = h("div", null);
    let made = false;
    const name = isGroup ? branch.text : devices.name(branch.d);
    const toggle = h("button.fold", { type: "button", "aria-label": `Unfold ${name}`, hidden: leaf });
    const setOpen = (/** @type {boolean} */ value) => {
        if (value && !made) {
            made = true;
            const under = isGroup ? split(branch) : fedBy(chain.rows, branch.d);
            append(inner, [
                growing(under, 60, (part) =>
                    h(
                        "div",
                        null,
                        part.map((b) => treeNode(chain, b, level, open, false)),
                    ),
                ),
            ]);
        }
        inner.hidden = !value;
        toggle.textContent = value ? "▾" : "▸";
        toggle.setAttribute("aria-expanded", String(value));
    };
    toggle.addEventListener("click", () => setOpen(Boolean(inner.hidden)));
    append(item, [
        h("div.node", null, toggle, isGroup ? groupRow(chain, branch, level) : deviceRow(chain, branch.d, level)),
        inner,
    ]);
    setOpen(!leaf && (unfolded || hit));
    return item;
}

/** @param {Chain} chain @param {any} group @param {Uint8Array} level */
function groupRow(chain, group, level) {
    const dead = group.list.filter((/** @type {number} */ d) => level[d] === DEAD).length;
    const stored = group.list.filter((/** @type {number} */ d) => level[d] === STORED).length;
    return [
        h(
            "span.node-name",
            null,
            h("b", null, group.text),
            h("span.muted", null, ` ${count(group.list.length)} × ${devices.element(group.list[0]).definition}`),
        ),
        dead ? h("span.badge.dead", null, `${count(dead)} ${chain.words.dead}`) : null,
        stored ? h("span.badge.stored", null, `${count(stored)} on storage`) : null,
        h("span.node-figures", null, chain.sum(group.list)),
        h("span.fail-space", null),
    ];
}

/** @param {Chain} chain @param {number} d @param {Uint8Array} level */
function deviceRow(chain, d, level) {
    const state = ["", "stored", "dead"][level[d]];
    const failed = address()[1] === devices.name(d);
    const [load, limit] = chain.load(d);
    return [
        h(
            `span.node-name${state ? `.${state}` : ""}`,
            null,
            deviceLink(d),
            h("span.muted", null, ` ${devices.element(d).kind}`),
        ),
        failed
            ? h("span.badge.dead", null, "failed")
            : state === "dead"
              ? h("span.badge.dead", null, chain.words.dead)
              : state === "stored"
                ? h("span.badge.stored", null, "on storage")
                : null,
        limit >= 0 ? smallBar(load, limit) : null,
        h("span.node-figures", null, chain.figures(d)),
        chain.rows.out(d).length
            ? h(
                  "a.fail",
                  {
                      href: `#/${chain.name}/${encodeURIComponent(devices.name(d))}`,
                      "aria-label": `Fail ${devices.name(d)}`,
                  },
                  "Fail",
              )
            : h("span.fail-space", null),
    ];
}

/**
 * What follows from a failure.
 * @param {Chain} chain
 * @param {number} failed
 * @param {Uint8Array} level
 */
function failurePanel(chain, failed, level) {
    const list = (/** @type {number} */ wanted) =>
        Array.from(level.keys()).filter((d) => level[d] === wanted && d !== failed);
    const dead = list(DEAD);
    const stored = list(STORED);
    const found = caseOf(chain.cases, chain.words.whole, failed);
    const others = chain.cases.filter(
        (c) => c.kind !== chain.words.whole && members(c).has(memberOf(chain, c, failed)),
    );
    return h(
        "section.card.failure",
        { role: "status", id: "failure" },
        h("h2", null, `${devices.name(failed)} fails`),
        h("p", null, link(chain.name, "Repair it")),
        found ? chain.verdict(found, failed) : null,
        deviceGroups(dead, `${chain.words.deadMany}`, "dead"),
        deviceGroups(stored, "on stored energy alone", "stored"),
        !dead.length && !stored.length ? h("p", null, chain.words.none) : null,
        h("p.muted", null, "The figures below are those of normal running."),
        others.length
            ? h(
                  "details",
                  null,
                  h("summary", null, "If something else of it or behind it fails"),
                  others.map((c) => h("div.part", null, h("h3", null, c.instance), chain.verdict(c, failed))),
              )
            : null,
    );
}

/**
 * The member of a case that belongs to a device: itself, or its first row of that kind; -1 for none.
 * @param {Chain} chain
 * @param {any} found
 * @param {number} d
 */
function memberOf(chain, found, d) {
    if (found.kind === "module") return d;
    return [...chain.rows.out(d)].find((row) => members(found).has(row)) ?? -1;
}

/** Devices by class, with their names. @param {number[]} list @param {string} words @param {string} state */
function deviceGroups(list, words, state) {
    if (!list.length) return null;
    /** @type {Map<number, number[]>} */
    const found = new Map();
    for (const d of list) found.set(devices.cls(d), [...(found.get(devices.cls(d)) || []), d]);
    return h(
        `div.${state}-list`,
        null,
        h("p", null, h("b", null, plural(list.length, "device")), ` ${words}:`),
        [...found].map(([cls, some]) =>
            h(
                "details",
                { open: list.length <= 40 },
                h("summary", null, `${count(some.length)} × ${DATA.elements[devices.classes[cls].element].path}`),
                growing(some, 40, (part) =>
                    h(
                        "p.names",
                        null,
                        part.map((d) => [deviceLink(d), " "]),
                    ),
                ),
            ),
        ),
    );
}
