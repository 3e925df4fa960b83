// One player for the whole site: it goes on where it was when another page is opened.
const KEPT = "ragtime.player";
const $ = (id) => document.getElementById(id);
const bar = $("player"), audio = $("audio"), place = $("player-place"), toggle = $("player-toggle"), said = $("player-said");

export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds)), two = (n) => String(n).padStart(2, "0");
  const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60, s = whole % 60;
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const player = {
  audio,
  now: null,
  get isReady() { return this.now !== null; },
  isLoaded(address) { return this.now !== null && this.now.audio === address; },

  load({ audio: address, title, page }, at) {
    if (!this.isLoaded(address)) {
      audio.src = at ? `${address}#t=${at}` : address;
      this.wanted = at ?? null;
    } else if (at != null) {
      this.seek(at);
    }
    this.now = { audio: address, title, page };
    bar.hidden = false;
    said.textContent = "";
    const link = $("player-title");
    link.href = page;
    link.firstElementChild.textContent = title;
    $("player-now").textContent = clock(at ?? audio.currentTime);
  },

  play(what) {
    this.load(what, what.at);
    if (what.at != null && audio.readyState > 0) audio.currentTime = what.at;
    audio.play().catch((error) => { if (error.name !== "AbortError") failed(); });
  },

  seek(second) {
    this.wanted = audio.readyState > 0 ? null : second;
    if (audio.readyState > 0) audio.currentTime = second;
  },

  toggle() {
    if (audio.paused) audio.play().catch(failed);
    else audio.pause();
  },
};

function failed() { said.textContent = audio.dataset.gone; }

function show() {
  bar.classList.toggle("playing", !audio.paused);
  toggle.setAttribute("aria-label", audio.paused ? toggle.dataset.play : toggle.dataset.pause);
}

function keep() {
  if (player.now) sessionStorage.setItem(KEPT, JSON.stringify({ ...player.now, at: audio.currentTime || player.wanted || 0 }));
}

audio.addEventListener("loadedmetadata", () => {
  if (player.wanted != null && Math.abs(audio.currentTime - player.wanted) > 0.3) audio.currentTime = player.wanted;
  player.wanted = null;
  place.max = audio.duration || 1;
  $("player-end").textContent = clock(audio.duration || 0);
});
audio.addEventListener("timeupdate", () => {
  place.value = audio.currentTime;
  place.setAttribute("aria-valuetext", clock(audio.currentTime));
  $("player-now").textContent = clock(audio.currentTime);
});
for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
audio.addEventListener("error", failed);
toggle.addEventListener("click", () => player.toggle());
place.addEventListener("input", () => player.seek(Number(place.value)));
$("player-speed").addEventListener("change", (event) => { audio.playbackRate = Number(event.target.value); });
window.addEventListener("pagehide", keep);

const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
const own = document.querySelector("#episode[data-audio]");
if (own) {
  const isIt = kept && (kept.page === `/episodes/${own.dataset.key}`);
  player.load({ audio: own.dataset.audio, title: own.dataset.title, page: `/episodes/${own.dataset.key}` }, isIt ? kept.at : null);
  audio.preload = "metadata";
} else if (kept) {
  player.load(kept, kept.at);
}
