// Small pieces used by several sections: unknown values, changes, definitions, sparklines.

function unknown() {
  return h("span", { class: "unknown", title: "unknown", role: "img", "aria-label": "unknown" }, "–");
}

function valueNode(value, unit) {
  return value === null || value === undefined ? unknown() : h("span", { title: full(value, unit) }, short(value, unit));
}

function changeNode(value, prior, unit) {
  const found = change(value, prior, unit);
  if (!found) return h("span", { class: "change change-none" }, "no earlier period");
  const spoken = { "▲": "up", "▼": "down", "=": "" }[found.arrow];
  const tone = { "▲": "up", "▼": "down", "=": "same" }[found.arrow];
  return h("span", { class: `change change-${tone}`, title: found.title },
    h("span", { "aria-hidden": "true" }, found.arrow === "=" ? "" : `${found.arrow} `),
    h("span", { class: "sr-only" }, spoken ? `${spoken} ` : ""), found.text);
}

function ownerDot(owner) {
  return h("i", { class: `dot owner-${String(owner || "none").replace(/[^a-z_]/g, "")}`, "aria-hidden": "true" });
}

function definitionList(kpi) {
  const lines = [["Formula", kpi.formula], ["Dated by", words(kpi.date_role)], ["Mature", kpi.maturity_rule], ["Owner", words(kpi.owner)], ["Group", words(kpi.kpi_group)]];
  return [
    h("p", {}, kpi.description || "No description in the KPI dictionary."),
    h("dl", {}, lines.filter(([, text]) => text).map(([name, text]) => h("div", {}, h("dt", {}, name), h("dd", {}, text)))),
  ];
}

function definition(kpi) {
  return h("details", { class: "definition" }, h("summary", {}, `What “${kpi.kpi_label}” means`), definitionList(kpi));
}

function empty(text) {
  return h("p", { class: "empty" }, text);
}

// A line over the points {value, isMature}; unknown values are gaps, immature ones dashed and hollow.
function sparkline(points, label) {
  const width = 132, height = 34, inset = 4;
  const known = points.filter((point) => point.value !== null).map((point) => point.value);
  if (known.length < 2) return null;
  const low = Math.min(...known), high = Math.max(...known);
  const x = (index) => inset + (index * (width - 2 * inset)) / (points.length - 1);
  const y = (value) => (high === low ? height / 2 : height - inset - ((value - low) * (height - 2 * inset)) / (high - low));
  const image = svg("svg", { class: "spark", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label });
  for (let index = 1; index < points.length; index += 1) {
    const [from, to] = [points[index - 1], points[index]];
    if (from.value === null || to.value === null) continue;
    image.append(svg("line", { class: to.isMature ? "spark-line" : "spark-line spark-dashed", x1: x(index - 1).toFixed(1), y1: y(from.value).toFixed(1), x2: x(index).toFixed(1), y2: y(to.value).toFixed(1) }));
  }
  const last = points.findLastIndex((point) => point.value !== null);
  image.append(svg("circle", { class: points[last].isMature ? "spark-dot" : "spark-dot spark-hollow", cx: x(last).toFixed(1), cy: y(points[last].value).toFixed(1), r: 2.6 }));
  return image;
}
