// A file that is dropped on the form is sent as if it had been chosen.
const form = document.getElementById("drop");
const file = document.getElementById("file");
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
form.addEventListener("dragleave", () => form.classList.remove("over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("over");
  if (event.dataTransfer.files.length !== 1) return;
  file.files = event.dataTransfer.files;
  form.submit();
});
