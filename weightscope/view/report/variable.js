const PANEL = document.getElementById("variable");

const fact = (name, ...value) => [element("dt", {}, name), element("dd", {}, ...value)];

/** Returns the sizes of a shape with the meaning of each axis. */
function shapeWithAxes(sizes, axes) {
  const text = written("shape", sizes);
  return axes?.length ? `${text}: ${axes.map((axis, place) => `${axis} ${whole(sizes[place])}`).join(", ")}` : text;
}

function facts(row, detail) {
  const list = element("dl", { class: "facts" });
  for (const column of COLUMNS.values()) {
    const value = column.at(row);
    if (["path", "bars"].includes(column.kind) || value === null) continue;
    const text = column.kind === "shape" ? shapeWithAxes(value, detail?.axes) : written(column.kind, value);
    list.append(...fact(column.heading, text));
  }
  return list;
}

/** Estimates quantiles from the distribution of a row: its bins are wide, and so are the errors. */
function estimatedQuantiles(digits, minimum, maximum) {
  const heights = heightsOf(digits);
  const { from, width } = binsBetween(minimum, maximum);
  const sum = heights.reduce((a, b) => a + b, 0);
  return [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((part) => {
    let rest = part * sum;
    const bin = heights.findIndex((height) => (rest -= height) <= 0);
    const value = from + width * (bin + 1 + rest / heights[bin]);
    return [part, Math.min(Math.max(value, minimum), maximum)];
  });
}

function quantileTable(title, pairs) {
  const percent = pairs.map(([part]) => element("th", { scope: "col" }, `${whole(part * 100)} %`));
  const values = pairs.map(([, value]) => element("td", { "data-value": json(value) }, written("number", value)));
  const rows = [element("tr", {}, ...percent), element("tr", {}, ...values)];
  return element("table", { class: "quantiles", tabindex: 0 }, element("caption", {}, title), ...rows);
}

/** Returns quantiles and a histogram: exact where the page has them, else from the bins of the row. */
function values(row, detail) {
  const [minimum, maximum, digits] = ["minimum", "maximum", "distribution"].map((name) => valueOf(name, row));
  if (minimum === null || !digits) return [];
  const exact = detail?.histogram;
  const label = `Distribution from ${decimal(minimum)} to ${decimal(maximum)}`;
  if (exact) {
    const most = Math.max(...exact.counts);
    const width = (exact.to - exact.from) / exact.counts.length;
    const heights = exact.counts.map((count) => count / most);
    const chart = histogram(label, [{ from: exact.from, width, heights, kind: "a" }]);
    return [chart, quantileTable("Quantiles", detail.quantiles)];
  }
  const chart = histogram(label, [{ ...binsBetween(minimum, maximum), heights: heightsOf(digits), kind: "a" }]);
  const estimated = minimum < maximum ? estimatedQuantiles(digits, minimum, maximum) : [];
  return [chart, ...(estimated.length ? [quantileTable("Quantiles, estimated from 16 bins", estimated)] : [])];
}

function picture(detail, path) {
  const found = detail?.picture;
  if (!found) return [];
  const [down, across] = found.axes;
  const caption = element("figcaption", {}, `↓ ${safe(down)}, → ${safe(across)}; ${safe(found.caption)}`);
  const map = heatMap(found, `Values of ${safe(path).slice(0, 200)}: ${found.caption}`);
  return [element("figure", {}, map, colorScale(found), caption)];
}

/** Returns the distributions of A and B over one axis. */
function overlaid(row) {
  const found = ["a", "b"].flatMap((side) => {
    const [minimum, maximum] = ["minimum", "maximum"].map((name) => reader(DATA.ranges[side][name])(row));
    const digits = valueOf(`values_${side}`, row);
    return digits ? [{ ...binsBetween(minimum, maximum), heights: heightsOf(digits), kind: side }] : [];
  });
  if (!found.length) return [];
  const legend = found.map((one) => element("span", { class: `key ${one.kind}` }, one.kind.toUpperCase()));
  return [histogram("Distributions of A and B", found), element("p", { class: "legend" }, ...legend)];
}

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code);
    document.execCommand("copy"); // browsers that give pages in files no clipboard
  }
  button.textContent = "copied";
}

/** Returns the command line that shows a variable, and a button that copies it. */
function command(words, path) {
  const code = element("code", { tabindex: 0 }, [...words, ...(path.startsWith("-") ? ["--"] : []), path].map(quoted).join(" "));
  const button = element("button", { type: "button" }, "copy as command");
  button.onclick = () => copy(code, button);
  return element("p", { class: "command" }, code, button);
}

function commands(row) {
  const path = valueOf("path", row);
  if (DATA.command) return [command(DATA.command, path)];
  const { a, b } = sides(row);
  return [a, b].flatMap((side, place) => (side && DATA.commands ? [command(DATA.commands[place], side)] : []));
}

/** Returns a name that may be very long as a heading: the command below it has it whole. */
function headingOf(path) {
  const text = safe(path);
  return text.length > 300 ? `${text.slice(0, 200)} … ${text.slice(-80)}` : text;
}

/** Shows one variable in detail. */
function openVariable(row, isAsked = true) {
  const path = valueOf("path", row);
  const detail = detailOf(row);
  const close = element("button", { type: "button", class: "close", "aria-label": "Close", onclick: closeVariable }, "✕");
  TABLE.opened = row;
  PANEL.dataset.variable = path;
  PANEL.hidden = false;
  const shown = DATA.ranges ? overlaid(row) : [...values(row, detail), ...picture(detail, path)];
  PANEL.replaceChildren(close, element("h2", {}, headingOf(path)), ...commands(row), ...shown, facts(row, detail));
  PANEL.scrollTop = 0;
  document.body.classList.add("with-variable");
  history.replaceState(null, "", linkOf(path) || "#");
  drawRows(true);
  if (isAsked && getComputedStyle(PANEL).position === "static") PANEL.scrollIntoView({ block: "start" });
}

function closeVariable() {
  PANEL.hidden = true;
  TABLE.opened = null;
  delete PANEL.dataset.variable;
  document.body.classList.remove("with-variable");
  history.replaceState(null, "", location.pathname + location.search);
  drawRows(true);
  focusCurrent();
}

/** Opens the variable that the address names. */
function openLinked() {
  let path = location.hash.slice(1);
  try {
    path = decodeURIComponent(path);
  } catch {
    // a name with % as it is, typed by hand
  }
  let row = 0;
  while (row < DATA.count && valueOf("path", row) !== path) row++;
  if (!path || row === DATA.count) return;
  const place = TABLE.order.indexOf(row);
  if (place >= 0) {
    TABLE.current = place;
    TABLE.box.scrollTop = (place - 3) * ROW_HEIGHT;
  }
  openVariable(row);
}
