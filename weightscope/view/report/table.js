/** The height of a row in pixels, as page.css has it, and the rows that are drawn beyond both ends. */
const ROW_HEIGHT = 28;
const SPARE_ROWS = 8;

/** More rows than these are never in sight: page.css bounds the height of the table. */
const MOST_ROWS = 44;

/** Columns whose largest values come first. */
const LARGEST_FIRST = ["number", "count", "bytes", "share"];

const TABLE = { box: document.getElementById("rows"), order: [], sorted: null, current: 0, opened: null, range: "" };

/** Compares two values; null comes last in both directions. */
function compared(one, other, sign) {
  if (one === null || other === null) return (one === null) - (other === null);
  if (Array.isArray(one)) {
    const [product, its] = [one, other].map((sizes) => sizes.reduce((a, b) => a * b, 1));
    return sign * (product - its || one.length - other.length);
  }
  return one < other ? -sign : one > other ? sign : 0;
}

function sortRows() {
  if (!TABLE.sorted) return;
  const { name, sign } = TABLE.sorted;
  const isNumber = COLUMNS.get(name).kind === "number";
  const comparable = (value) => (isNumber && typeof value === "string" ? Number(value) : value);
  const values = Array.from({ length: DATA.count }, (_, row) => comparable(valueOf(name, row)));
  TABLE.order.sort((a, b) => compared(values[a], values[b], sign) || a - b);
}

/** Sorts by a column, and the other way if it is sorted by it already. */
function sortBy(name) {
  const first = LARGEST_FIRST.includes(COLUMNS.get(name).kind) ? -1 : 1;
  const sign = TABLE.sorted?.name === name ? -TABLE.sorted.sign : first;
  TABLE.sorted = { name, sign };
  for (const heading of TABLE.box.querySelectorAll("thead th")) {
    const isSorted = heading.querySelector("[data-sort]")?.dataset.sort === name;
    if (isSorted) heading.setAttribute("aria-sort", sign > 0 ? "ascending" : "descending");
    else heading.removeAttribute("aria-sort");
  }
  sortRows();
  drawRows(true);
}

/** Chooses the rows anew. */
function chooseRows() {
  TABLE.order = chosenRows();
  TABLE.current = 0;
  sortRows();
  const shown = document.getElementById("shown");
  shown.dataset.value = TABLE.order.length;
  shown.textContent = `${whole(TABLE.order.length)} of ${whole(DATA.count)}`;
  TABLE.box.scrollTop = 0;
  drawRows(true);
}

function heading(column) {
  const name = column.heading;
  if (column.kind === "bars") return element("th", { scope: "col" }, name);
  const button = element("button", { type: "button", "data-sort": column.name, onclick: () => sortBy(column.name) }, name);
  return element("th", { scope: "col", class: column.kind }, button);
}

function cell(column, row) {
  const value = column.at(row);
  if (column.kind === "bars") return element("td", { class: "bars" }, value ? distribution(value, column.name === "values_b" ? "b" : "a") : "");
  const attributes = { class: column.kind, "data-field": column.name, "data-value": json(value, column.kind) };
  if (column.kind !== "path") return element("td", attributes, written(column.kind, value));
  const [layer, name] = [value.slice(0, value.lastIndexOf("/") + 1), value.slice(value.lastIndexOf("/") + 1)];
  const link = element("a", { href: linkOf(value) || null, tabindex: -1 }, element("i", {}, safe(layer)), element("b", {}, safe(name)));
  return element("th", { ...attributes, scope: "row", title: safe(value).slice(0, 1000) }, link);
}

/** Marks what makes a row worth a second look. */
function marks(row) {
  const found = [];
  const strange = ["nan", "positive_infinity", "negative_infinity"].some((name) => valueOf(name, row));
  if (strange) found.push("strange");
  if (valueOf("trainable", row) === false) found.push("frozen");
  if (row === TABLE.opened) found.push("opened");
  return found.join(" ") || null;
}

