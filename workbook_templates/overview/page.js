
(() => {
  "use strict";
  const data = JSON.parse(document.getElementById("data").textContent);
  const t = data.t;
  const byId = (id) => document.getElementById(id);
  const table = document.querySelector(".ranking");
  const body = table.tBodies[0];
  const rows = Array.from(body.rows, (row, number) => ({
    row, number, detail: null, d: row.dataset.d, s: row.dataset.s,
    name: row.querySelector(".who").textContent, id: row.cells[1].textContent,
  }));
  const unranked = byId("unranked");
  const department = byId("department");
  const superior = byId("superior");
  const search = byId("search");
  const everySuperior = Array.from(superior.options);
  const columns = Array.from(table.tHead.rows[0].cells);
  const numbers = { rank: 0, total: 1, final: 2, grade: 3, mark: 4 };
  const falling = new Set(["total", "final", "mark"]);

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);

  function element(tag, text, attributes) {
    const made = document.createElement(tag);
    if (text !== undefined && text !== null) made.textContent = text;
    for (const [name, value] of Object.entries(attributes || {})) made.setAttribute(name, value);
    return made;
  }

  // --- what is shown ---------------------------------------------------------------------------------------------

  function chosen() {
    return { d: department ? department.value : "", s: superior.value, text: search.value.trim().toLowerCase() };
  }

  function scopeOf({ d, s }) {
    const keys = [d && s ? `d${d}s${s}` : "", s ? `s${s}` : "", d ? `d${d}` : "", ""];
    const key = keys.find((each) => each && data.scopes.includes(each)) || "";
    return data.scopes.indexOf(key);
  }

  function show() {
    const choice = chosen();
    const scope = scopeOf(choice);
    document.querySelectorAll(".scope").forEach((each, number) => { each.hidden = number !== scope; });
    let shown = 0;
    for (const one of rows) {
      const fits = (!choice.d || one.d === choice.d) && (!choice.s || one.s === choice.s);
      const found = !choice.text || one.name.toLowerCase().includes(choice.text) || one.id.toLowerCase().includes(choice.text);
      one.row.hidden = !(fits && found);
      if (one.detail) one.detail.hidden = one.row.hidden || !isOpen(one);
      shown += !one.row.hidden;
    }
    byId("shown").textContent = fill(t.page_ranking_count, { shown, all: rows.length });
    byId("nobody").hidden = shown > 0;
    if (!unranked) return;
    let left = 0;
    for (const row of unranked.querySelectorAll("tbody tr")) {
      row.hidden = (choice.d && row.dataset.d !== choice.d) || (choice.s && row.dataset.s !== choice.s);
      left += !row.hidden;
    }
    unranked.hidden = !left;
  }

  function offerSuperiors() {
    const kept = superior.value;
    const d = department.value;
    const offered = everySuperior.filter(({ value }) => !value || !d || (data.superiors[value] || []).includes(Number(d)));
    superior.replaceChildren(...offered);
    superior.value = offered.some(({ value }) => value === kept) ? kept : "";
  }

  // --- sorting ---------------------------------------------------------------------------------------------------

  const collator = new Intl.Collator(data.language, { numeric: true });

  function sort(column, key) {
    const before = columns[column].getAttribute("aria-sort");
    const down = before ? before === "ascending" : falling.has(key);
    const value = (one) => (key in numbers ? data.people[one.number].sort[numbers[key]] : one.row.cells[column].textContent);
    const empty = (each) => each === null || each === undefined || each === "";
    rows.sort((one, other) => {
      const [a, b] = [value(one), value(other)];
      if (empty(a) || empty(b)) return empty(a) - empty(b) || one.number - other.number;
      const order = typeof a === "number" ? a - b : collator.compare(a, b);
      return (down ? -order : order) || one.number - other.number;
    });
    body.append(...rows.flatMap((one) => (one.detail ? [one.row, one.detail] : [one.row])));
    columns.forEach((cell) => cell.removeAttribute("aria-sort"));
    columns[column].setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  // --- receipts --------------------------------------------------------------------------------------------------

  const buttonOf = (one) => one.row.querySelector(".who button");
  const isOpen = (one) => buttonOf(one).getAttribute("aria-expanded") === "true";

  function toggle(one) {
    const open = !isOpen(one);
    if (open && !one.detail) {
      one.detail = element("tr", null, { class: "detail", id: `detail-${one.number}` });
      const cell = element("td", null, { colspan: columns.length });
      const region = element("div", null, { role: "group", "aria-label": fill(t.page_receipts, { name: one.name }) });
      region.append(...receipts(data.people[one.number]));
      cell.append(region);
      one.detail.append(cell);
      one.row.after(one.detail);
    }
    buttonOf(one).setAttribute("aria-expanded", String(open));
    if (one.detail) one.detail.hidden = !open;
  }

  function receipts(person) {
    const made = [];
    if (person.marks.length) {
      made.push(element("h3", t.page_marks));
      for (const [severity, cell, message, advice] of person.marks) {
        const told = advice ? fill(t.problem_line, { message, advice }) : message;
        made.push(element("p", [severity, cell, told].filter(Boolean).join(" · "), { class: "problem" }));
      }
    }
    for (const form of person.forms) made.push(...receiptsOf(form));
    return made;
  }

  function receiptsOf(form) {
    const head = element("h3", form.title);
    head.append(element("small", `${t.col_total} ${form.total} · ${t.final} ${form.final} · ${form.grade}`));
    const alerts = form.alerts.map((alert) => element("p", `${t.alerts} · ${alert}`, { class: "problem" }));
    const lines = form.rows.map(([label, weight, score, lost, receipt, rule]) => {
      const first = element("th", data.texts[label], { scope: "row" });
      if (receipt) first.append(element("small", receipt));
      if (data.texts[rule]) first.append(element("small", `${t.rule} · ${data.texts[rule]}`));
      return [first, number(data.texts[weight], "n wide"), number(score), number(lost)];
    });
    const made = [head, ...alerts, tableOf([t.indicator, t.weight, t.score, t.page_lost], lines)];
    if (form.events.length) {
      const events = form.events.map(([event, evidence, points]) => [element("th", event, { scope: "row" }), element("td", evidence, { class: "wide" }), number(points)]);
      made.push(tableOf([t.event, t.evidence, t.event_points], events));
    }
    return made;
  }

  function number(text, look) {
    return element("td", text, { class: look || "n" });
  }

  function tableOf(headers, lines) {
    const made = element("table");
    const head = element("tr");
    headers.forEach((header, place) => {
      const look = lines.length && place ? lines[0][place].className : "";
      head.append(element("th", header, { scope: "col", class: look }));
    });
    const top = element("thead");
    top.append(head);
    const rest = element("tbody");
    for (const line of lines) {
      const row = element("tr");
      row.append(...line);
      rest.append(row);
    }
    made.append(top, rest);
    return made;
  }

  // --- the page comes to life ------------------------------------------------------------------------------------

  for (const one of rows) {
    const who = one.row.querySelector(".who");
    const button = element("button", one.name, { type: "button", "aria-expanded": "false" });
    button.addEventListener("click", () => toggle(one));
    who.replaceChildren(button);
  }
  columns.forEach((cell, column) => {
    const button = cell.querySelector("button");
    button.addEventListener("click", () => sort(column, button.dataset.key));
  });
  columns[0].setAttribute("aria-sort", "ascending");
  if (department) department.addEventListener("change", () => { offerSuperiors(); show(); });
  superior.addEventListener("change", show);
  search.addEventListener("input", show);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("print").addEventListener("click", () => window.print());
  document.documentElement.classList.add("has-script");
  show();
})();
