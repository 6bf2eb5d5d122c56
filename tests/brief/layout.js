// What is cut, spills, overlaps or is too small to read, in words; an empty list where all is well.
least => {
  const said = [], root = document.documentElement;
  const name = e => `${e.tagName.toLowerCase()}.${(e.getAttribute("class") || "").replace(/ /g, ".")} “${(e.textContent || "").trim().replace(/\s+/g, " ").slice(0, 50)}”`;
  const seen = e => e.checkVisibility({visibilityProperty: true}) && getComputedStyle(e).clipPath === "none" && !e.closest(".unseen, .skip:not(:focus)");
  const hasText = e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const wide = root.clientWidth;
  if (root.scrollWidth > wide) said.push(`the page is ${root.scrollWidth} wide on ${wide}`);
  for (const e of document.body.querySelectorAll("*")) {
    if (e.closest("svg, option") || !seen(e)) continue;
    const box = e.getBoundingClientRect(), style = getComputedStyle(e);
    if (!box.width || !box.height) continue;
    const scrolls = style.overflowX === "auto" && e.matches("[tabindex='0'][role=group]");
    if (!e.closest(".scroll") && (box.right > wide + 0.5 || box.left < -0.5)) said.push(`beyond the page: ${name(e)}`);
    if (!scrolls && style.display !== "inline" && (hasText(e) || style.overflowX !== "visible") && e.scrollWidth > e.clientWidth + 1) said.push(`spills by ${e.scrollWidth - e.clientWidth}: ${name(e)}`);
    if (hasText(e) && parseFloat(style.fontSize) < least) said.push(`${style.fontSize} is small: ${name(e)}`);
  }
  for (const svg of document.querySelectorAll("svg")) {
    if (!seen(svg)) continue;
    const frame = svg.getBoundingClientRect(), boxes = [];
    for (const text of svg.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (!text.textContent.trim() || !box.width) continue;
      const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
      if (size < least) said.push(`${size.toFixed(1)}px is small: ${name(text)} of ${name(svg)}`);
      if (box.left < frame.left - 1 || box.right > frame.right + 1 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) said.push(`outside its picture: ${name(text)} of ${name(svg)}`);
      boxes.push([text, box, size]);
    }
    boxes.forEach(([one, a, size], i) => {
      for (const [other, b] of boxes.slice(i + 1)) {
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 0.15 * size && down > 0.35 * size) said.push(`overlap: ${name(one)} and ${name(other)}`);
      }
    });
  }
  return [...new Set(said)];
}
