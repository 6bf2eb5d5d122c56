"use strict";
(() => {
  // a link to something folded opens what folds it
  const open = () => {
    const found = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    for (let e = found; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    if (found) found.scrollIntoView();
  };
  addEventListener("hashchange", open);
  open();
  // the causal map: a box under the pointer or in focus shows its links alone
  for (const map of document.querySelectorAll("svg.map")) {
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
    for (const node of nodes) {
      node.setAttribute("tabindex", "0");
      for (const start of ["mouseenter", "focus"]) node.addEventListener(start, () => light(node.dataset.node));
      for (const end of ["mouseleave", "blur"]) node.addEventListener(end, () => light(null));
    }
  }
})();
