/** What is chosen above the table; an empty text takes all rows. */
const CHOSEN = { text: "", trainable: "", dtype: "", kind: "", layer: "" };

let lowered = null;

/** Returns the rows that all filters take, in the order of the model. */
function chosenRows() {
  const path = COLUMNS.get("path").at;
  const text = CHOSEN.text.toLowerCase();
  if (text) lowered ??= Array.from({ length: DATA.count }, (_, row) => path(row).toLowerCase());
  const layer = CHOSEN.layer && `${CHOSEN.layer}/`;
  const equal = ["trainable", "dtype", "kind"].filter((name) => CHOSEN[name]);
  const found = [];
  for (let row = 0; row < DATA.count; row++) {
    if (text && !lowered[row].includes(text)) continue;
    if (layer && !path(row).startsWith(layer)) continue;
    if (equal.every((name) => String(valueOf(name, row)) === CHOSEN[name])) found.push(row);
  }
  return found;
}

const NAMES = { true: "trainable", false: "not trainable", null: "unknown" };

/** Returns a list of the values of a column to choose from; null where there is no choice. */
function choice(name, label, changed) {
  const values = [...new Set(distinctValues(name).map(String))].sort();
  if (values.length < 2 || values.length > 100) return null;
  const options = values.map((value) =>
    element("option", { value }, name === "trainable" ? NAMES[value] : safe(value)),
  );
  const list = element("select", {}, element("option", { value: "" }, "all"), ...options);
  list.onchange = () => {
    CHOSEN[name] = list.value;
    changed();
  };
  return element("label", {}, `${label} `, list);
}

/** Shows the layer that the rows are from, with a button that takes all layers again. */
function showLayer(changed) {
  const shown = document.getElementById("layer");
  const clear = () => chooseLayer("", changed);
  const label = `layer ${safe(CHOSEN.layer)}`;
  shown.replaceChildren(...(CHOSEN.layer ? [element("button", { type: "button", onclick: clear }, `${label} ✕`)] : []));
}

function chooseLayer(path, changed) {
  CHOSEN.layer = path;
  showLayer(changed);
  changed();
}

/** Adds the filters to the form; `changed` is called when another set of rows is chosen. */
function addFilters(changed) {
  const form = document.getElementById("filters");
  const search = document.getElementById("search");
  const lists = [
    choice("trainable", "Trainable", changed),
    choice("dtype", "Dtype", changed),
    choice("kind", "Difference", changed),
  ];
  form.append(...lists.filter(Boolean), element("span", { id: "layer" }));
  form.onsubmit = (event) => event.preventDefault();
  search.oninput = () => {
    CHOSEN.text = search.value;
    changed();
  };
}
