"use strict";
(() => {
  // Data reaches the page through textContent only: what a policy says is never read as HTML.
  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const table = $("cells");
  const rows = [...table.querySelectorAll("tr[data-i]")];
  const boxes = [...document.querySelectorAll("input[name=vendor]")];
  const columns = boxes.map((_, p) => [...document.querySelectorAll(`[data-p="${p}"]`)]);
  const narrow = matchMedia("(max-width: 69.99rem)");
  let open = null; // {p, i, k, opener} of the cell that is read

  const el = (name, attributes, ...children) => {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) node.setAttribute(key, value);
    node.append(...children);
    return node;
  };

  // --- filters
  const counted = columns.map((column, p) => {
    const head = $(`v${p}`);
    return head.appendChild(el("span", { class: "shown" }));
  });

  function applyFilters() {
    const listed = new Set(data.checklists[$("checklist").value]);
    const which = $("which").value;
    const wanted = $("find").value.trim().toLowerCase();
    const vendors = [];
    boxes.forEach((box, p) => {
      const named = data.policies[p].label.toLowerCase().includes(wanted);
      box.parentElement.hidden = !named;
      if (box.checked && named) vendors.push(p);
    });
    const shown = new Set(vendors);
    columns.forEach((column, p) => column.forEach((cell) => { cell.hidden = !shown.has(p); }));
    let n = 0;
    for (const row of rows) {
      const i = Number(row.dataset.i);
      const cells = vendors.map((p) => data.policies[p].cells[i]);
      const told = cells.filter((cell) => cell[0]).length;
      const fits = { "": true, none: told === 0, all: told === cells.length, some: told > 0 && told < cells.length,
        split: cells.some((cell) => cell[2]) }[which];
      row.hidden = !(listed.has(i) && fits);
      if (!row.hidden) n += 1;
    }
    const share = (p, items) => `${items.filter((i) => data.policies[p].cells[i][0]).length}/${items.length}`;
    for (const body of table.tBodies) {
      const own = [...body.querySelectorAll("tr[data-i]")];
      body.hidden = own.every((row) => row.hidden);
      const items = own.map((row) => Number(row.dataset.i)).filter((i) => listed.has(i));
      for (const cell of body.rows[0].querySelectorAll("td")) cell.textContent = share(Number(cell.dataset.p), items);
    }
    counted.forEach((span, p) => { span.textContent = share(p, [...listed]); });
    $("n-vendors").textContent = `(${vendors.length} of ${boxes.length})`;
    $("status").textContent = `${n} of ${rows.length} items, ${vendors.length} of ${boxes.length} vendors shown`;
    rove(table.querySelector("button[tabindex='0']"));
  }

  // --- the matrix is one stop for the Tab key; arrow keys move inside it
  const visible = (button) => button && !button.closest("[hidden]");
  function rove(button) {
    if (!visible(button)) button = [...table.querySelectorAll("td button")].find(visible);
    for (const other of table.querySelectorAll("button[tabindex='0']")) other.tabIndex = -1;
    if (button) button.tabIndex = 0;
    return button;
  }
  function neighbour(button, key) {
    const lines = rows.filter(visible);
    const line = button.closest("tr");
    const line_of = (row) => [...row.querySelectorAll("td button")].filter(visible);
    const across = line_of(line).indexOf(button);
    const down = lines.indexOf(line);
    if (key === "ArrowLeft") return line_of(line)[across - 1];
    if (key === "ArrowRight") return line_of(line)[across + 1];
    if (key === "Home") return line_of(line)[0];
    if (key === "End") return line_of(line).at(-1);
    const other = lines[down + { ArrowUp: -1, ArrowDown: 1 }[key]];
    return other && line_of(other)[across];
  }
  table.querySelectorAll("td button").forEach((button) => { button.tabIndex = -1; });
  table.addEventListener("focusin", (event) => { if (event.target.closest("td button")) rove(event.target.closest("td button")); });
  table.addEventListener("keydown", (event) => {
    const button = event.target.closest("td button");
    if (!button || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"].includes(event.key)) return;
    event.preventDefault();
    const to = neighbour(button, event.key);
    if (to) to.focus();
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("td button");
    if (button) show(...button.id.slice(1).split("-").map(Number), button);
  });

  // --- the reader
  function show(p, i, opener) {
    const policy = data.policies[p];
    if (open) open.opener.removeAttribute("aria-current");
    const top = opener.getBoundingClientRect().top;
    open = { p, i, k: policy.cells[i][6], opener };
    opener.setAttribute("aria-current", "true");
    $("reader-vendor").textContent = policy.label;
    $("reader-question").textContent = `${data.items[i].label}: ${data.items[i].question}`;
    $("about").replaceChildren(...about(policy, data.items[i], policy.cells[i]));
    const out = policy.blocks.filter((block) => block[2]).length;
    $("left-out-label").textContent = `Show what cleaning left out (${out} of ${policy.blocks.length} blocks)`;
    $("text").lang = policy.language;
    $("text").replaceChildren(...blocks(policy, policy.cells[i][4]));
    $("reader").hidden = false;
    document.body.classList.add("open");
    $("main").inert = narrow.matches;
    // Beside the reader the matrix scrolls in a pane of its own, where the cell stays in sight.
    $("main").scrollTop += opener.getBoundingClientRect().top - top;
    opener.scrollIntoView({ block: "nearest", inline: "nearest" });
    const several = policy.cells[i][4].length > 1;
    $("previous").hidden = $("next").hidden = !several;
    const address = new URLSearchParams({ policy: policy.id, item: data.items[i].item });
    try { history.replaceState(null, "", `#${address}`); } catch (error) { /* not allowed where the page is framed */ }
    step(0);
  }

  function step(by, focus = true) {
    const passages = data.policies[open.p].cells[open.i][4];
    document.querySelectorAll(".here").forEach((node) => { node.classList.remove("here"); node.removeAttribute("tabindex"); });
    if (!passages.length) {
      $("position").textContent = "No passage is marked: here is the text from its beginning.";
      $("reader").scrollTop = 0;
      $("text").focus({ preventScroll: true });
      return;
    }
    open.k = (open.k + by + passages.length) % passages.length;
    const passage = passages[open.k];
    const by_whom = passage[2].map((n) => data.sources[n]).join(", ");
    $("position").textContent = `Passage ${open.k + 1} of ${passages.length}${passages.length > 1 ? ", the strongest first" : ""}, marked by ${by_whom}`;
    const place = $("text").querySelector(`[data-passages~="${open.k}"]`);
    if (place.closest(".out")) { $("left-out").checked = true; leftOut(); }
    place.classList.add("here");
    place.tabIndex = -1;
    if (focus) place.focus({ preventScroll: true });
    place.scrollIntoView({ block: "center" });
  }

  function hide() {
    if (!open) return;
    const { opener } = open;
    const top = opener.getBoundingClientRect().top;
    open = null;
    $("main").inert = false;
    $("reader").hidden = true;
    document.body.classList.remove("open");
    opener.removeAttribute("aria-current");
    try { history.replaceState(null, "", location.pathname + location.search); } catch (error) { /* see above */ }
    scrollBy(0, opener.getBoundingClientRect().top - top);
    (visible(opener) ? opener : rove(null) || $("main")).focus();
  }

  function about(policy, item, cell) {
    const said = (code) => (code ? "addressed" : "silent");
    const decision = el("p", {}, el("strong", {}, cell[0] ? "Addressed" : "Silent"), `, decided by ${cell[1]}.`,
      cell[7] ? ` Told to ${cell[7]}.` : "", cell[2] ? " ≠ Not everyone says so:" : "");
    const voices = el("ul", {}, el("li", {}, `the rules: ${said(cell[3])}`));
    for (const [coder, code, confidence, note] of cell[5]) {
      voices.append(el("li", {}, `${coder}: ${said(code)}${confidence ? `, ${confidence}` : ""}${note ? `. Note: ${note}` : ""}`));
    }
    const key = el("p", { class: "key" }, "Marks: ", el("mark", { class: "rule" }, "matched by the rules"), " ",
      el("mark", { class: "read" }, "quoted by a reader"));
    const criteria = el("details", {}, el("summary", {}, "What counts for this item, and the policy's source"));
    if (item.counts) criteria.append(el("p", {}, `Counts: ${item.counts}`));
    if (item.not) criteria.append(el("p", {}, `Does not count: ${item.not}`));
    if (item.refs.length) criteria.append(el("p", {}, `References: ${item.refs.join("; ")}`));
    const facts = [policy.title, policy.captured && `captured ${policy.captured}`, policy.effective && `effective ${policy.effective}`];
    const source = el("p", {}, `Policy ${policy.id}: `, facts.filter(Boolean).join(", "));
    if (/^https?:\/\//i.test(policy.url)) {
      source.append(" ", el("a", { href: policy.url, rel: "noopener noreferrer", target: "_blank" }, policy.url));
    }
    criteria.append(source);
    return cell[4].length ? [decision, voices, key, criteria] : [decision, voices, criteria];
  }

  function blocks(policy, passages) {
    const nodes = [];
    let list = null;
    let out = null;
    let rank = 2;
    policy.blocks.forEach(([kind, level, reason, text, sentences], b) => {
      const words = marked(text, sentences, passages, b);
      if (reason) {
        list = null;
        if (!out || out.dataset.reason !== reason) {
          out = el("div", { class: "out", "data-reason": reason }, el("p", { class: "why" }, `left out: ${reason}`));
          nodes.push(out);
        }
        out.append(el("p", { dir: "auto" }, ...words));
        return;
      }
      out = null;
      if (kind === "list_item") {
        if (!list) nodes.push(list = el("ul", {}));
        list.append(el("li", level > 1 ? { class: "deep", dir: "auto" } : { dir: "auto" }, ...words));
        return;
      }
      list = null;
      if (kind === "heading") rank = Math.min(6, rank + 1, Math.max(3, level + 2)); // no rank is left out
      const name = kind === "heading" ? `h${rank}` : "p";
      nodes.push(el(name, kind === "table_row" ? { class: "row", dir: "auto" } : { dir: "auto" }, ...words));
    });
    return nodes;
  }

  // The text of a block, each sentence an element, cut where a mark begins or ends.
  function marked(text, sentences, passages, b) {
    const parts = [];
    passages.forEach((passage, k) => passage[1].forEach(([block, start, end, read]) => {
      if (block === b) parts.push({ start, end, read, k });
    }));
    const nodes = [];
    const spans = [];
    let at = 0;
    for (const [id, start, end] of sentences) {
      if (start > at) spans.push([null, at, start]);
      spans.push([id, start, end]);
      at = end;
    }
    if (at < text.length) spans.push([null, at, text.length]);
    for (const [id, start, end] of spans) {
      const own = parts.filter((part) => part.start < end && part.end > start);
      const cuts = [...new Set([start, end, ...own.flatMap((part) => [part.start, part.end])])]
        .filter((cut) => cut >= start && cut <= end).sort((one, other) => one - other);
      const pieces = cuts.slice(1).map((to, n) => {
        const over = own.filter((part) => part.start < to && part.end > cuts[n]);
        const piece = text.slice(cuts[n], to);
        if (!over.length) return piece;
        const name = [over.some((part) => !part.read) && "rule", over.some((part) => part.read) && "read"];
        return el("mark", { class: name.filter(Boolean).join(" ") }, piece);
      });
      if (id === null && !own.length) { nodes.push(...pieces); continue; }
      const span = el("span", {}, ...pieces);
      if (id !== null) span.dataset.sentence = id;
      if (own.length) span.dataset.passages = [...new Set(own.map((part) => part.k))].join(" ");
      nodes.push(span);
    }
    return nodes;
  }

  function leftOut() {
    $("text").classList.toggle("without", !$("left-out").checked);
  }

  function fromAddress() {
    const address = new URLSearchParams(location.hash.slice(1));
    const p = data.policies.findIndex((policy) => policy.id === address.get("policy"));
    const i = data.items.findIndex((item) => item.item === address.get("item"));
    if (p >= 0 && i >= 0) show(p, i, $(`c${p}-${i}`));
  }

  $("filters").addEventListener("submit", (event) => event.preventDefault());
  for (const event of ["input", "change"]) $("filters").addEventListener(event, applyFilters);
  $("every").addEventListener("click", () => { boxes.forEach((box) => { if (!box.parentElement.hidden) box.checked = true; }); applyFilters(); });
  $("none").addEventListener("click", () => { boxes.forEach((box) => { if (!box.parentElement.hidden) box.checked = false; }); applyFilters(); });
  $("close").addEventListener("click", hide);
  $("next").addEventListener("click", () => step(1, false));
  $("previous").addEventListener("click", () => step(-1, false));
  $("left-out").addEventListener("change", leftOut);
  $("reader").addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.matches("input")) return;
    if (event.key === "n") step(1);
    if (event.key === "p") step(-1);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (open) hide();
    else if ($("vendors").open) { $("vendors").open = false; $("vendors").querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => { if (!event.target.closest("#vendors")) $("vendors").open = false; });
  narrow.addEventListener("change", () => { $("main").inert = Boolean(open) && narrow.matches; });
  addEventListener("hashchange", fromAddress);
  $("checklist").value = [...$("checklist").options].find((option) => option.defaultSelected).value;
  applyFilters();
  fromAddress();
})();
