// runs the study's module on some worlds; told a study once, then jobs
let data, current, model, wasm, place, columns, sorted, ranks;
const bytesOf = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const doublesOf = text => new Float64Array(bytesOf(text).buffer);
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
const use = async which => {
  model = data.models[which];
  const stream = new Blob([bytesOf(model.module)]).stream().pipeThrough(new DecompressionStream("deflate"));
  wasm = (await WebAssembly.instantiate(await new Response(stream).arrayBuffer())).instance.exports;
  place = wasm.heap.value;
  columns = model.columns.map(i => doublesOf(data.columns[i]));
  data.at = {
    streams: put(bytesOf(data.streams)), counters: put(bytesOf(model.counters)), clock: put(bytesOf(model.clock)),
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
  const {first, last, replications, allowed, ends} = job, n = (last - first) * replications, measures = model.measures;
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
  const at = put(runs), words = new BigInt64Array(wasm.memory.buffer, drawn, n);
  const toWorlds = new BigInt64Array(wasm.memory.buffer, worlds, n), toKeys = new BigInt64Array(wasm.memory.buffer, keys, n);
  order.forEach((i, k) => {
    toWorlds[k] = BigInt(first + Math.floor(i / replications));
    toKeys[k] = words[i];
  });
  wasm.lay(data.at.columns, data.worlds, worlds, keys, given, data.at.counters, data.at.clock, out, n);
  const own = allowed[data.decider], size = last - first, means = new Float64Array(own.length * measures.length * size);
  const placed = new Int32Array(n);
  order.forEach((i, k) => { placed[i] = k; });
  let left = 0;
  own.forEach((s, which) => {
    const inputs = new Float64Array(wasm.memory.buffer, given, model.given.length * played.length);
    played.forEach((profile, g) => model.given.forEach((one, k) => {
      inputs[g * model.given.length + k] = one.values ? one.values[one.player === data.decider ? s : profile[one.player]] : one.value;
    }));
    wasm.run(at, played.length);
    const results = new Float64Array(wasm.memory.buffer, out, model.rows * n), wrong = (model.rows - 1) * n;
    for (let k = 0; k < n; k++) if (results[wrong + k] !== 0) left++;
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
  return {means, left};
};
onmessage = async ({data: told}) => {
  if (told.study) {
    data = JSON.parse(told.study);
    postMessage({ready: true});
  } else {
    if (told.model !== current) await use(told.model);
    const found = run(told);
    postMessage({...told, ...found}, [found.means.buffer]);
  }
};
