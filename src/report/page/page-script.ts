/**
 * The script of the report page: sorts its lists by any column and searches the first rows of all causes. Without it everything is there all the same.
 */

export const PAGE_SCRIPT = `"use strict";
(() => {
  const collator = new Intl.Collator("en", { numeric: true });
  const make = (name, properties) => Object.assign(document.createElement(name), properties);
  const textOf = (row, column) => row.cells[column].textContent.replace(/(\\d),(?=\\d{3})/g, "$1");

  const sort = (table, head) => {
    const isUp = head.getAttribute("aria-sort") !== "ascending";
    for (const one of table.tHead.rows[0].cells) one.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
    const by = (a, b) => collator.compare(textOf(a, head.cellIndex), textOf(b, head.cellIndex));
    const rows = [...table.tBodies[0].rows].sort((a, b) => (isUp ? by(a, b) : by(b, a)));
    table.tBodies[0].append(...rows);
  };
  for (const table of document.querySelectorAll("table.list")) {
    if (table.tBodies[0].rows.length < 2) continue;
    for (const head of table.tHead.rows[0].cells) {
      const button = make("button", { type: "button" });
      button.append(...head.childNodes);
      button.addEventListener("click", () => sort(table, head));
      head.append(button);
    }
  }

  const section = document.querySelector("section.rows");
  if (section === null) return;
  const input = make("input", { type: "search", id: "search", autocomplete: "off", spellcheck: false });
  const found = make("output", { htmlFor: "search" });
  const search = make("div", { className: "search" });
  search.setAttribute("role", "search");
  search.append(make("label", { htmlFor: "search", textContent: "Search these rows" }), input, found);
  section.querySelector("h2").after(search);
  const articles = [...section.querySelectorAll("article")].map((article) => ({
    article,
    name: article.querySelector("h3").textContent.toLowerCase(),
    rows: [...article.querySelectorAll("tbody tr")].map((row) => ({ row, text: row.textContent.toLowerCase() })),
  }));
  input.addEventListener("input", () => {
    const wanted = input.value.trim().toLowerCase();
    let count = 0;
    for (const { article, name, rows } of articles) {
      const isNamed = name.includes(wanted);
      let here = 0;
      for (const { row, text } of rows) {
        row.hidden = !isNamed && !text.includes(wanted);
        if (!row.hidden) here += 1;
      }
      article.hidden = here === 0 && !isNamed;
      count += here;
    }
    found.value = wanted === "" ? "" : count === 1 ? "1 row" : count + " rows";
  });
})();
`;
