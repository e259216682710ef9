// Bars of a budget: how much of a limit is used, in a colour and in words.

/**
 * @typedef {object} Bar
 * @property {Child} label
 * @property {number} value
 * @property {number} limit  -1 where none is known
 * @property {(value: number) => string} format
 * @property {() => Child} [card]
 * @property {Child} [note]
 */

/** `ok`, `near` from 90 % on, `over` above the limit. @param {number} value @param {number} limit */
const grade = (value, limit) => (limit < 0 ? "open" : value > limit ? "over" : value * 10 > limit * 9 ? "near" : "ok");

/** @param {Bar} bar */
function budgetBar({ label, value, limit, format, card, note }) {
    const known = limit >= 0;
    const share = known ? (limit ? Math.min(1, value / limit) : 1) : 0;
    const state = grade(value, limit);
    const words = known ? `${format(value)} of ${format(limit)}` : `${format(value)}, no limit in this spec`;
    return h(
        "div.budget",
        null,
        h("div.budget-label", null, label),
        h(
            "div.meter",
            { role: "img", "aria-label": known ? `${percent(value, limit || 1)} used` : "no limit known" },
            h(`div.fill.${state}`, { css: { width: `${100 * share}%` } }),
        ),
        h(
            "div.budget-figures",
            null,
            card ? traced(words, card) : words,
            known && limit > 0
                ? h(`span.share.${state}`, null, ` ${percent(value, limit)}${state === "over" ? ", over" : ""}`)
                : null,
            note ? h("div.muted", null, note) : null,
        ),
    );
}

/** A small bar for rows of a list. @param {number} value @param {number} limit */
function smallBar(value, limit) {
    const state = grade(value, limit);
    const share = limit > 0 ? Math.min(1, value / limit) : 0;
    return h(
        "span.small-meter",
        { "aria-hidden": "true" },
        h(`span.fill.${state}`, { css: { width: `${100 * share}%` } }),
    );
}

/** A number with its name below it. @param {Child} value @param {string} name @param {string} [detail] */
const tile = (value, name, detail) =>
    h(
        "div.tile",
        null,
        h("div.tile-value", null, value),
        h("div.tile-name", null, name),
        detail ? h("div.muted", null, detail) : null,
    );
