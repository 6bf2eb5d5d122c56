standoff.later(() => {
  // a link to something folded opens what folds it
  const open = () => {
    const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = found && (found.querySelector(":scope > details.working") ?? found); e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (found) found.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();

  // what a mark stands for, in words beside it, under the pointer or in focus; Escape puts the words away
  for (const title of document.querySelectorAll("svg title")) {
    title.parentNode.dataset.tip = title.textContent;
    title.remove();
  }
  const tip = document.createElement("div");
  tip.id = "tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;
  document.querySelector("main").append(tip);
  const hide = () => { tip.hidden = true; };
  const show = (mark, x, y) => {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    const box = tip.getBoundingClientRect(), wide = document.documentElement.clientWidth;
    tip.style.left = `${scrollX + Math.max(4, Math.min(x + 12, wide - box.width - 4))}px`;
    tip.style.top = `${scrollY + (y + 18 + box.height < innerHeight ? y + 18 : Math.max(4, y - box.height - 10))}px`;
  };
  document.addEventListener("pointermove", event => {
    const mark = event.target.closest?.("[data-tip]");
    if (mark) show(mark, event.clientX, event.clientY);
    else if (!tip.contains(event.target)) hide();
  });
  document.addEventListener("focusin", event => {
    const mark = event.target.closest("[data-tip]"), box = mark?.getBoundingClientRect();
    if (mark?.matches(":focus-visible")) show(mark, box.left, box.bottom - 10);
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", event => { if (event.key === "Escape") hide(); });

  // linked pictures: a box under the pointer or in focus shows its links alone; one stop of Tab, then arrows
  for (const map of document.querySelectorAll("svg.linked")) {
    const nodes = [...map.querySelectorAll(".node")], links = [...map.querySelectorAll(".link")];
    const light = name => {
      map.classList.toggle("lit", name !== null);
      const near = new Set([name]);
      for (const link of links) {
        const on = link.dataset.a === name || link.dataset.b === name;
        link.classList.toggle("on", on);
        if (on) near.add(link.dataset.a).add(link.dataset.b);
      }
      for (const node of nodes) node.classList.toggle("on", near.has(node.dataset.node));
    };
    const ways = {ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1]};
    const next = (node, [dx, dy]) => {
      const from = node.getBBox(), cost = other => {
        const to = other.getBBox(), x = to.x + to.width / 2 - from.x - from.width / 2, y = to.y + to.height / 2 - from.y - from.height / 2;
        const along = x * dx + y * dy;
        return along > 8 ? along + 3 * Math.abs(x * dy + y * dx) : Infinity;
      };
      const best = nodes.map(cost).reduce((least, c, i, all) => c < all[least] ? i : least, 0);
      return cost(nodes[best]) < Infinity ? nodes[best] : node;
    };
    map.setAttribute("role", "group");
    nodes.forEach((node, i) => {
      const said = links.filter(link => [link.dataset.a, link.dataset.b].includes(node.dataset.node)).map(link => link.dataset.tip);
      node.setAttribute("tabindex", i ? "-1" : "0");
      node.setAttribute("aria-label", [node.dataset.tip, ...said].join(". "));
      if (node.tagName !== "a") node.setAttribute("role", "img");
      node.addEventListener("pointerenter", () => light(node.dataset.node));
      node.addEventListener("pointerleave", () => light(null));
      node.addEventListener("blur", () => light(null));
      node.addEventListener("focus", () => {
        light(node.dataset.node);
        for (const other of nodes) other.setAttribute("tabindex", other === node ? "0" : "-1");
      });
      node.addEventListener("keydown", event => {
        if (event.key === "Escape") light(null);
        if (!ways[event.key]) return;
        event.preventDefault();
        next(node, ways[event.key]).focus();
      });
    });
  }
});
