// Sales' charts: bookings by team, pipeline by day, win rate and cycle.

const TEAMS_SHOWN = 7;
const UNKNOWN_AMOUNTS = "The sources carry no amounts, so there is nothing to add up. Unknown is not zero.";

PAGE.bookings = function () {
  const months = trendPeriods("month", 24);
  const kpi = KPIS.get("bookings");
  const totals = months.map((month) => total("bookings", "month", month.start));
  fill(byId("bookings-legend"));
  if (!kpi || !totals.some((figure) => figure.isPresent)) return drawEmpty("bookings-chart", "No bookings have been published yet.");
  if (!totals.some((figure) => figure.value) && totals.some((figure) => figure.isPresent && figure.value === null)) return drawEmpty("bookings-chart", UNKNOWN_AMOUNTS);
  const stacks = teamStacks(months, totals);
  const colours = palette(stacks.length);
  const series = stacks.map((stack, index) => ({ name: stack.name, type: "bar", stack: "teams", barMaxWidth: 30, itemStyle: { color: stack.isRest ? colour("series-rest") : colours[index] },
    data: stack.values.map((value, at) => (totals[at].isMature ? value : { value, itemStyle: { opacity: 0.55 } })) }));
  const entries = series.map((one) => ({ name: one.name, mark: one.itemStyle.color }));
  if (totals.some((figure) => figure.target !== null)) {
    series.push({ name: "Target", type: "line", step: "middle", symbol: "none", z: 5, data: totals.map((figure) => figure.target), lineStyle: { color: colour("ink"), width: 1.5, type: [4, 3] }, itemStyle: { color: colour("ink") } });
    entries.push({ name: "Target", mark: colour("ink"), isLine: true });
  }
  draw("bookings-chart", {
    xAxis: categoryAxis(months.map((month) => month.short)), yAxis: valueAxis("currency"), series, legend: { show: false },
    tooltip: tooltip((points) => bookingsTip(points[0].dataIndex, months, totals, stacks, entries)),
  }, `Bookings by month and team, ${months[0].label} to ${months.at(-1).label}`, () => ({
    head: ["Month", "All", "Target", ...stacks.map((stack) => stack.name)],
    rows: months.map((month, at) => [month.label, full(totals[at].value, "currency"), full(totals[at].target, "currency"), ...stacks.map((stack) => full(stack.values[at], "currency"))]),
  }));
  return legend("bookings-legend", "bookings-chart", entries);
};

function bookingsTip(at, months, totals, stacks, entries) {
  const rows = stacks.map((stack, index) => [stack.name, full(stack.values[at], "currency"), entries[index].mark]).filter(([, text]) => text !== "–");
  rows.push(["All teams", full(totals[at].value, "currency"), null]);
  if (totals[at].target !== null) rows.push(["Target", full(totals[at].target, "currency"), colour("ink")]);
  return { title: months[at].label, rows, note: totals[at].isMature ? null : "not mature yet" };
}

// The largest teams one by one, the others together; without teams the total is one stack.
function teamStacks(months, totals) {
  const byTeam = new Map();
  months.forEach((month, at) => {
    for (const row of members("bookings", "team", "month", month.start).rows) {
      if (row.value === null) continue;
      if (!byTeam.has(row.member)) byTeam.set(row.member, months.map(() => null));
      byTeam.get(row.member)[at] = row.value;
    }
  });
  if (!byTeam.size) return [{ name: "All teams", values: totals.map((figure) => figure.value) }];
  const size = (values) => values.reduce((sum, value) => sum + Math.abs(value || 0), 0);
  const ranked = [...byTeam].map(([name, values]) => ({ name, values })).sort((one, other) => size(other.values) - size(one.values) || (one.name < other.name ? -1 : 1));
  if (ranked.length <= TEAMS_SHOWN + 1) return ranked;
  const rest = ranked.slice(TEAMS_SHOWN);
  const values = months.map((_, at) => rest.reduce((sum, team) => (team.values[at] === null ? sum : (sum || 0) + team.values[at]), null));
  return [...ranked.slice(0, TEAMS_SHOWN), { name: `${rest.length} other teams`, values, isRest: true }];
}

PAGE.pipeline = function () {
  const { stages, rows } = DATA.pipeline;
  fill(byId("pipeline-legend"));
  fill(byId("pipeline-tiles"));
  if (!rows.length) return drawEmpty("pipeline-chart", "No open pipeline yet.");
  // Days without open deals have an amount of 0 even where no deal has a known amount.
  const hasAmounts = rows.some((row) => row[3]) || !rows.some((row) => row[7]);
  const unit = hasAmounts ? "currency" : "count";
  const days = [...new Set(rows.map((row) => row[0]))];
  const at = new Map(days.map((date, index) => [date, index]));
  const isPipeline = new Map(stages.map((row) => [row.stage, row.isPipeline]));
  const open = new Map(stages.map(({ stage }) => [stage, days.map(() => null)]));
  const sums = days.map(() => ({ count: null, open: null, inPipeline: null, weighted: null, stalled: null, pastDue: null, unknown: 0 }));
  for (const [date, stage, count, amount, weighted, stalled, pastDue, unknownCount] of rows) {
    open.get(stage)[at.get(date)] = hasAmounts ? amount : count;
    const sum = sums[at.get(date)];
    Object.entries({ count, open: amount, weighted, stalled, pastDue }).forEach(([name, value]) => {
      if (value !== null) sum[name] = (sum[name] || 0) + value;
    });
    if (amount !== null && isPipeline.get(stage)) sum.inPipeline = (sum.inPipeline || 0) + amount;
    sum.unknown += unknownCount || 0;
  }
  for (const sum of sums) {
    if (sum.count > 0 && sum.unknown >= sum.count) Object.assign(sum, { open: null, inPipeline: null, weighted: null, stalled: null, pastDue: null });
  }
  pipelineTiles(days.at(-1), sums.at(-1), stages.some((row) => !row.isPipeline));
  return pipelineChart(stages, days, open, sums, unit);
};

