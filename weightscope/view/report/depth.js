/** Measures of a chart over depth, in the units of its drawing. */
const CHART = { height: 220, left: 44, right: 6, top: 18, bottom: 24, floor: 18 };

/** Returns an axis of powers of ten that holds all numbers above zero, at most twelve of them. */
function decades(numbers) {
  const found = numbers.filter((number) => number > 0 && number < Infinity).map(Math.log10);
  if (!found.length) return [-1, 0];
  const to = Math.ceil(found.reduce((one, other) => Math.max(one, other)));
  const from = Math.floor(found.reduce((one, other) => Math.min(one, other)));
  return [Math.min(Math.max(from, to - 12), to - 1), to];
}

/** Returns where the points of a chart lie: `x` of a place, `y` of a number; zero lies below the axis. */
function scales(points, width) {
  const ground = CHART.height - CHART.bottom;
  const [from, to] = decades(points.flatMap(({ low, high }) => [low, high]));
  const step = (ground - CHART.floor - CHART.top) / (to - from);
  return {
    from,
    to,
    ground,
    x: (place) => CHART.left + ((place + 0.5) / points.length) * (width - CHART.left - CHART.right),
    y: (number) => (number > 0 ? ground - CHART.floor - step * Math.max(0, Math.min(Math.log10(number), to) - from) : ground),
  };
}

/** Returns the marks of all points, a path for each kind of mark. */
function pointPaths(points, { x, y, ground }) {
  const paths = { range: "", trainable: "", frozen: "", equal: "", sparse: "", zero: "", strange: "" };
  points.forEach((point, place) => {
    const [at, low, high] = [x(place), y(point.low), y(point.high)].map((one) => Math.round(one * 10) / 10);
    if (point.isStrange) paths.strange += `M${at - 3} 3l6 6m0-6l-6 6`;
    if (point.low > 0 && high < low) paths.range += `M${at} ${low}V${high}`;
    if (point.low === null) return;
    if (!(point.high > 0)) paths.zero += `M${at - 2} ${ground}h4`;
    else if (!(point.low > 0)) paths.equal += `M${at - 3} ${high}h6`;
    else if (point.isFrozen) paths.frozen += `M${at - 2.5} ${low - 2.5}h5v5h-5z`;
    else paths.trainable += `M${at - 2.5} ${low}a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0`;
    if (point.isSparse) paths.sparse += `M${at - 4.5} ${low}a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0`;
  });
  return paths;
}

const chartText = (x, y, anchor, text) => drawing("text", { x, y, "text-anchor": anchor }, text);

/** Returns the lines and numbers of the axis. */
function axis({ from, to, y, ground }, width, hasZero) {
  const texts = [chartText(CHART.left, CHART.height - 6, "start", "first"), chartText(width - CHART.right, CHART.height - 6, "end", "last")];
  let grid = "";
  for (let power = from; power <= to; power += Math.ceil((to - from) / 6)) {
    const at = y(10 ** power);
    grid += `M${CHART.left} ${at}H${width - CHART.right}`;
    texts.push(chartText(CHART.left - 6, at + 4, "end", power === 0 ? "1" : `1e${power}`));
  }
  if (hasZero) texts.push(chartText(CHART.left - 6, ground + 4, "end", "0"));
  return [drawing("path", { class: "grid", d: grid }), ...texts];
}

/**
 * Draws a mark for each point, in the order of the model: at `low`, with a line up to `high`.
 * `tell` is called with the point under the pointer, `open` with the one that is clicked.
 */
function overDepth(box, points, label, { tell, open }) {
  const width = Math.max(300, box.clientWidth);
  const scale = scales(points, width);
  const paths = pointPaths(points, scale);
  const attributes = { class: "depth", viewBox: `0 0 ${width} ${CHART.height}`, role: "img", "aria-label": label };
  const chart = drawing("svg", attributes, ...axis(scale, width, paths.zero !== ""));
  for (const [kind, d] of Object.entries(paths)) if (d) chart.append(drawing("path", { class: kind, d }));
  const nearest = (event) => {
    const area = chart.getBoundingClientRect();
    const at = ((event.clientX - area.left) / area.width) * width;
    const place = Math.floor(((at - CHART.left) / (width - CHART.left - CHART.right)) * points.length);
    return points[Math.max(0, Math.min(points.length - 1, place))];
  };
  chart.onpointermove = (event) => points.length && tell(nearest(event));
  chart.onclick = (event) => points.length && open(nearest(event));
  box.replaceChildren(chart);
}

