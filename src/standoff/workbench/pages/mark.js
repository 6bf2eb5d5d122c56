// Text that is selected with the mouse marks the passage it begins in.
document.addEventListener("selectionchange", () => {
  const chosen = getSelection();
  if (!chosen || chosen.isCollapsed || !chosen.anchorNode) return;
  const passage = chosen.anchorNode.parentElement?.closest(".passage");
  if (passage) passage.querySelector("input").checked = true;
});
