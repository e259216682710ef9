// Heat and what takes it away.

/** Figures of cooling; null where the compiler had none. */
const cooling = DATA.cooling || null;

/** @returns {Child} */
const coolingTiles = () => null;

/** @returns {Child[]} */
const coolingBars = () => [];

/** @param {string} asked @returns {Child} */
const coolantView = (asked) => section("Coolant", h("p", null, "This spec has no coolant."));
