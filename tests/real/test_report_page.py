"""The page in a real browser: it draws itself, asks for nothing, finds, explains, and fails what it is told to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from real.page import CHROMIUM, DRIVER, Page, opened
from selenium.webdriver.common.keys import Keys
from support import rendered

from rackwright.compiler.pipeline import Compilation, compile_spec

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(CHROMIUM is None or DRIVER is None, reason="needs Chromium (Debian: chromium, chromium-driver)"),
]

SLOWEST_PAINT = 6000
"""Milliseconds to the first paint that fail the test: three times what is wanted, for machines that are busy."""

HALL = """
use generic.lab as lab
use optics.ethernet as optic

shelf psu { supply = 10 kW, efficiency = 96 %, height = 1 OU; out : outlet { busbar = true }; inlet : inlet }
busway bar { supply = 100 kW; tap[16] : outlet }
cdu cdu { peak_power = 1 kW, heat = 20 kW, flow = 60 L/min, coolant = pg25
    out : coolant_out }
server box { height = 2 OU, weight = 30 kg, liquid = 80 %, rise = 10 K
    peak_power = 4 kW, typical_power = 3 kW
    source = "a data sheet"
    nic[2] : lab.lab_nic; inlet : inlet { busbar = true }; cold : coolant_in }
switch tor { peak_power = 500 W assumed, height = 1 OU
    eth[16] : port { speed = 100 Gbps, cage = qsfp28, lanes = 4 }; inlet : inlet { busbar = true } }
rack r { unit = OU; height = 20 OU; width = 600 mm; depth = 1 m; weight = 100 kg; payload = 900 kg
    s : psu at 1 OU; box[2] : box at 4 OU, 6 OU; tor : tor at 10 OU
    link box[b].nic[0] -> tor.eth[b] using optic.dac_100g
    feed s -> box[*], tor }
hall h { bar[2] : bar; cdu[2] : cdu; r[2] : r; spine : tor
    floor { row_pitch = 2 m, bay_pitch = 0.6 m, tray = 2.7 m, cross_aisle = 1 m, slack = 1 m
            length = 8 m, width = 6 m, x = 2 m, y = 2 m, keep_out = [[5 m, 4 m, 0.5 m, 0.5 m]] }
    link r[i].tor.eth[8] -> spine.eth[i] using optic.aoc_100g
    feed bar[i].tap[0] -> r[i].s
    pipe cdu[i].out -> r[i].box[*].cold
    place r[i] at row 0, bay i }
"""


def page_of(result: Compilation, folder: Path) -> Path:
    (artifact,) = rendered(result, "report")
    path = folder / "index.html"
    path.write_bytes(artifact.data)
    return path


def hall(folder: Path, text: str = HALL) -> Path:
    """The page of a small hall that has everything."""
    spec = folder / "hall.rack"
    spec.write_text(text.replace(";", "\n"), "utf-8")
    return page_of(compile_spec(str(spec), {}), folder)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with opened(hall(tmp_path_factory.mktemp("small"))) as page:
        yield page
        assert page.said == [] and page.requests == []


@pytest.fixture(scope="module")
def large(
    tmp_path_factory: pytest.TempPathFactory, compiled: Callable[..., Compilation]
) -> Iterator[tuple[Page, Compilation]]:
    result = compiled("llama3_24k")
    with opened(page_of(result, tmp_path_factory.mktemp("large"))) as page:
        yield page, result
        assert page.said == [] and page.requests == []


def test_24k_gpus_paint_at_once(large: tuple[Page, Compilation]) -> None:
    page, _ = large
    page.wait(lambda: page.run("return performance.getEntriesByName('first-contentful-paint').length"))
    paint = page.run("return performance.getEntriesByName('first-contentful-paint')[0].startTime")
    print(f"first contentful paint of 24,576 GPUs: {paint:.0f} ms")
    assert 0 < paint < SLOWEST_PAINT
    assert "24,576" in page.text(".tiles")


def test_every_view_of_24k_gpus(large: tuple[Page, Compilation]) -> None:
    page, result = large
    assert result.plant is not None
    for view in ("floor", "rack", "power", "coolant", "fabric", f"rack/{result.plant.racks.names[0]}"):
        page.go(view)
        assert page.text("main h1, main h2")
    page.go("floor")
    assert len(page.all("rect.rack")) == len(result.plant.racks)
    assert page.said == []


def test_search_finds_a_cable(large: tuple[Page, Compilation]) -> None:
    from rackwright.compiler.names import cable_id

    page, result = large
    plant = result.plant
    assert plant is not None
    row = len(plant.links) // 2
    wanted = cable_id(plant, row)
    box = page.find("#search")
    box.send_keys(wanted.lower() + Keys.ENTER)
    page.wait(lambda: page.text("main h1") == wanted)
    ends = page.text(".ends")
    for device in (plant.links.a_device[row], plant.links.z_device[row]):
        assert plant.devices.names[int(device)] in ends


def test_search_finds_a_device_and_its_cables(large: tuple[Page, Compilation]) -> None:
    page, result = large
    plant = result.plant
    assert plant is not None
    device = int(plant.links.a_device[len(plant.links) // 3])
    box = page.find("#search")
    box.send_keys(plant.devices.names[device])
    page.find("#hits li")
    box.send_keys(Keys.ENTER)
    page.wait(lambda: page.text("main h1") == plant.devices.names[device])
    ends = plant.ends
    cables = int(ends.start[device + 1] - ends.start[device])
    assert f"{cables} cables" in page.text()


def test_failing_a_shelf_shows_what_goes_dark(small: Page) -> None:
    small.go("power")
    small.find("button.fold").click()
    small.wait(lambda: small.all("a.fail[href='#/power/r0-s']"))
    small.run("document.querySelector(\"a.fail[href='#/power/r0-s']\").click()")
    small.wait(lambda: "r0-s fails" in small.text())
    told = small.text("#failure")
    assert "Loads lose their power." in told and "3 devices go dark" in told
    assert all(name in told for name in ("r0-box0", "r0-box1", "r0-tor")) and "r1-" not in told
    assert "8.50 kW of peak load go dark" in told
    small.go("power")
    assert small.all("#failure") == []


@pytest.mark.parametrize("design", ["llama3_24k", "catalina_nvl72", "mtia_v2"])
def test_what_goes_dark_is_what_the_compiler_says(
    tmp_path: Path, compiled: Callable[..., Compilation], design: str
) -> None:
    """The page finds what goes dark itself, for every element; for each of the compiler's cases it is the same."""
    with opened(page_of(compiled(design), tmp_path)) as page:
        found = page.run(AGREEMENT)
        assert page.said == []
    assert found["compared"] >= 4 and found["different"] == []


