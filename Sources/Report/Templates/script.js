"use strict";
// Tables that say so can be ordered by any column; without script they stay in the model's order.
for (const table of document.querySelectorAll("table.sortable")) {
  const body = table.tBodies[0];
  table.tHead.rows[0].querySelectorAll("th").forEach((header, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const rises = header.getAttribute("aria-sort") === "descending" ||
        (column === 0 && !header.hasAttribute("aria-sort"));
      for (const other of header.parentNode.children) other.removeAttribute("aria-sort");
      header.setAttribute("aria-sort", rises ? "ascending" : "descending");
      const value = row => {
        const text = row.cells[column].textContent;
        const number = parseFloat(text.replace(/,/g, ""));
        return column === 0 ? text : Number.isNaN(number) ? -1 : number;
      };
      const order = (a, b) => column === 0 ? value(a).localeCompare(value(b)) : value(a) - value(b);
      body.append(...[...body.rows].sort((a, b) => rises ? order(a, b) : order(b, a)));
    });
  });
}
// On paper everything is open.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
});
