"use strict";
// Filter, search and sort of the lists and tables; all data are in the page itself.
for (const panel of document.querySelectorAll("[data-filtered]")) {
  const items = [...panel.querySelectorAll("[data-item]")];
  const search = panel.querySelector("input[type=search]");
  const selects = [...panel.querySelectorAll("select[data-by]")];
  const shown = panel.querySelector("[data-shown]");
  const apply = () => {
    const words = search ? search.value.toLowerCase().split(/\s+/).filter(Boolean) : [];
    let count = 0;
    for (const item of items) {
      const text = item.textContent.toLowerCase();
      const fits = words.every(word => text.includes(word))
        && selects.every(select => !select.value || item.dataset[select.dataset.by].split(" ").includes(select.value));
      item.hidden = !fits;
      count += fits;
    }
    if (shown) shown.textContent = count + " of " + items.length;
  };
  if (search) search.addEventListener("input", apply);
  for (const select of selects) select.addEventListener("change", apply);
  panel.reset = () => { if (search) search.value = ""; for (const select of selects) select.value = ""; apply(); };
  apply();
}
for (const table of document.querySelectorAll("table[data-sortable]")) {
  const body = table.tBodies[0];
  const headings = [...table.tHead.rows[0].cells];
  headings.forEach((heading, column) => heading.querySelector("button")?.addEventListener("click", () => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    headings.forEach(each => each.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const key = row => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
    const rows = [...body.rows].sort((a, b) => {
      const [x, y] = [key(a), key(b)], [p, q] = [parseFloat(x), parseFloat(y)];
      if (x === "" || y === "") return (x === "") - (y === "");  // empty cells last, either way
      const order = Number.isNaN(p) || Number.isNaN(q) ? x.localeCompare(y) : p - q;
      return down ? -order : order;
    });
    body.append(...rows);
  }));
}
// A link to what a filter hides shows it.
const reveal = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let each = target; each; each = each.parentElement) {
    if (each.hidden) each.closest("[data-filtered]").reset();
    if (each.tagName === "DETAILS") each.open = true;
  }
  target.scrollIntoView({ block: "center" });
};
addEventListener("hashchange", reveal);
reveal();
