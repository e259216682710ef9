// The data of the page: columns unpacked, and questions about them answered. Nothing here touches the document.

/**
 * A column of whole numbers as the compiler packs it.
 * @typedef {{n: number, c?: number, t?: "i8"|"i16"|"i32"|"f64", s?: 1, d?: string}} Packed
 */

/** @type {any} */
const DATA = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("data")).textContent || "{}");

const ARRAYS = { i8: Int8Array, i16: Int16Array, i32: Int32Array, f64: Float64Array };

/**
 * Numbers of a packed column; whole numbers stay exact up to 2^53.
 * @param {Packed} packed
 * @returns {Float64Array}
 */
function unpack(packed) {
    const found = new Float64Array(packed.n);
    if (packed.d === undefined) return found.fill(packed.c || 0);
    const text = atob(packed.d);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
    found.set(new ARRAYS[packed.t || "f64"](bytes.buffer));
    if (packed.s) for (let i = 1; i < found.length; i++) found[i] += found[i - 1];
    return found;
}

/**
 * A value that is computed when first asked for.
 * @template T
 * @param {() => T} make
 * @returns {() => T}
 */
function lazy(make) {
    /** @type {T | undefined} */
    let value;
    return () => (value === undefined ? (value = make()) : value);
}

/** Lines of a text block; none for an empty one. @param {string} text @returns {string[]} */
const lines = (text) => (text === "" ? [] : text.split("\n"));

/**
 * Row numbers grouped by a key in `0 … size - 1`; rows with another key are left out.
 * @param {ArrayLike<number>} keys
 * @param {number} size
 * @returns {(key: number) => Uint32Array}
 */
function groups(keys, size) {
    const start = new Uint32Array(size + 1);
    for (let i = 0; i < keys.length; i++) if (keys[i] >= 0) start[keys[i] + 1]++;
    for (let i = 0; i < size; i++) start[i + 1] += start[i];
    const next = start.slice(0, size);
    const rows = new Uint32Array(start[size]);
    for (let i = 0; i < keys.length; i++) if (keys[i] >= 0) rows[next[keys[i]]++] = i;
    return (key) => rows.subarray(start[key], start[key + 1]);
}

/** The devices of the plant. */
const devices = (() => {
    const classes = DATA.classes;
    const last = classes[classes.length - 1];
    const count = last ? last.first + last.count : 0;
    const cls = new Uint32Array(count);
    classes.forEach((/** @type {any} */ c, /** @type {number} */ i) => cls.fill(i, c.first, c.first + c.count));
    const names = lazy(() => lines(DATA.devices.names));
    const rack = lazy(() => unpack(DATA.devices.rack));
    const bottom = lazy(() => unpack(DATA.devices.bottom));
    const inRack = lazy(() => groups(rack(), racks.count));
    return {
        count,
        classes,
        names,
        rack,
        bottom,
        cls: (/** @type {number} */ d) => cls[d],
        class: (/** @type {number} */ d) => classes[cls[d]],
        name: (/** @type {number} */ d) => names()[d],
        element: (/** @type {number} */ d) => DATA.elements[classes[cls[d]].element],
        inRack: (/** @type {number} */ r) => inRack()(r),
        /** A terminal's name. @param {number} d @param {string} kind @param {number} n */
        terminal: (d, kind, n) => (classes[cls[d]].terminals[kind] || [])[n] || `${kind} ${n}`,
    };
})();

/** The racks of the plant. */
const racks = (() => {
    const names = lines(DATA.racks.names);
    const element = lazy(() => unpack(DATA.racks.element));
    return {
        count: names.length,
        names,
        element,
        x: lazy(() => unpack(DATA.racks.x)),
        y: lazy(() => unpack(DATA.racks.y)),
        row: lazy(() => unpack(DATA.racks.row)),
        bay: lazy(() => unpack(DATA.racks.bay)),
        frame: (/** @type {number} */ r) => DATA.racks.frames[element()[r]],
        of: (/** @type {number} */ r) => DATA.elements[element()[r]],
    };
})();

/**
 * Rows of a relation (cables, feeds or pipes) over all statements, numbered from 0.
 * @param {any[]} statements
 */
function relation(statements) {
    const count = statements.reduce((sum, s) => sum + s.count, 0);
    /** @type {Record<string, () => Float64Array>} */
    const columns = {};
    for (const key of ["a", "ap", "z", "zp", "rank"]) {
        columns[key] = lazy(() => {
            const found = new Float64Array(count);
            for (const s of statements) if (s[key]) found.set(unpack(s[key]), s.first);
            return found;
        });
    }
    const out = lazy(() => groups(columns.a(), devices.count));
    const into = lazy(() => groups(columns.z(), devices.count));
    return {
        count,
        statements,
        a: columns.a,
        ap: columns.ap,
        z: columns.z,
        zp: columns.zp,
        rank: columns.rank,
        /** Rows that leave a device at its a end. @param {number} d */
        out: (d) => out()(d),
        /** Rows that enter a device at its z end. @param {number} d */
        into: (d) => into()(d),
        /** The statement that made a row. @param {number} row */
        statement: (row) => statements.find((s) => row >= s.first && row < s.first + s.count),
    };
}

