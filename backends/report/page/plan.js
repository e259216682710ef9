// Where racks are drawn: at their places on the floor, or in blocks by group where the spec places none.

/**
 * A rack, or several neighbours, as a rectangle in mm; `facing` is -1 where the front looks to smaller y.
 * @typedef {{racks: number[], x: number, y: number, w: number, h: number, facing?: number}} Cell
 * @typedef {{x: number, y: number, text: string}} PlanLabel
 * @typedef {{x: number, y: number, w: number, h: number, kind: string, text: string}} PlanArea
 */

/**
 * What is drawn of a hall. `merged` is how many racks share a cell, `unplaced` how many have no place.
 * @typedef {object} Plan
 * @property {string} name
 * @property {Cell[]} cells
 * @property {PlanLabel[]} labels
 * @property {PlanArea[]} areas
 * @property {number} x
 * @property {number} y
 * @property {number} w
 * @property {number} h
 * @property {boolean} placed  at its places on the floor, and not in blocks
 * @property {boolean} [turned]  so that the rows run down the page
 * @property {number} merged
 * @property {number} unplaced
 */

const MOST_CELLS = 6000;

/** Sizes that a frame which states none is drawn with, in mm. */
const USUAL = { width: 600, depth: 1200 };

/** All plans of the design: its halls, else one of blocks. @type {() => Plan[]} */
const plans = lazy(() => {
    const halls = SPACE.floor
        ? lines(SPACE.floor.halls.names)
              .map((name, i) => hallPlan(name, i))
              .filter((plan) => plan.cells.length)
        : [];
    return halls.length ? halls : [blockPlan()];
});

/** Columns of the floor plan, each unpacked once. */
const ground = lazy(() => {
    const floor = SPACE.floor;
    const columns = Object.fromEntries(
        ["hall", "drawn", "facing", "x0", "y0", "x1", "y1"].map((key) => [key, unpack(floor[key])]),
    );
    const aisles = Object.fromEntries(
        ["hall", "kind", "x0", "y0", "x1", "y1"].map((key) => [key, unpack(floor.aisles[key])]),
    );
    return { columns, aisles, inHall: groups(columns.hall, floor.halls.room.n), rooms: unpack(floor.halls.room) };
});

/** A hall as it is on the floor, in mm. @param {string} name @param {number} hall @returns {Plan} */
function hallPlan(name, hall) {
    const { columns, aisles, inHall, rooms } = ground();
    const room = SPACE.floor.rooms[rooms[hall]];
    const list = Array.from(inHall(hall));
    const cells = list
        .filter((r) => columns.drawn[r])
        .map((r) => ({
            racks: [r],
            x: columns.x0[r] / 1000,
            y: columns.y0[r] / 1000,
            w: (columns.x1[r] - columns.x0[r]) / 1000,
            h: (columns.y1[r] - columns.y0[r]) / 1000,
            facing: columns.facing[r],
        }));
    return framed({
        cells: merge(cells),
        labels: rowLabels(cells),
        areas: [...walls(room), ...aisleAreas(aisles, hall)],
        placed: true,
        merged: mergedBy(cells.length),
        unplaced: list.length - cells.length,
        name: lines(SPACE.floor.halls.names).length > 1 ? name : "",
    });
}

/** How many racks share a cell. @param {number} n */
const mergedBy = (n) => Math.max(1, Math.ceil(n / MOST_CELLS));

/** Neighbours in a row as one cell, where there are too many to draw. @param {Cell[]} cells @returns {Cell[]} */
function merge(cells) {
    const by = mergedBy(cells.length);
    if (by === 1) return cells;
    /** @type {Cell[]} */
    const found = [];
    for (const cell of cells) {
        const last = found[found.length - 1];
        if (
            last &&
            last.racks.length < by &&
            last.y === cell.y &&
            last.h === cell.h &&
            Math.abs(cell.x - last.x) < 10 * cell.w * by
        ) {
            const right = Math.max(last.x + last.w, cell.x + cell.w);
            last.x = Math.min(last.x, cell.x);
            last.w = right - last.x;
            last.racks.push(...cell.racks);
        } else found.push({ ...cell, racks: [...cell.racks] });
    }
    return found;
}

/** @param {Cell[]} cells @returns {PlanLabel[]} */
function rowLabels(cells) {
    /** @type {Map<number, PlanLabel>} */
    const found = new Map();
    for (const cell of cells) {
        const row = racks.row()[cell.racks[0]];
        const label = found.get(row);
        if (!label || cell.x < label.x) found.set(row, { x: cell.x, y: cell.y + cell.h / 2, text: `row ${row}` });
    }
    return [...found.values()];
}

/** @param {any} room @returns {PlanArea[]} */
function walls(room) {
    /** @type {PlanArea[]} */
    const found = [];
    if (room.anchored && room.length > 0 && room.width > 0)
        found.push({ x: 0, y: 0, w: room.length / 1000, h: room.width / 1000, kind: "hall", text: "the hall's walls" });
    if (room.anchored)
        for (const [x0, y0, x1, y1] of room.keepOut)
            found.push({
                x: x0 / 1000,
                y: y0 / 1000,
                w: (x1 - x0) / 1000,
                h: (y1 - y0) / 1000,
                kind: "keep_out",
                text: "kept free",
            });
    return found;
}

