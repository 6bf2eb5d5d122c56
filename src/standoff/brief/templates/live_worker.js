// runs the study's module on some worlds; told a study once, then jobs
let data, at, current, model, wasm, place, columns, sorted, ranks;
const doublesOf = bytes => new Float64Array(bytes.buffer);
const room = size => {
  const start = (place + 15) & ~15;
  place = start + size;
  const lacking = place - wasm.memory.buffer.byteLength;
  if (lacking > 0) wasm.memory.grow(Math.ceil(lacking / 65536));
  return start;
};
const put = bytes => {
  const start = room(bytes.byteLength);
  new Uint8Array(wasm.memory.buffer, start, bytes.byteLength).set(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  return start;
};
// a variant's module: new bytes, and pieces of the first one's
const moduleOf = which => {
  const {module, fresh, pieces} = data.models[which];
  if (module) return at(module);
  const base = at(data.models[0].module), added = at(fresh), runs = new Int32Array(at(pieces).buffer);
  const whole = [];
  for (let i = 0, from = 0; i < runs.length; i += 3) {
    whole.push(added.subarray(from, from += runs[i]), base.subarray(runs[i + 1], runs[i + 1] + runs[i + 2]));
  }
  const out = new Uint8Array(whole.reduce((size, part) => size + part.length, 0));
  whole.reduce((place, part) => { out.set(part, place); return place + part.length; }, 0);
  return out;
};
// luck of a column, as whole numbers of 52 bits (base/chance/sampling.py)
const luckOf = (key, counter, n) => {
  const before = place, stream = put(new BigInt64Array([BigInt(key)])), keys = room(8 * n + 16);
  const word = put(new BigInt64Array([BigInt(counter)])), to = room(8 * n + 16);
  wasm.keys(BigInt(data.drawn.state), stream, 1, n, keys);
  wasm.luck(keys, word, to, n);
  const found = new Float64Array(wasm.memory.buffer, to, n).map(u => Math.floor(u * 2 ** 52));
  place = before;
  return found;
};
// a Latin hypercube that doubles from one point, spread evenly over a range: the worlds of the printed run, bit for bit
const drawnColumn = ({ends: [low, high], key}, n) => {
  const chance = luckOf(key, data.drawn.points, n), order = luckOf(key, data.drawn.orders, n), points = new Float64Array(n);
  points[0] = chance[0];
  for (let size = 1, level = 0; size < n; size *= 2, level++) {
    const owner = new Int32Array(size), slices = Array.from({length: size}, (_, i) => i);
    for (let i = 0; i < size; i++) owner[Math.floor(points[i] / 2 ** (52 - level))] = i;
    slices.sort((a, b) => order[size + a] - order[size + b] || a - b);
    slices.forEach((slice, i) => {
      const half = 1 - Math.floor(points[owner[slice]] / 2 ** (51 - level)) % 2;
      points[size + i] = slice * 2 ** (52 - level) + half * 2 ** (51 - level) + Math.floor(chance[size + i] / 2 ** (level + 1));
    });
  }
  return points.map(k => Math.min(high, Math.max(low, low + (k + 0.5) * 2 ** -52 * (high - low))));
};
const use = async which => {
  model = data.models[which];
  wasm = (await WebAssembly.instantiate(moduleOf(which))).instance.exports;
  place = wasm.heap.value;
  columns = model.columns.map(i => data.columns[i].at ? doublesOf(at(data.columns[i].at)) : drawnColumn(data.columns[i], data.worlds));
  data.at = {
    streams: put(at(data.streams)), counters: put(at(model.counters)), clock: put(at(model.clock)),
    draws: data.players.map(player => put(new BigInt64Array([BigInt(player.counter)]))),
    columns: room(8 * columns.length * data.worlds),
  };
  data.free = place;
  current = which;
  sorted = new Map();
  ranks = new Map();
};
// a world keeps its place within what is left of a range: the conditional quantile of the worlds' own spread
const narrowed = (one, c, low, high) => {
  const column = columns[c], n = column.length;
  if (low <= one.low && high >= one.high) return column;
  if (!sorted.has(c)) {
    const order = Array.from(column.keys()).sort((a, b) => column[a] - column[b] || a - b), rank = new Float64Array(n);
    order.forEach((w, i) => { rank[w] = (i + 0.5) / n; });
    sorted.set(c, Float64Array.from(order, w => column[w]));
    ranks.set(c, rank);
  }
  const inside = sorted.get(c).filter(x => x >= low && x <= high), rank = ranks.get(c);
  if (high <= low) return new Float64Array(n).fill(low);
  if (one.discrete && inside.length) return rank.map(u => inside[Math.floor(u * inside.length)]);
  if (inside.length < 2) return rank.map(u => low + u * (high - low));
  return rank.map(u => {
    const at = u * inside.length - 0.5, i = Math.floor(at), a = i < 0 ? low : inside[i];
    return a + (at - i) * ((i + 1 < inside.length ? inside[i + 1] : high) - a);
  });
};
// what each future of each player but the decider plays: one group of futures for each profile of the others
const grouped = (keys, n, allowed) => {
  const group = new Int32Array(n), size = [];
  allowed.forEach((list, p) => {
    if (p === data.decider) return;
    if (list.length > 1) {
      const to = room(8 * n + 16);
      wasm.luck(keys, data.at.draws[p], to, n);
      const luck = new Float64Array(wasm.memory.buffer, to, n);
      for (let i = 0; i < n; i++) group[i] = group[i] * list.length + Math.min(Math.floor(luck[i] * list.length), list.length - 1);
    } else {
      for (let i = 0; i < n; i++) group[i] *= 1;
    }
    size.push([p, list]);
  });
  const total = size.reduce((k, [, list]) => k * list.length, 1), starts = new Int32Array(total + 1);
  for (let i = 0; i < n; i++) starts[group[i] + 1]++;
  for (let g = 0; g < total; g++) starts[g + 1] += starts[g];
  const order = new Int32Array(n), next = starts.slice();
  for (let i = 0; i < n; i++) order[next[group[i]]++] = i;
  const runs = [], played = [];
  for (let g = 0; g < total; g++) {
    if (starts[g + 1] === starts[g]) continue;
    runs.push(starts[g]);
    const profile = new Array(allowed.length).fill(0);
    let rest = g;
    for (const [p, list] of size.slice().reverse()) {
      profile[p] = list[rest % list.length];
      rest = Math.floor(rest / list.length);
    }
    played.push(profile);
  }
  runs.push(n);
  return {order, runs: Int32Array.from(runs), played};
};
const run = job => {
  place = data.free;
  const {first, last, replications, allowed, ends, levels, kept, thing} = job, n = (last - first) * replications, measures = model.measures;
  const points = data.dates.length + 1, things = data.followed.reduce((most, one) => Math.max(most, one.at + 1), 0);
  const table = new Float64Array(wasm.memory.buffer, data.at.columns, columns.length * data.worlds);
  columns.forEach((column, c) => table.set(column, c * data.worlds));
  for (const [k, low, high] of ends) {
    const one = data.assumptions[k], c = model.names.indexOf(one.name);
    if (c >= 0) table.set(narrowed(one, c, low, high), c * data.worlds);  // a variant may do without it
  }
  const drawn = room(8 * n + 16);
  wasm.keys(BigInt(data.state), data.at.streams + 8 * first, last - first, replications, drawn);
  const {order, runs, played} = grouped(drawn, n, allowed);
  const worlds = room(8 * n), keys = room(8 * n), given = room(8 * model.given.length * played.length), out = room(8 * model.rows * n);
  const paths = room(8 * things * points * n);
  const laid = put(runs), words = new BigInt64Array(wasm.memory.buffer, drawn, n);
  const toWorlds = new BigInt64Array(wasm.memory.buffer, worlds, n), toKeys = new BigInt64Array(wasm.memory.buffer, keys, n);
  order.forEach((i, k) => {
    toWorlds[k] = BigInt(first + Math.floor(i / replications));
    toKeys[k] = words[i];
  });
  wasm.lay(data.at.columns, data.worlds, worlds, keys, given, data.at.counters, data.at.clock, out, n);
  if (things) wasm.follow(paths);
  const own = allowed[data.decider], size = last - first, means = new Float64Array(own.length * measures.length * size);
  const each = size * kept, courses = new Float64Array(own.length * points * each);  // of the thing that is shown: (strategies, points, futures)
  const placed = new Int32Array(n);
  order.forEach((i, k) => { placed[i] = k; });
  let left = 0;
  own.forEach((s, which) => {
    const inputs = new Float64Array(wasm.memory.buffer, given, model.given.length * played.length);
    played.forEach((profile, g) => model.given.forEach((one, k) => {
      inputs[g * model.given.length + k] = one.values ? one.values[one.player === data.decider ? s : profile[one.player]] : levels[one.level] ?? one.value;
    }));
    wasm.run(laid, played.length);
    const results = new Float64Array(wasm.memory.buffer, out, model.rows * n), wrong = (model.rows - 1) * n;
    for (let k = 0; k < n; k++) if (results[wrong + k] !== 0) left++;
    const walked = new Float64Array(wasm.memory.buffer, paths, things * points * n);
    for (let t = 0, to = which * points * each; t < points; t++) {
      for (let w = 0; w < size; w++) {
        for (let r = 0; r < kept; r++, to++) {
          const k = placed[w * replications + r];
          courses[to] = results[wrong + k] !== 0 ? NaN : walked[(thing * points + t) * n + k];
        }
      }
    }
    measures.forEach(([row, weighed], m) => {
      for (let w = 0; w < size; w++) {
        let mean = 0, weight = 0;
        for (let r = 0; r < replications; r++) {  // as ensemble/folding/moments.py
          const k = placed[w * replications + r];
          let x = results[row * n + k], add = weighed === null ? 1 : results[weighed * n + k];
          if (x !== x || results[wrong + k] !== 0) { x = 0; add = 0; }
          weight += add;
          mean += (weight > 0 ? add / weight : 0) * (x - mean);
        }
        means[(which * measures.length + m) * size + w] = weight > 0 ? mean : NaN;
      }
    });
  });
  return {means, left, courses};
};
onmessage = async ({data: told}) => {
  if (told.study) {
    const size = new DataView(told.study).getUint32(0, true);
    data = JSON.parse(new TextDecoder().decode(new Uint8Array(told.study, 4, size)));
    at = ([from, n]) => new Uint8Array(told.study.slice(4 + size + from, 4 + size + from + n));
    postMessage({ready: true});
  } else {
    if (told.model !== current) await use(told.model);
    const found = run(told);
    postMessage({...told, ...found}, [found.means.buffer, found.courses.buffer]);
  }
};
