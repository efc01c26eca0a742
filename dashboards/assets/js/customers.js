// Before and after the sale: touches by channel group, recurring revenue by month.

const GROUPS_SHOWN = 7;

PAGE.reach = function () {
  const months = trendPeriods("month", 24);
  const groups = touchGroups(months);
  fill(byId("reach-legend"));
  if (!groups.length) return drawEmpty("reach-chart", "No touches have been published yet.");
  const colours = palette(groups.length);
  const series = groups.map((group, index) => ({ name: group.name, type: "bar", stack: "touches", barMaxWidth: 30, itemStyle: { color: group.isRest ? colour("series-rest") : colours[index] }, data: group.values }));
  const all = months.map((_, at) => groups.reduce((sum, group) => sum + group.values[at], 0));
  draw("reach-chart", {
    xAxis: categoryAxis(months.map((month) => month.short)), yAxis: valueAxis("count"), series, legend: { show: false },
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      const rows = groups.map((group, index) => [group.name, full(group.values[at], "count"), series[index].itemStyle.color]);
      return { title: months[at].label, rows: [...rows, ["All channels", full(all[at], "count"), null]] };
    }),
  }, `Touches by month and channel group, ${months[0].label} to ${months.at(-1).label}`, () => ({
    head: ["Month", "All", ...groups.map((group) => group.name)],
    rows: months.map((month, at) => [month.label, full(all[at], "count"), ...groups.map((group) => full(group.values[at], "count"))]),
  }));
  return legend("reach-legend", "reach-chart", series.map((one) => ({ name: one.name, mark: one.itemStyle.color })));
};

// The largest groups one by one, the others together; a month without touches counts none.
function touchGroups(months) {
  const at = new Map(months.map((month, index) => [month.start, index]));
  const found = new Map();
  for (const [month, name, count] of DATA.touches) {
    if (!at.has(month)) continue;
    if (!found.has(name)) found.set(name, months.map(() => 0));
    found.get(name)[at.get(month)] = count;
  }
  const size = (values) => values.reduce((sum, value) => sum + value, 0);
  const ranked = [...found].map(([name, values]) => ({ name: words(name), values })).sort((one, other) => size(other.values) - size(one.values) || (one.name < other.name ? -1 : 1));
  if (ranked.length <= GROUPS_SHOWN + 1) return ranked;
  const rest = ranked.slice(GROUPS_SHOWN);
  const values = months.map((_, index) => size(rest.map((group) => group.values[index])));
  return [...ranked.slice(0, GROUPS_SHOWN), { name: `${rest.length} other groups`, values, isRest: true }];
}

PAGE.recurring = function () {
  const months = trendPeriods("month", 24);
  const rows = new Map(DATA.recurring.map(([month, amount, customers]) => [month, { amount, customers }]));
  const values = months.map((month) => rows.get(month.start) || { amount: null, customers: null });
  fill(byId("recurring-legend"));
  if (!values.some((value) => value.customers !== null)) return drawEmpty("recurring-chart", "No subscriptions have been published yet.");
  const main = colour("accent");
  draw("recurring-chart", {
    xAxis: categoryAxis(months.map((month) => month.short)), yAxis: valueAxis("currency"), legend: { show: false },
    series: [{ name: "Recurring revenue", type: "line", symbol: "none", areaStyle: { color: main, opacity: 0.12 }, lineStyle: { color: main, width: 2 }, itemStyle: { color: main }, data: values.map((value) => value.amount) }],
    tooltip: tooltip((points) => {
      const at = points[0].dataIndex;
      return { title: months[at].label, rows: [["Recurring revenue", full(values[at].amount, "currency"), main], ["Customers", full(values[at].customers, "count"), null]] };
    }),
  }, `Recurring revenue by month, ${months[0].label} to ${months.at(-1).label}`, () => ({
    head: ["Month", "Recurring revenue", "Customers"],
    rows: months.map((month, at) => [month.label, full(values[at].amount, "currency"), full(values[at].customers, "count")]),
  }));
  return null;
};
