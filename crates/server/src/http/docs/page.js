"use strict";
const zh = navigator.language.toLowerCase().startsWith("zh");
const say = (chinese, english) => (zh ? chinese : english);

/** An element with a class and children; text is never read as markup. */
function el(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Text in which `code` stands in backticks. */
function prose(text) {
  const parts = (text || "").split(/`([^`]+)`/);
  return el("span", {}, ...parts.map((part, index) => (index % 2 ? el("code", {}, part) : part)));
}

/** What a schema is, in a few words, named ones linked. */
function type(schema) {
  if (!schema) return el("span", { class: "type" }, "-");
  if (schema.$ref) {
    const name = schema.$ref.split("/").pop();
    return el("a", { class: "type", href: "#schema-" + name }, name);
  }
  const choices = schema.oneOf || schema.anyOf;
  if (choices) {
    const node = el("span", { class: "type" });
    choices.forEach((choice, index) => node.append(index ? " | " : "", type(choice)));
    return node;
  }
  const sorts = [].concat(schema.type || "any");
  if (sorts.includes("array")) return el("span", { class: "type" }, "[", type(schema.items), "]", sorts.includes("null") ? " | null" : "");
  if (schema.additionalProperties) return el("span", { class: "type" }, "{ text: ", type(schema.additionalProperties), " }");
  return el("span", { class: "type" }, sorts.join(" | "));
}

function fields(rows) {
  return el("table", {}, el("tbody", {}, ...rows.map(([name, schema, about, required]) => el("tr", {},
    el("td", {}, el("code", {}, name), required ? null : el("span", { class: "optional" }, say("可省略", "optional"))),
    el("td", {}, type(schema)),
    el("td", {}, prose(about || (schema && schema.description)))))));
}

function operation(path, method, described) {
  const id = method + path;
  const body = el("div", {}, el("p", {}, prose(described.description)));
  const parameters = described.parameters || [];
  if (parameters.length) {
    body.append(el("h3", {}, say("参数", "Parameters")),
      fields(parameters.map((one) => [one.name, one.schema, one.description, one.required])));
  }
  for (const [sort, content] of Object.entries((described.requestBody || {}).content || {})) {
    body.append(el("h3", {}, say("请求内容", "Body")), el("p", {}, el("code", {}, sort), " ", type(content.schema)));
  }
  body.append(el("h3", {}, say("应答", "Answers")));
  for (const [status, answer] of Object.entries(described.responses || {})) {
    const line = el("p", {}, el("code", {}, status), " ");
    for (const [sort, content] of Object.entries(answer.content || {})) line.append(el("code", {}, sort), " ", type(content.schema), " ");
    line.append(el("span", { class: "about" }, answer.description || ""));
    body.append(line);
  }
  return el("details", { id, "data-words": (id + " " + described.summary + " " + described.description).toLowerCase() },
    el("summary", {}, el("span", { class: "method " + method }, method.toUpperCase()), el("code", {}, path),
      el("span", { class: "about" }, described.summary || "")), body);
}

function render(document_) {
  const main = document.getElementById("main");
  const contents = document.getElementById("contents");
  for (const part of document_.info.description.split("\n\n")) main.append(el("p", {}, prose(part)));
  for (const tag of document_.tags) {
    const group = [];
    for (const [path, methods] of Object.entries(document_.paths)) {
      for (const [method, described] of Object.entries(methods)) {
        if ((described.tags || [])[0] === tag.name) group.push([path, method, described]);
      }
    }
    if (!group.length) continue;
    main.append(el("h2", {}, tag.description));
    contents.append(el("h2", {}, tag.description));
    for (const [path, method, described] of group) {
      main.append(operation(path, method, described));
      contents.append(el("a", { href: "#" + method + path }, described.summary || path));
    }
  }
  main.append(el("h2", {}, say("类型", "Types")));
  for (const [name, schema] of Object.entries(document_.components.schemas)) {
    const required = new Set(schema.required || []);
    const rows = Object.entries(schema.properties || {}).map(([field, one]) => [field, one, one.description, required.has(field)]);
    main.append(el("details", { id: "schema-" + name, "data-words": (name + " " + (schema.description || "")).toLowerCase() },
      el("summary", {}, el("code", {}, name), el("span", { class: "about" }, schema.description || "")), el("div", {}, fields(rows))));
  }
}

function find(words) {
  for (const entry of document.querySelectorAll("details")) {
    entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
  }
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) { target.open = true; target.scrollIntoView(); }
}

const search = document.getElementById("search");
search.placeholder = say("搜索地址、说明、类型…", "Search addresses, words, types…");
search.addEventListener("input", () => find(search.value.toLowerCase().split(/\s+/).filter(Boolean)));
window.addEventListener("hashchange", open);
fetch("/openapi.json").then((answer) => answer.json()).then((document_) => { render(document_); open(); });
