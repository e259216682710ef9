// Elements of the document. Text only ever becomes a text node: names come from specs and are not trusted.

const SVG = "http://www.w3.org/2000/svg";

/**
 * What an element may hold; nothing comes of `null`, `undefined` and `false`.
 * @typedef {Node | string | number | null | undefined | false | Child[]} Child
 */

/**
 * An HTML element. Properties that begin with `on` are listeners; the others are attributes.
 * @param {string} tag  may carry classes: `div.card.wide`
 * @param {Record<string, any> | null} [properties]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
function h(tag, properties, ...children) {
    const [name, ...classes] = tag.split(".");
    const element = document.createElement(name);
    return /** @type {HTMLElement} */ (furnish(element, classes, properties, children));
}

/**
 * An SVG element, like `h`.
 * @param {string} tag
 * @param {Record<string, any> | null} [properties]
 * @param {...Child} children
 * @returns {SVGElement}
 */
function s(tag, properties, ...children) {
    const [name, ...classes] = tag.split(".");
    return /** @type {SVGElement} */ (furnish(document.createElementNS(SVG, name), classes, properties, children));
}

/**
 * @param {Element} element
 * @param {string[]} classes
 * @param {Record<string, any> | null | undefined} properties
 * @param {Child[]} children
 */
function furnish(element, classes, properties, children) {
    if (classes.length) element.classList.add(...classes);
    for (const [key, value] of Object.entries(properties || {})) {
        if (value === undefined || value === null || value === false) continue;
        if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
        else if (key === "css")
            for (const [name, v] of Object.entries(value))
                /** @type {any} */ (element).style.setProperty(name, String(v));
        else element.setAttribute(key, value === true ? "" : String(value));
    }
    append(element, children);
    return element;
}

/** @param {Element} element @param {Child[]} children */
function append(element, children) {
    for (const child of children) {
        if (child === null || child === undefined || child === false) continue;
        if (Array.isArray(child)) append(element, child);
        else element.append(child instanceof Node ? child : String(child));
    }
}

/** What an element holds, replaced. @param {Element} element @param {...Child} children */
function fill(element, ...children) {
    element.replaceChildren();
    append(element, children);
}

/**
 * A table. A column that begins with `>` is of numbers.
 * @param {string[]} columns
 * @param {Child[][]} rows
 * @param {string} [caption]
 */
function table(columns, rows, caption) {
    const right = columns.map((c) => c.startsWith(">"));
    return h(
        "div.scroll",
        { tabindex: 0, role: "region", "aria-label": caption || "table" },
        h(
            "table",
            null,
            caption ? h("caption", null, caption) : null,
            h(
                "thead",
                null,
                h(
                    "tr",
                    null,
                    columns.map((c, i) => h(right[i] ? "th.number" : "th", { scope: "col" }, c.replace(/^>/, ""))),
                ),
            ),
            h(
                "tbody",
                null,
                rows.map((row) =>
                    h(
                        "tr",
                        null,
                        row.map((cell, i) => h(right[i] ? "td.number" : "td", null, cell)),
                    ),
                ),
            ),
        ),
    );
}

/**
 * A long list that shows a part and grows when asked.
 * @template T
 * @param {ArrayLike<T>} items
 * @param {number} step
 * @param {(part: T[]) => HTMLElement} draw
 */
function growing(items, step, draw) {
    const host = h("div", null);
    let shown = step;
    const redraw = () => {
        const rest = items.length - shown;
        fill(
            host,
            draw(Array.from({ length: Math.min(shown, items.length) }, (_, i) => items[i])),
            rest > 0 &&
                h(
                    "button.more",
                    {
                        type: "button",
                        onclick: () => {
                            shown += step * 4;
                            redraw();
                        },
                    },
                    `Show more (${count(rest)} left)`,
                ),
        );
    };
    redraw();
    return host;
}

/** A link to a view of this page. @param {string} to  such as `rack/pod0-gpu0` @param {...Child} children */
const link = (to, ...children) => h("a", { href: `#/${to.split("/").map(encodeURIComponent).join("/")}` }, ...children);

/** @param {number} d */
const deviceLink = (d) => link(`device/${devices.name(d)}`, devices.name(d));

/** @param {number} r */
const rackLink = (r) => link(`rack/${racks.names[r]}`, racks.names[r]);

/** @param {number} row */
const cableLink = (row) => link(`cable/${cables.id(row)}`, cables.id(row));

/** A part of the page with a heading. @param {string} title @param {...Child} children */
const section = (title, ...children) => h("section.card", null, h("h2", null, title), ...children);
