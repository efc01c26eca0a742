// What winning and keeping a customer costs and brings, and what the functions cost.

const WINNING = ["cac_paid", "cac_blended", "cac_loaded", "cac_loaded_lagged", "cac_payback_months", "cac_payback_months_lagged"];
const KEEPING = ["ltv", "ltv_to_cac", "gross_margin", "arpa_monthly", "nrr", "grr"];
const CAC_LINES = ["cac_paid", "cac_blended", "cac_loaded", "cac_loaded_lagged"];
const RETENTION_LINES = ["nrr", "grr"];
const COST_DIMENSIONS = ["function", "reach"];
const NO_FIGURES = "Not published yet.";

PAGE.unitEconomics = function () {
  const list = trendPeriods(STATE.grain, TREND_LENGTH[STATE.grain]);
  economicsDefinitions();
  economicsTiles("winning-tiles", WINNING);
  economicsTiles("keeping-tiles", KEEPING);
  lines("cac", CAC_LINES, list);
  lines("retention", RETENTION_LINES, list);
};

PAGE.costs = function () {
  const list = trendPeriods(STATE.grain, TREND_LENGTH[STATE.grain]);
  for (const dimension of COST_DIMENSIONS) costBars(dimension, list);
  costTable();
};

// All in one place: a dozen of them one by one would hide the figures.
function economicsDefinitions() {
  const place = byId("unit-economics-definitions");
  if (place.childElementCount) return;
  const known = [...WINNING, ...KEEPING].map((name) => KPIS.get(name)).filter(Boolean);
  if (known.length) fill(place, h("details", { class: "definition" }, h("summary", {}, "What these figures mean"), h("dl", {}, known.map((kpi) => h("div", {}, h("dt", {}, kpi.kpi_label), h("dd", {}, kpi.formula || kpi.description))))));
}

function economicsTiles(id, names) {
  const period = currentPeriod();
  const known = names.map((name) => KPIS.get(name)).filter(Boolean);
  const place = byId(id);
  if (!period || !known.length) return fill(place);
  return fill(place, known.map((kpi) => {
    const figure = total(kpi.kpi, STATE.grain, period.start);
    return h("div", {}, h("dt", { title: kpi.description }, kpi.kpi_label), h("dd", { "data-tile": kpi.kpi }, valueNode(figure.value, kpi.unit)));
  }));
}

// Several KPIs of one unit as lines; what is not mature is hollow, what is unknown a gap.
function lines(name, kpis, list) {
  const id = `${name}-chart`;
  const known = kpis.map((kpi) => KPIS.get(kpi)).filter(Boolean);
  const figures = known.map((kpi) => list.map((period) => total(kpi.kpi, STATE.grain, period.start)));
  fill(byId(`${name}-legend`));
  if (!figures.flat().some((figure) => figure.value !== null)) {
    return drawEmpty(id, figures.flat().some((figure) => figure.isPresent) ? "Unknown in these periods." : NO_FIGURES);
  }
  const all = palette(2 * known.length), unit = known[0].unit;
  const colours = known.map((_, at) => all[2 * at]);
  const dot = (figure, main) => ({ value: figure.value, itemStyle: figure.isMature ? { color: main } : { color: colour("card"), borderColor: main, borderWidth: 1.75 } });
  const series = known.map((kpi, at) => ({
    name: kpi.kpi_label, type: "line", symbol: "circle", symbolSize: 6, connectNulls: false, itemStyle: { color: colours[at] },
    lineStyle: { color: colours[at], width: 2, type: kpi.kpi.endsWith("_lagged") ? [5, 4] : "solid" }, data: figures[at].map((figure) => dot(figure, colours[at])),
  }));
  draw(id, {
    xAxis: categoryAxis(list.map((period) => period.short)), yAxis: valueAxis(unit), series, legend: { show: false },
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      const isMature = figures.every((found) => found[at].isMature);
      return { title: list[at].label, rows: known.map((kpi, index) => [kpi.kpi_label, full(figures[index][at].value, unit), colours[index]]), note: isMature ? null : "not mature yet" };
    }),
  }, `${known.map((kpi) => kpi.kpi_label).join(", ")}, ${list[0].label} to ${list.at(-1).label}`, () => ({
    head: ["Period", ...known.map((kpi) => kpi.kpi_label)],
    rows: list.map((period, at) => [period.label, ...figures.map((found) => full(found[at].value, unit))]),
  }));
  return legend(`${name}-legend`, id, known.map((kpi, at) => ({ name: kpi.kpi_label, mark: colours[at] })));
}

