// Spend beside what each attribution model credits, and what spend has brought back since.

// By win first: what the newest touches led to is still to come.
const ATTRIBUTION = { measure: "revenue", role: "conversion", model: null };
const MODEL_ORDER = ["first", "last", "last_non_direct", "linear", "time_decay", "position_based", "lead_creation", "opportunity_creation", "u_shaped", "w_shaped", "full_path", "custom"];
const MEASURE_UNITS = { revenue: "currency", cac: "currency", roas: "number" };
const CURVE_COUNT = 6;

PAGE.setUpAttribution = function () {
  const models = attributionModels();
  ATTRIBUTION.model = models.includes("linear") ? "linear" : models[0] || null;
  fill(byId("attribution-model"), models.map((model) => h("option", { value: model, selected: model === ATTRIBUTION.model ? "" : null }, words(model))));
  byId("attribution-model").addEventListener("change", (event) => {
    ATTRIBUTION.model = event.target.value;
    PAGE.attribution();
  });
  for (const name of ["measure", "role"]) {
    byId(`attribution-${name}`).addEventListener("click", (event) => {
      const chosen = event.target.closest("button")?.dataset[name];
      if (!chosen) return;
      ATTRIBUTION[name] = chosen;
      PAGE.attribution();
    });
  }
};

PAGE.attribution = function () {
  press(byId("attribution-measure"), (button) => button.dataset.measure === ATTRIBUTION.measure);
  press(byId("attribution-role"), (button) => button.dataset.role === ATTRIBUTION.role);
  modelTable();
  maturityCurves();
};

function attributionModels() {
  const rank = (model) => (MODEL_ORDER.includes(model) ? MODEL_ORDER.indexOf(model) : MODEL_ORDER.length);
  return [...DATA.attribution.models].sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

// Sums of a period by channel: {spend, credited: {model: {revenue, customers}}}.
function creditOf(period) {
  const found = new Map();
  for (const [month, channel, role, spend, credited] of DATA.attribution.cells) {
    if (role !== ATTRIBUTION.role || !period || month < period.start || month >= period.next) continue;
    if (!found.has(channel)) found.set(channel, noCredit());
    addCredit(found.get(channel), spend, credited);
  }
  return found;
}

function noCredit() {
  return { spend: 0, credited: DATA.attribution.models.map(() => ({ revenue: 0, customers: 0 })) };
}

function addCredit(sums, spend, credited) {
  sums.spend += spend || 0;
  credited.forEach((figures, at) => {
    if (!figures) return;
    sums.credited[at].revenue += figures[0] || 0;
    sums.credited[at].customers += figures[1] || 0;
  });
}

function measured(sums, at) {
  const { revenue, customers } = sums.credited[at];
  if (ATTRIBUTION.measure === "revenue") return revenue;
  if (sums.spend === 0) return null;
  if (ATTRIBUTION.measure === "roas") return revenue / sums.spend;
  return customers > 0 ? sums.spend / customers : null;
}

function modelTable() {
  const period = currentPeriod();
  const table = byId("attribution-table");
  const models = attributionModels();
  const places = models.map((model) => DATA.attribution.models.indexOf(model));
  const credit = creditOf(period);
  fill(byId("attribution-note"));
  if (!models.length || !credit.size) return fill(table, h("tbody", {}, h("tr", {}, h("td", {}, empty(models.length ? "No spend and no credit in this period." : "Attribution has not been published yet.")))));
  // A ratio to spend means channels with ads: what others won has cost something else.
  const isRatio = ATTRIBUTION.measure !== "revenue";
  const isShown = (sums) => sums.spend !== 0 || (!isRatio && sums.credited.some(({ revenue, customers }) => revenue || customers));
  const shown = [...credit].filter(([, sums]) => isShown(sums));
  const all = noCredit();
  for (const [, sums] of shown) addCredit(all, sums.spend, sums.credited.map(({ revenue, customers }) => [revenue, customers]));
  const largest = (sums) => Math.max(...sums.credited.map(({ revenue }) => revenue));
  const channels = shown.sort(([one, first], [other, second]) => (one === "unattributed") - (other === "unattributed") || second.spend - first.spend || largest(second) - largest(first) || (one < other ? -1 : 1));
  const unrewarded = channels.filter(([, sums]) => sums.spend > 0 && sums.credited.every(({ revenue, customers }) => !revenue && !customers));
  const cells = (sums) => places.map((at) => h("td", { class: "number" }, valueNode(measured(sums, at), MEASURE_UNITS[ATTRIBUTION.measure])));
  const spendCell = (sums) => h("td", { class: "number" }, sums.spend ? valueNode(sums.spend, "currency") : h("span", { class: "unknown", title: "no ads" }, "–"));
  fill(table,
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Channel"), h("th", { scope: "col", class: "number" }, "Spend", h("small", {}, period.label)), models.map((model) => h("th", { scope: "col", class: "number" }, words(model))))),
    h("tbody", {}, channels.map(([channel, sums]) => h("tr", { "data-channel": channel, class: unrewarded.some(([name]) => name === channel) ? "unrewarded" : null }, h("th", { scope: "row", class: "wrap-name" }, words(channel)), spendCell(sums), cells(sums)))),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, isRatio ? "Channels with ads" : "All channels"), spendCell(all), cells(all))));
  if (unrewarded.length) fill(byId("attribution-note"), `Spend without a credited win in this period: ${unrewarded.map(([channel, sums]) => `${words(channel)} (${full(sums.spend, "currency")})`).join(", ")}.`);
}

