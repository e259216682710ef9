// The floor, each rack coloured by what it draws, gives off or weighs.

/**
 * @typedef {{key: string, title: string, format: (n: number) => string, values: () => Float64Array, card: (racks: number[]) => Child}} Measure
 */

/** What racks can be coloured by. @returns {Measure[]} */
const measures = lazy(() => {
    const power2 = (/** @type {"peak" | "typical"} */ which, /** @type {string} */ title) => ({
        key: which,
        title,
        format: watts,
        values: lazy(() => byRack(power[which]())),
        card: (/** @type {number[]} */ list) =>
            list.map((r) => sumCard(`${title} of ${racks.names[r]}`, devices.inRack(r), power[which]())),
    });
    return [power2("peak", "Peak power"), power2("typical", "Typical power"), ...heatMeasures(), ...weightMeasures()];
});

/** Colours from little to much that the colour-blind tell apart as well. @param {number} most */
const colours = (most) => d3.scaleSequential(d3.interpolateCividis).domain([0, most || 1]);

let measureShown = "peak";

/** @returns {Child} */
function floorView() {
    if (!racks.count)
        return section("Floor", h("p", null, "This spec has no racks. Devices are in the fabric and the search."));
    const chosen = measures().find((m) => m.key === measureShown) || measures()[0];
    const choice = h(
        "div.choice",
        { role: "group", "aria-label": "Colour by" },
        measures().map((m) =>
            h(
                "button",
                {
                    type: "button",
                    "aria-pressed": String(m === chosen),
                    onclick: () => {
                        measureShown = m.key;
                        draw();
                    },
                },
                m.title,
            ),
        ),
    );
    return [
        h("header.title", null, h("h1", null, "Floor"), h("p.lead", null, floorWords())),
        h("div.toolbar", null, choice, legend(chosen)),
        plans().map((plan) =>
            h("figure.plan", null, plan.name ? h("figcaption", null, plan.name) : null, drawPlan(plan, chosen)),
        ),
        section(`Racks with most ${chosen.title.toLowerCase()}`, topRacks(chosen)),
    ];
}

function floorWords() {
    const [first] = plans();
    const words = first.placed
        ? `${plural(racks.count, "rack")}. A tick marks the front of a rack.`
        : `${plural(racks.count, "rack")}, drawn by group: this spec has no floor plan that places them.`;
    const merged = first.merged > 1 ? ` One cell stands for ${count(first.merged)} racks, with their mean.` : "";
    const left = plans().reduce((sum, plan) => sum + plan.unplaced, 0);
    return words + merged + (left ? ` ${plural(left, "rack")} without a place are not drawn.` : "");
}

/** @param {Measure} measure */
function legend(measure) {
    const most = d3.max(measure.values()) || 0;
    const colour = colours(most);
    const steps = d3.range(0, 1.0001, 0.05);
    return h(
        "div.legend",
        { "aria-label": `From 0 to ${measure.format(most)}` },
        h("span", null, "0"),
        h(
            "span.ramp",
            null,
            steps.map((/** @type {number} */ t) => h("i", { css: { background: colour(t * most) } })),
        ),
        h("span", null, measure.format(most)),
    );
}

/** @param {Plan} plan @param {Measure} measure */
function drawPlan(plan, measure) {
    const values = measure.values();
    const colour = colours(d3.max(values) || 0);
    const mean = (/** @type {Cell} */ cell) => d3.mean(cell.racks, (/** @type {number} */ r) => values[r]) || 0;
    const text = Math.max(plan.w, plan.h) / 75;
    const rects = plan.cells.map((cell) => {
        const rect = s("rect.rack", {
            x: cell.x,
            y: cell.y,
            width: cell.w,
            height: cell.h,
            "data-rack": racks.names[cell.racks[0]],
            css: { fill: mean(cell) ? colour(mean(cell)) : "var(--empty)" },
        });
        return explained(rect, () => [
            h(
                "p.statement",
                null,
                h("b", null, racks.names[cell.racks[0]]),
                cell.racks.length > 1 ? ` and ${plural(cell.racks.length - 1, "more")}` : null,
            ),
            h(
                "p.muted",
                null,
                `${racks.of(cell.racks[0]).definition}, ${plural(devices.inRack(cell.racks[0]).length, "device")}`,
            ),
            measure.card(cell.racks.slice(0, 1)),
        ]);
    });
    const scene = s(
        "g",
        null,
        plan.areas.map((area) =>
            s(
                "g",
                null,
                s(
                    `rect.area.${area.kind}`,
                    { x: area.x, y: area.y, width: area.w, height: area.h },
                    s("title", null, area.text),
                ),
            ),
        ),
        rects,
        plan.placed && plan.merged === 1 ? plan.cells.map((cell) => frontLine(cell, Boolean(plan.turned))) : null,
        rowNames(plan, text),
    );
    const svg = s(
        "svg.floor",
        {
            viewBox: `${plan.x} ${plan.y} ${plan.w} ${plan.h}`,
            tabindex: 0,
            role: "application",
            "aria-label": "Floor plan. Arrow keys step through the racks, Enter opens one.",
            css: { "--ratio": plan.w / plan.h },
        },
        scene,
    );
    svg.addEventListener("click", (e) => openRack(e.target));
    walkable(svg, rects);
    zoomable(svg, scene, plan);
    return h("div.stage", null, svg, aisleKey(plan));
}

