// What the pages need beyond htmx: the live channel, drafts, canned replies, cited passages, notices. No text is ever set as markup.
"use strict";

(() => {
  const body = document.body;
  const log = document.getElementById("log");
  const atEnd = () => !log || log.scrollHeight - log.scrollTop - log.clientHeight < 120;
  const toEnd = () => { if (log) log.scrollTop = log.scrollHeight; };

  // ---------------------------------------------------------------- live
  let lookSoon = 0;
  function look() {
    clearTimeout(lookSoon);
    lookSoon = setTimeout(() => htmx.trigger(body, "desk-changed"), 60);
  }
  if (body.dataset.live) {
    const here = location.pathname.split("/conversations/")[1];
    const listen = () => {
      const stream = new EventSource(body.dataset.live);
      stream.addEventListener("changed", (event) => { if (!here || !event.data || event.data === here) look(); });
      stream.addEventListener("ended", () => { stream.close(); location.assign("/desk/sign-in"); });
      // A browser does not try again after an answer that is no stream: the session has ended, which the next look finds, or the door
      // is busy, and then this page would stay deaf.
      stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) { look(); setTimeout(listen, 2000); } });
    };
    listen();
    // The stream may have missed something while it was away.
    setInterval(look, 20000);
  }

  // ---------------------------------------------------------------- transcript
  if (log && !location.hash) toEnd();
  let stay = true;
  body.addEventListener("htmx:beforeSwap", () => { stay = atEnd(); });
  body.addEventListener("htmx:afterSettle", () => { if (stay) toEnd(); });

  const pane = document.getElementById("cite-pane");
  let opener = null;
  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-cite]");
    if (button && pane) {
      for (const other of document.querySelectorAll("[data-cite][aria-expanded=true]")) other.setAttribute("aria-expanded", "false");
      const source = document.getElementById(button.dataset.cite);
      pane.querySelector("div").replaceChildren(...[...source.children].map((one) => one.cloneNode(true)));
      pane.hidden = false;
      button.setAttribute("aria-expanded", "true");
      opener = button;
      pane.focus();
      pane.scrollIntoView({ block: "nearest" });
    }
    if (event.target.closest("[data-close-cite]")) closePane();
    if (event.target.closest("[data-print]")) window.print();
  });
  function closePane() {
    if (!pane || pane.hidden) return;
    pane.hidden = true;
    if (opener) { opener.setAttribute("aria-expanded", "false"); opener.focus(); }
  }
  body.addEventListener("keydown", (event) => { if (event.key === "Escape") closePane(); });

  // ---------------------------------------------------------------- reply
  const reply = document.querySelector("[data-reply]");
  if (reply) {
    const text = reply.elements.text, id = reply.elements.client_id, key = "draft:" + reply.dataset.draft;
    text.value = text.value || sessionStorage.getItem(key) || ""; // on a slow line words may be there before this script
    let toldAt = 0;
    text.addEventListener("input", () => {
      sessionStorage.setItem(key, text.value);
      if (!text.value || Date.now() - toldAt < 3000) return;
      toldAt = Date.now();
      const csrf = reply.elements.csrf.value;
      fetch(reply.action.replace(/say$/, "typing"), { method: "POST", body: new URLSearchParams({ csrf }) }).catch(() => {});
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); reply.requestSubmit(); }
    });
    reply.addEventListener("htmx:afterRequest", (event) => {
      if (!event.detail.successful) return; // the words stay, with the same id: sent again they are said once
      text.value = "";
      sessionStorage.removeItem(key);
      id.value = Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
      text.focus();
      look();
    });
    reply.addEventListener("htmx:sendError", () => say("The desk cannot be reached. Your words are kept; send them again in a moment."));
    const canned = reply.querySelector("[data-canned]");
    if (canned) canned.addEventListener("change", () => {
      if (!canned.value) return;
      text.setRangeText(canned.value, text.selectionStart, text.selectionEnd, "end");
      sessionStorage.setItem(key, text.value);
      canned.value = "";
      text.focus();
    });
  }
  function say(sentence) {
    const line = document.createElement("p");
    line.className = "said bad";
    line.textContent = sentence;
    document.getElementById("said").replaceChildren(line);
  }

  // ---------------------------------------------------------------- notices
  const counts = () => document.querySelector("[data-new]");
  let known = counts() ? Number(counts().dataset.new) : 0;
  const allow = document.querySelector("[data-notify]"), sound = document.querySelector("[data-sound]");
  if (allow) allow.addEventListener("click", () => { if ("Notification" in window) Notification.requestPermission(); });
  if (sound) {
    sound.checked = localStorage.getItem("desk:sound") === "on";
    sound.addEventListener("change", () => localStorage.setItem("desk:sound", sound.checked ? "on" : "off"));
  }
  body.addEventListener("htmx:afterSettle", () => {
    const now = counts();
    if (!now) return;
    const fresh = Number(now.dataset.new);
    document.title = (fresh ? "(" + fresh + ") " : "") + "Inbox · CAR-T desk";
    if (fresh > known) tell(Number(now.dataset.urgent) > 0);
    known = fresh;
  });
  function tell(urgent) {
    // No name and no words of a visitor: a notice is seen by whoever looks at the screen.
    if ("Notification" in window && Notification.permission === "granted") new Notification(urgent ? "Urgent case" : "New case", { tag: "desk" });
    if (localStorage.getItem("desk:sound") === "on" && "AudioContext" in window) {
      const audio = new AudioContext(), tone = audio.createOscillator(), gain = audio.createGain();
      tone.frequency.value = urgent ? 880 : 620;
      gain.gain.value = 0.08;
      tone.connect(gain).connect(audio.destination);
      tone.start();
      tone.stop(audio.currentTime + (urgent ? 0.5 : 0.2));
    }
  }

  // ---------------------------------------------------------------- review by keys
  const doubts = [...document.querySelectorAll("[data-doubt]")];
  if (doubts.length) body.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const current = event.target.closest("[data-doubt]") || null;
    const at = doubts.indexOf(current);
    if (event.key === "j" || event.key === "k") {
      const next = doubts[Math.min(doubts.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))];
      next.querySelector("button, select, a").focus();
    }
    const press = { v: "confirmed", o: "out_of_scope", s: "skipped" }[event.key];
    const button = press && current && current.querySelector("button[value=" + press + "]");
    if (button) button.click();
  });
})();
