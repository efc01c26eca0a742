// One KPI: its trend, and its members along one dimension.

const TREND_LENGTH = { month: 25, quarter: 13, year: 10 };
const MEMBERS_SHOWN = 10;

PAGE.setUpExplore = function () {
  const select = byId("explore-kpi");
  fill(select, DATA.kpis.map((kpi) => h("option", { value: kpi.kpi }, kpi.kpi_label)));
  STATE.kpi = (DATA.kpis.find(hasSomethingToShow) || DATA.kpis[0])?.kpi || null;
  select.value = STATE.kpi;
  select.closest(".controls").hidden = !STATE.kpi;
  select.addEventListener("change", () => {
    STATE.kpi = select.value;
    PAGE.explore();
  });
};

function hasSomethingToShow(kpi) {
  const period = currentPeriod();
  return period && total(kpi.kpi, STATE.grain, period.start).value && dimensionsOf(kpi.kpi).length > 0;
}

PAGE.explore = function () {
  const kpi = KPIS.get(STATE.kpi);
  const period = currentPeriod();
  if (!kpi || !period) {
    drawEmpty("explore-trend", "No figures have been published yet.");
    return fill(byId("explore-members"), empty("Nothing to break down yet."));
  }
  const found = dimensionsOf(kpi.kpi);
  if (!found.includes(STATE.dimension)) STATE.dimension = found[0] || null;
  dimensionButtons(found);
  fill(document.querySelector("[data-definition=explore]"), definition(kpi));
  fill(byId("explore-trend-title"), kpi.kpi_label, h("small", {}, `by ${STATE.grain}`));
  trend("explore-trend", kpi, trendPeriods(STATE.grain, TREND_LENGTH[STATE.grain]));
  fill(byId("explore-members-title"), STATE.dimension ? `By ${words(STATE.dimension)}` : "Breakdown", h("small", {}, period.label));
  return memberBars(kpi, period);
};

function dimensionButtons(found) {
  const place = byId("dimension-switch");
  const names = [...new Set(["channel", "team", "segment", "region", "product", ...found])];
  const hadFocus = place.contains(document.activeElement);
  fill(place, names.map((name) => h("button", {
    type: "button", "data-dimension": name, "aria-pressed": String(name === STATE.dimension), disabled: !found.includes(name),
    onclick: () => {
      STATE.dimension = name;
      PAGE.explore();
    },
  }, words(name))));
  if (hadFocus) place.querySelector("[aria-pressed=true]")?.focus();
}

function memberBars(kpi, period) {
  const place = byId("explore-members");
  const { count, rows } = members(kpi.kpi, STATE.dimension, STATE.grain, period.start);
  if (!rows.length) {
    return fill(place, empty(STATE.dimension ? `No breakdown by ${words(STATE.dimension)} is kept for ${period.label}.` : `${kpi.kpi_label} is published as a total only.`));
  }
  const known = rows.filter((row) => row.value !== null);
  const high = Math.max(0, ...known.map((row) => Math.max(row.value, row.target || 0)));
  const low = Math.min(0, ...known.map((row) => row.value));
  const share = (value) => (high === low ? 0 : ((value - low) / (high - low)) * 100);
  const list = h("ul", { class: "members" }, rows.map((row, index) => memberRow(kpi, row, share, index >= MEMBERS_SHOWN)));
  const hidden = rows.length - MEMBERS_SHOWN;
  const more = hidden > 0 ? h("button", { type: "button", class: "more", onclick: () => {
    for (const item of list.children) item.hidden = false;
    more.remove();
  } }, `Show ${hidden} more`) : null;
  return fill(place, list, more, count > rows.length ? h("p", { class: "note" }, `The largest ${rows.length} of ${number(count)}.`) : null);
}

function memberRow(kpi, row, share, isHidden) {
  const zero = share(0), end = row.value === null ? zero : share(row.value);
  const bar = row.value === null ? null : h("i", { class: row.isMature ? "bar" : "bar bar-immature", style: { left: `${Math.min(zero, end)}%`, width: `${Math.abs(end - zero)}%` } });
  const mark = row.target === null ? null : h("i", { class: "bar-target", title: `Target ${full(row.target, kpi.unit)}`, style: { left: `${share(row.target)}%` } });
  return h("li", { hidden: isHidden },
    h("span", { class: "member-name", title: row.member }, STATE.dimension === "channel" ? words(row.member) : row.member),
    h("span", { class: "member-value" }, valueNode(row.value, kpi.unit)),
    h("span", { class: "member-bar", "aria-hidden": "true" }, bar, mark),
    h("span", { class: "member-change" }, row.prior === null || row.value === null ? null : changeNode(row.value, row.prior, kpi.unit)));
}
