/** Characters that would move or hide others: controls, formats (bidirectional ones too), separators. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

function escaped(character) {
  const code = character.codePointAt(0);
  const short = { "\t": "\\t", "\n": "\\n", "\r": "\\r" }[character];
  if (short) return short;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\U${code.toString(16).padStart(8, "0")}`;
}

/** Returns a text of the model as it is shown. */
const safe = (text) => text.replace(UNSAFE, escaped);

const whole = (number) => number.toLocaleString("en");

function size(number) {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  for (; number >= 1024 && unit < units.length - 1; unit++) number /= 1024;
  return unit ? `${number.toLocaleString("en", { minimumFractionDigits: 1, maximumFractionDigits: 1 })} ${units[unit]}` : `${number} B`;
}

/** Returns a number with four digits, as the command line writes it. */
function decimal(number) {
  if (typeof number !== "number" || Number.isNaN(number)) return String(number);
  if (!Number.isFinite(number)) return number > 0 ? "Inf" : "-Inf";
  const [digits, exponent] = number.toExponential(3).split("e");
  if (number !== 0 && (exponent < -4 || exponent > 3)) {
    return `${+digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const text = String(+number.toPrecision(4));
  return text.includes(".") ? text : `${text}.0`;
}

const share = (number) => (number > 0 && number < 0.0005 ? "<0.1 %" : `${(100 * number).toFixed(1)} %`);

const WRITERS = {
  number: decimal,
  count: whole,
  bytes: size,
  share,
  flag: (flag) => (flag ? "yes" : "no"),
  shape: (sizes) => (sizes.length === 1 ? `(${sizes[0]},)` : `(${sizes.join(", ")})`),
};

/** Returns the text of a value in a cell. */
function written(kind, value) {
  if (value === null) return kind === "flag" ? "?" : "";
  if (typeof value === "string") return safe(value);
  return (WRITERS[kind] ?? String)(value);
}

/** Returns an element; strings among the children become text, never markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made[name] = value;
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Returns a word as a shell reads it; what cannot be seen is written as an escape. */
function quoted(word) {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (word.search(UNSAFE) < 0) return `'${word.replaceAll("'", `'"'"'`)}'`;
  return `$'${word.replace(/['\\]/g, "\\$&").replace(UNSAFE, escaped)}'`;
}

/** Returns the link of a variable, which opens it; empty for a name that no link can hold. */
function linkOf(path) {
  try {
    return `#${encodeURIComponent(path).replaceAll("%2F", "/")}`;
  } catch {
    return "";
  }
}
