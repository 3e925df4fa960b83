// The episode: words light up as they are said, a click on one plays it, and parts come when they are near.
import { clock, player } from "./player.js";

const episode = document.querySelector("#episode"), key = episode.dataset.key;
const parts = [...document.querySelectorAll(".part")];
const words = new Map(); // paragraph -> [[place in the text, second], ...]
const canLight = "highlights" in CSS;
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const follow = document.querySelector("#follow");
let current = null, scrolledAt = 0;

const number = (node, name) => Number(node.dataset[name]);
const filled = (part) => "filled" in part.dataset;
const asked = new Map();

function fetched(part) {
  const which = part.dataset.number;
  if (!asked.has(which)) {
    asked.set(which, fetch(`/episodes/${key}.json?part=${which}`).then((answer) => {
      if (!answer.ok) throw new Error(answer.statusText);
      return answer.json();
    }).then((view) => fill(part, view.transcript.part.paragraphs)).catch(() => asked.delete(which)));
  }
  return asked.get(which);
}

function fill(part, paragraphs) {
  if (!filled(part)) {
    part.replaceChildren(...paragraphs.map(turn));
    part.dataset.filled = "";
  }
  [...part.querySelectorAll(".turn")].forEach((node, place) => words.set(node, paragraphs[place].words));
}

function turn(one) {
  const node = element("div", "turn"), body = document.createElement("div"), time = element("a", "time");
  Object.assign(node.dataset, { start: one.start, end: one.end });
  time.href = `#t=${Math.floor(one.start)}`;
  time.dataset.at = one.start;
  time.textContent = clock(one.start);
  if (one.opens) {
    const speaker = element("p", "speaker");
    speaker.append(Object.assign(document.createElement("bdi"), { textContent: one.speaker }));
    body.append(speaker);
  }
  const said = element("p", "said");
  said.dir = "auto";
  said.textContent = one.text;
  body.append(said);
  node.append(time, body);
  return node;
}

function element(name, kind) {
  const node = document.createElement(name);
  node.className = kind;
  return node;
}

function partAt(second) {
  return parts.findLast((part) => number(part, "start") <= second) ?? parts[0];
}

function turnAt(part, second) {
  return [...part.querySelectorAll(".turn")].findLast((node) => number(node, "start") <= second + 0.05);
}

async function showSecond(second, { scroll }) {
  const part = partAt(second);
  if (!part) return;
  if (!filled(part)) await fetched(part);
  const node = turnAt(part, second);
  if (node && node !== current) {
    current?.classList.remove("now");
    node.classList.add("now");
    current = node;
    if (scroll) bring(node);
  }
  if (node) light(node, second);
  if (!words.has(node)) fetched(part);
}

// A long way is jumped, or every part on it would be fetched.
function bring(node) {
  const isFar = Math.abs(node.getBoundingClientRect().top) > 3 * innerHeight;
  node.scrollIntoView({ block: "center", behavior: isFar || calm.matches ? "instant" : "smooth" });
}

function light(node, second) {
  const known = words.get(node);
  if (!canLight || !known) return;
  const place = known.findLastIndex((word) => word.second <= second + 0.05);
  if (place < 0) return CSS.highlights.delete("word");
  const text = node.querySelector(".said").firstChild, range = new Range();
  const rest = text.data.slice(known[place].at, known[place + 1]?.at);
  range.setStart(text, known[place].at);
  range.setEnd(text, known[place].at + rest.trimEnd().length);
  CSS.highlights.set("word", new Highlight(range));
}

function mayScroll() {
  return follow?.checked && !player.audio.paused && Date.now() - scrolledAt > 4000;
}

for (const gesture of ["wheel", "touchmove"]) addEventListener(gesture, () => { scrolledAt = Date.now(); }, { passive: true });
player.audio.addEventListener("timeupdate", () => {
  if (player.isLoaded(episode.dataset.audio) || player.now?.page === `/episodes/${key}`) {
    showSecond(player.audio.currentTime, { scroll: mayScroll() });
  }
});

function playAt(second) {
  player.play({ audio: episode.dataset.audio, title: episode.dataset.title, page: `/episodes/${key}`, at: second });
}

document.querySelector("#transcript")?.addEventListener("click", async (event) => {
  const more = event.target.closest(".more");
  if (more) {
    event.preventDefault();
    return void fetched(more.closest(".part"));
  }
  const node = event.target.closest(".turn");
  if (!node || !episode.dataset.audio || !getSelection().isCollapsed) return;
  const time = event.target.closest(".time");
  if (time) {
    event.preventDefault();
    history.replaceState(null, "", `#t=${Math.floor(number(time, "at"))}`);
    return playAt(number(time, "at"));
  }
  if (!event.target.closest(".said")) return;
  await fetched(node.closest(".part"));
  playAt(secondUnder(node, event) ?? number(node, "start"));
});

function secondUnder(node, event) {
  const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
  const range = caret ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
  const place = caret?.offset ?? range?.startOffset;
  return place === undefined ? null : words.get(node)?.findLast((word) => word.at <= place)?.second;
}

const near = new IntersectionObserver((seen) => {
  for (const one of seen) if (one.isIntersecting && !filled(one.target)) fetched(one.target);
}, { rootMargin: "400px" });
parts.forEach((part) => near.observe(part));

function goToHash() {
  const second = /^#t=(\d+(?:\.\d+)?)/.exec(location.hash)?.[1];
  if (second === undefined) return;
  player.seek(Number(second));
  showSecond(Number(second), { scroll: true });
}
addEventListener("hashchange", goToHash);

const within = document.querySelector("#within"), found = document.querySelector("#within-found");
let matches = [], at = -1;
within?.form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const wanted = within.value.trim().toLocaleLowerCase();
  if (wanted !== within.dataset.last) {
    within.dataset.last = wanted;
    await Promise.all(parts.filter((part) => !filled(part)).map(fetched));
    matches = wanted ? [...document.querySelectorAll(".said")].flatMap((node) => places(node.firstChild, wanted)) : [];
    at = -1;
    if (canLight) CSS.highlights.set("within", new Highlight(...matches));
  }
  at = matches.length ? (at + 1) % matches.length : -1;
  found.textContent = wanted ? `${at + 1} / ${matches.length}` : "";
  if (matches[at]) bring(matches[at].startContainer.parentElement);
});

function places(text, wanted) {
  const ranges = [], said = text?.data.toLocaleLowerCase() ?? "";
  if (said.length !== text?.data.length) return ranges;
  for (let from = said.indexOf(wanted); from >= 0; from = said.indexOf(wanted, from + wanted.length)) {
    const range = new Range();
    range.setStart(text, from);
    range.setEnd(text, from + wanted.length);
    ranges.push(range);
  }
  return ranges;
}

const share = document.querySelector("#share");
if (share) {
  share.addEventListener("click", async () => {
    const link = `${location.origin}/episodes/${key}#t=${Math.floor(player.audio.currentTime || player.wanted || 0)}`;
    if (!navigator.clipboard) return void prompt("", link); // browsers give it to https and to this machine only
    await navigator.clipboard.writeText(link);
    const before = share.textContent;
    share.textContent = share.dataset.done;
    setTimeout(() => { share.textContent = before; }, 2000);
  });
}
goToHash();
