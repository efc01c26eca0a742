// Headline KPIs: one card each, in the order of the KPI dictionary.

PAGE.cards = function () {
  const headlines = DATA.kpis.filter((kpi) => kpi.headline_order !== null);
  const period = currentPeriod();
  const place = byId("cards");
  fill(byId("headlines-prior"), priorPeriod() ? priorPeriod().label : "the period before");
  fill(byId("headlines-note"), period?.progress ? `${period.label} is in progress, day ${period.progress[0]} of ${period.progress[1]}: figures are to date and compare with a whole period.` : "");
  if (!headlines.length) return fill(place, empty("The KPI dictionary names no headline yet."));
  if (!period) return fill(place, empty("No figures have been published yet."));
  place.style.setProperty("--columns", columnsFor(headlines.length));
  return fill(place, headlines.map((kpi) => card(kpi, period)));
};

// Four in a row on a wide screen, unless five or three leave fewer places of the last row empty.
function columnsFor(count) {
  const emptyPlaces = (columns) => (columns - (count % columns)) % columns;
  return [4, 5, 3].reduce((best, columns) => (emptyPlaces(columns) < emptyPlaces(best) ? columns : best));
}

function card(kpi, period) {
  const figure = total(kpi.kpi, STATE.grain, period.start);
  return h("article", { class: `card${figure.isMature || period.progress ? "" : " card-immature"}`, "data-kpi": kpi.kpi },
    h("header", {},
      h("h3", {}, ownerDot(kpi.owner), h("span", { title: `${kpi.kpi_label} · ${words(kpi.owner)}` }, kpi.kpi_label)),
      h("details", { class: "about" }, h("summary", { "aria-label": `What ${kpi.kpi_label} means`, title: kpi.description || "Definition" }, "?"), h("div", { class: "about-text" }, definitionList(kpi)))),
    h("p", { class: "card-value", "data-value": figure.value === null ? "" : figure.value }, valueNode(figure.value, kpi.unit)),
    h("div", { class: "card-middle" },
      h("p", { class: "card-change" }, figure.value === null ? h("span", { class: "change change-none" }, "unknown") : changeNode(figure.value, figure.prior, kpi.unit)),
      monthlySparkline(kpi, period)),
    h("footer", {}, attainment(kpi, figure), notes(figure, period)));
}

function monthlySparkline(kpi, period) {
  const months = periods("month").filter((month) => month.start < period.next).slice(-13);
  const points = months.map((month) => total(kpi.kpi, "month", month.start));
  if (!points.length) return null;
  return sparkline(points, `${kpi.kpi_label}, month by month from ${months[0].label} to ${months.at(-1).label}`);
}

function attainment(kpi, figure) {
  if (figure.target === null) return h("p", { class: "card-target card-target-none" }, "no target");
  const share = figure.value === null || figure.value < 0 || figure.target <= 0 ? null : figure.value / figure.target;
  const text = share === null ? "" : `${number(share * 100, { maximumFractionDigits: share >= 10 ? 0 : 1, notation: share >= 100 ? "compact" : "standard" })}% of `;
  return h("div", { class: "card-target" },
    h("div", { class: "meter", "aria-hidden": "true" }, share === null ? null : h("i", { style: { width: `${Math.max(0, Math.min(100, share * 100))}%` } })),
    h("p", { title: `Target ${full(figure.target, kpi.unit)}` }, text ? h("b", {}, text.replace(" of ", "")) : null, text ? " of " : "target ", short(figure.target, kpi.unit)));
}

function notes(figure, period) {
  return h("p", { class: "tags" },
    figure.isMature || period.progress ? null : h("span", { class: "tag tag-immature", title: "Too young to judge: the figure will still move" }, "not mature"),
    figure.stale ? h("span", { class: "tag tag-stale" }, `stale since ${day(figure.stale)}`) : null);
}
