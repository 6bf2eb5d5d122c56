standoff.later(async () => {
  // what if: the study's own model runs in workers, and its figures stand beside the printed ones
  const box = document.getElementById("live");
  if (!box || !window.Worker || !window.WebAssembly || !window.DecompressionStream) return;
  const study = await standoff.inflate("l-data"), data = standoff.open(study).words;
  const FEW = 64, LUCK = 4, CHUNK = 64, REST = 300, COURSES = 2000, PREFIX = "#what-if?";
  const by = id => document.getElementById(id), controls = box.querySelector(".controls"), more = box.querySelector(".more");
  // a slider for each assumption, with two thumbs, the first in sight; and for each term of a deal, with one
  const sliders = [...data.assumptions, ...data.terms.map(term => ({...term, term: true}))];
  const fields = sliders.map((one, k) => {
    const field = document.createElement("fieldset");
    field.className = "axis";
    field.dataset.name = one.name;
    field.innerHTML = '<legend></legend><div class="ranges"><i class="kept"></i><input type="range" min="0" max="100" value="0"><input type="range" min="0" max="100" value="100"></div>'
      + '<p class="ends"><output></output><button type="button" class="hold" aria-pressed="false"></button><output></output></p>';
    field.querySelector("legend").textContent = one.title;
    field.querySelector("button").textContent = standoff.say("hold");
    if (one.term) field.querySelectorAll("input:first-of-type, button").forEach(control => control.remove());
    [...field.querySelectorAll("input, button")].forEach((control, i) => control.setAttribute("aria-label", standoff.say([one.term ? "at" : "at_least", "at_most", "hold_at"][i], {title: one.title})));
    if (k < data.shown || one.term) controls.insertBefore(field, more);
    else more.querySelector(".controls").append(field);
    return field;
  });
  const choices = [...box.querySelectorAll("select[data-player]")], own = data.players[data.decider];
  const settings = [...box.querySelectorAll("select[data-setting]")];
  const starts = sliders.map(one => one.term ? Array(2).fill(100 * (one.usual - one.low) / (one.high - one.low)) : [0, 100]);
  const parts = starts.map(pair => [...pair]), isMoved = k => parts[k].some((part, i) => part !== starts[k][i]);
  by("l-none").hidden = true;
  box.hidden = false;

  const over = values => {
    let n = 0, sum = 0, square = 0;
    for (const x of values) if (x === x) { n++; sum += x; }
    const mean = n ? sum / n : NaN;
    for (const x of values) if (x === x) square += (x - mean) ** 2;
    return {mean, error: n > 1 ? Math.sqrt(square / (n - 1) / n) : NaN};
  };
  const digest = means => {  // as `digest_of_means` of brief/live/model.py
    for (let i = 0; i < means.length; i++) if (means[i] !== means[i]) means[i] = NaN;  // one pattern of bits
    const words = new Uint32Array(means.buffer);
    return [2166136261, 3339675911].map(base => {
      let state = base;
      for (let i = 0; i < words.length; i++) state = Math.imul(state ^ words[i], 16777619);
      return (state >>> 0).toString(16).padStart(8, "0");
    }).join("");
  };

  // workers: each takes a part of the worlds; what a newer question has made pointless is dropped
  let workers = null, turn = 0, queue = [], asked = null, moved = null, timer = 0;
  const start = () => {
    const url = URL.createObjectURL(new Blob([by("l-worker").textContent], {type: "text/javascript"}));
    workers = Array.from({length: Math.max(1, Math.min(4, navigator.hardwareConcurrency || 2))}, () => {
      const worker = new Worker(url);
      worker.idle = false;
      worker.onmessage = ({data: told}) => {
        worker.idle = true;
        if (told.means && told.turn === turn) collect(told);
        feed();
      };
      worker.onerror = () => { by("l-status").textContent = standoff.say("cannot"); };
      worker.postMessage({study});
      return worker;
    });
  };
  const feed = () => {
    for (const worker of workers) {
      if (!worker.idle || !queue.length) continue;
      worker.idle = false;
      worker.postMessage(queue.shift());
    }
  };
  const value = (one, part) => one.low + part / 100 * (one.high - one.low);
  const ends = () => data.assumptions.map((one, k) => [k, ...parts[k].map(part => value(one, part))]).filter(([k]) => isMoved(k));
  const levels = () => Object.fromEntries(sliders.flatMap((one, k) => one.term && isMoved(k) ? [[one.name, value(one, parts[k][0])]] : []));
  const variant = () => +(by("l-model")?.value || 0);
  const allowed = () => {
    const view = data.views[by("l-view").value] || {allowed: null};
    return data.players.map((player, p) => {
      const choice = choices.find(select => +select.dataset.player === p);
      let list = player.strategies.map((_, s) => s);
      if (choice && choice.value !== "") list = [+choice.value];
      else if (view.allowed && p !== data.decider) list = view.allowed[p];
      for (const select of settings) {
        if (+select.dataset.of !== p || select.value === "") continue;
        const {of} = player.settings[select.dataset.setting], kept = list.filter(s => of[s] < 0 || of[s] === +select.value);
        if (kept.length) list = kept;
      }
      return list;
    });
  };
  const ask = (isMoving, scan) => {
    if (!workers) start();
    const who = allowed(), isDrawn = who.some((list, p) => p !== data.decider && list.length > 1);
    const worlds = isMoving || scan ? Math.min(FEW, data.worlds) : data.worlds;
    const replications = isMoving || scan ? LUCK : data.replications * (isDrawn ? 4 : 1);
    turn++;
    queue = [];
    const kept = scan || !data.followed.length ? 0 : Math.min(replications, Math.ceil(COURSES / worlds));
    const one = data.followed[by("l-followed")?.value];
    asked = {worlds, replications, isMoving, scan, kept, one, turn, own: who[data.decider], parts: []};
    const each = isMoving ? Math.ceil(worlds / workers.length) : CHUNK, base = {turn, replications, kept, thing: one?.at, allowed: who, model: variant(), levels: levels()};
    if (scan) queue = scan.at.map((x, i) => {
      const at = sliders[scan.k].term ? {ends: ends(), levels: {...levels(), [sliders[scan.k].name]: x}} : {ends: [...ends().filter(([k]) => k !== scan.k), [scan.k, x, x]]};
      return {...base, ...at, i, first: 0, last: worlds};
    });
    else for (let first = 0; first < worlds; first += each) queue.push({...base, first, last: Math.min(worlds, first + each), ends: ends()});
    asked.of = queue.length;
    if (!scan) status(standoff.say("running", {worlds: worlds.toLocaleString("en"), replications}), true);
    feed();
  };
  const collect = told => {
    asked.parts.push(told);
    if (asked.parts.length < asked.of) return;
    if (asked.scan) return flips(asked);
    show(asked);
    if (!asked.isMoving && moved !== null && parts[moved]) ask(false, scanned(moved));
  };

  // results
  const status = (text, isMoving) => {
    by("l-status").textContent = text;
    by("l-status").classList.toggle("moving", isMoving);
  };
  let last = null;
  const column = (found, s, m) => {  // of the s-th strategy that was run
    const whole = new Float64Array(found.worlds), M = data.measures.length;
    for (const part of found.parts) {
      const size = part.last - part.first;
      whole.set(part.means.subarray((s * M + m) * size, (s * M + m + 1) * size), part.first);
    }
    return whole;
  };
  const ranked = found => {
    const payoffs = found.own.map((_, s) => over(column(found, s, 0)).mean);
    return payoffs.map((_, s) => s).sort((a, b) => payoffs[b] - payoffs[a]);
  };
  const show = found => {
    last = found;
    const order = ranked(found), leader = found.own[order[0]];
    const left = found.parts.reduce((k, part) => k + part.left, 0), many = standoff.say("many", {worlds: found.worlds.toLocaleString("en"), replications: found.replications});
    status(standoff.say(leader === data.leader ? "live_same" : "live_other", {many, leader: own.strategies[leader], printed: own.strategies[data.leader]}), found.isMoving);
    table(found, order);
    by("l-deal").textContent = data.measures.flatMap((measure, m) => measure.deal ? [inForce(found, order, m)] : []).join(" ");
    courses(found, order);
    if (found.isMoving) return;
    const each = found.own.length * data.measures.length, all = new Float64Array(each * found.worlds);
    for (const {first, last: end, means} of found.parts) {
      const size = end - first;
      for (let k = 0; k < each; k++) all.set(means.subarray(k * size, (k + 1) * size), k * found.worlds + first);
    }
    const identity = digest(all);
    by("l-about").textContent = [standoff.say("digest", {digest: identity}), ...left ? [standoff.say("wrong", {n: left.toLocaleString("en")})] : []].join(" ");
    by("l-about").dataset.digest = identity;
  };
  const inForce = (found, order, m) => {
    const shares = order.map(s => [own.strategies[found.own[s]], over(column(found, s, m))]), said = ([strategy, {mean, error}]) => standoff.say("under", {figure: standoff.measured(mean, error, "%"), strategy});
    const most = shares.reduce((a, b) => b[1].mean > a[1].mean ? b : a);
    return standoff.say(most === shares[0] ? "force" : "force_most", {title: data.measures[m].title, first: said(shares[0]), most: said(most)});
  };
  // what is followed over time, strategy by strategy, so that the page answers in between
  const courses = async (found, order) => {
    if (!found.kept) return;
    const one = found.one, points = data.dates.length + 1, steps = points - !one.carried, bands = [];
    for (const s of order) {
      const walked = Array.from({length: steps}, (_, t) => {
        const whole = new Float64Array(found.worlds * found.kept), at = s * points + t;
        for (const {first, last: end, courses: all} of found.parts) whole.set(all.subarray(at * (end - first) * found.kept, (at + 1) * (end - first) * found.kept), first * found.kept);
        return whole;
      });
      bands.push({name: own.strategies[found.own[s]], colour: own.colours[found.own[s]], ...standoff.fans.band(walked, one, steps)});
      await new Promise(resolve => { setTimeout(resolve); });
      if (found !== last) return;
    }
    by("l-over").hidden = false;
    by("l-fans").replaceChildren(...standoff.fans.draw(bands, one, data.dates));
    by("l-fans").dataset.digest = digest(Float64Array.from(bands.flatMap(b => b.quantiles.flat())));
    by("l-fans").dataset.of = `${one.name} ${found.worlds}`;
  };
  const table = (found, order) => {
    const m = +by("l-measure").value, measure = data.measures[m], first = column(found, order[0], m);
    const figures = order.map(s => {
      const values = column(found, s, m);
      return {s, whole: over(values), less: over(values.map((x, w) => x - first[w]))};
    });
    const means = figures.map(f => f.whole.mean).filter(Number.isFinite), low = Math.min(...means), high = Math.max(...means), pad = 0.08 * (high - low) || 1;
    by("l-caption").textContent = standoff.say("caption", {title: measure.title, worlds: found.worlds.toLocaleString("en")});
    box.querySelector("tbody").replaceChildren(...figures.map(({s: place, whole, less}, i) => {
      const s = found.own[place];
      const row = document.createElement("tr"), head = document.createElement("th"), bars = document.createElement("td");
      row.className = `s${own.colours[s]}`;
      head.scope = "row";
      head.textContent = own.strategies[s];
      bars.className = "bars";
      const track = document.createElement("span"), dot = document.createElement("i");
      track.className = "track";
      dot.className = own.hollow[s] ? "dot hollow" : "dot";
      dot.style.left = Number.isFinite(whole.mean) ? `${100 * (whole.mean - low + pad) / (high - low + 2 * pad)}%` : "0%";
      track.append(dot);
      bars.append(track);
      const cells = [["l-mean", standoff.measured(whole.mean, whole.error, measure.unit)], ["l-less", i ? standoff.measured(less.mean, less.error, measure.unit) : standoff.say("leads")]].map(([name, text]) => {
        const cell = document.createElement("td");
        cell.className = name;
        cell.textContent = text;
        return cell;
      });
      row.append(head, bars, ...cells);
      return row;
    }));
  };
  // where the leader changes as the last moved assumption goes from end to end, all else as chosen
  const scanned = k => ({k, at: Array.from({length: 9}, (_, i) => value(sliders[k], 12.5 * i))});
  const flips = found => {
    const {k, at} = found.scan, one = sliders[k], leads = [];
    for (const part of found.parts) {
      const at0 = {worlds: found.worlds, parts: [part]}, payoffs = found.own.map((_, s) => over(column(at0, s, 0)).mean);
      leads[part.i] = found.own[payoffs.indexOf(Math.max(...payoffs))];
    }
    const said = at.slice(1).flatMap((x, i) => leads[i + 1] === leads[i] ? [] : [standoff.say("between", {low: spoken(one, at[i]), high: spoken(one, x), one: own.strategies[leads[i]], other: own.strategies[leads[i + 1]]})]);
    by("l-flip").textContent = standoff.say(said.length ? "turns" : "stays", {worlds: found.worlds, title: one.title, where: said.join("; "), one: own.strategies[leads[0]]});
  };

  // controls
  const spoken = (one, x) => one.kinds.length ? one.kinds[Math.round(x)].replaceAll("_", " ") : `${standoff.number(x)} ${one.unit}`.trim();
  const draw = (field, k) => {
    const one = sliders[k], [low, high] = parts[k], inputs = field.querySelectorAll("input"), kept = field.querySelector(".kept");
    const texts = [low, high].map(part => spoken(one, value(one, part)));
    inputs.forEach((input, i) => { input.value = parts[k][i]; input.setAttribute("aria-valuetext", texts[i]); });
    field.querySelectorAll("output").forEach((output, i) => { output.textContent = one.term && i ? standoff.say("printed", {value: spoken(one, one.usual)}) : texts[i]; });
    kept.style.left = `calc(8px + ${low / 100} * (100% - 16px))`;
    kept.style.width = `calc(${(high - low) / 100} * (100% - 16px))`;
    field.querySelector(".hold")?.setAttribute("aria-pressed", String(low === high));
  };
  const remember = () => {
    const said = new URLSearchParams();
    parts.forEach(([low, high], k) => { if (isMoved(k)) said.set(sliders[k].name, `${low}-${high}`); });
    if (+by("l-view").value) said.set("view", by("l-view").value);
    if (variant()) said.set("variant", variant());
    choices.forEach(select => { if (select.value !== "") said.set(`player-${select.dataset.player}`, select.value); });
    settings.forEach(select => { if (select.value !== "") said.set(`setting-${select.dataset.of}-${select.dataset.setting}`, select.value); });
    history.replaceState(null, "", `${PREFIX}${said}`);
  };
  const rest = () => {
    clearTimeout(timer);
    if (asked?.isMoving && asked.turn === turn && asked.parts.length < asked.of) {  // the few worlds come first
      timer = setTimeout(rest, 50);
      return;
    }
    remember();
    ask(false);
  };
  const move = () => {
    by("l-flip").textContent = "";
    ask(true);
    clearTimeout(timer);
    timer = setTimeout(rest, REST);
  };
  fields.forEach((field, k) => {
    const inputs = [...field.querySelectorAll("input")];
    inputs.forEach((input, i) => input.addEventListener("input", () => {
      const held = parts[k][0] === parts[k][1], at = +input.value;
      parts[k] = held || sliders[k].term ? [at, at] : i ? [Math.min(parts[k][0], at - 1), at] : [at, Math.max(parts[k][1], at + 1)];
      parts[k] = parts[k].map(part => Math.min(100, Math.max(0, part)));
      moved = k;
      draw(field, k);
      move();
    }));
    field.querySelector(".hold")?.addEventListener("click", () => {
      const [low, high] = parts[k], middle = Math.round((low + high) / 2);
      parts[k] = low === high ? [0, 100] : [middle, middle];
      moved = k;
      draw(field, k);
      move();
    });
    draw(field, k);
  });
  by("l-view").addEventListener("change", move);
  by("l-model")?.addEventListener("change", move);
  [...choices, ...settings].forEach(select => select.addEventListener("change", move));
  by("l-measure").addEventListener("change", () => {
    if (!last) return ask(false);
    table(last, ranked(last));
  });
  by("l-followed")?.addEventListener("change", () => { if (last) rest(); });
  by("l-run").addEventListener("click", () => { moved = null; rest(); });
  by("l-reset").addEventListener("click", () => {
    clearTimeout(timer);
    turn++;
    queue = [];
    last = moved = null;
    starts.forEach((pair, k) => { parts[k] = [...pair]; });
    fields.forEach(draw);
    by("l-view").value = "0";
    if (by("l-model")) by("l-model").value = "0";
    [...choices, ...settings].forEach(select => { select.value = ""; });
    box.querySelector("tbody").replaceChildren();
    by("l-fans")?.replaceChildren();
    if (by("l-over")) by("l-over").hidden = true;
    for (const id of ["l-deal", "l-flip", "l-about"]) by(id).textContent = "";
    delete by("l-about").dataset.digest;
    status(standoff.say("nothing"), false);
    history.replaceState(null, "", "#what-if");
  });
  if (location.hash.startsWith(PREFIX)) {  // a what-if that was sent
    const said = new URLSearchParams(location.hash.slice(PREFIX.length));
    fields.forEach((field, k) => {
      const [low, high] = (said.get(sliders[k].name) || "").split("-").map(Number);
      if (low >= 0 && high <= 100 && low <= high) parts[k] = [low, high];
      draw(field, k);
    });
    if (by("l-model") && data.models[said.get("variant")]) by("l-model").value = said.get("variant");
    if (data.views[said.get("view")]) by("l-view").value = said.get("view");
    choices.forEach(select => { if ([...select.options].some(o => o.value === said.get(`player-${select.dataset.player}`))) select.value = said.get(`player-${select.dataset.player}`); });
    settings.forEach(select => {
      const chosen = said.get(`setting-${select.dataset.of}-${select.dataset.setting}`);
      if ([...select.options].some(o => o.value === chosen)) select.value = chosen;
    });
    document.getElementById("what-if").scrollIntoView();
    rest();
  }
});
Promise.allSettled(standoff.started).then(() => { document.documentElement.dataset.started = ""; });
