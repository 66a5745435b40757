"use strict";
// Hovering shows what belongs together; a click keeps it and scrolls the other panes there.
for (const fn of document.querySelectorAll(".fn")) {
  const vars = JSON.parse(fn.querySelector(".data").textContent);
  const rows = fn.querySelectorAll("[data-v]");
  const where = fn.querySelector(".where");
  const hues = new Map();
  for (const b of fn.querySelectorAll("tbody[data-l]")) hues.set(b.dataset.l, b.style.getPropertyValue("--h"));
  for (const l of fn.querySelectorAll(".l")) l.style.setProperty("--h", hues.get(l.dataset.l) || 0);
  const byLine = l => fn.querySelectorAll(`[data-l="${l}"]`);
  let pinned = null, pinnedRow = null;

  function light(l) {
    for (const e of fn.querySelectorAll(".on")) e.classList.remove("on");
    if (l != null) for (const e of byLine(l)) e.classList.add("on");
  }
  function locate(row) {
    for (const e of fn.querySelectorAll("tr.row")) e.classList.remove("row");
    if (row) row.classList.add("row");
    const t = row ? +row.dataset.t : -1;
    where.textContent = row ? "at " + t.toString(16).padStart(6, "0") : "";
    rows.forEach((r, i) => {
      const v = vars[i], cell = r.querySelector(".at");
      if (!("rest" in r.dataset)) r.dataset.rest = cell.textContent;
      const scoped = t < 0 || (v.Scope || []).some(s => t >= s[0] && t < s[1]);
      const p = t < 0 ? null : (v.Places || []).find(p => t >= p.From && t < p.To);
      r.classList.toggle("away", !scoped);
      r.classList.toggle("lost", t >= 0 && !p);
      cell.textContent = t < 0 ? r.dataset.rest : p ? p.Place : "optimized out here";
    });
    for (const g of fn.querySelectorAll("tr.in")) {
      let any = false;
      for (let r = g.nextElementSibling; r && !r.classList.contains("in"); r = r.nextElementSibling) any = any || !r.classList.contains("away");
      g.classList.toggle("away", !any);
    }
  }
  const lineOf = e => { const x = e.target.closest("[data-l]"); return x ? x.dataset.l : null; };
  const rowOf = e => e.target.closest("tr[data-t]");
  fn.addEventListener("mouseover", e => {
    const l = lineOf(e);
    light(l != null ? l : pinned);
    if (pinnedRow == null) locate(rowOf(e));
  });
  fn.addEventListener("mouseleave", () => { light(pinned); locate(pinnedRow); });
  fn.addEventListener("click", e => {
    const l = lineOf(e);
    if (e.target.closest(".vars") || l == null && !rowOf(e)) return;
    for (const x of fn.querySelectorAll(".pin")) x.classList.remove("pin");
    const row = rowOf(e);
    if (l === pinned && row === pinnedRow) { pinned = pinnedRow = null; light(null); locate(null); return; }
    pinned = l; pinnedRow = row;
    light(l); locate(row);
    if (l == null) return;
    const from = e.target.closest(".pane");
    for (const x of byLine(l)) x.classList.add("pin");
    for (const pane of fn.querySelectorAll(".pane"))
      if (pane !== from) { const x = pane.querySelector(`[data-l="${l}"]`); if (x) x.scrollIntoView({ block: "center" }); }
  });
}
const root = document.documentElement;
document.getElementById("pick").addEventListener("change", e => {
  document.querySelectorAll(".fn").forEach((f, i) => { f.hidden = i !== +e.target.value; });
});
for (const box of document.querySelectorAll("[data-col]")) {
  const set = () => root.classList.toggle("no-" + box.dataset.col, !box.checked);
  box.addEventListener("change", set);
  set();
}
document.getElementById("theme").addEventListener("click", () => {
  const dark = root.classList.contains("dark") || !root.classList.contains("light") && matchMedia("(prefers-color-scheme: dark)").matches;
  root.classList.toggle("dark", !dark);
  root.classList.toggle("light", dark);
});
