// The frame of the page: head, views, the address, and the theme.

/** @type {[string, string, (rest: string) => Child][]} */
const VIEWS = [
    ["summary", "Summary", summaryView],
    ["floor", "Floor", floorView],
    ["rack", "Racks", rackView],
    ["power", "Power", powerView],
    ["coolant", "Coolant", coolantView],
    ["fabric", "Fabric", fabricView],
    ["device", "", deviceView],
    ["cable", "", cableView],
];

const THEMES = ["auto", "light", "dark"];

/** A button that steps from the system's theme to light to dark. */
function themeButton() {
    const root = document.documentElement;
    const button = h("button.theme", { type: "button" });
    const show = () => {
        const now = root.dataset.theme || "auto";
        fill(button, { auto: "◐", light: "☀", dark: "☾" }[now] || "");
        button.setAttribute("aria-label", `Colours: ${now}. Change`);
        button.title = `Colours: ${now}`;
    };
    button.addEventListener("click", () => {
        root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme || "auto") + 1) % THEMES.length];
        show();
        draw();
    });
    root.dataset.theme = "auto";
    show();
    return button;
}

/** Whether dark colours are in force. */
const dark = () => {
    const theme = document.documentElement.dataset.theme;
    return theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
};

const main = h("main", { id: "view", tabindex: -1 });
const tabs = h(
    "nav",
    { "aria-label": "Views" },
    VIEWS.filter(([, title]) => title).map(([name, title]) => h("a", { href: `#/${name}`, "data-view": name }, title)),
);

/** The view and what it is asked for, from the address. @returns {[string, string]} */
function address() {
    const [, view, ...rest] = location.hash.split("/");
    try {
        return [view || "summary", rest.map(decodeURIComponent).join("/")];
    } catch {
        return ["summary", ""]; // an address that somebody wrote by hand
    }
}

/** Draw the view that the address names. */
function draw() {
    closeCard();
    const [name, rest] = address();
    const view = VIEWS.find(([known]) => known === name) || VIEWS[0];
    for (const tab of tabs.children) {
        const here = tab instanceof HTMLElement && tab.dataset.view === view[0];
        if (here) tab.setAttribute("aria-current", "page");
        else tab.removeAttribute("aria-current");
    }
    main.dataset.view = view[0];
    fill(main, view[2](rest));
    document.title = `${rest || view[1]} - ${DATA.design.name}`;
}

/** Build the page. */
function start() {
    document.body.append(
        h(
            "a.skip",
            {
                href: "#view",
                onclick: (/** @type {Event} */ e) => {
                    e.preventDefault();
                    main.focus();
                },
            },
            "To the content",
        ),
        h("header.head", null, h("a.brand", { href: "#/summary" }, DATA.design.name), tabs, searchBox(), themeButton()),
        main,
        h(
            "footer",
            null,
            `${DATA.design.name}, by Rackwright ${DATA.design.compiler}. Hover or focus a dotted number to see where it comes from.`,
        ),
    );
    watchCards();
    addEventListener("hashchange", () => {
        draw();
        scrollTo(0, 0);
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    draw();
}

start();
