standoff.later(() => {
  // a chip opens its assumption where it stands: range, reasons, and the claims behind it
  const told = name => {
    const row = document.getElementById(`a-${name}`);
    if (!row) return null;
    const box = document.createElement("div");
    box.className = "opened";
    const [head, range, why] = [...row.children];
    for (const cell of [head.querySelector("span"), range, why]) {
      const part = document.createElement("div");
      part.append(...[...cell.cloneNode(true).childNodes]);
      box.append(part);
    }
    for (const link of [...box.querySelectorAll("a[href^='#c-']")]) {
      const card = document.getElementById(link.hash.slice(1));
      if (!card) continue;
      const claim = document.createElement("div");
      claim.append(...[...card.cloneNode(true).children].slice(0, 3));
      link.closest("p").after(claim);
    }
    for (const part of box.querySelectorAll("[id]")) part.removeAttribute("id");
    return box;
  };
  for (const list of document.querySelectorAll("ul.chips")) {
    list.addEventListener("click", event => {
      const link = event.target.closest("a[href^='#a-']");
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || link.closest(".opened")) return;
      const item = link.parentElement, open = item.querySelector(".opened");
      event.preventDefault();
      link.setAttribute("aria-expanded", String(!open));
      if (open) return open.remove();
      const box = told(decodeURIComponent(link.hash.slice(3)));
      if (box) item.append(box);
    });
    for (const link of list.querySelectorAll("a[href^='#a-']")) {
      link.setAttribute("role", "button");
      link.setAttribute("aria-expanded", "false");
      link.addEventListener("keydown", event => {
        if (event.key === " ") { event.preventDefault(); link.click(); }
        if (event.key === "Escape") { link.parentElement.querySelector(".opened")?.remove(); link.setAttribute("aria-expanded", "false"); }
      });
    }
  }

  // notes beside the pictures, for those who meet them for the first time
  const explain = document.getElementById("explain");
  if (!explain) return;
  explain.hidden = false;
  explain.addEventListener("click", () => {
    const on = explain.getAttribute("aria-pressed") !== "true";
    explain.setAttribute("aria-pressed", String(on));
    for (const note of document.querySelectorAll(".explain")) note.hidden = !on;
  });
});
