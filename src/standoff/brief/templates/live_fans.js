standoff.fans = (() => {
  // courses of the live run: a band for each strategy, drawn on common axes
  const LEVELS = [0.05, 0.25, 0.5, 0.75, 0.95], WIDTH = 212, HEIGHT = 104, LEFT = 44, TOP = 6, FOOT = 84, RIGHT = 206;
  const quantile = (sorted, q) => {  // as numpy.quantile, bit for bit
    const place = q * (sorted.length - 1), i = Math.floor(place), t = place - i, a = sorted[i], b = sorted[Math.min(i + 1, sorted.length - 1)];
    return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
  };
  // a strategy's {means, quantiles[step]} of one thing; a future in which something went wrong is in none
  const band = (courses, one, steps) => {
    const sound = new Uint8Array(courses[0].length).fill(1);
    for (let t = 0; t < steps; t++) courses[t].forEach((x, i) => { if (!Number.isFinite(x)) sound[i] = 0; });
    const means = [], quantiles = [];
    for (let t = 0; t < steps; t++) {
      let values = courses[t].filter((_, i) => sound[i]), sum = 0;
      if (one.state !== null) values = values.map(x => +(x === one.state));
      for (const x of values) sum += x;
      means.push(sum / values.length);
      if (!one.share) {
        values.sort();
        quantiles.push(LEVELS.map(q => quantile(values, q)));
      }
    }
    return {means, quantiles, line: one.carried && !one.share ? quantiles.map(q => q[2]) : means};
  };
  const svg = (name, attributes, text) => {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const key in attributes) made.setAttribute(key, attributes[key]);
    if (text) made.textContent = text;
    return made;
  };
  const draw = (bands, one, dates) => {
    const steps = bands[0].line.length, all = bands.flatMap(b => [...b.line, ...b.quantiles.flat()]).filter(Number.isFinite);
    let low = Math.min(...all), high = Math.max(...all);
    if (one.share || (low > 0 && low < 0.4 * high)) low = 0;
    if (!(high > low)) high = low + 1;
    const x = t => (LEFT + (RIGHT - LEFT) * t / Math.max(steps - 1, 1)).toFixed(1), y = v => (FOOT - (FOOT - TOP) * (v - low) / (high - low)).toFixed(1);
    const path = points => `M${points.join("L")}`, shown = v => one.share ? `${Math.round(100 * v)}\u202f%` : standoff.number(v, 3);
    return bands.map(({name, colour, line, quantiles}) => {
      const end = shown(line[steps - 1]), span = quantiles.length ? ` (${shown(quantiles[steps - 1][0])} to ${shown(quantiles[steps - 1][4])})` : "";
      const reading = `${end}${span}${one.share ? "" : ` ${one.unit}`}`, figure = document.createElement("figure"), said = document.createElement("figcaption");
      const box = svg("svg", {class: `fan s${colour}`, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `${one.title}, ${name}: ${reading} in ${dates[dates.length - 1]}`});
      for (const v of [low, high]) {
        box.append(svg("line", {class: "grid", x1: LEFT, x2: RIGHT, y1: y(v), y2: y(v)}));
        box.append(svg("text", {class: "tick end", x: LEFT - 4, y: +y(v) + 3.5}, shown(v)));
      }
      box.append(svg("text", {class: "tick", x: LEFT, y: HEIGHT - 4}, dates[0]), svg("text", {class: "tick end", x: RIGHT, y: HEIGHT - 4}, dates[dates.length - 1]));
      if (quantiles.length) {
        for (const [a, b, kind] of [[0, 4, "wide"], [1, 3, "narrow"]]) {
          const edge = k => quantiles.map((q, t) => `${x(t)} ${y(q[k])}`);
          box.append(svg("path", {class: kind, d: path([...edge(b), ...edge(a).reverse()])}));
        }
      }
      box.append(svg("path", {class: "median", d: path(line.map((v, t) => `${x(t)} ${y(v)}`))}));
      said.textContent = `${name}: ${reading}`;
      figure.append(box, said);
      return figure;
    });
  };
  return {band, draw};
})();
