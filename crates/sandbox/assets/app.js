// The handset page. Texts of messages only ever become text nodes.
"use strict";

const byId = (id) => document.getElementById(id);
const list = byId("list");
const filter = byId("filter");
const aloud = byId("aloud");

const LIMIT = 1000;
const dictionary = { ko: JSON.parse(document.body.dataset.ko), en: JSON.parse(document.body.dataset.en) };
let language = remembered() ?? document.documentElement.lang;
let messages = []; // newest first
let unseen = 0;
let ready = false;

// --- words ---

function remembered() {
  try {
    const stored = localStorage.getItem("bonin.handset.language");
    return stored in dictionary ? stored : undefined;
  } catch {
    return undefined; // storage is switched off
  }
}

function say(name, values = {}) {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replaceAll(`{${key}}`, value),
    dictionary[language][name],
  );
}

function speak(text) {
  // The same text twice in a row is announced only if it changes.
  aloud.textContent = "";
  setTimeout(() => { aloud.textContent = text; }, 50);
}

/* What went wrong stands on the page until something works again. */
function complain(name) {
  const trouble = byId("trouble");
  trouble.textContent = name ? say(name) : "";
  trouble.hidden = !name;
}

function translate() {
  document.documentElement.lang = language;
  for (const node of document.querySelectorAll("[data-word]")) node.textContent = say(node.dataset.word);
  for (const node of document.querySelectorAll("[data-hint]")) node.placeholder = say(node.dataset.hint);
  for (const node of document.querySelectorAll("[data-label]")) {
    node.setAttribute("aria-label", say(node.dataset.label));
    if (node.title) node.title = say(node.dataset.label);
  }
  byId("language").lang = language === "ko" ? "en" : "ko";
  title();
}

function title() {
  document.title = unseen > 0 ? `(${unseen}) ${say("title")}` : say("title");
}

// --- numbers and times ---

function spelled(number) {
  let local = number;
  if (number.startsWith("+82")) local = `0${number.slice(3)}`;
  if (!/^0\d+$/.test(local)) return number;
  const groups = local.startsWith("02")
    ? local.match(/^(02)(\d{3,4})(\d{4})$/)
    : local.match(/^(0\d{2,3}?)(\d{3,4})(\d{4})$/);
  return groups ? groups.slice(1).join("-") : local;
}

function matches(message) {
  const wanted = filter.value.replace(/\D/g, "");
  if (!wanted) return true;
  const international = message.to.slice(1);
  const local = message.to.startsWith("+82") ? `0${message.to.slice(3)}` : international;
  return international.includes(wanted) || local.includes(wanted);
}

function dayOf(message) {
  const day = new Date(message.received_at);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}

function dayName(day) {
  const now = new Date();
  const today = new Date(now.getFullYear(), now.getMonth(), now.getDate());
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day === today.getTime()) return say("today");
  if (day === yesterday.getTime()) return say("yesterday");
  return new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(day);
}

function showClock() {
  const parts = new Intl.DateTimeFormat("en", { hour: "numeric", minute: "2-digit", hourCycle: "h23" });
  byId("clock").textContent = parts.format(new Date());
}

// --- the list ---

function dayNode(day) {
  const node = document.createElement("li");
  node.className = "day";
  node.dataset.day = day;
  node.textContent = dayName(day);
  return node;
}

function messageNode(message) {
  const node = byId("message").content.firstElementChild.cloneNode(true);
  const part = (name) => node.querySelector(name);
  const number = spelled(message.to);
  part(".avatar").textContent = message.provider.slice(0, 1).toUpperCase();
  part(".from").textContent = spelled(message.from);
  part(".provider").textContent = message.provider.toUpperCase();
  part(".kind").textContent = message.type.toUpperCase();
  const time = part("time");
  time.dateTime = message.received_at;
  time.textContent = new Intl.DateTimeFormat(language, { timeStyle: "short" }).format(new Date(message.received_at));
  time.title = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "medium" }).format(new Date(message.received_at));
  if (message.subject) {
    part(".subject").textContent = message.subject;
    part(".subject").hidden = false;
  }
  part(".text").textContent = message.text;
  part(".to-word").textContent = say("to");
  part(".only").textContent = number;
  part(".only").setAttribute("aria-label", say("only", { number }));
  part(".only").addEventListener("click", () => find(number, byId("messages")));
  if (message.code) {
    part(".code").hidden = false;
    part(".digits").textContent = message.code;
    part(".digits").classList.toggle("long", message.code.length > 7);
    const button = part(".copy");
    button.textContent = say("copy");
    button.setAttribute("aria-label", say("copy_code", { code: message.code }));
    button.addEventListener("click", () => copy(message.code, button));
  }
  return node;
}

