// Numbers as people read them. Every figure is exact in the tables of the build; here it has three or four digits.

const DIGITS = [0, 1, 2, 3].map(
    (n) => new Intl.NumberFormat("en", { minimumFractionDigits: n, maximumFractionDigits: n }),
);

/** A whole number with its thousands apart. @param {number} value */
const count = (value) => DIGITS[0].format(value);

/**
 * A value with about four digits in the largest unit that fits.
 * @param {number} value
 * @param {[number, string][]} units  from the largest to the smallest
 */
function scaled(value, units) {
    const size = Math.abs(value);
    const [unit, word] = units.find(([least]) => size >= least) || units[units.length - 1];
    const shown = value / unit;
    const digits = Number.isInteger(shown) ? 0 : Math.abs(shown) >= 1000 ? 0 : Math.abs(shown) >= 100 ? 1 : 2;
    return `${DIGITS[digits].format(shown)} ${word}`;
}

/** Power from mW. @param {number} mw */
const watts = (mw) =>
    mw === 0
        ? "0 W"
        : scaled(mw, [
              [1e9, "MW"],
              [1e6, "kW"],
              [1e3, "W"],
              [1, "mW"],
          ]);

/** Length from micrometres. @param {number} um */
const metres = (um) =>
    um < 0 ? "unknown" : um >= 1e6 ? `${DIGITS[2].format(um / 1e6)} m` : `${DIGITS[0].format(um / 1e3)} mm`;

/** Rate from Mbit/s. @param {number} mbps */
const rate = (mbps) =>
    scaled(mbps, [
        [1e6, "Tbps"],
        [1e3, "Gbps"],
        [1, "Mbps"],
    ]);

/** Mass from grams. @param {number} g */
const mass = (g) =>
    scaled(g, [
        [1e3, "kg"],
        [1, "g"],
    ]);

/** Flow from mL/min. @param {number} ml */
const litres = (ml) =>
    scaled(ml, [
        [1e3, "L/min"],
        [1, "mL/min"],
    ]);

/** A share as percent. @param {number} part @param {number} whole */
const percent = (part, whole) => {
    const share = (100 * part) / whole;
    return `${DIGITS[share < 10 || Number.isInteger(share) ? (Number.isInteger(share) ? 0 : 1) : 0].format(share)} %`;
};

/** `1 cable`, `2 cables`. @param {number} n @param {string} one @param {string} [many] */
const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** `server` as `servers`, `switch` as `switches`. @param {string} kind */
const kinds = (kind) =>
    /(?:s|x|ch)$/.test(kind) ? `${kind}es` : kind.endsWith("y") ? `${kind.slice(0, -1)}ies` : `${kind}s`;

/** `peak_power` as `peak power`. @param {string} attribute */
const spaced = (attribute) => attribute.replaceAll("_", " ");

/** `3 to 5`: a range, or the one value. @param {number} low @param {number} high */
const range = (low, high) => (low === high ? count(low) : `${count(low)} to ${count(high)}`);
