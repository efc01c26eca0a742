// Conversion by channel: entries of the chosen period, and pooled mature cohorts for each step.

PAGE.channels = function () {
  const period = currentPeriod();
  const entries = stageEntries(period);
  const pooled = conversions(period);
  const table = byId("channel-table");
  const first = DATA.stages.find((row) => !row.is_side_state && entries.ever.has(row.stage));
  const channels = [...new Set([...Object.keys(entries.byChannel), ...Object.keys(pooled.byChannel)])];
  if (!first || !channels.length) return fill(table, h("tbody", {}, h("tr", {}, h("td", {}, empty("No channel has brought anyone yet.")))));
  const steps = DATA.steps.filter((step) => pooled.total[`${step.from}>${step.to}`]);
  const count = (channel) => entries.byChannel[channel]?.[first.stage] || 0;
  const base = (channel) => Math.max(0, ...steps.map((step) => pooled.byChannel[channel]?.[`${step.from}>${step.to}`]?.entered || 0));
  channels.sort((one, other) => count(other) - count(one) || base(other) - base(one) || (one < other ? -1 : 1));
  const largest = Math.max(1, ...channels.map(count));
  const best = steps.map((step) => Math.max(0, ...channels.map((channel) => rateOf(pooled.byChannel[channel]?.[`${step.from}>${step.to}`]) || 0)));
  return fill(table,
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Channel"), h("th", { scope: "col", class: "number" }, first.stage_name, h("small", {}, period.label)),
      steps.map((step) => h("th", { scope: "col", class: "number" }, `${stageLabel(step.from)} → ${stageLabel(step.to)}`, h("small", {}, step.windowDays === null ? "" : `within ${plural(step.windowDays, "day")}`))))),
    h("tbody", {}, channels.map((channel) => channelRow(channel, count(channel), largest, steps, best, pooled))),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, "All channels"), h("td", { class: "number" }, number(entries.total[first.stage] || 0)), steps.map((step) => rateCell(pooled.total[`${step.from}>${step.to}`], 0)))));
};

function channelRow(channel, count, largest, steps, best, pooled) {
  return h("tr", {},
    h("th", { scope: "row", class: "wrap-name" }, words(channel)),
    h("td", { class: "number cell-bar" }, h("i", { "aria-hidden": "true", style: { width: `calc((100% - 84px) * ${count / largest})` } }), h("span", {}, number(count))),
    steps.map((step, index) => rateCell(pooled.byChannel[channel]?.[`${step.from}>${step.to}`], best[index])));
}

function rateCell(sums, best) {
  const rate = rateOf(sums);
  if (rate === null) return h("td", { class: "number" }, h("span", { class: "unknown", title: "unknown: no mature cohort" }, "–"));
  const strength = best > 0 ? Math.round((rate / best) * 100) : 0;
  return h("td", { class: "number cell-rate", style: { "--strength": `${strength}%` } }, short(rate, "ratio"), h("small", {}, `${number(sums.converted)} of ${number(sums.entered)}`));
}