AGREEMENT = """
const unpack = (p) => {
  if (p.d === undefined) return Array(p.n).fill(p.c);
  const bytes = Uint8Array.from(atob(p.d), (c) => c.charCodeAt(0));
  const found = Array.from(new {i8: Int8Array, i16: Int16Array, i32: Int32Array, f64: Float64Array}[p.t](bytes.buffer));
  if (p.s) for (let i = 1; i < found.length; i++) found[i] += found[i - 1];
  return found;
};
const data = JSON.parse(document.getElementById("data").textContent);
const names = data.devices.names.split("\\n");
const among = (wanted) => new Set(
  data.classes.filter((_, i) => wanted(i)).flatMap((k) => names.slice(k.first, k.first + k.count)));
const listed = (state) => {
  const more = () => [...document.querySelectorAll(`#failure .${state}-list .more`)];
  document.querySelectorAll("#failure details").forEach((d) => { d.open = true; });
  for (let list = more(); list.length; list = more()) list.forEach((b) => b.click());
  return [...document.querySelectorAll(`#failure .${state}-list a`)].map((a) => a.textContent);
};
const different = [];
let compared = 0;
const compare = (view, cases, kind, passes) => {
  for (const c of cases.filter((c) => c.kind === kind)) {
    location.hash = `#/${view}/${encodeURIComponent(c.instance)}`;
    window.dispatchEvent(new HashChangeEvent("hashchange"));
    if (!document.getElementById("failure")) continue;  // nothing hangs on it
    compared++;
    for (const [state, told] of [["dead", c.dark], ["stored", c.stored]]) {
      if (!told) continue;
      const shown = listed(state).filter((n) => !passes.has(n)).sort();
      const wanted = unpack(told).map((d) => names[d]).sort();
      if (String(shown) !== String(wanted)) different.push([view, c.instance, state, wanted.length, shown.length]);
    }
  }
};
compare("power", data.power.cases, "feeder", among((i) => data.power.classes[i].feeder));
compare("coolant", data.cooling.cases, "cooler", among((i) => data.cooling.classes[i].cooler));
return {compared, different};
"""


def test_failing_a_cdu_shows_what_loses_its_coolant(small: Page) -> None:
    small.go("coolant/cdu0")
    small.wait(lambda: "cdu0 fails" in small.text())
    told = small.text("#failure")
    assert "Loads lose their coolant." in told and "2 devices lose their coolant" in told
    assert "r0-box0" in told and "r1-box0" not in told


