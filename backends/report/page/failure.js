// What follows when something in a chain of feeds or pipes fails.

const LIVE = 0;
const STORED = 1;
const DEAD = 2;

/** Kinds that live on when nothing feeds them: on what they store, or by starting. */
const STORES = ["battery"];
const STARTS = ["generator"];

/**
 * How every device lives once some devices and rows are gone: LIVE, STORED (on storage alone) or DEAD. A device is as
 * well off as the best of what feeds it; what nothing feeds has a supply that the spec does not tell of.
 * @param {typeof feeds} chain
 * @param {ReadonlySet<number>} gone  devices
 * @param {ReadonlySet<number>} cut   rows
 * @returns {Uint8Array}
 */
function levelsAfter(chain, gone, cut) {
    const level = new Uint8Array(devices.count);
    const order = chainOrder(chain);
    for (const d of order) {
        if (gone.has(d)) {
            level[d] = DEAD;
            continue;
        }
        const kind = devices.element(d).kind;
        if (STARTS.includes(kind)) {
            level[d] = LIVE;
            continue;
        }
        const into = chain.into(d);
        let best = into.length ? DEAD : LIVE;
        for (const row of into) if (!cut.has(row)) best = Math.min(best, level[chain.a()[row]]);
        if (STORES.includes(kind)) best = STORED;
        else if (best === DEAD && stores(d)) best = STORED;
        level[d] = best;
    }
    return level;
}

/** Whether a feeder can carry its load for a time by itself. @param {number} d */
const stores = (d) =>
    devices.element(d).figures.some((/** @type {any} */ f) => f[0] === "ride_through" || f[0] === "runtime");

/** Devices of a chain, sources first. @type {WeakMap<object, number[]>} */
const orders = new WeakMap();

/** @param {typeof feeds} chain @returns {number[]} */
function chainOrder(chain) {
    const known = orders.get(chain);
    if (known) return known;
    const waiting = new Int32Array(devices.count);
    const z = chain.z();
    for (let row = 0; row < z.length; row++) waiting[z[row]]++;
    const found = [];
    for (let d = 0; d < devices.count; d++) if (!waiting[d]) found.push(d);
    for (let i = 0; i < found.length; i++)
        for (const row of chain.out(found[i])) if (--waiting[z[row]] === 0) found.push(z[row]);
    orders.set(chain, found);
    return found;
}

/**
 * The compiler's case of a failure: what it computed for this one, or for one that the design cannot tell from it.
 * @param {any[]} cases
 * @param {string} kind
 * @param {number} member
 */
function caseOf(cases, kind, member) {
    return cases.find((c) => c.kind === kind && members(c).has(member));
}

/** @type {WeakMap<object, Set<number>>} */
const memberSets = new WeakMap();

/** @param {any} found @returns {Set<number>} */
function members(found) {
    const known = memberSets.get(found);
    if (known) return known;
    const made = new Set(unpack(found.members));
    memberSets.set(found, made);
    return made;
}