function show() {
  const nodes = [];
  let day;
  for (const message of messages.filter(matches)) {
    if (dayOf(message) !== day) {
      day = dayOf(message);
      nodes.push(dayNode(day));
    }
    nodes.push(messageNode(message));
  }
  list.replaceChildren(...nodes);
  showState();
}

function showState() {
  byId("clear").disabled = messages.length === 0;
  byId("reset").hidden = filter.value === "";
  byId("loading").hidden = ready;
  byId("empty").hidden = !ready || messages.length > 0;
  byId("none").hidden = messages.length === 0 || list.childElementCount > 0;
}

function arrive(message) {
  if (messages.some(({ id }) => id === message.id)) return;
  messages.unshift(message);
  messages.length = Math.min(messages.length, LIMIT);
  const number = spelled(message.to);
  speak(message.code ? say("arrived_code", { number, code: message.code }) : say("arrived", { number }));
  if (document.hidden) {
    unseen += 1;
    title();
  }
  if (matches(message)) {
    // Put in place, not drawn anew: nobody loses the focus over a new message.
    const day = dayOf(message);
    if (list.firstElementChild?.dataset.day !== String(day)) list.prepend(dayNode(day));
    const node = messageNode(message);
    node.classList.add("new");
    list.firstElementChild.after(node);
  }
  showState();
}

function find(text, focused) {
  filter.value = text;
  show();
  byId("messages").scrollTop = 0;
  // The button that was pressed is gone by now.
  focused.focus({ focusVisible: false });
}

// --- copying ---

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard without HTTPS and away from this machine, or the browser said no.
    if (!copyTheOldWay(text, button)) {
      complain("copy_failed");
      return;
    }
  }
  complain();
  speak(say("copied_aloud"));
  button.textContent = say("copied");
  setTimeout(() => { button.textContent = say("copy"); }, 1800);
}

function copyTheOldWay(text, button) {
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  button.focus();
  return done;
}

// --- the line to the sandbox ---

let pause = 500;

function connect() {
  const source = new EventSource("/handset/events");
  source.addEventListener("snapshot", (event) => {
    messages = JSON.parse(event.data).messages;
    ready = true;
    pause = 500;
    if (!byId("lost").hidden) speak(say("back"));
    byId("lost").hidden = true;
    show();
  });
  source.addEventListener("message", (event) => arrive(JSON.parse(event.data)));
  source.addEventListener("cleared", (event) => {
    const { to } = JSON.parse(event.data);
    messages = to ? messages.filter((message) => message.to !== to) : [];
    show();
  });
  source.addEventListener("error", () => {
    // Our own way to try again: the browser's gives up on some errors.
    source.close();
    byId("lost").hidden = false;
    setTimeout(connect, pause);
    pause = Math.min(pause * 2, 5000);
  });
}

// --- buttons ---

filter.addEventListener("input", show);
for (const id of ["reset", "none-reset"]) byId(id).addEventListener("click", () => find("", filter));
byId("copy-example").addEventListener("click", (event) => copy(byId("example").textContent, event.currentTarget));
byId("language").addEventListener("click", () => {
  language = language === "ko" ? "en" : "ko";
  try {
    localStorage.setItem("bonin.handset.language", language);
  } catch {
    // It will be the browser's language again next time.
  }
  complain();
  translate();
  show();
});
byId("clear").addEventListener("click", () => byId("confirm").showModal());
byId("confirm-no").addEventListener("click", () => byId("confirm").close());
byId("confirm-yes").addEventListener("click", async () => {
  byId("confirm").close();
  try {
    const answer = await fetch("/handset/messages", { method: "DELETE" });
    if (!answer.ok) throw new Error(String(answer.status));
    complain();
    speak(say("cleared"));
  } catch {
    complain("clear_failed");
  }
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  title();
});

translate();
showState();
showClock();
setInterval(showClock, 5000);
connect();
