// Look again when the server says that something changed; nothing else on most pages needs script.
const address = document.body.dataset.follow;
const part = document.body.dataset.part;
if (address) {
  const source = new EventSource(address);
  source.onmessage = async () => {
    if (!part) { location.reload(); return; }
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector(part).replaceChildren(...page.querySelector(part).childNodes);
    if (!page.body.dataset.follow) source.close();
  };
}
