// Shared by all scripts: the page's data, its state, and building elements.
// Text from the data enters the page through textContent only, never as markup.

const DATA = JSON.parse(document.getElementById("data").textContent);
const STATE = { grain: "month", index: { month: -1, quarter: -1, year: -1 }, kpi: null, dimension: null };
const PAGE = {};

function byId(id) {
  return document.getElementById(id);
}

// h("td", {class: "number", title: "…"}, child, …); null children are left out.
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "style") setStyle(element, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
}

function fill(element, ...children) {
  element.replaceChildren();
  append(element, children);
}

// One pressed button in a group of buttons.
function press(group, isPressed) {
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(isPressed(button)));
  }
}

function setStyle(element, style) {
  for (const [name, value] of Object.entries(style)) {
    if (name.startsWith("--")) element.style.setProperty(name, value);
    else element.style[name] = value;
  }
}