const [IS_IN_A, PATH_IN_B] = [DATA.is_in_a, DATA.path_in_b].map((packed) => packed && lazyReader(packed));

/** Returns the paths of a difference in A and B; empty for a row of one model. */
function sides(row) {
  if (!DATA.is_in_a) return {};
  const path = valueOf("path", row);
  const other = PATH_IN_B(row);
  return {
    a: IS_IN_A(row) ? path : null,
    b: other === true ? path : other === false ? null : other,
  };
}

function tableRow(place) {
  const row = TABLE.order[place];
  const { a, b } = sides(row);
  const attributes = {
    "data-variable": valueOf("path", row),
    "data-difference": valueOf("kind", row),
    "data-a": a ?? null,
    "data-b": b ?? null,
    "aria-rowindex": place + 2,
    "aria-current": row === TABLE.opened && "true",
    class: marks(row),
  };
  const made = element("tr", attributes, ...Array.from(COLUMNS.values(), (column) => cell(column, row)));
  made.onclick = (event) => {
    event.preventDefault();
    TABLE.current = place;
    openVariable(row);
    if (event.detail === 0) PANEL.focus(); // opened by a key
  };
  if (place === TABLE.current) made.querySelector("a")?.setAttribute("tabindex", 0);
  return made;
}

const space = (rows) => {
  const made = element("tbody", { class: "space", "aria-hidden": "true" }, element("tr", {}, element("td", {})));
  made.firstChild.style.height = `${rows * ROW_HEIGHT}px`;
  return made;
};

/** Draws the rows that are in sight, and some beyond; the others are empty space. */
function drawRows(anew = false, from = null, to = null) {
  const first = from ?? Math.max(0, Math.floor(TABLE.box.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
  const inSight = Math.ceil(innerHeight / ROW_HEIGHT) + SPARE_ROWS;
  const last = Math.min(TABLE.order.length, to ?? first + Math.min(inSight, MOST_ROWS));
  const range = `${first}-${last}`;
  if (!anew && range === TABLE.range) return;
  TABLE.range = range;
  const hadFocus = TABLE.box.contains(document.activeElement) && document.activeElement.tagName === "A";
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, place) => tableRow(first + place));
  const table = TABLE.box.firstElementChild;
  table.setAttribute("aria-rowcount", TABLE.order.length + 1);
  table.replaceChildren(table.tHead, space(first), element("tbody", {}, ...rows), space(TABLE.order.length - last));
  if (hadFocus) focusCurrent();
}

function focusCurrent() {
  (TABLE.box.querySelector("tbody a[tabindex='0']") ?? TABLE.box).focus({ preventScroll: true });
}

/** Moves the current row, and scrolls so far that it is in sight. */
function moveTo(place) {
  TABLE.current = Math.max(0, Math.min(TABLE.order.length - 1, place));
  const top = TABLE.current * ROW_HEIGHT;
  const height = TABLE.box.clientHeight - 2 * ROW_HEIGHT;
  if (top < TABLE.box.scrollTop) TABLE.box.scrollTop = top;
  else if (top > TABLE.box.scrollTop + height) TABLE.box.scrollTop = top - height;
  drawRows(true);
  focusCurrent();
}

function moveByKey(event) {
  const page = Math.floor(TABLE.box.clientHeight / ROW_HEIGHT) - 1;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -DATA.count, End: DATA.count };
  if (!(event.key in steps) || event.ctrlKey || event.altKey) return;
  event.preventDefault();
  moveTo(TABLE.current + steps[event.key]);
}

/** Puts the table in the place of its first rows. */
function makeTable() {
  const head = element("thead", {}, element("tr", {}, ...Array.from(COLUMNS.values(), heading)));
  TABLE.box.replaceChildren(element("table", {}, head));
  TABLE.box.onscroll = () => requestAnimationFrame(() => drawRows());
  TABLE.box.onkeydown = moveByKey;
  new ResizeObserver(() => drawRows()).observe(TABLE.box);
}
