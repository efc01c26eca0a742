// Looking things up in the page's data. Sums here are of counts and of a cohort's two sums only.

const NOTHING = { value: null, numerator: null, denominator: null, target: null, prior: null, isMature: true, stale: null, isPresent: false };
const KPIS = new Map(DATA.kpis.map((kpi) => [kpi.kpi, kpi]));

function total(kpi, grain, start) {
  const row = DATA.totals[kpi]?.[grain]?.[start];
  if (!row) return NOTHING;
  const [value, numerator, denominator, target, prior, isMature, stale] = row;
  return { value, numerator, denominator, target, prior, isMature, stale, isPresent: true };
}

function members(kpi, dimension, grain, start) {
  const cell = DATA.breakdowns[kpi]?.[dimension]?.[grain]?.[start];
  if (!cell) return { count: 0, rows: [] };
  const rows = cell.rows.map(([member, value, target, prior, isMature]) => ({ member, value, target, prior, isMature }));
  return { count: cell.count, rows };
}

function dimensionsOf(kpi) {
  const preferred = ["channel", "team", "segment", "region", "product"];
  const found = Object.keys(DATA.breakdowns[kpi] || {});
  return [...preferred.filter((name) => found.includes(name)), ...found.filter((name) => !preferred.includes(name))];
}

function periods(grain) {
  return DATA.periods[grain];
}

function currentPeriod() {
  return periods(STATE.grain)[STATE.index[STATE.grain]] || null;
}

function priorPeriod() {
  return periods(STATE.grain)[STATE.index[STATE.grain] - 1] || null;
}

// The newest `count` periods of a grain that had begun by the end of the chosen period.
function trendPeriods(grain, count) {
  const chosen = currentPeriod();
  const begun = chosen ? periods(grain).filter((period) => period.start < chosen.next) : [];
  return begun.slice(-count);
}

function stageLabel(stage) {
  return DATA.stages.find((row) => row.stage === stage)?.stage_name || words(stage);
}

// Entries into stages during a period: {total: {stage: n}, byChannel: {channel: {stage: n}}, ever: Set}.
function stageEntries(period) {
  const entries = { total: {}, byChannel: {}, ever: new Set() };
  for (const [month, stage, channel, count] of DATA.flow) {
    if (count) entries.ever.add(stage);
    if (!period || month < period.start || month >= period.next) continue;
    entries.total[stage] = (entries.total[stage] || 0) + count;
    const ofChannel = (entries.byChannel[channel] ||= {});
    ofChannel[stage] = (ofChannel[stage] || 0) + count;
  }
  return entries;
}

// Mature cohorts of the latest twelve months up to the period's end, pooled for each step.
function conversions(period) {
  const found = { months: {}, total: {}, byChannel: {} };
  if (!period) return found;
  const months = {};
  for (const [month, , from, to] of DATA.cohorts) {
    if (month < period.next) (months[`${from}>${to}`] ||= new Set()).add(month);
  }
  for (const [step, all] of Object.entries(months)) found.months[step] = [...all].sort().slice(-12);
  for (const [month, channel, from, to, entered, converted] of DATA.cohorts) {
    const step = `${from}>${to}`;
    if (!found.months[step]?.includes(month)) continue;
    addCohort((found.total[step] ||= { entered: 0, converted: 0 }), entered, converted);
    const ofChannel = (found.byChannel[channel] ||= {});
    addCohort((ofChannel[step] ||= { entered: 0, converted: 0 }), entered, converted);
  }
  return found;
}

function addCohort(sums, entered, converted) {
  sums.entered += entered || 0;
  sums.converted += converted || 0;
}

function rateOf(sums) {
  return sums && sums.entered > 0 ? sums.converted / sums.entered : null;
}