// One curve per period: its months' spend, and what their touches have won at each age since.
function curveOf(period) {
  const months = DATA.attribution.curves.filter(([model, month]) => model === ATTRIBUTION.model && month >= period.start && month < period.next);
  const spend = months.reduce((sum, [, , amount]) => sum + amount, 0);
  const ages = Math.min(...months.map(([, , , revenue]) => revenue.length));
  const points = months.length ? Array.from({ length: ages }, (_, age) => ({ value: months.reduce((sum, [, , , revenue]) => sum + revenue[age], 0) / spend, isMature: months.every(([, , , , mature]) => age < mature) })) : [];
  return { period, points };
}

function maturityCurves() {
  const id = "maturity-chart";
  const curves = trendPeriods(STATE.grain, CURVE_COUNT).map(curveOf).filter(({ points }) => points.length);
  fill(byId("maturity-legend"));
  if (!curves.length) return drawEmpty(id, DATA.attribution.curves.length ? "No spend in these periods." : "Attribution has not been published yet.");
  const colours = palette(curves.length);
  const longest = Math.max(...curves.map(({ points }) => points.length));
  const ages = Array.from({ length: longest }, (_, age) => age);
  const series = curves.map(({ period, points }, at) => ({
    name: period.label, type: "line", symbol: "circle", symbolSize: 6, connectNulls: false, itemStyle: { color: colours[at] }, lineStyle: { color: colours[at], width: 2 },
    data: points.map(({ value, isMature }) => ({ value, itemStyle: isMature ? { color: colours[at] } : { color: colour("card"), borderColor: colours[at], borderWidth: 1.75 } })),
  }));
  draw(id, {
    xAxis: { ...categoryAxis(ages.map(String)), name: "months", nameLocation: "end" }, yAxis: valueAxis("number"), series, legend: { show: false },
    grid: { left: 8, right: 56, top: 16, bottom: 4, containLabel: true },
    tooltip: tooltip((found) => {
      const age = found[0].dataIndex;
      const known = curves.map((curve, at) => [curve, at]).filter(([{ points }]) => points[age]);
      return { title: `Revenue per spend after ${plural(age, "month")}`, rows: known.map(([{ period, points }, at]) => [period.label, full(points[age].value, "number"), colours[at]]), note: known.every(([{ points }]) => points[age].isMature) ? null : "hollow: not over yet" };
    }),
  }, `Revenue per spend by age in months, ${words(ATTRIBUTION.model)} model, ${curves[0].period.label} to ${curves.at(-1).period.label}`, () => ({
    head: ["Months since", ...curves.map(({ period }) => period.label)],
    rows: ages.map((age) => [String(age), ...curves.map(({ points }) => full(points[age]?.value, "number"))]),
  }));
  return legend("maturity-legend", id, curves.map(({ period }, at) => ({ name: period.label, mark: colours[at] })));
}
