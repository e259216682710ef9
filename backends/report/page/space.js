// Weight and space.

/** @type {any} */
const SPACE = DATA.space;

const weights = lazy(() => (SPACE.weights ? unpack(SPACE.weights.total) : new Float64Array(0)));

/** What a rack weighs, frame and devices. @param {number} r */
function weightCard(r) {
    const element = racks.of(r);
    const found = SPACE.weights.frames[racks.element()[r]];
    const unknown = unpack(SPACE.weights.unknown)[r];
    const said = (/** @type {any} */ e) => e.figures.find((/** @type {any} */ f) => f[0] === "weight");
    const from = (/** @type {any} */ e) =>
        said(e) ? [" ", placeMark(said(e)[2]), said(e)[5] ? h("span.badge", null, "assumed") : null] : null;
    return [
        h(
            "p.statement",
            null,
            h("b", null, `Weight of ${racks.names[r]}`),
            ` ${mass(weights()[r])}`,
            unknown ? ", without what states none" : "",
        ),
        h(
            "ul.figures",
            null,
            h(
                "li",
                null,
                found.frame >= 0 ? [`frame ${mass(found.frame)}`, from(element)] : "the frame states no weight",
            ),
            found.holds.map((/** @type {any} */ [e, n, each]) =>
                h(
                    "li",
                    null,
                    `${count(n)} × `,
                    h("b", null, DATA.elements[e].name),
                    each >= 0 ? ` ${mass(each)} = ${mass(n * each)}` : " states no weight",
                    from(DATA.elements[e]),
                ),
            ),
        ),
        h("p.muted", null, "Cables and optics are not counted."),
    ];
}

/** Payloads and units of racks, by element. @returns {Child[]} */
function spaceBars() {
    if (!SPACE.weights) return [];
    return Object.entries(SPACE.weights.frames)
        .flatMap(([index, found]) => {
            const element = DATA.elements[Number(index)];
            const r = racks.element().indexOf(Number(index));
            const units = SPACE.elevations.racks[index];
            const payload = element.figures.find((/** @type {any} */ f) => f[0] === "payload");
            const height = element.figures.find((/** @type {any} */ f) => f[0] === "height");
            return [
                found.payload >= 0 && found.devices
                    ? budgetBar({
                          label: [
                              h("b", null, element.path),
                              h(
                                  "span.muted",
                                  null,
                                  found.holds.some((/** @type {any} */ held) => held[2] < 0)
                                      ? " payload, as far as stated"
                                      : " payload",
                              ),
                          ],
                          value: found.devices,
                          limit: found.payload,
                          format: mass,
                          card: () => [payload ? statedCard(payload, element.definition) : null, weightCard(r)],
                      })
                    : null,
                units.units > 0
                    ? budgetBar({
                          label: [
                              h("b", null, element.path),
                              h("span.muted", null, ` units${units.kept ? `, ${units.kept} more kept` : ""}`),
                          ],
                          value: units.used,
                          limit: units.units,
                          format: count,
                          card: () => [
                              h(
                                  "p.statement",
                                  null,
                                  `${units.used} units used, ${units.kept} kept, ${units.vague ? "at most " : ""}${units.free} free`,
                              ),
                              height ? statedCard(height, element.definition) : null,
                          ],
                      })
                    : null,
                tileBar(element, r),
            ];
        })
        .filter((bar) => bar !== null);
}

/** The floor's tiles under a rack. @param {any} element @param {number} r */
function tileBar(element, r) {
    const hall = unpack(SPACE.floor.hall)[r];
    const room = SPACE.floor.rooms[unpack(SPACE.floor.halls.room)[hall]];
    const load = unpack(SPACE.weights.perTile)[r];
    if (!room || room.tileRating < 0 || load < 0) return null;
    const said = DATA.elements[room.element].figures.filter((/** @type {any} */ f) => f[0].startsWith("floor.tile"));
    return budgetBar({
        label: [h("b", null, element.path), h("span.muted", null, " on a floor tile")],
        value: load,
        limit: room.tileRating,
        format: mass,
        card: () => [
            h("p.statement", null, "The rack's weight, spread evenly over its footprint"),
            said.map((/** @type {any} */ f) => statedCard(f, DATA.elements[room.element].definition)),
            weightCard(r),
        ],
    });
}

/** @param {number} r @returns {Child[]} */
function rackWeightTiles(r) {
    if (!SPACE.weights || !weights()[r]) return [];
    return [
        tile(
            traced(mass(weights()[r]), () => weightCard(r)),
            unpack(SPACE.weights.unknown)[r] ? "weight, in part" : "weight",
        ),
    ];
}

/** @returns {Measure[]} */
const weightMeasures = () =>
    weights().some((w) => w > 0)
        ? [{ key: "weight", title: "Weight", format: mass, values: weights, card: (list) => list.map(weightCard) }]
        : [];

/**
 * Zones of a rack, in an elevation.
 * @param {number} r
 * @param {(um: number) => number} at
 * @param {{x: number, width: number}} box
 * @returns {Child}
 */
function zoneMarks(r, at, box) {
    const found = SPACE.elevations.racks[racks.element()[r]];
    return found.zones.map((/** @type {[string, number, number]} */ [kind, low, high]) =>
        s(
            "g",
            null,
            s("rect.zone", { x: box.x, y: at(high), width: box.width, height: at(low) - at(high) }),
            s(
                "text.zone-name",
                {
                    x: box.x + box.width + 12,
                    y: (at(low) + at(high)) / 2,
                    transform: `rotate(90 ${box.x + box.width + 12} ${(at(low) + at(high)) / 2})`,
                    "text-anchor": "middle",
                },
                kind,
            ),
        ),
    );
}

const frontOnly = lazy(() => unpack(SPACE.elevations.frontOnly));