def test_numbers_tell_where_they_come_from(small: Page) -> None:
    small.go("device/r0-box0")
    card = small.hover(small.find(".tile .traced"))
    line = HALL.replace(";", "\n").split("\n").index("    peak_power = 4 kW, typical_power = 3 kW") + 1
    assert "4 kW" in card and f"hall.rack:{line}" in card and "a data sheet" in card
    small.go("device/r0-tor")
    assert "assumed" in small.hover(small.find(".tile .traced"))
    # The keyboard reaches it as well, and Escape closes it.
    figure = small.find(".tile .traced")
    small.run("arguments[0].focus()", figure)
    small.wait(small.find("#card").is_displayed)
    figure.send_keys(Keys.ESCAPE)
    assert not small.find("#card").is_displayed()


def test_a_rack_from_both_sides(small: Page) -> None:
    small.go("rack/r0")
    assert len(small.all("svg.elevation")) == 2
    front = [box.get_attribute("aria-label") or "" for box in small.all("svg.elevation:first-of-type g.box")]
    assert any(label.startswith("r0-box0,") for label in front)
    assert "r0-box0" in small.hover(small.find("g.box")) or "r0-" in small.text("#card")
    for words in ("8.50 kW", "160 kg", "OU\u00a04"):
        assert words in small.run("return document.querySelector('main').textContent"), words


def test_the_floor_takes_other_colours(small: Page) -> None:
    small.go("floor")
    assert len(small.all("rect.rack")) == 2 and len(small.all("rect.keep_out")) == 1

    def colours() -> list[str]:
        return [r.value_of_css_property("fill") for r in small.all("rect.rack")]

    buttons = {b.text: b for b in small.all(".choice button")}
    assert {"Peak power", "Heat", "Weight"} <= set(buttons)
    before = small.text(".legend")
    buttons["Weight"].click()
    small.wait(lambda: small.text(".legend") != before)
    assert "160 kg" in small.text(".legend") and len(set(colours())) == 1
    # Arrow keys walk from rack to rack, and Enter opens one.
    plan = small.find("svg.floor")
    plan.send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ENTER)
    small.wait(lambda: small.text("main h1") == "r1")


def test_the_fabric_down_to_one_cable(small: Page) -> None:
    small.go("fabric")
    assert {e.text for e in small.all("g.edge-label")} == {f"{n} \u00d7 100 Gbps" for n in (4, 2)}
    small.go("fabric/r.box")
    small.run("document.querySelector('main table a').click()")
    small.wait(lambda: "2 cables" in small.text() or "1 cable" in small.text())
    small.run("document.querySelector(\"main a[href^='#/cable/']\").click()")
    small.wait(lambda: small.all(".ends"))


def test_light_and_dark(small: Page) -> None:
    def paper() -> str:
        return small.find("body").value_of_css_property("background-color")

    small.prefers("light")
    light = paper()
    small.prefers("dark")
    small.wait(lambda: paper() != light)
    night = paper()
    button = small.find("button.theme")
    button.click()  # light, whatever the system prefers
    assert paper() == light
    button.click()
    assert paper() == night
    button.click()
    small.prefers("light")


def test_a_telephone_shows_it_without_scrolling_sideways(small: Page) -> None:
    small.width(390)
    try:
        for view in ("summary", "floor", "rack/r0", "power/bar0", "coolant", "fabric", "device/r0-box0"):
            small.go(view)
            assert small.run("return document.documentElement.scrollWidth") <= 390, view
    finally:
        small.width(1280)


def test_a_design_that_says_little(tmp_path: Path, compiled: Callable[..., Compilation]) -> None:
    with opened(page_of(compiled("lab_4x2"), tmp_path)) as page:
        assert "Not in this spec" in page.text()
        for view in ("floor", "rack", "power", "coolant", "fabric", "device/nobody", "cable/NONE-1", "rack/none"):
            page.go(view)
            assert page.text("main h1, main h2")
        assert page.said == [] and page.requests == []


def test_hostile_names_are_inert(tmp_path: Path) -> None:
    hostile = "<img src=x onerror=document.title=1></script><script>document.title=1</script>"
    text = HALL.replace("rack r {", f'rack r {{ ; """{hostile}"""; source = "{hostile}"; ')
    text = text.replace('source = "a data sheet"', f'source = "{hostile}"; model = "{hostile}"; vendor = "{hostile}"')
    with opened(hall(tmp_path, text)) as page:
        for view in ("summary", "floor", "rack", "rack/r0", "device/r0-box0", "power/bar0", "fabric", hostile):
            page.go(view) if view != hostile else page.run("location.hash = arguments[0]", f"#/device/{hostile}")
            for element in page.all(".traced")[:4]:
                page.hover(element)
        assert page.all("img") == [] and page.run("return document.scripts.length") == 3
        assert page.run("return document.title") != "1"
        assert page.said == [] and page.requests == []