function pipelineTiles(date, sum, hasEarlierStages) {
  const pipeline = hasEarlierStages ? [["Thereof pipeline", sum.inPipeline, "currency"]] : [];
  const tiles = [["Open", sum.open, "currency"], ...pipeline, ["Weighted", sum.weighted, "currency"], ["Stalled", sum.stalled, "currency"], ["Past due", sum.pastDue, "currency"], ["Deals", sum.count, "count"]];
  fill(byId("pipeline-tiles"), tiles.map(([name, value, unit]) => h("div", {}, h("dt", {}, name), h("dd", { "data-tile": name }, valueNode(value, unit)))),
    h("div", { class: "tiles-note" }, h("dt", {}, `On ${day(date)}`), h("dd", {}, sum.unknown ? `${plural(sum.unknown, "deal")} without a known amount` : "all amounts known")));
}

function pipelineChart(stages, days, open, sums, unit) {
  const shades = stages.map((row, index) => (row.isPipeline ? mix(colour("stage-first"), colour("stage-last"), stages.length > 1 ? index / (stages.length - 1) : 1) : colour("series-rest")));
  const series = stages.map(({ stage, label }, index) => ({ name: label, type: "line", stack: "open", symbol: "none", lineStyle: { width: 0 }, itemStyle: { color: shades[index] }, areaStyle: { color: shades[index], opacity: 1 }, data: days.map((date, at) => [date, open.get(stage)[at]]) }));
  const entries = stages.map(({ label }, index) => ({ name: label, mark: shades[index] }));
  if (unit === "currency" && sums.some((sum) => sum.weighted !== null)) {
    series.push({ name: "Weighted", type: "line", symbol: "none", z: 5, lineStyle: { color: colour("ink"), width: 1.75, type: [5, 3] }, itemStyle: { color: colour("ink") }, data: days.map((date, at) => [date, sums[at].weighted]) });
    entries.push({ name: "Weighted", mark: colour("ink"), isLine: true });
  }
  const cells = (at) => stages.map(({ stage, label }, index) => [label, full(open.get(stage)[at], unit), shades[index]]);
  draw("pipeline-chart", {
    xAxis: { type: "time", axisTick: { show: false }, axisLine: { lineStyle: { color: colour("line") } }, axisLabel: { color: colour("ink-3"), fontSize: 11, hideOverlap: true, formatter: (value) => monthShort(new Date(value).toISOString()) }, minInterval: 28 * 864e5 },
    yAxis: valueAxis(unit), series, legend: { show: false },
    tooltip: tooltip((points) => {
      const index = points[0].dataIndex;
      const rest = unit === "currency" ? [["Open in all", full(sums[index].open, unit)], ["Weighted", full(sums[index].weighted, unit), colour("ink")]] : [["Open in all", full(sums[index].count, unit)]];
      return { title: day(days[index]), rows: [...cells(index).reverse(), ...rest] };
    }),
  }, `Open pipeline by sales stage, ${day(days[0])} to ${day(days.at(-1))}`, () => monthEnds(stages, days, sums, cells, unit));
  legend("pipeline-legend", "pipeline-chart", entries);
}

// The chart's table shows the last day of each month.
function monthEnds(stages, days, sums, cells, unit) {
  const last = days.map((date, at) => at).filter((at) => at === days.length - 1 || days[at].slice(0, 7) !== days[at + 1].slice(0, 7));
  return {
    head: ["Day", "Open", "Weighted", ...stages.map(({ label }) => label)],
    rows: last.map((at) => [day(days[at]), full(unit === "currency" ? sums[at].open : sums[at].count, unit), full(sums[at].weighted, "currency"), ...cells(at).map(([, text]) => text)]),
  };
}

function mix(from, to, share) {
  const parts = (hex) => [1, 3, 5].map((start) => parseInt(hex.slice(start, start + 2), 16));
  const [one, other] = [parts(from), parts(to)];
  return `#${one.map((part, index) => Math.round(part + (other[index] - part) * share).toString(16).padStart(2, "0")).join("")}`;
}

PAGE.winRate = function () {
  const list = trendPeriods(STATE.grain, TREND_LENGTH[STATE.grain]);
  for (const [name, id] of [["win_rate", "win-rate-chart"], ["sales_cycle_days", "sales-cycle-chart"]]) {
    const kpi = KPIS.get(name);
    if (!kpi || !list.length) drawEmpty(id, "Not published yet.");
    else trend(id, kpi, list);
  }
};