const feeds = relation(DATA.feeds);
const pipes = relation(DATA.pipes);

/** What the page says where it does not hold each cable. */
const MANY_CABLES =
    "This design has more cables than the page holds one by one: it knows how many join two racks. All are in cabling/cables.csv.";

/** The cables, one by one where the page holds them so. */
const cables = (() => {
    const whole = DATA.cables.whole;
    const found = relation(whole ? DATA.cables.rules : []);
    /** @param {string} key */
    const column = (key) =>
        lazy(() => {
            const made = new Float64Array(found.count);
            for (const s of found.statements) made.set(unpack(s[key]), s.first);
            return made;
        });
    const [length, sold, speeds, media, am, zm, back] = ["length", "sold", "speeds", "media", "am", "zm", "back"].map(
        column,
    );
    const circuits = DATA.cables.circuits;
    const circuit = lazy(() =>
        Object.fromEntries(["a", "ap", "z", "zp", "of", "mated"].map((key) => [key, unpack(circuits[key])])),
    );
    const rule = (/** @type {number} */ row) => DATA.rules[/** @type {any} */ (found.statement(row)).rule];
    return {
        ...found,
        whole,
        total: DATA.cables.count,
        /** The way in micrometres. @param {number} row */
        length: (row) => length()[row],
        /** The length to order in micrometres. @param {number} row */
        sold: (row) => sold()[row],
        /** What it is made with; undefined where the spec does not say. @param {number} row */
        media: (row) => DATA.media[media()[row]],
        /** What is plugged in at its a or z end. @param {number} row @param {0 | 1} side */
        plug: (row, side) => DATA.media[(side ? zm : am)()[row]],
        /** The row under which the cable is listed; itself, unless several rows share one. @param {number} row */
        listed: (row) => row - back()[row],
        /** Whether plug meets plug there, without a cord of its own. @param {number} row */
        mated: (row) => Boolean(circuits && circuit().mated[row]),
        /**
         * The ends of the link that a cable is a part of, as device and port; null where each cable is a link.
         * @param {number} row
         * @returns {[number, number][] | null}
         */
        circuit: (row) => {
            if (!circuits || circuit().of[row] < 0) return null;
            const { a, ap, z, zp, of } = circuit();
            return [
                [a[of[row]], ap[of[row]]],
                [z[of[row]], zp[of[row]]],
            ];
        },
        /** Speed in Mbit/s. @param {number} row */
        speed: (row) => speeds()[row],
        rule,
        id: (/** @type {number} */ row) =>
            `${rule(row).tag}-${String(found.rank()[row]).padStart(DATA.cables.digits, "0")}`,
        /** Cables at a device, those that begin there first. @param {number} d @returns {number[]} */
        at: (d) => [...found.out(d), ...found.into(d)],
        /** The row of an identifier such as `XV3H-00417`; -1 if there is none. @param {string} id */
        find: (id) => {
            const [, tag, number] = /^(.+)-(\d+)$/.exec(id) || [];
            for (const s of found.statements) {
                if (DATA.rules[s.rule].tag !== tag) continue;
                const rank = found.rank().subarray(s.first, s.first + s.count);
                const at = rank.indexOf(Number(number));
                if (at >= 0) return s.first + at;
            }
            return -1;
        },
    };
})();

/** Figures of power, by device, in mW. */
const power = (() => {
    const columns = DATA.power.devices;
    return {
        peak: lazy(() => unpack(columns.peak)),
        typical: lazy(() => unpack(columns.typical)),
        plugs: lazy(() => unpack(columns.plugs)),
        output: lazy(() => unpack(columns.output)),
        input: lazy(() => unpack(columns.input)),
        feed: lazy(() => unpack(DATA.power.feed)),
        tables: DATA.power.tables,
        /** Where the figures of a device's class come from. @param {number} d */
        class: (d) => DATA.power.classes[devices.cls(d)],
        /** The budget of an element, or undefined. @param {number} element */
        table: (element) => DATA.power.tables.find((/** @type {any} */ t) => t.element === element),
    };
})();

/**
 * A device column summed up by rack.
 * @param {ArrayLike<number>} column
 * @returns {Float64Array}
 */
function byRack(column) {
    const rack = devices.rack();
    const total = new Float64Array(racks.count);
    for (let d = 0; d < column.length; d++) if (rack[d] >= 0) total[rack[d]] += column[d];
    return total;
}

/** How many instances an element has. @param {number} element */
function instances(element) {
    let count = 1;
    for (let e = element; e >= 0; e = DATA.elements[e].parent)
        for (const [size] of DATA.elements[e].dims) count *= size;
    return count;
}