/** @param {Record<string, Float64Array>} aisles @param {number} hall @returns {PlanArea[]} */
function aisleAreas(aisles, hall) {
    /** @type {PlanArea[]} */
    const found = [];
    for (let i = 0; i < aisles.hall.length; i++) {
        if (aisles.hall[i] !== hall || aisles.y1[i] <= aisles.y0[i]) continue;
        const kind = SPACE.floor.aisles.kinds[aisles.kind[i]];
        found.push({
            x: aisles.x0[i] / 1000,
            y: aisles.y0[i] / 1000,
            w: (aisles.x1[i] - aisles.x0[i]) / 1000,
            h: (aisles.y1[i] - aisles.y0[i]) / 1000,
            kind,
            text: `${kind} aisle`,
        });
    }
    return found;
}

/** Racks in blocks, one for each assembly that holds some. @returns {Plan} */
function blockPlan() {
    /** @type {Map<string, number[]>} */
    const blocks = new Map();
    const element = racks.element();
    /** @type {Map<number, number>} */
    const seen = new Map();
    for (let r = 0; r < racks.count; r++) {
        const e = element[r];
        const nth = seen.get(e) || 0;
        seen.set(e, nth + 1);
        const parent = DATA.elements[e].parent;
        const each = parent < 0 ? racks.count : instances(e) / instances(parent);
        const key = `${parent} ${Math.floor(nth / each)}`;
        blocks.set(key, [...(blocks.get(key) || []), r]);
    }
    return placeBlocks(
        [...blocks].map(([key, list]) => {
            const [parent, nth] = key.split(" ").map(Number);
            const found = power.table(parent);
            return { name: found ? instanceName(found, nth) : DATA.elements[parent].name, racks: list };
        }),
    );
}

/** @param {{name: string, racks: number[]}[]} blocks @returns {Plan} */
function placeBlocks(blocks) {
    const merged = mergedBy(racks.count);
    const largest = Math.max(1, ...blocks.map((b) => Math.ceil(b.racks.length / merged)));
    const columns = Math.max(6, Math.ceil(Math.sqrt(largest * 2.4)));
    const step = { x: 700, y: 1300 };
    const wide = columns * step.x + 1400;
    const perLine = Math.max(1, Math.round(Math.sqrt(blocks.length * 1.2)));
    /** @type {Cell[]} */
    const cells = [];
    /** @type {PlanLabel[]} */
    const labels = [];
    let y = 0;
    for (let line = 0; line < blocks.length; line += perLine) {
        let high = 0;
        blocks.slice(line, line + perLine).forEach((block, i) => {
            const x = i * wide;
            labels.push({ x, y: y + 900, text: block.name });
            for (let k = 0; k * merged < block.racks.length; k++) {
                const list = block.racks.slice(k * merged, (k + 1) * merged);
                cells.push({
                    racks: list,
                    x: x + (k % columns) * step.x,
                    y: y + 1300 + Math.floor(k / columns) * step.y,
                    w: USUAL.width,
                    h: USUAL.depth,
                });
            }
            high = Math.max(high, Math.ceil(Math.ceil(block.racks.length / merged) / columns) * step.y);
        });
        y += high + 2600;
    }
    return framed({ cells, labels, areas: [], placed: false, merged, unplaced: 0, name: "" });
}

/** A plan turned so that its long side lies across the page. @param {any} plan */
function turned(plan) {
    const flip = (/** @type {any} */ b) => ({ ...b, x: b.y, y: b.x, w: b.h, h: b.w });
    return {
        ...plan,
        cells: plan.cells.map(flip),
        areas: plan.areas.map(flip),
        labels: plan.labels.map((/** @type {PlanLabel} */ l) => ({ ...l, x: l.y, y: l.x })),
        turned: true,
    };
}

/** A plan with the frame that is drawn around it. @param {any} given @returns {Plan} */
function framed(given) {
    const everything = [...given.cells, ...given.areas];
    const reach = (/** @type {"x" | "y"} */ key, /** @type {"w" | "h"} */ size) =>
        d3.max(everything, (/** @type {any} */ b) => b[key] + b[size]) || 1;
    const plan = given.placed && reach("y", "h") > 1.2 * reach("x", "w") ? turned(given) : given;
    const boxes = [...plan.cells, ...plan.areas];
    const low = (/** @type {"x" | "y"} */ key) =>
        d3.min([...boxes, ...plan.labels], (/** @type {any} */ b) => b[key]) || 0;
    const high = (/** @type {"x" | "y"} */ key, /** @type {"w" | "h"} */ size) =>
        d3.max(boxes, (/** @type {any} */ b) => b[key] + b[size]) || 1;
    // Room for the names of rows: to the left of them, or above them where the plan is turned.
    const names = plan.placed ? Math.max(high("x", "w"), high("y", "h")) / 16 : 0;
    const x = low("x") - 600 - (plan.turned ? names / 3 : names);
    const y = low("y") - 900 - (plan.turned ? names / 2 : 0);
    return { ...plan, x, y, w: high("x", "w") + 600 - x, h: high("y", "h") + 600 - y };
}
