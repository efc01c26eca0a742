// What all charts share: colours from the style sheet, axes, tooltips, and a table of the same numbers.

const CHARTS = new Map();
const RESIZED = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) if (contentRect.width > 0) CHARTS.get(target.id)?.resize();
});

const COLOURS = new Map();

function colour(name) {
  if (!COLOURS.has(name)) COLOURS.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim());
  return COLOURS.get(name);
}

function palette(count) {
  return Array.from({ length: count }, (_, index) => colour(`series-${(index % 8) + 1}`));
}

// Draws an option into #id; `table` makes {head: [...], rows: [[...]]} for people who read numbers.
function draw(id, option, label, table) {
  const place = byId(id);
  place.setAttribute("role", "img");
  place.setAttribute("aria-label", label);
  if (!window.echarts) {
    fill(place, empty("Charts need the file echarts.min.js beside this page."));
    place.classList.add("chart-empty");
  } else {
    let chart = CHARTS.get(id);
    if (!chart) {
      fill(place);
      place.classList.remove("chart-empty");
      chart = window.echarts.init(place, null, { renderer: "svg" });
      CHARTS.set(id, chart);
      RESIZED.observe(place);
    }
    const series = option.series.map((one) => ({ ...one, emphasis: { disabled: true } }));
    chart.setOption({ ...baseOption(), ...option, series }, true);
  }
  numbersBelow(place, table);
}

function drawEmpty(id, text) {
  CHARTS.get(id)?.dispose();
  CHARTS.delete(id);
  const place = byId(id);
  place.removeAttribute("role");
  place.removeAttribute("aria-label");
  place.classList.add("chart-empty");
  fill(place, empty(text));
  numbersBelow(place, null);
}

function numbersBelow(place, table) {
  const below = place.nextElementSibling;
  const wasOpen = below?.open;
  if (below?.classList.contains("numbers")) below.remove();
  if (!table) return;
  const details = h("details", { class: "numbers" }, h("summary", {}, "Show the numbers"));
  const build = () => {
    if (!details.open || details.querySelector("table")) return;
    const { head, rows: lines } = table();
    const rows = lines.map((row) => h("tr", {}, row.map((cell, index) => h(index ? "td" : "th", index ? { class: "number" } : { scope: "row" }, cell))));
    details.append(h("div", { class: "panel-table panel-scroll", tabindex: "0", role: "region", "aria-label": "Numbers of the chart" },
      h("table", {}, h("thead", {}, h("tr", {}, head.map((cell, index) => h("th", { scope: "col", class: index ? "number" : null }, cell)))), h("tbody", {}, rows))));
  };
  details.addEventListener("toggle", build);
  place.after(details);
  if (wasOpen) {
    details.open = true;
    build();
  }
}

function baseOption() {
  return {
    animation: false,
    textStyle: { fontFamily: colour("sans"), color: colour("ink-2") },
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    aria: { enabled: false },
  };
}

function categoryAxis(labels) {
  return {
    type: "category", data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } },
    axisLabel: { color: colour("ink-3"), fontSize: 11, hideOverlap: true },
  };
}

function valueAxis(unit) {
  return {
    type: "value", splitNumber: 4, minInterval: unit === "count" ? 1 : undefined, axisLabel: { color: colour("ink-3"), fontSize: 11, formatter: (value) => axis(value, unit) },
    splitLine: { lineStyle: { color: colour("line-soft") } },
  };
}

// A tooltip made of elements, so that a name from the data stays text.
function tooltip(rowsOf) {
  return {
    trigger: "axis", confine: true, backgroundColor: colour("raised"), borderColor: colour("line"), borderWidth: 1, padding: [10, 12],
    textStyle: { color: colour("ink"), fontSize: 12 }, extraCssText: "box-shadow: 0 6px 24px rgb(0 0 0 / 12%); border-radius: 8px;",
    axisPointer: { type: "line", lineStyle: { color: colour("ink-3"), type: "dotted" } },
    formatter: (points) => {
      const { title, rows, note } = rowsOf(points);
      return h("div", { class: "tip" }, h("b", {}, title), rows.map(([name, text, mark]) => h("div", { class: "tip-row" }, mark ? h("i", { class: "tip-mark", style: { background: mark } }) : h("i", { class: "tip-mark" }), h("span", {}, name), h("span", { class: "tip-value" }, text))), note ? h("p", {}, note) : null);
    },
  };
}

