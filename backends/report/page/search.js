// Search by device, rack or cable.

/**
 * @typedef {{to: string, text: string, what: string}} Hit
 */

const MOST_HITS = 12;

/** @param {string} query @returns {Hit[]} */
function search(query) {
    const wanted = query.trim();
    if (!wanted) return [];
    const lower = wanted.toLowerCase();
    /** @type {Hit[]} */
    const found = [];
    const row = cables.whole ? cables.find(wanted.toUpperCase()) : -1;
    if (row >= 0)
        found.push({
            to: `cable/${cables.id(row)}`,
            text: cables.id(row),
            what: `cable, ${devices.name(cables.a()[row])} to ${devices.name(cables.z()[row])}`,
        });
    /** @type {Hit[]} */
    const begins = [];
    /** @type {Hit[]} */
    const holds = [];
    /** @param {string[]} names @param {string} to @param {(i: number) => string} what */
    const scan = (names, to, what) => {
        for (let i = 0; i < names.length && begins.length < MOST_HITS; i++) {
            const at = names[i].toLowerCase().indexOf(lower);
            if (at < 0 || (at > 0 && holds.length >= MOST_HITS)) continue;
            const hit = { to: `${to}/${names[i]}`, text: names[i], what: what(i) };
            if (names[i].length === lower.length) found.push(hit);
            else (at === 0 ? begins : holds).push(hit);
        }
    };
    scan(racks.names, "rack", (i) => `rack, ${racks.of(i).definition}`);
    scan(devices.names(), "device", (d) => `${devices.element(d).kind}, ${devices.element(d).definition}`);
    if (cables.whole && row < 0) begins.push(...cablesThatBegin(wanted.toUpperCase()));
    return [...found, ...begins, ...holds].slice(0, MOST_HITS);
}

/** The first cables of statements whose tag begins so. @param {string} query @returns {Hit[]} */
function cablesThatBegin(query) {
    const [tag] = query.split("-");
    return cables.statements
        .filter((s) => DATA.rules[s.rule].tag.startsWith(tag))
        .slice(0, 4)
        .map((s) => ({
            to: `cable/${cables.id(s.first)}`,
            text: cables.id(s.first),
            what: `the first of ${plural(s.count, "cable")}`,
        }));
}

/** The box in the head of the page. */
function searchBox() {
    const list = h("ul.hits", { role: "listbox", id: "hits", hidden: true });
    const input = /** @type {HTMLInputElement} */ (
        h("input", {
            type: "search",
            id: "search",
            placeholder: "Find a device, rack or cable",
            "aria-label": "Find a device, rack or cable",
            role: "combobox",
            "aria-controls": "hits",
            "aria-expanded": "false",
            autocomplete: "off",
            spellcheck: "false",
        })
    );
    /** @type {Hit[]} */
    let hits = [];
    let chosen = -1;
    const show = () => {
        fill(
            list,
            hits.length
                ? hits.map((hit, i) =>
                      h(
                          "li",
                          {
                              role: "option",
                              id: `hit${i}`,
                              "aria-selected": i === chosen ? "true" : "false",
                              onpointerdown: (/** @type {Event} */ e) => {
                                  e.preventDefault();
                                  go(hit);
                              },
                          },
                          h("b", null, hit.text),
                          h("span.muted", null, ` ${hit.what}`),
                      ),
                  )
                : input.value.trim()
                  ? h("li.none", null, "Nothing of that name")
                  : null,
        );
        const open = input.value.trim() !== "" && document.activeElement === input;
        list.hidden = !open;
        input.setAttribute("aria-expanded", String(open));
        input.setAttribute("aria-activedescendant", chosen >= 0 ? `hit${chosen}` : "");
    };
    const go = (/** @type {Hit} */ hit) => {
        input.value = "";
        input.blur();
        location.hash = `#/${hit.to.split("/").map(encodeURIComponent).join("/")}`;
    };
    input.addEventListener("input", () => {
        hits = search(input.value);
        chosen = hits.length ? 0 : -1;
        show();
    });
    input.addEventListener("focus", show);
    input.addEventListener("blur", () => {
        list.hidden = true;
        input.setAttribute("aria-expanded", "false");
    });
    input.addEventListener("keydown", (e) => {
        if (e.key === "ArrowDown" || e.key === "ArrowUp") {
            e.preventDefault();
            if (hits.length) chosen = (chosen + (e.key === "ArrowDown" ? 1 : hits.length - 1)) % hits.length;
            show();
        } else if (e.key === "Enter" && chosen >= 0) go(hits[chosen]);
        else if (e.key === "Escape") {
            input.value = "";
            show();
        }
    });
    document.addEventListener("keydown", (e) => {
        if (e.key === "/" && !(e.target instanceof HTMLInputElement)) {
            e.preventDefault();
            input.focus();
        }
    });
    return h("div.search", { role: "search" }, input, list);
}
