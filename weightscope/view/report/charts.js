/** Returns the left edge of the first bin, and the width of all: powers of two, as histogram.py makes them. */
function binsBetween(minimum, maximum) {
  if (!(maximum > minimum)) return { from: minimum, width: 0 };
  let width = 2 ** Math.floor(Math.log2(maximum - minimum) - 4);
  while (Math.floor(maximum / width) - Math.floor(minimum / width) >= 16) width *= 2;
  return { from: Math.floor(minimum / width) * width, width };
}

/** Returns heights from 0 to 1 of the bins of a row. */
const heightsOf = (digits) => Array.from(digits, (digit) => DATA.digits.indexOf(digit) / 63);

/** Returns the path of bars that stand side by side from `left` on. */
function bars(heights, left, width, bottom, height) {
  let path = "";
  heights.forEach((one, place) => {
    if (one) path += `M${(left + place * width).toFixed(1)} ${bottom}v${(-one * height).toFixed(1)}h${width.toFixed(1)}V${bottom}z`;
  });
  return path;
}

/** Returns the small distribution in a cell of the table. */
function distribution(digits, kind) {
  const found = heightsOf(digits);
  const path = drawing("path", { class: kind, d: bars(found, 0, 96 / Math.max(found.length, 4), 18, 17) });
  return drawing("svg", { class: "distribution", viewBox: "0 0 96 18", "aria-hidden": "true" }, path);
}

/** Draws distributions over one axis, such as those of A and B. Each has `from`, `width`, `heights` and `kind`. */
function histogram(label, distributions) {
  const low = Math.min(...distributions.map((one) => one.from));
  const high = Math.max(...distributions.map((one) => one.from + one.width * one.heights.length));
  const scale = high > low ? 400 / (high - low) : 0;
  const paths = distributions.map((one) =>
    drawing("path", {
      class: one.kind,
      d: bars(one.heights, (one.from - low) * scale, scale ? one.width * scale : 400, 120, 116),
    }),
  );
  const text = (x, anchor, value) => drawing("text", { x, y: 136, "text-anchor": anchor }, decimal(value));
  const marks = [text(0, "start", low), text(400, "end", high)];
  if (low < 0 && high > 0) {
    const zero = -low * scale;
    if (zero > 70 && zero < 330) marks.push(text(zero, "middle", 0));
    marks.push(drawing("path", { class: "zero", d: `M${zero} 0V120` }));
  }
  return drawing("svg", { class: "histogram", viewBox: "0 0 400 140", role: "img", "aria-label": label }, ...paths, ...marks);
}

const rgb = (hex) => [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));

/** Returns the colour of a place between -1 and 1. */
function colorAt(place) {
  const anchors = DATA.colors.scale;
  const position = ((place + 1) / 2) * (anchors.length - 1);
  const left = Math.min(Math.floor(position), anchors.length - 2);
  const [one, other] = [rgb(anchors[left]), rgb(anchors[left + 1])];
  return one.map((part, index) => Math.round(part + (other[index] - part) * (position - left)));
}

/** The colours of the digits of a picture: 61 levels, then NaN, infinity and negative infinity. */
const PALETTE = Array.from(DATA.digits, (_, level) => (level > 60 ? rgb(DATA.colors.strange[level - 61]) : colorAt((level - 30) / 30)));

/** Draws the cells of a picture, with a gap between filters. */
function heatMap(picture, label) {
  const rows = picture.cells.length / picture.columns;
  const [height, width] = picture.tile;
  const hasGaps = height < rows || width < picture.columns;
  const gaps = (count, tile) => (hasGaps ? Math.ceil(count / tile) - 1 : 0);
  const zoom = Math.max(1, Math.min(20, Math.floor(380 / Math.max(rows, picture.columns))));
  const canvas = element("canvas", {
    width: picture.columns * zoom + 2 * gaps(picture.columns, width),
    height: rows * zoom + 2 * gaps(rows, height),
    role: "img",
    "aria-label": label,
  });
  const context = canvas.getContext("2d");
  Array.from(picture.cells).forEach((digit, place) => {
    const [row, column] = [Math.floor(place / picture.columns), place % picture.columns];
    const left = column * zoom + (hasGaps ? 2 * Math.floor(column / width) : 0);
    const top = row * zoom + (hasGaps ? 2 * Math.floor(row / height) : 0);
    context.fillStyle = `rgb(${PALETTE[DATA.digits.indexOf(digit)].join(" ")})`;
    context.fillRect(left, top, zoom, zoom);
  });
  return canvas;
}

/** Returns the scale of a picture: its colours, from the most negative value where there are negative ones. */
function colorScale({ scale, has_signs: hasSigns }) {
  const levels = PALETTE.slice(hasSigns ? 0 : 30, 61);
  const canvas = element("canvas", { width: 4 * levels.length, height: 10, "aria-hidden": "true" });
  const context = canvas.getContext("2d");
  levels.forEach((color, level) => {
    context.fillStyle = `rgb(${color.join(" ")})`;
    context.fillRect(level * 4, 0, 4, 10);
  });
  const texts = [...(hasSigns ? [`-${decimal(scale)}`] : []), "0", decimal(scale)];
  return element("div", { class: "scale" }, canvas, element("div", {}, ...texts.map((text) => element("span", {}, text))));
}
