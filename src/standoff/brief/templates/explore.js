standoff.later(async () => {
  // worlds: narrowing an assumption keeps some of them, and every strategy's figures follow
  const box = document.getElementById("x-worlds");
  if (!box || !window.DecompressionStream) return;
  const cargo = standoff.open(await standoff.inflate("x-data")), data = cargo.words, n = data.worlds;
  const columns = data.axes.map(axis => standoff.rows(cargo, axis, n)[0]), measures = data.measures.map(() => null), chances = data.measures.map(() => null);
  const fields = [...box.querySelectorAll("fieldset")], rows = [...box.querySelectorAll(".shown tbody tr")];
  const select = box.querySelector("select");
  const ends = () => fields.map((field, a) => {
    const [low, high] = [...field.querySelectorAll("input")].map(input => +input.value / 100);
    const [least, most] = data.axes[a].ends;
    return {part: [low, high], low: least + low * (most - least), high: least + high * (most - least)};
  });
  const update = () => {
    const chosen = ends(), keep = [];
    for (let w = 0; w < n; w++) {
      if (chosen.every((end, a) => (end.part[0] === 0 || columns[a][w] >= end.low) && (end.part[1] === 1 || columns[a][w] <= end.high))) keep.push(w);
    }
    chosen.forEach((end, a) => {
      const kept = fields[a].querySelector(".kept"), unit = data.axes[a].unit;
      kept.style.left = `calc(8px + ${end.part[0]} * (100% - 16px))`;
      kept.style.width = `calc(${end.part[1] - end.part[0]} * (100% - 16px))`;
      const texts = [end.low, end.high].map(value => `${standoff.number(value)} ${unit}`.trim());
      fields[a].querySelectorAll("output").forEach((output, i) => { output.textContent = texts[i]; });
      fields[a].querySelectorAll("input").forEach((input, i) => input.setAttribute("aria-valuetext", texts[i]));
    });
    const all = keep.length === n;
    document.getElementById("x-count").textContent = standoff.say(all ? "all" : "some", {n, kept: keep.length});
    const m = +select.value, measure = data.measures[m];
    measures[m] ??= standoff.rows(cargo, measure, n);
    if (measure.kept) chances[m] ??= standoff.rows(cargo, measure.kept, n);
    const figures = rows.map((_, s) => {
      let sum = 0, square = 0, inside = 0;
      for (const w of keep) {
        const value = measures[m][s][w];
        sum += value;
        square += value * value;
        if (measure.kept) inside += chances[m][s][w];
      }
      const mean = sum / keep.length;
      const error = Math.sqrt(Math.max(square / keep.length - mean * mean, 0) / Math.max(keep.length - 1, 1));
      return {mean, error, inside: inside / keep.length};
    });
    const means = figures.map(f => f.mean), low = Math.min(...means), high = Math.max(...means), pad = 0.08 * (high - low) || 1;
    rows.forEach((row, s) => {
      const {mean, error, inside} = figures[s], few = keep.length < 2;
      row.querySelector(".dot").style.left = few ? "0%" : `${100 * (mean - low + pad) / (high - low + 2 * pad)}%`;
      row.querySelector(".x-mean").textContent = few ? standoff.say("few") : all ? measure.all[s][0] : standoff.measured(mean, error, measure.unit);
      row.querySelector(".x-within").textContent = few || !measure.kept ? "" : all ? measure.all[s][1] : `${Math.round(100 * inside)}\u202f%`;
    });
    document.getElementById("x-caption").textContent = standoff.say("kept", {title: measure.title});
  };
  const set = (field, ...values) => { field.querySelectorAll("input").forEach((input, i) => { input.value = values[i]; }); };
  for (const field of fields) {
    const [low, high] = field.querySelectorAll("input"), bars = field.querySelector("svg");
    low.addEventListener("input", () => { if (+low.value > +high.value - 2) low.value = +high.value - 2; update(); });
    high.addEventListener("input", () => { if (+high.value < +low.value + 2) high.value = +low.value + 2; update(); });
    field.addEventListener("keydown", event => {
      if (event.key !== "Escape") return;
      set(field, 0, 100);
      update();
    });
    // dragging over the bars keeps what lies between
    let start = null;
    const place = event => {
      const edge = bars.getBoundingClientRect();
      return Math.round(Math.max(0, Math.min(100, 100 * (event.clientX - edge.left) / edge.width)));
    };
    bars.addEventListener("pointerdown", event => {
      start = place(event);
      bars.setPointerCapture(event.pointerId);
      event.preventDefault();
    });
    bars.addEventListener("pointermove", event => {
      const end = place(event);
      if (start === null || Math.abs(end - start) < 2) return;
      set(field, Math.min(start, end), Math.max(start, end));
      update();
    });
    for (const over of ["pointerup", "pointercancel"]) bars.addEventListener(over, () => { start = null; });
  }
  select.addEventListener("change", update);
  document.getElementById("x-all").addEventListener("click", () => {
    for (const field of fields) set(field, 0, 100);
    update();
  });
  update();
});
