// The editor of a study's texts: what it shows of them comes from the server, which asks the language's own checks.
import * as cm from "/static/codemirror.js";

const form = document.getElementById("form");
const area = document.getElementById("text");
const state = document.getElementById("state");
const own = form.dataset.own === "1";
const here = form.getAttribute("action");
const file = form.dataset.file;
const clean = (name) => document.getElementById(name);

// The server counts characters, the browser UTF-16 units: they differ behind signs beyond the first plane.
const plain = (text) => !/[\ud800-\udbff]/.test(text);
const toServer = (text, at) => plain(text) ? at : Array.from(text.slice(0, at)).length;
const fromServer = (text, at) => plain(text) ? at : Array.from(text).slice(0, at).join("").length;

async function ask(what, text, given = {}) {
  const answer = await fetch(`${here}/${what}`, {method: "POST", body: new URLSearchParams({text, ...given})});
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.json();
}

function element(name, text, kind = "") {
  const made = document.createElement(name);
  made.textContent = text;
  if (kind) made.className = kind;
  return made;
}

// problems, as somebody writes: one check at a time, and then one of the newest text; words are asked for before
let checking = false, wanted = false, rest = 0;
async function check(view) {
  clearTimeout(rest);
  if (checking) { wanted = true; return; }
  checking = true;
  await checked(view, "0");
  checking = false;
  if (wanted) { wanted = false; check(view); } else rest = setTimeout(() => settle(view), 400);
}

// once nobody writes: with every variant, and the map
async function settle(view) {
  const text = view.state.doc.toString();
  const found = await checked(view, "1");
  if (found && !found.some((one) => one.severity === "error")) draw(text);
}

async function checked(view, every) {
  const doc = view.state.doc, text = doc.toString();
  try {
    const found = await ask("problems", text, {every});
    if (!view.state.doc.eq(doc)) return null;
    show(view, text, found);
    return found;
  } catch { state.textContent = "The server does not answer."; return null; }
}

function show(view, text, found) {
  const mine = found.filter((one) => one.file === file);
  const end = text.length;
  view.dispatch(cm.setDiagnostics(view.state, mine.map((one) => {
    const from = Math.min(fromServer(text, one.start), end);
    return {from, to: Math.min(Math.max(from, fromServer(text, one.stop)), end), severity: one.severity === "error" ? "error" : "warning",
      message: one.help ? `${one.message}\n${one.help}` : one.message};
  })));
  const list = document.createElement("ul");
  list.className = "problems";
  for (const one of found) {
    const item = element("li", "", one.severity);
    if (one.file === file) {
      const go = element("button", `${one.file}:${one.line}`, "go");
      go.type = "button";
      go.onclick = () => jump(view, fromServer(view.state.doc.toString(), one.start));
      item.append(go);
    } else item.append(`${one.file}:${one.line}`);
    item.append(` ${one.message}`);
    if (one.help) item.append(document.createElement("br"), element("span", one.help, "soft"));
    list.append(item);
  }
  clean("problems").replaceChildren(found.length ? list : element("p", "None."));
}

// the causal map, drawn anew when the text is sound and no map of it was asked for yet
let drawn = area.value;
async function draw(text) {
  if (text === drawn) return;
  drawn = text;
  const {picture, listed} = await ask("map", text);
  if (!picture) return;
  const parsed = new DOMParser().parseFromString(`<body>${picture}<div>${listed}</div>`, "text/html");
  clean("map").replaceChildren(parsed.querySelector("svg"));
  clean("listed").replaceChildren(...parsed.querySelector("div").childNodes);
  light();
}

let node = "";
function light() {
  for (const one of document.querySelectorAll("#map .node")) {
    const is = node !== "" && (one.dataset.node === node || one.dataset.node.split(".")[0] === node);
    one.classList.toggle("here", is);
  }
}

