// Searches in the tables and lists of a page written as a file. Without script everything is shown and nothing is lost.
"use strict";

const FEWEST = 8; // rows that are worth searching in

function matches(text, words) {
  const low = text.toLocaleLowerCase("sv");
  return words.every((word) => low.includes(word));
}

function searchable(place, items, name, number) {
  const field = document.createElement("p");
  const label = document.createElement("label");
  const input = document.createElement("input");
  const told = document.createElement("span");
  input.type = "search";
  input.id = `sok-${number}`;
  label.htmlFor = input.id;
  label.textContent = `Sök i ${name} `;
  told.setAttribute("role", "status");
  told.className = "not";
  field.className = "sok";
  field.append(label, input, " ", told);
  input.addEventListener("input", () => {
    const words = input.value.toLocaleLowerCase("sv").split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of items) {
      item.hidden = !matches(item.textContent, words);
      shown += item.hidden ? 0 : 1;
    }
    told.textContent = !words.length ? "" : shown ? `${shown} av ${items.length} visas` : "Inget hittades. Pröva färre eller andra ord.";
  });
  place.before(field);
}

let number = 0;
for (const table of document.querySelectorAll("main table")) {
  const rows = [...table.querySelectorAll("tbody tr")];
  if (rows.length >= FEWEST) {
    searchable(table.closest(".rulla") ?? table, rows, "tabellen", ++number);
  }
}
for (const list of document.querySelectorAll("main ul, main dl.lista")) {
  const items = [...list.children].filter((item) => item.tagName === "LI");
  if (items.length >= FEWEST && !list.closest("nav")) {
    searchable(list, items, "listan", ++number);
  }
}
