// What every page does: play in place, and the three keys. Pages that have more load it when they need it.
import { player } from "./player.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-audio]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const at = "resume" in link.dataset && player.isLoaded(link.dataset.audio) ? null : Number(link.dataset.at);
  player.play({ audio: link.dataset.audio, title: link.dataset.title, page: pageOf(link), at });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.matches("input")) {
    event.preventDefault();
    return event.target.blur();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]")) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector(".field input")?.select();
  } else if (event.key === " " && player.isReady && !event.target.closest("button, a, summary")) {
    event.preventDefault();
    player.toggle();
  }
});

function pageOf(link) {
  const own = document.querySelector("#episode");
  return own && !link.dataset.audio.includes("/episodes/") ? `/episodes/${own.dataset.key}` : link.getAttribute("href").split("#")[0];
}

if (document.querySelector("#episode")) import("./episode.js");
if (document.querySelector("#answer")) import("./ask.js");

// Who presses Ask wants an answer at once; an address alone, opened or shared, asks nothing that costs money.
document.addEventListener("submit", (event) => {
  if (event.submitter && "ask" in event.submitter.dataset) sessionStorage.setItem("ragtime.ask", new FormData(event.target).get("q").trim());
});
