// Puts the page together: set-up once, then every section again when the period or the theme changes.

const OF_PERIOD = ["explore", "reach", "funnel", "channels", "bookings", "winRate", "recurring", "attribution", "unitEconomics", "costs"];
const SECTIONS = [...OF_PERIOD, "pipeline"];
let rendering = 0;

// The cards at once; the sections below one by one, so that the page answers in between.
function renderPeriod() {
  renderTop();
  renderLater(OF_PERIOD);
}

function renderLater(sections) {
  delete document.documentElement.dataset.ready;
  rendering += 1;
  renderRest(sections, rendering);
}

function renderRest(names, turn) {
  if (turn !== rendering) return;
  if (!names.length) document.documentElement.dataset.ready = "yes";
  else setTimeout(() => {
    if (turn !== rendering) return;
    PAGE[names[0]]();
    renderRest(names.slice(1), turn);
  });
}

function renderTop() {
  const period = currentPeriod();
  const list = periods(STATE.grain), at = STATE.index[STATE.grain];
  press(byId("grain-switch"), (button) => button.dataset.grain === STATE.grain);
  fill(byId("period-label"), period ? period.label : "–", period?.progress ? h("small", {}, `day ${period.progress[0]} of ${period.progress[1]}`) : null);
  byId("earlier").disabled = at <= 0;
  byId("later").disabled = at >= list.length - 1;
  for (const place of document.querySelectorAll("[data-period]")) fill(place, period ? period.label : "the period");
  PAGE.cards();
}

function setUp() {
  for (const grain of Object.keys(STATE.index)) STATE.index[grain] = periods(grain).length - 1;
  for (const place of document.querySelectorAll("[data-date]")) if (place.dataset.date) place.textContent = day(place.dataset.date);
  for (const place of document.querySelectorAll("[data-kpi-name]")) place.textContent = KPIS.get(place.dataset.kpiName)?.kpi_label || place.textContent;
  for (const place of document.querySelectorAll("[data-definition]")) {
    const kpi = KPIS.get(place.dataset.definition);
    if (kpi) fill(place, definition(kpi));
  }
  byId("grain-switch").addEventListener("click", (event) => {
    const grain = event.target.closest("button")?.dataset.grain;
    if (grain) changeGrain(grain);
  });
  byId("earlier").addEventListener("click", () => step(-1));
  byId("later").addEventListener("click", () => step(1));
  document.addEventListener("click", (event) => closeAbouts(event.target));
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeAbouts(null));
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => theme(null));
  window.addEventListener("beforeprint", () => theme("light"));
  window.addEventListener("afterprint", () => theme(null));
  PAGE.setUpExplore();
  PAGE.setUpAttribution();
  PAGE.setUpGuards();
  renderTop();
  window.addEventListener("load", () => renderLater(SECTIONS)); // the chart library is there by then
}

// Keeps the day in view: the period of the new grain that holds the end of the old period.
function changeGrain(grain) {
  const chosen = currentPeriod();
  STATE.grain = grain;
  const list = periods(grain);
  const holding = chosen ? list.findLastIndex((period) => period.start < chosen.next) : -1;
  STATE.index[grain] = holding < 0 ? list.length - 1 : holding;
  renderPeriod();
}

function step(by) {
  const next = STATE.index[STATE.grain] + by;
  if (next < 0 || next >= periods(STATE.grain).length) return;
  STATE.index[STATE.grain] = next;
  renderPeriod();
}

function closeAbouts(target) {
  for (const about of document.querySelectorAll("details.about[open]")) if (!target || !about.contains(target)) about.open = false;
}

// Paper is light: print with the light theme whatever the screen shows.
function theme(name) {
  if (name) document.documentElement.dataset.theme = name;
  else delete document.documentElement.dataset.theme;
  COLOURS.clear();
  rendering += 1;
  renderTop();
  for (const section of SECTIONS) PAGE[section]();
  CHARTS.forEach((chart) => chart.resize());
  document.documentElement.dataset.ready = "yes";
}

setUp();
