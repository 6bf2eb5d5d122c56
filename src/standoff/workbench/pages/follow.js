// Look again when the server says that something changed; nothing else on a page needs script.
const address = document.body.dataset.follow;
if (address) {
  new EventSource(address).onmessage = () => location.reload();
}