// what stands at the cursor
let looking = 0;
function look(view) {
  clearTimeout(looking);
  looking = setTimeout(async () => {
    const text = view.state.doc.toString();
    const told = (at) => ask("look", text, {at: toServer(text, at)}).catch(() => null);
    const at = view.state.selection.main.head, line = view.state.doc.lineAt(at);
    let found = await told(at);
    const first = line.text.search(/\w/); // where nothing can be said of a place, what its line begins with
    if (found && !found.lines.length && !found.equations.length && first >= 0) found = await told(line.from + first);
    if (!found || view.state.doc.toString() !== text) return;
    const parts = [];
    if (found.equations.length) {
      const list = document.createElement("dl");
      list.className = "equations";
      for (const [name, right] of found.equations) list.append(element("dt", name), element("dd", `= ${right}`));
      parts.push(list);
    }
    for (const line of found.lines) if (!found.equations.some(([name]) => line.startsWith(`${name} = `))) parts.push(element("p", line));
    clean("at").replaceChildren(...(parts.length ? parts : [element("p", "Nothing to say of this place.", "soft")]));
    node = found.node;
    light();
  }, 120);
}

async function definition(view) {
  const text = view.state.doc.toString();
  const found = await ask("look", text, {at: toServer(text, view.state.selection.main.head)}).catch(() => null);
  if (!found || found.at < 0) return;
  if (found.file === file) jump(view, fromServer(text, found.at));
  else location.href = `${here.replace(/[^/]+$/, found.file)}#at-${found.at}`;
}

function jump(view, at) {
  view.dispatch({selection: {anchor: Math.min(at, view.state.doc.length)}, effects: cm.EditorView.scrollIntoView(Math.min(at, view.state.doc.length), {y: "center"})});
  view.focus();
}