function costBars(dimension, list) {
  const id = `costs-${dimension}-chart`;
  const byMember = new Map();
  list.forEach((period, at) => {
    for (const row of members("costs", dimension, STATE.grain, period.start).rows) {
      if (!byMember.has(row.member)) byMember.set(row.member, list.map(() => null));
      byMember.get(row.member)[at] = row.value;
    }
  });
  fill(byId(`costs-${dimension}-legend`));
  if (![...byMember.values()].flat().some((value) => value)) return drawEmpty(id, "No costs have been published yet.");
  const stacks = [...byMember].filter(([, values]) => values.some((value) => value)).sort(([one], [other]) => (one < other ? -1 : 1));
  const colours = palette(stacks.length);
  const series = stacks.map(([member, values], at) => ({ name: words(member), type: "bar", stack: "costs", barMaxWidth: 30, itemStyle: { color: colours[at] }, data: values }));
  const sums = list.map((period) => total("costs", STATE.grain, period.start).value);
  draw(id, {
    xAxis: categoryAxis(list.map((period) => period.short)), yAxis: valueAxis("currency"), series, legend: { show: false },
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      return { title: list[at].label, rows: [...stacks.map(([member, values], index) => [words(member), full(values[at], "currency"), colours[index]]), ["All", full(sums[at], "currency"), null]] };
    }),
  }, `Costs by ${dimension}, ${list[0].label} to ${list.at(-1).label}`, () => ({
    head: ["Period", "All", ...stacks.map(([member]) => words(member))],
    rows: list.map((period, at) => [period.label, full(sums[at], "currency"), ...stacks.map(([, values]) => full(values[at], "currency"))]),
  }));
  return legend(`costs-${dimension}-legend`, id, series.map((one) => ({ name: one.name, mark: one.itemStyle.color })));
}

// The chosen period against its budget, member by member.
function costTable() {
  const period = currentPeriod();
  const table = byId("costs-table");
  const shown = ["costs", "cost_budget", "budget_use"].map((name) => KPIS.get(name)).filter(Boolean);
  const values = (dimension, kpi) => new Map(members(kpi.kpi, dimension, STATE.grain, period.start).rows.map((row) => [row.member, row.value]));
  const bodies = period ? COST_DIMENSIONS.map((dimension) => ({ dimension, columns: shown.map((kpi) => values(dimension, kpi)) })).filter(({ columns }) => columns[0]?.size) : [];
  if (!bodies.length) return fill(table, h("tbody", {}, h("tr", {}, h("td", {}, empty("No costs in this period.")))));
  const cells = (found) => shown.map((kpi, at) => h("td", { class: "number" }, valueNode(found(kpi, at), kpi.unit)));
  return fill(table,
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, period.label), shown.map((kpi) => h("th", { scope: "col", class: "number" }, kpi.kpi_label)))),
    bodies.map(({ dimension, columns }) => h("tbody", {},
      h("tr", { class: "table-group" }, h("th", { scope: "rowgroup", colspan: shown.length + 1 }, `By ${dimension}`)),
      [...columns[0].keys()].sort().map((member) => h("tr", {}, h("th", { scope: "row" }, words(member)), cells((kpi, at) => columns[at].get(member) ?? null))))),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "All"), cells((kpi) => total(kpi.kpi, STATE.grain, period.start).value))));
}
