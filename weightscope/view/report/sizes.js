/** Bars of layers: how many are drawn at first, how many more at a time, how many in all, and how deep. */
const FIRST_BARS = 10;
const MORE_BARS = 25;
const MOST_BARS = 100;
const DEEPEST = 12;

const TREE = { bars: 0, widest: 1, whole: 1 };

const layerNode = (path, name) => ({ path, name, parameters: 0, trainable: 0, inside: new Map() });

/** Returns the tree of layers with the parameters of all that is inside each, counted as in the totals. */
function layerTree() {
  const root = layerNode("", "");
  for (let row = 0; row < DATA.count; row++) {
    if (["optimizer", "untracked"].includes(valueOf("role", row))) continue;
    const parameters = valueOf("parameters", row);
    const trainable = valueOf("trainable", row) ? parameters : 0;
    const names = valueOf("path", row).split("/", DEEPEST);
    let node = root;
    names.forEach((name, depth) => {
      node.parameters += parameters;
      node.trainable += trainable;
      if (depth === names.length - 1) return;
      if (!node.inside.has(name)) node.inside.set(name, layerNode(depth ? `${node.path}/${name}` : name, name));
      node = node.inside.get(name);
    });
  }
  return root;
}

const bySize = (node) => [...node.inside.values()].sort((one, other) => other.parameters - one.parameters);

/** Returns the bars of some layers, and a button that adds more. */
function barList(layers, choose) {
  const list = element("ul", { class: "tree" });
  const add = (count) => {
    const next = layers.splice(0, Math.max(0, Math.min(count, MOST_BARS - TREE.bars)));
    TREE.bars += next.length;
    list.append(...next.map((one) => layerBar(one, choose)));
    if (!layers.length) return;
    const rest = layers.reduce((sum, one) => sum + one.parameters, 0);
    const more = element("button", { type: "button", class: "more" }, `${whole(layers.length)} more: ${whole(rest)} parameters`);
    const item = element("li", {}, more);
    more.disabled = TREE.bars >= MOST_BARS;
    more.onclick = () => {
      item.remove();
      add(MORE_BARS);
    };
    list.append(item);
  };
  add(FIRST_BARS);
  return list;
}

/** Returns the button that shows and hides the layers inside a layer. */
function foldButton(node, item, choose) {
  const label = `Layers inside ${safe(node.name).slice(0, 200)}`;
  const fold = element("button", { type: "button", class: "fold", "aria-expanded": "false", "aria-label": label }, "▸");
  fold.onclick = () => {
    const isOpen = fold.getAttribute("aria-expanded") === "true";
    fold.setAttribute("aria-expanded", String(!isOpen));
    fold.textContent = isOpen ? "▸" : "▾";
    if (isOpen) {
      TREE.bars -= item.querySelectorAll("ul svg").length;
      item.querySelector("ul").remove();
    } else item.append(barList(bySize(node), choose));
  };
  return fold;
}

function layerBar(node, choose) {
  const rectangle = (kind, count) => drawing("rect", { class: kind, width: (200 * count) / TREE.widest, height: 10 });
  const bar = drawing(
    "svg",
    { viewBox: "0 0 200 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    rectangle("frozen", node.parameters),
    rectangle("trainable", node.trainable),
  );
  const title = { title: "Show only the variables inside" };
  const name = element("button", { type: "button", class: "name", ...title }, safe(node.name));
  name.onclick = () => choose(node.path);
  const text = `${whole(node.parameters)} · ${share(node.parameters / TREE.whole)}`;
  const item = element("li", {}, name, bar, element("span", {}, text));
  if (node.inside.size) item.prepend(foldButton(node, item, choose));
  return item;
}

/** Draws where the parameters are; `choose` is called with the path of a layer that is clicked. */
function drawSizes(choose) {
  const box = document.getElementById("sizes");
  if (!box) return;
  const root = layerTree();
  TREE.bars = 0;
  const layers = bySize(root);
  TREE.whole = root.parameters || 1;
  TREE.widest = layers[0]?.parameters || 1;
  const legend = element("p", { class: "legend" }, key("trainable", "trainable"), key("frozen", "not trainable or unknown"));
  box.replaceChildren(legend, barList(layers, choose));
}