// Buttons that switch series on and off.
function legend(id, chartId, entries) {
  const place = byId(id);
  fill(place, entries.map(({ name, mark, isLine }) => {
    const button = h("button", { type: "button", "aria-pressed": "true", title: name },
      h("i", { class: isLine ? "legend-line" : "legend-mark", style: isLine ? { borderColor: mark } : { background: mark } }), h("span", {}, name));
    button.addEventListener("click", () => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-pressed") !== "true"));
      CHARTS.get(chartId)?.dispatchAction({ type: "legendToggleSelect", name });
    });
    return button;
  }));
}

// The trend of one KPI: bars for what adds up in a period, a line for ratios and durations.
function trend(id, kpi, list) {
  const points = list.map((period) => ({ period, ...total(kpi.kpi, STATE.grain, period.start) }));
  if (!points.some((point) => point.value !== null)) {
    drawEmpty(id, points.some((point) => point.isPresent) ? `${kpi.kpi_label} is unknown in these periods.` : `No figures for ${kpi.kpi_label} yet.`);
    return;
  }
  const isDuration = DURATIONS.includes(kpi.unit);
  const isLine = ["ratio", "number"].includes(kpi.unit) || isDuration;
  const main = colour("accent");
  const targets = points.map((point) => point.target);
  const series = [isLine ? trendLine(kpi, points, main) : trendBars(kpi, points, main)].flat();
  if (targets.some((target) => target !== null)) {
    series.push({ name: "Target", type: "line", data: targets, step: "middle", symbol: "none", connectNulls: false, z: 5, lineStyle: { color: colour("ink"), width: 1.5, type: [4, 3] } });
  }
  draw(id, {
    xAxis: categoryAxis(points.map((point) => point.period.short)),
    yAxis: { ...valueAxis(kpi.unit), scale: isDuration ? false : undefined, name: undefined },
    series,
    tooltip: tooltip((shown) => trendTip(kpi, points[shown[0].dataIndex], main)),
  }, `${kpi.kpi_label}, ${points[0].period.label} to ${points.at(-1).period.label}`, () => ({
    head: ["Period", kpi.kpi_label, "Target", "Mature"],
    rows: points.map((point) => [point.period.label, full(point.value, kpi.unit), full(point.target, kpi.unit), point.isMature ? "yes" : "not yet"]),
  }));
}

function trendTip(kpi, point, mark) {
  const rows = [[kpi.kpi_label, full(point.value, kpi.unit), mark]];
  if (point.target !== null) rows.push(["Target", full(point.target, kpi.unit), colour("ink")]);
  if (kpi.unit === "ratio" && point.denominator !== null) rows.push(["Made of", `${number(point.numerator)} of ${number(point.denominator)}`]);
  const note = point.value === null ? "unknown" : point.isMature ? null : "not mature yet";
  return { title: point.period.label, rows, note };
}

function trendBars(kpi, points, main) {
  return {
    name: kpi.kpi_label, type: "bar", barMaxWidth: 26,
    data: points.map((point) => ({
      value: point.value,
      itemStyle: point.isMature ? { color: main, borderRadius: [3, 3, 0, 0] } : { color: colour("accent-soft"), borderColor: main, borderWidth: 1.25, borderType: "dashed", borderRadius: [3, 3, 0, 0] },
    })),
  };
}

function trendLine(kpi, points, main) {
  const lastMature = points.findLastIndex((point) => point.isMature && point.value !== null);
  const dot = (point) => ({ value: point.value, symbol: "circle", symbolSize: 7, itemStyle: point.isMature ? { color: main } : { color: colour("card"), borderColor: main, borderWidth: 1.75 } });
  const line = { name: kpi.kpi_label, type: "line", connectNulls: false };
  return [
    { ...line, data: points.map((point, index) => (index <= lastMature ? dot(point) : null)), lineStyle: { color: main, width: 2 } },
    { ...line, data: points.map((point, index) => (index >= lastMature ? dot(point) : null)), lineStyle: { color: main, width: 2, type: [4, 4] } },
  ];
}
