// The answer streams into the page; a number opens its quote and plays it.
import { player } from "./player.js";

const form = document.querySelector("#ask-form"), shown = document.querySelector("#answer-text");
const WANTED = "ragtime.ask";

form.addEventListener("submit", (event) => {
  if (form.method !== "post" || event.submitter?.formMethod === "get" && event.submitter.hasAttribute("formaction")) return;
  event.preventDefault();
  ask();
});

async function ask() {
  const fields = new URLSearchParams(new FormData(form)), question = fields.get("q").trim();
  if (!question) return;
  document.querySelector("#h-ask").textContent = question;
  const address = new URLSearchParams(fields);
  address.delete("mark");
  history.replaceState(null, "", `/ask?${address}`);
  const steps = element("ul", "steps"), text = element("p", "text");
  text.dir = "auto";
  steps.append(element("li", "", form.dataset.working));
  shown.replaceChildren(text, steps);
  form.querySelectorAll("button").forEach((one) => { one.disabled = true; });
  try {
    const answer = await fetch(form.dataset.stream, { method: "POST", body: fields });
    if (!answer.ok) throw new Error(answer.statusText);
    await read(answer.body, { text, steps });
  } catch {
    told(form.dataset.lost, "");
  }
  form.querySelectorAll("button").forEach((one) => { one.disabled = false; });
}

async function read(body, { text, steps }) {
  let rest = "", ended = false;
  for await (const piece of chunks(body.pipeThrough(new TextDecoderStream()))) {
    const lines = (rest + piece).split("\n\n");
    rest = lines.pop();
    for (const one of lines) {
      const kind = /^event: (\w+)/m.exec(one)?.[1], data = /^data: (.*)$/m.exec(one)?.[1];
      if (!kind) continue;
      const document_ = JSON.parse(data);
      if (kind === "sentence") text.append(`${document_.text} `);
      else if (kind === "done") { show(document_.html); ended = true; }
      else if (kind === "error") { told(document_.message, document_.remedy); ended = true; }
      else steps.replaceChildren(element("li", "", document_.text));
    }
  }
  if (!ended) told(form.dataset.lost, "");
}

async function* chunks(stream) {
  const reader = stream.getReader();
  for (let one = await reader.read(); !one.done; one = await reader.read()) yield one.value;
}

function show(html) {
  shown.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
}

function told(message, remedy) {
  const notice = element("div", "notice bad");
  notice.setAttribute("role", "alert");
  notice.append(element("p", "", message), element("p", "", remedy));
  shown.replaceChildren(notice);
}

function element(name, kind, text = "") {
  return Object.assign(document.createElement(name), { className: kind, textContent: text });
}

shown.addEventListener("click", (event) => {
  const cite = event.target.closest("[data-cite]");
  if (!cite) return;
  event.preventDefault();
  shown.querySelectorAll(".open").forEach((one) => one.classList.remove("open"));
  const source = document.querySelector(`#source-${cite.dataset.cite}`), link = source.querySelector("a[data-audio]");
  source.classList.add("open");
  source.scrollIntoView({ block: "nearest" });
  player.play({ audio: link.dataset.audio, title: link.dataset.title, page: link.getAttribute("href").split("#")[0], at: Number(link.dataset.at) });
});

const wanted = sessionStorage.getItem(WANTED);
sessionStorage.removeItem(WANTED);
if (form.method === "post" && wanted && wanted === form.elements.q.value) ask();