// Only what can enclose the cursor is sent: from the last key in the first column on.
function opened(doc, at) {
  let line = doc.lineAt(at);
  while (line.number > 1) {
    line = doc.line(line.number - 1);
    if (/^[^\s#-]/.test(line.text)) break;
  }
  return line.from;
}

async function complete(context) {
  const before = context.matchBefore(/[\w.]*/);
  if (!context.explicit && (!before || before.from === before.to)) return null;
  const base = opened(context.state.doc, context.pos);
  const text = context.state.sliceDoc(base, context.pos);
  const words = () => ask("words", text, {at: toServer(text, text.length)});
  const found = await words().catch(words).catch(() => []); // once more, as nothing asks again until the next key
  if (!found.length) return null;
  const kinds = {key: "property", word: "keyword", name: "variable", function: "function", option: "enum"};
  return {
    from: base + fromServer(text, found[0].start), validFor: /^\w*$/,
    options: found.map((one, i) => ({label: one.text, apply: one.kind === "key" ? `${one.text}: ` : one.text, detail: one.detail, type: kinds[one.kind], boost: -i / found.length})),
  };
}

const hover = cm.hoverTooltip(async (view, at) => {
  const text = view.state.doc.toString();
  const found = await ask("look", text, {at: toServer(text, at)}).catch(() => null);
  if (!found || !found.lines.length) return null;
  return {
    pos: fromServer(text, found.start), end: fromServer(text, found.stop), above: true,
    create: () => {
      const dom = document.createElement("div");
      dom.className = "meaning";
      for (const line of found.lines) dom.append(element("p", line));
      return {dom};
    },
  };
});

// saving
let saved = area.value;
async function save(view) {
  if (!own) return true;
  const text = view.state.doc.toString();
  const undo = JSON.stringify(view.state.toJSON({history: cm.historyField}).history);
  const body = new URLSearchParams({text, was: form.elements.was.value, by: "script", undo: undo.length < 1e6 ? undo : ""});
  try {
    const answer = await fetch(here, {method: "POST", body});
    const said = await answer.json();
    if (answer.ok) { form.elements.was.value = said.digest; saved = text; state.textContent = said.said; clean("said").replaceChildren(); } else {
      const alert = element("p", `${said.said} `);
      alert.setAttribute("role", "alert");
      const again = element("a", "Open the file as it is now");
      again.href = here;
      alert.append(again);
      clean("said").replaceChildren(alert);
      state.textContent = "";
    }
  } catch { state.textContent = "Not saved: the server does not answer."; }
  return true;
}

function begin() {
  const box = clean("editor");
  const root = box.attachShadow({mode: "open"}); // its styles are sheets of its own, which the page's policy allows
  const keys = [
    {key: "Mod-s", run: (view) => { save(view); return true; }, preventDefault: true},
    {key: "F12", run: (view) => { definition(view); return true; }},
    {key: "Escape", run: (view) => { (document.getElementById("save") || document.querySelector("h1 ~ * a")).focus(); return true; }},
  ];
  const extensions = [
    cm.EditorView.lineWrapping, cm.lineNumbers(), cm.foldGutter(), cm.history(), cm.drawSelection(), cm.highlightActiveLine(), cm.bracketMatching(),
    cm.indentUnit.of("  "), cm.yaml(), cm.syntaxHighlighting(cm.defaultHighlightStyle, {fallback: true}),
    cm.highlightSelectionMatches(), cm.lintGutter(), cm.autocompletion({override: [complete], activateOnTypingDelay: 5}), hover,
    cm.keymap.of([...cm.completionKeymap, ...keys, ...cm.historyKeymap, ...cm.searchKeymap, ...cm.foldKeymap, ...cm.lintKeymap, ...cm.defaultKeymap]),
    cm.EditorView.contentAttributes.of({"aria-label": `The text of ${file}`, spellcheck: "false", tabindex: "0"}),
    cm.EditorView.theme({
      "&": {height: "min(70vh, 720px)", border: "1px solid #8a8a8a", borderRadius: "4px", fontSize: "14px"},
      ".cm-scroller": {fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace"},
      ".cm-gutters": {backgroundColor: "#f6f6f6", color: "#595959"},
      "&.cm-focused": {outline: "3px solid #0072B2", outlineOffset: "2px"},
      ".meaning": {maxWidth: "460px", padding: "4px 10px", font: "14px/1.4 system-ui, sans-serif"},
      ".meaning p": {margin: "4px 0"},
    }),
    cm.EditorView.updateListener.of((update) => {
      if (update.docChanged) { setTimeout(check, 12, update.view); if (own) state.textContent = update.state.doc.toString() === saved ? "" : "Not saved yet."; }
      if (update.docChanged || update.selectionSet) look(update.view);
    }),
    cm.EditorView.domEventHandlers({
      mousedown: (event, view) => {
        if (!event.ctrlKey && !event.metaKey) return false;
        const at = view.posAtCoords({x: event.clientX, y: event.clientY});
        if (at === null) return false;
        view.dispatch({selection: {anchor: at}});
        definition(view);
        return true;
      },
    }),
  ];
  if (!own) extensions.push(cm.EditorState.readOnly.of(true));
  let started = cm.EditorState.create({doc: area.value, extensions});
  try {
    const kept = JSON.parse(clean("undo").value || "null");
    if (kept) started = cm.EditorState.fromJSON({doc: area.value, selection: {ranges: [{anchor: 0, head: 0}], main: 0}, history: kept}, {extensions}, {history: cm.historyField});
  } catch { /* an older editor's: undo begins here */ }
  const view = new cm.EditorView({state: started, parent: root, root});
  area.hidden = true;
  document.getElementById("text-label").htmlFor = "";
  document.getElementById("text-label").hidden = true;
  box.hidden = false;
  form.addEventListener("submit", (event) => { event.preventDefault(); save(view); });
  addEventListener("beforeunload", (event) => { if (own && view.state.doc.toString() !== saved) event.preventDefault(); });
  const line = /^#line-(\d+)$/.exec(location.hash), at = /^#at-(\d+)$/.exec(location.hash);
  if (line && +line[1] <= view.state.doc.lines) jump(view, view.state.doc.line(+line[1]).from);
  if (at) jump(view, fromServer(view.state.doc.toString(), +at[1]));
  check(view);
  look(view);
}

begin();
