// Where racks are drawn: at their places on the floor, or in blocks by group where the spec places none.

/**
 * @typedef {{racks: number[], x: number, y: number, w: number, h: number}} Cell
 * @typedef {{x: number, y: number, text: string}} PlanLabel
 * @typedef {{x: number, y: number, w: number, h: number, kind: string, text: string}} PlanArea
 * @typedef {{cells: Cell[], labels: PlanLabel[], areas: PlanArea[], x: number, y: number, w: number, h: number, placed: boolean, merged: number, unplaced: number, name: string}} Plan
 */

const MOST_CELLS = 6000;

/** Sizes that a frame which states none is drawn with, in mm. */
const USUAL = { width: 600, depth: 1200 };

/** All plans of the design: the halls of the compiler's floor plans, else one of blocks. @returns {Plan[]} */
const plans = lazy(() => {
  const halls = (DATA.space && DATA.space.halls) || [];
  const found = halls.map(hallPlan).filter((/** @type {Plan} */ plan) => plan.cells.length);
  return found.length ? found : [blockPlan()];
});

/** @param {any} hall @returns {Plan} */
function hallPlan(hall) {
  const rack = unpack(hall.rack);
  const [x, y, w, h2] = ["x", "y", "w", "h"].map((key) => unpack(hall[key]));
  const cells = Array.from(rack, (r, i) => ({ racks: [r], x: x[i] / 1000, y: y[i] / 1000, w: w[i] / 1000, h: h2[i] / 1000 }));
  const areas = hall.areas.map((/** @type {any} */ a) => ({ ...a, x: a.x / 1000, y: a.y / 1000, w: a.w / 1000, h: a.h / 1000 }));
  return framed({ cells, labels: hall.labels.map((/** @type {any} */ l) => ({ ...l, x: l.x / 1000, y: l.y / 1000 })), areas, placed: true, merged: 1, unplaced: hall.unplaced, name: hall.name });
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
  return placeBlocks([...blocks].map(([key, list]) => {
    const [parent, nth] = key.split(" ").map(Number);
    const found = power.table(parent);
    return { name: found ? instanceName(found, nth) : DATA.elements[parent].name, racks: list };
  }));
}

/** @param {{name: string, racks: number[]}[]} blocks @returns {Plan} */
function placeBlocks(blocks) {
  const merged = Math.max(1, Math.ceil(racks.count / MOST_CELLS));
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
        cells.push({ racks: list, x: x + (k % columns) * step.x, y: y + 1300 + Math.floor(k / columns) * step.y, w: USUAL.width, h: USUAL.depth });
      }
      high = Math.max(high, Math.ceil(Math.ceil(block.racks.length / merged) / columns) * step.y);
    });
    y += high + 2600;
  }
  return framed({ cells, labels, areas: [], placed: false, merged, unplaced: 0, name: "" });
}

/** @param {any} plan @returns {Plan} */
function framed(plan) {
  const boxes = [...plan.cells, ...plan.areas];
  const low = (/** @type {"x" | "y"} */ key) => d3.min([...boxes, ...plan.labels], (/** @type {any} */ b) => b[key]) || 0;
  const high = (/** @type {"x" | "y"} */ key, /** @type {"w" | "h"} */ size) => d3.max(boxes, (/** @type {any} */ b) => b[key] + b[size]) || 1;
  const x = low("x") - 600;
  const y = low("y") - 900;
  return { ...plan, x, y, w: high("x", "w") + 600 - x, h: high("y", "h") + 600 - y };
}