const key = (kind, text) => element("span", { class: `key ${kind}` }, text);

/** Returns what the chart of spreads shows of a row; null where there is nothing to show. */
function spreadOf(row) {
  const [low, minimum, maximum] = ["standard_deviation", "minimum", "maximum"].map((name) => valueOf(name, row));
  const isStrange = ["nan", "positive_infinity", "negative_infinity"].some((name) => valueOf(name, row));
  if (low === null && !isStrange) return null;
  const high = Math.max(Math.abs(minimum), Math.abs(maximum));
  const isSparse = high > 0 && valueOf("zeros", row) * 2 >= valueOf("parameters", row);
  return { row, low, high, isStrange, isSparse, isFrozen: valueOf("trainable", row) === false };
}

function spreadInWords({ row, high, isStrange, isSparse }) {
  const name = safe(valueOf("path", row)).slice(0, 200);
  const deviation = written("number", valueOf("standard_deviation", row));
  const zeros = isSparse ? `, ${whole(valueOf("zeros", row))} of ${whole(valueOf("parameters", row))} values are 0` : "";
  const strange = isStrange ? ", and values that are not finite" : "";
  return `${name}: standard deviation ${deviation}, largest magnitude ${decimal(high)}${zeros}${strange}`;
}

/** Draws the spread of the values of the chosen rows, in the order of the model. */
function drawDepth() {
  const box = document.getElementById("depth");
  if (!box) return;
  const points = chosenRows().map(spreadOf).filter(Boolean);
  const caption = element("p", { class: "caption" }, "Standard deviation of each listed variable, and a line up to its largest magnitude.");
  const keys = [
    key("trainable", "trainable"),
    key("frozen", "not trainable"),
    key("strange", "NaN or infinite"),
    key("sparse", "half or more are 0"),
    key("equal", "all equal"),
    key("zero", "all 0"),
  ];
  const chart = element("div");
  box.replaceChildren(element("p", { class: "legend" }, ...keys), chart, caption);
  overDepth(chart, points, `Spread of the values of ${whole(points.length)} variables over depth`, {
    tell: (point) => (caption.textContent = spreadInWords(point)),
    open: (point) => openVariable(point.row),
  });
}

/** Returns what the chart of differences shows of a layer. */
function layerPoint(columns, place) {
  const layer = Object.fromEntries(Object.entries(columns).map(([name, read]) => [name, read(place)]));
  const isNumber = Number.isFinite(layer.relative_l2);
  const isEqual = layer.different + layer.only_in_a + layer.only_in_b === 0;
  const low = isNumber ? layer.relative_l2 : isEqual ? 0 : null;
  const isStrange = layer.only_in_a + layer.only_in_b > 0 || (layer.different > 0 && !isNumber);
  return { layer, low, high: low, isStrange, isFrozen: false };
}

function layerInWords({ layer }) {
  const parts = [`${layer.different} of ${layer.variables} variables differ`];
  if (layer.relative_l2 !== null) parts.push(`relative L2 ${written("number", layer.relative_l2)}`);
  if (layer.only_in_a) parts.push(`${layer.only_in_a} only in A`);
  if (layer.only_in_b) parts.push(`${layer.only_in_b} only in B`);
  return `${safe(layer.layer).slice(0, 200) || "the model itself"}: ${parts.join(", ")}`;
}

/** Draws the sizes of the differences of all layers; `choose` is called with the path of a layer that is clicked. */
function drawLayers(choose) {
  const box = document.getElementById("layers");
  if (!box) return;
  const columns = Object.fromEntries(Object.entries(DATA.layers.columns).map(([name, one]) => [name, lazyReader(one)]));
  const points = Array.from({ length: DATA.layers.count }, (_, place) => layerPoint(columns, place));
  const caption = element("p", { class: "caption" }, "Relative L2 of each layer: the norm of the difference over the norm of A.");
  const keys = [key("trainable", "differs"), key("zero", "equal"), key("strange", "in one model only, or without a relative size")];
  const chart = element("div");
  box.replaceChildren(element("p", { class: "legend" }, ...keys), chart, caption);
  overDepth(chart, points, `Differences of ${whole(points.length)} layers over depth`, {
    tell: (point) => (caption.textContent = layerInWords(point)),
    open: (point) => choose(point.layer.layer),
  });
}
