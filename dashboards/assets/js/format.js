// Numbers and dates as people read them. An unknown value is a dash, never a zero.

const DURATIONS = ["days", "minutes", "months"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const COMPACT_FROM = { count: 1e6, currency: 1e5, days: 1e5 };
const TWO_DIGITS = { minimumFractionDigits: 2, maximumFractionDigits: 2 };
const ONE_DIGIT = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

const FORMATS = new Map();

// Making a formatter costs far more than using it.
function number(value, options) {
  const key = JSON.stringify(options);
  if (!FORMATS.has(key)) FORMATS.set(key, new Intl.NumberFormat("en", options));
  return FORMATS.get(key).format(value);
}

function money(value, options) {
  try {
    return number(value, { style: "currency", currency: DATA.currency || "", ...options });
  } catch {
    const { currencyDisplay, ...plain } = options;
    return DATA.currency ? `${DATA.currency} ${number(value, plain)}` : number(value, plain);
  }
}

// The value in full, for tooltips and tables.
function full(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "ratio") return `${number(value * 100, { maximumFractionDigits: 2 })}%`;
  if (unit === "currency") return money(value, Number.isInteger(value) ? { maximumFractionDigits: 0 } : TWO_DIGITS);
  if (DURATIONS.includes(unit)) return `${number(value, { maximumFractionDigits: 1 })} ${unit}`;
  return number(value, { maximumFractionDigits: 2 });
}

// The value in few characters, for cards, axes and bars.
function short(value, unit) {
  if (value === null || value === undefined) return "–";
  if (unit === "ratio") return `${number(value * 100, value !== 0 && Math.abs(value) < 0.01 ? { maximumFractionDigits: 2 } : ONE_DIGIT)}%`;
  if (Math.abs(value) >= 1e15) {
    return `${unit === "currency" && DATA.currency ? `${DATA.currency} ` : ""}${number(value, { notation: "scientific", maximumFractionDigits: 2 })}`;
  }
  const isCompact = Math.abs(value) >= (COMPACT_FROM[unit] || COMPACT_FROM.count);
  const options = isCompact ? { notation: "compact", ...(Math.abs(value) < 1e6 ? ONE_DIGIT : TWO_DIGITS) } : {};
  if (unit === "currency") return money(value, isCompact ? options : { maximumFractionDigits: 0 });
  if (DURATIONS.includes(unit)) return `${number(value, { maximumFractionDigits: 1, ...options })} ${unit}`;
  return number(value, { maximumFractionDigits: 1, ...options });
}

function axis(value, unit) {
  if (unit === "ratio") return `${number(value * 100, { maximumFractionDigits: 1 })}%`;
  return Math.abs(value) >= 1e15 ? number(value, { notation: "scientific", maximumFractionDigits: 1 }) : number(value, { notation: "compact", maximumFractionDigits: 1 });
}

// {text, title} of a change against the period before, or null when there is nothing to compare.
function change(value, prior, unit) {
  if (value === null || prior === null || prior === undefined || value === undefined) return null;
  const arrow = value > prior ? "▲" : value < prior ? "▼" : "";
  const title = `${full(prior, unit)} in the period before`;
  if (!arrow) return { arrow: "=", text: "unchanged", title };
  if (unit === "ratio") {
    return { arrow, text: `${number(Math.abs(value - prior) * 100, ONE_DIGIT)} pp`, title };
  }
  if (prior === 0) return { arrow, text: "from 0", title };
  const share = Math.abs((value - prior) / prior);
  const text = share >= 10 ? `${number(share, { notation: "compact", maximumSignificantDigits: 3 })}×` : `${number(share * 100, ONE_DIGIT)}%`;
  return { arrow, text, title };
}

function day(iso) {
  if (!iso) return "–";
  const [year, month, date] = iso.slice(0, 10).split("-").map(Number);
  return `${date} ${MONTHS[month - 1]} ${year}`;
}

function monthName(iso) {
  return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
}

function monthShort(iso) {
  return `${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(2, 4)}`;
}

function words(name) {
  return String(name || "").replaceAll("_", " ");
}

function plural(count, noun) {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}
