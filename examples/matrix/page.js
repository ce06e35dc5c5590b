"use strict";
// What a click shows, a filter, and addresses such as #smtp/ehlo_rejected/curl. All that comes from
// a transcript gets into the page as text.

const HAS_TO = {
  succeeds: "get through, exactly once",
  fails: "report a failure",
  either: "get through or report a failure, and never say what is not so",
};
const dialog = document.getElementById("cell");
let unpacked;

function data() {
  unpacked ??= (async () => {
    const text = document.getElementById("data").textContent;
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  })();
  return unpacked;
}

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function rows(pairs) {
  const list = element("dl");
  for (const [term, text] of pairs) {
    if (text) list.append(element("dt", term), element("dd", text));
  }
  return list;
}

async function show(key) {
  const all = await data();
  const cell = all.cells[key];
  if (!cell) return;
  const [protocol, name, client] = key.split("/");
  const [summary, source, expect, operation] = all.cases[`${protocol}/${name}`];
  const [word, met, detail, error, transcript] = cell;

  const title = element("h2", `${protocol} ${name}, ${client} `);
  title.id = "cell-title";
  title.append(element("span", word, `v ${word}`));
  const close = element("button", "Close", "close");
  close.addEventListener("click", () => dialog.close());
  const header = element("header");
  header.append(title, close);
  const wire = element("pre", all.transcripts[transcript]);
  wire.tabIndex = 0;
  dialog.replaceChildren(
    header,
    rows([
      ["the case", summary],
      ["source", source],
      ["has to", `${HAS_TO[expect]} (${operation})`],
      ["verdict", `${word}: the client ${detail}`],
      ["", met ? "" : "it never came to the point that the case is about"],
      ["its error", error],
      ["what it is", all.findings[`${key}/${word}`]],
      ["version", all.versions[client]],
    ]),
    element("div", "What crossed the wire (<- from the client, -> to it, -- noted):"),
    wire,
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

function keyOf(button) {
  const row = button.closest("tr");
  const place = button.closest("td").cellIndex;
  const client = button.closest("table").tHead.rows[0].cells[place].textContent;
  const protocol = button.closest("section").dataset.protocol;
  return `${protocol}/${row.dataset.case}/${client}`;
}

function hash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return ""; // a stray % in an address that somebody typed
  }
}

function follow() {
  const key = hash();
  if (key.split("/").length === 3) show(key);
  else if (dialog.open) dialog.close();
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("td > button");
  if (!button) return;
  const key = keyOf(button);
  // Not location.hash, which would move the page to the cell that is under the pointer already.
  if (hash() !== key) history.pushState(null, "", `#${encodeURI(key)}`);
  show(key);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // on the backdrop
});
dialog.addEventListener("close", () => {
  history.replaceState(null, "", location.pathname + location.search);
});

const protocol = document.getElementById("protocol");
const broken = document.getElementById("broken");

function filter() {
  let shown = 0;
  for (const section of document.querySelectorAll("section")) {
    section.hidden = Boolean(protocol.value) && section.dataset.protocol !== protocol.value;
    for (const row of section.querySelectorAll("tbody tr")) {
      row.hidden = broken.checked && !row.querySelector(".b");
      if (!section.hidden && !row.hidden) shown += 1;
    }
  }
  document.getElementById("count").textContent = `${shown} cases`;
}

document.getElementById("filter").hidden = false;
document.getElementById("filter").addEventListener("change", filter);
addEventListener("hashchange", follow);
filter();
follow();
