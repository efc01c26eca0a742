// The funnel: entries into each stage of the chosen period, and what mature cohorts converted.

PAGE.funnel = function () {
  const period = currentPeriod();
  const list = byId("funnel-stages");
  const entries = stageEntries(period);
  const pooled = conversions(period);
  const main = DATA.stages.filter((row) => !row.is_side_state);
  const seen = main.filter((row) => entries.ever.has(row.stage));
  if (!seen.length) {
    fill(byId("funnel-notes"));
    return fill(list, h("li", { class: "funnel-empty" }, empty(DATA.flow.length ? "Nobody has entered a stage yet." : "No leads yet: connect a lead source, and stages fill here.")));
  }
  const largest = Math.max(1, ...seen.map((row) => entries.total[row.stage] || 0));
  fill(list, seen.map((row, index) => [
    stageRow(row, entries.total[row.stage] || 0, largest),
    index < seen.length - 1 ? stepRow(row.stage, seen[index + 1].stage, pooled) : null,
  ]));
  return fill(byId("funnel-notes"), funnelNotes(main, seen, entries, pooled));
};

function stageRow(row, count, largest) {
  return h("li", { class: "stage", "data-stage": row.stage },
    h("span", { class: "stage-name" }, ownerDot(row.owner_function), h("span", { title: words(row.owner_function) }, row.stage_name)),
    h("span", { class: "stage-track", "aria-hidden": "true" }, h("i", { class: `owner-${String(row.owner_function || "none").replace(/[^a-z_]/g, "")}`, style: { width: `${(count / largest) * 100}%` } })),
    h("span", { class: "stage-count" }, number(count)));
}

function stepRow(from, to, pooled) {
  const step = `${from}>${to}`;
  const known = DATA.steps.find((row) => row.from === from && row.to === to);
  if (!known) return null;
  const sums = pooled.total[step], rate = rateOf(sums);
  if (rate === null) return h("li", { class: "step" }, h("span", { class: "step-text" }, unknown(), " no mature cohort up to this period"));
  return h("li", { class: "step" }, h("span", { class: "step-text" },
    h("b", {}, short(rate, "ratio")), ` go on to ${stageLabel(to)}${within(known)}`,
    h("span", { class: "step-base" }, `${number(sums.converted)} of ${number(sums.entered)}, ${cohortSpan(pooled.months[step])}`)));
}

function within(step) {
  return step.windowDays === null ? "" : ` within ${plural(step.windowDays, "day")}`;
}

function cohortSpan(months) {
  if (!months?.length) return "";
  return months.length === 1 ? `cohort ${monthName(months[0])}` : `cohorts ${monthName(months[0])} – ${monthName(months.at(-1))}`;
}

function funnelNotes(main, seen, entries, pooled) {
  const order = seen.map((row) => row.stage);
  const longer = DATA.steps.filter((step) => order.indexOf(step.to) - order.indexOf(step.from) !== 1 && rateOf(pooled.total[`${step.from}>${step.to}`]) !== null);
  const sides = DATA.stages.filter((row) => row.is_side_state && entries.ever.has(row.stage));
  const never = main.filter((row) => !entries.ever.has(row.stage));
  return h("div", { class: "funnel-notes" },
    longer.length ? h("p", {}, h("b", {}, "Further "), longer.map((step, index) => [index ? ", " : "", `${stageLabel(step.from)} to ${stageLabel(step.to)} `, h("span", { class: "strong" }, short(rateOf(pooled.total[`${step.from}>${step.to}`]), "ratio")), within(step)])) : null,
    sides.length ? h("p", {}, h("b", {}, "Beside the funnel "), sides.map((row, index) => [index ? ", " : "", `${row.stage_name} `, h("span", { class: "strong" }, number(entries.total[row.stage] || 0))])) : null,
    never.length ? h("p", {}, h("b", {}, "No data yet "), never.map((row) => row.stage_name).join(", ")) : null);
}
