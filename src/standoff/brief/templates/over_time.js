standoff.later(() => {
  // over time: one date for all panels, set by a slider or by pointing at a panel
  const groups = [...document.querySelectorAll(".panels[data-dates]")].map(group => ({
    dates: JSON.parse(group.dataset.dates),
    panels: [...group.querySelectorAll(".fan")].map(fan => ({
      fan, start: +fan.dataset.start, step: +fan.dataset.step, readings: fan.dataset.readings.split("\t"),
      text: fan.querySelector(".reading"), line: fan.querySelector(".at"),
    })),
  }));
  if (!groups.length) return;
  const longest = groups.map(group => group.dates).sort((a, b) => b.length - a.length)[0], last = longest.length - 1;
  const bar = document.createElement("p");
  bar.className = "when";
  bar.innerHTML = `<label><span></span> <input type="range" min="0" max="${last}" value="${last}"></label> <output></output>`;
  bar.querySelector("span").textContent = standoff.say("date");
  const slider = bar.querySelector("input"), shown = bar.querySelector("output");
  const show = at => {
    slider.value = at;
    shown.textContent = longest[at];
    slider.setAttribute("aria-valuetext", longest[at]);
    for (const {panels} of groups) {
      for (const {start, step, readings, text, line} of panels) {
        const i = Math.min(at, readings.length - 1), x = start + step * i;
        text.textContent = readings[i];
        line.setAttribute("x1", x);
        line.setAttribute("x2", x);
        line.classList.toggle("on", at < last);
      }
    }
  };
  for (const {panels} of groups) {
    for (const {fan, start, step} of panels) {
      fan.addEventListener("pointermove", event => {
        const box = fan.getBoundingClientRect(), x = (event.clientX - box.left) * fan.viewBox.baseVal.width / box.width;
        show(Math.max(0, Math.min(last, Math.round((x - start) / step))));
      });
    }
  }
  slider.addEventListener("input", () => show(+slider.value));
  document.querySelector(".panels[data-dates]").closest(".pictures").before(bar);
  show(last);
});