/** A mark along the front of a rack. @param {Cell} cell @param {boolean} turned */
function frontLine(cell, turned) {
    const near = (cell.facing || 0) < 0 ? 0.06 : 0.94;
    const [x, y, w, h2] = [cell.x, cell.y, cell.w, cell.h];
    return turned
        ? s("line.front", { x1: x + w * near, x2: x + w * near, y1: y + h2 * 0.15, y2: y + h2 * 0.85 })
        : s("line.front", { x1: x + w * 0.15, x2: x + w * 0.85, y1: y + h2 * near, y2: y + h2 * near });
}

/** Names of rows, as many as there is room for. @param {Plan} plan @param {number} text */
function rowNames(plan, text) {
    if (!plan.placed)
        return plan.labels.map((label) => s("text", { x: label.x, y: label.y, "font-size": text }, label.text));
    const along = plan.turned ? "x" : "y";
    const order = [...plan.labels].sort((a, b) => a[along] - b[along]);
    let last = -Infinity;
    return order
        .filter((label) => {
            if (label[along] - last < text * (plan.turned ? 4.6 : 1.3)) return false;
            last = label[along];
            return true;
        })
        .map((label) =>
            s(
                "text",
                plan.turned
                    ? { x: label.x, y: label.y - text * 1.1, "font-size": text, "text-anchor": "middle" }
                    : {
                          x: label.x - text * 0.6,
                          y: label.y,
                          "font-size": text,
                          "text-anchor": "end",
                          "dominant-baseline": "middle",
                      },
                label.text,
            ),
        );
}

/** What the colours of aisles mean. @param {Plan} plan */
function aisleKey(plan) {
    const known = { cold: "cold aisle", hot: "hot aisle", mixed: "mixed aisle", keep_out: "kept free", hall: "walls" };
    const found = Object.entries(known).filter(([kind]) => plan.areas.some((a) => a.kind === kind));
    return found.length
        ? h(
              "div.key",
              null,
              found.map(([kind, words]) => h("span", null, h(`i.swatch.${kind}`, null), words)),
          )
        : null;
}

/** @param {EventTarget | null} target */
function openRack(target) {
    const name = target instanceof Element ? target.getAttribute("data-rack") : null;
    if (name) location.hash = `#/rack/${encodeURIComponent(name)}`;
}

/** Arrow keys step through rectangles. @param {SVGElement} svg @param {Element[]} rects */
function walkable(svg, rects) {
    let at = -1;
    svg.addEventListener("keydown", (e) => {
        const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
        if (step) {
            e.preventDefault();
            if (at >= 0) rects[at].classList.remove("here");
            at = (at + step + rects.length) % rects.length;
            rects[at].classList.add("here");
            openCard(rects[at], null);
        } else if (e.key === "Enter" && at >= 0) openRack(rects[at]);
    });
}

/**
 * Wheel with Ctrl, pinch and drag move about; a double click goes back.
 * @param {SVGElement} svg
 * @param {SVGElement} scene
 * @param {Plan} plan
 */
function zoomable(svg, scene, plan) {
    const zoom = d3
        .zoom()
        .scaleExtent([1, 40])
        .extent([
            [plan.x, plan.y],
            [plan.x + plan.w, plan.y + plan.h],
        ])
        .translateExtent([
            [plan.x, plan.y],
            [plan.x + plan.w, plan.y + plan.h],
        ])
        .filter((/** @type {any} */ e) => (e.type === "wheel" ? e.ctrlKey || e.metaKey : !e.button))
        .on("zoom", (/** @type {any} */ e) => scene.setAttribute("transform", e.transform.toString()));
    const picture = d3.select(svg).call(zoom).on("dblclick.zoom", null);
    svg.addEventListener("dblclick", () => picture.call(zoom.transform, d3.zoomIdentity));
}

/** @param {Measure} measure */
function topRacks(measure) {
    const values = measure.values();
    const order = Array.from(values.keys()).sort((a, b) => values[b] - values[a]);
    return growing(order, 10, (part) =>
        table(
            ["Rack", "Definition", `>${measure.title}`],
            part.map((r) => [
                rackLink(r),
                racks.of(r).definition,
                traced(measure.format(values[r]), () => measure.card([r])),
            ]),
        ),
    );
}
