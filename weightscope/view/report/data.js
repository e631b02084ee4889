"use strict";

/** What Python wrote into the page. */
const DATA = JSON.parse(document.getElementById("data").textContent);

/** Returns the bytes of a text in base64; browsers from before 2025 have no function of their own for it. */
function bytes(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64).buffer;
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)).buffer;
}

const orNull = (number) => (Number.isNaN(number) ? null : number);

/** Returns a function that returns the value of a row; packing.py says how columns are packed. */
function reader(packed) {
  if ("all" in packed) return () => packed.all;
  if ("list" in packed) return (row) => packed.list[row];
  if ("joined" in packed) {
    const [start, end] = packed.joined.map(lazyReader);
    return (row) => start(row) + end(row);
  }
  if ("words" in packed) {
    const words = packed.words.split(" ");
    return (row) => words[row];
  }
  if ("of" in packed) {
    const places = packed.u1 ? new Uint8Array(bytes(packed.u1)) : new Uint16Array(bytes(packed.u2));
    return (row) => packed.of[places[row]];
  }
  const numbers = packed.f4 ? new Float32Array(bytes(packed.f4)) : new Float64Array(bytes(packed.f8));
  return (row) => orNull(numbers[row]);
}

/** Returns the same, and unpacks the column when a value is asked for. */
function lazyReader(packed) {
  let read = null;
  return (row) => (read ??= reader(packed))(row);
}

/** The columns of the table by name; `at` returns the value of a row. */
const COLUMNS = new Map(DATA.columns.map((one) => [one.name, { ...one, at: lazyReader(one.values) }]));

/** Returns the value of a row in a column; null where there is no such column. */
const valueOf = (name, row) => COLUMNS.get(name)?.at(row) ?? null;

/** Returns the different values of a column. */
function distinctValues(name) {
  const column = COLUMNS.get(name);
  if (!column) return [];
  return "all" in column.values ? [column.values.all] : (column.values.of ?? column.values.list ?? []);
}

/**
 * Returns a value as strict JSON: numbers that JSON lacks are texts, and whole ones beyond floats are digits here.
 * A large float keeps its exponent: 9223372036854776000 would be another whole number than 9.223372036854776e+18 is.
 */
function json(value, kind) {
  if (kind === "number" && typeof value === "string" && /^-?\d+$/.test(value)) return value;
  if (typeof value !== "number") return JSON.stringify(value);
  if (!Number.isFinite(value)) return `"${value}"`;
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? value.toExponential() : JSON.stringify(value);
}

let details = null;

/** Returns the details of a row; undefined where there are none, or the end of the page is not there yet. */
function detailOf(row) {
  if (document.readyState === "loading") return undefined;
  details ??= JSON.parse(document.getElementById("details").textContent);
  return details[row];
}
