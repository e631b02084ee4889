/** Rows that are printed: more do not help on paper. */
const PRINTED_ROWS = 50;

let pending = 0;

/** Draws the spread again once typing pauses: the table does not wait for it. */
function drawDepthSoon() {
  clearTimeout(pending);
  pending = setTimeout(drawDepth, 120);
}

function changed() {
  chooseRows();
  drawDepthSoon();
}

function byKey(event) {
  const isTyping = ["INPUT", "SELECT"].includes(document.activeElement.tagName);
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    document.getElementById("search").focus();
  } else if (event.key === "Escape" && !PANEL.hidden) closeVariable();
}

makeTable();
addFilters(changed);
chooseRows();
const choose = (path) => chooseLayer(path, changed);

let drawnWidth = 0;

/** Draws the charts over depth again when there is more or less room for them. */
function drawToFit([{ contentRect }]) {
  if (contentRect.width === drawnWidth) return;
  drawnWidth = contentRect.width;
  setTimeout(() => {
    drawDepth();
    drawLayers(choose);
  });
}

/** Draws the charts; the table can be used before. */
function drawCharts() {
  drawSizes(choose);
  new ResizeObserver(drawToFit).observe(document.querySelector(".charts"));
}

addEventListener("load", () => setTimeout(drawCharts));
addEventListener("DOMContentLoaded", openLinked);
addEventListener("hashchange", openLinked);
addEventListener("keydown", byKey);
addEventListener("beforeprint", () => drawRows(true, 0, PRINTED_ROWS));
addEventListener("afterprint", () => drawRows(true));
