"use strict";
(() => {
  // worlds: narrowing an assumption keeps some of them, and every strategy's figures follow
  const box = document.getElementById("x-worlds");
  if (!box) return;
  const data = JSON.parse(document.getElementById("x-data").textContent), n = data.worlds;
  const unpack = packed => {
    const bytes = Uint8Array.from(atob(packed.data), c => c.charCodeAt(0)), view = new DataView(bytes.buffer);
    const span = (packed.high - packed.low) / 65535;
    return Float64Array.from({length: bytes.length / 2}, (_, i) => packed.low + span * view.getUint16(2 * i, true));
  };
  const columns = data.axes.map(unpack), measures = data.measures.map(() => null), chances = data.measures.map(() => null);
  const fields = [...box.querySelectorAll("fieldset")], rows = [...box.querySelectorAll(".shown tbody tr")];
  const select = box.querySelector("select");
  const shown = (value, digits = 2) => {
    if (!Number.isFinite(value)) return "not known";
    const places = value === 0 ? 0 : Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(Math.abs(value)))));
    return value.toFixed(places).replace("-", "\u2212");
  };
  const placed = (value, places) => {
    const [above, below] = Math.abs(Math.round(value * 10 ** places) / 10 ** places).toFixed(Math.max(places, 0)).split(".");
    const text = above.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (below ? `.${below}` : "");
    return (value < 0 && /[1-9]/.test(text) ? "\u2212" : "") + text;
  };
  // as words/numbers.py: one digit of the error, two where it begins with 1, and the figure to the same place
  const measured = (value, error, unit) => {
    const scale = unit === "%" ? 100 : 1, e = error * scale, v = value * scale;
    const [lead, power] = e.toExponential(1).split("e").map(Number);
    const places = Math.min(lead < 2 ? 1 - power : -power, 12);
    const text = e > 1e-10 * Math.abs(v) && e > 1e-13 ? `${placed(v, places)}\u00a0\u00b1\u00a0${placed(e, places)}` : `${shown(v, 4)}\u00a0\u00b1\u00a00`;
    return unit === "%" ? `${text}\u202f%` : `${text} ${unit}`.trim();
  };
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
      const texts = [end.low, end.high].map(value => `${shown(value)} ${unit}`.trim());
      fields[a].querySelectorAll("output").forEach((output, i) => { output.textContent = texts[i]; });
      fields[a].querySelectorAll("input").forEach((input, i) => input.setAttribute("aria-valuetext", texts[i]));
    });
    const all = keep.length === n;
    document.getElementById("x-count").textContent = all ? `All ${n} worlds` : `${keep.length} of ${n} worlds`;
    const m = +select.value, measure = data.measures[m];
    measures[m] ??= unpack(measure);
    if (measure.kept) chances[m] ??= unpack(measure.kept);
    const figures = rows.map((_, s) => {
      let sum = 0, square = 0, inside = 0;
      for (const w of keep) {
        const value = measures[m][s * n + w];
        sum += value;
        square += value * value;
        if (measure.kept) inside += chances[m][s * n + w];
      }
      const mean = sum / keep.length;
      const error = Math.sqrt(Math.max(square / keep.length - mean * mean, 0) / Math.max(keep.length - 1, 1));
      return {mean, error, inside: inside / keep.length};
    });
    const means = figures.map(f => f.mean), low = Math.min(...means), high = Math.max(...means), pad = 0.08 * (high - low) || 1;
    rows.forEach((row, s) => {
      const {mean, error, inside} = figures[s], few = keep.length < 2;
      row.querySelector(".dot").style.left = few ? "0%" : `${100 * (mean - low + pad) / (high - low + 2 * pad)}%`;
      row.querySelector(".x-mean").textContent = few ? "too few worlds" : all ? measure.all[s][0] : measured(mean, error, measure.unit);
      row.querySelector(".x-within").textContent = few || !measure.kept ? "" : all ? measure.all[s][1] : `${Math.round(100 * inside)}\u202f%`;
    });
    document.getElementById("x-caption").textContent = `${measure.title}, mean over the worlds kept`;
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
})();
