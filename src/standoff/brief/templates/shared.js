"use strict";
// what the scripts below share: data that the page carries, and figures in print
const standoff = {
  started: [],
  // a text of the page's language, with its places filled
  texts: JSON.parse(document.querySelector("main").dataset.words),
  say: (key, places = {}) => standoff.texts[key].replace(/\{(\w+)\}/g, (_, name) => places[name]),
  // each script starts in a task of its own, so that the page answers in between
  later: start => { standoff.started.push(new Promise(done => setTimeout(() => done(start())))); },
  // as brief/cargo.py packs it: {words, bytes, at}, where at([place, size]) is an array's bytes, aligned
  open: whole => {
    const size = new DataView(whole).getUint32(0, true), first = 4 + size;
    return {words: JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, size))), at: ([place, n]) => new Uint8Array(whole.slice(first + place, first + place + n))};
  },
  inflate: async id => {
    const letters = atob(document.getElementById(id).textContent), packed = new Uint8Array(letters.length);
    for (let i = 0; i < packed.length; i++) packed[i] = letters.charCodeAt(i);
    return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"))).arrayBuffer();
  },
  // figures by (rows, worlds): each row is told by how it differs from an earlier one
  rows: (cargo, packed, n) => {
    const whole = [];
    for (const [near, least, planes, ...place] of packed.rows) {
      const bytes = cargo.at(place), row = new Float64Array(n);
      for (let w = 0; w < n; w++) {
        let q = least;
        for (let k = 0; k < planes; k++) q += bytes[k * n + w] * 256 ** k;
        row[w] = near < 0 ? q : q + whole[near][w];
      }
      whole.push(row);
    }
    return whole.map(row => row.map(q => packed.low + packed.step * q));
  },
  // as words/numbers.py: so many digits; or one digit of the error, two where it begins with 1 and the figure keeps to four digits, and the figure to the same place
  placed: (value, places) => {
    const [above, below] = Math.abs(Math.round(value * 10 ** places) / 10 ** places).toFixed(Math.max(places, 0)).split(".");
    const text = above.replace(/\B(?=(\d{3})+$)/g, "\u202f") + (below ? `.${below}` : "");
    return (value < 0 && /[1-9]/.test(text) ? "\u2212" : "") + text;
  },
  number: (value, digits = 2) => {
    if (!Number.isFinite(value)) return "not known";
    return standoff.placed(value, value === 0 ? 0 : Math.max(0, Math.min(6, digits - 1 - Math.floor(Math.log10(Math.abs(value))))));
  },
  measured: (value, error, unit) => {
    if (!Number.isFinite(value)) return "not known";
    const scale = unit === "%" ? 100 : 1, e = error * scale, v = value * scale, after = unit === "%" ? "\u202f%" : unit && ` ${unit}`;
    if (!(e > 1e-10 * Math.abs(v) && e > 1e-13)) return `${standoff.number(v, 4)}${Number.isFinite(e) ? "\u00a0\u00b1\u00a00" : ""}${after}`;
    const [lead, power] = e.toExponential(1).split("e").map(Number), isLong = Math.abs(v) >= 10 ** (3 + power), places = Math.min(lead < 2 && !isLong ? 1 - power : -power, 12);
    return `${standoff.placed(v, places)}\u00a0\u00b1\u00a0${standoff.placed(e, places)}${after}`;
  },
};
