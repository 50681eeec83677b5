/*
 * The identity page: starts an identity verification, opens the provider's window under its order id, has the server
 * take the result, and hands the proof to the page that opened this one. Token and proof live in variables only.
 */
"use strict";

const page = document.getElementById("identity");
const { purpose, target, api } = page.dataset;
const RETURN = `${location.origin}/identity/return`;
const FAILED = page.querySelector("[data-reason]").textContent;

/* The run whose answers count: a new start makes late answers of earlier ones void. */
let run = 0;
/* What to ask again, where the provider gave no answer. */
let repeat = null;

function show(state, reason) {
  for (const section of page.querySelectorAll("[data-state]")) {
    section.hidden = section.dataset.state !== state;
  }
  const shown = page.querySelector(`[data-state="${state}"]`);
  if (state === "failed") shown.querySelector("[data-reason]").textContent = (reason || FAILED).slice(0, 200);
  // Another language is another page: what is under way would be lost.
  const language = document.querySelector(".language");
  if (language) language.hidden = state !== "ready";
  const heading = shown.querySelector("h1");
  document.getElementById("said").textContent = heading.textContent;
  if (state !== "ready") heading.focus();
}

function fail(reason, again) {
  repeat = again || null;
  page.querySelector('[data-do="check"]').hidden = !repeat;
  show("failed", reason);
}

class Refused extends Error {
  constructor(problem) {
    super(problem.title || "");
    this.code = problem.code || "";
  }
}

async function post(path, body) {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
    credentials: "same-origin",
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw new Refused(answer);
  return answer;
}

/* The provider's script did not load. */
class Blocked extends Error {}

/* What went wrong, as a state of the page. */
function explain(error, again) {
  if (error instanceof Blocked) {
    show("blocked");
  } else if (!(error instanceof Refused)) {
    fail(page.dataset.offline, again);
  } else if (["identity_expired", "identity_stale"].includes(error.code)) {
    show("expired");
  } else if (["identity_not_found", "token_missing"].includes(error.code)) {
    show("lost");
  } else {
    const passing = ["identity_unavailable", "unavailable"].includes(error.code);
    fail(error.message, passing ? again : null);
  }
}

/* The provider's script; loaded early, so that its window opens within the click. */
let script = null;
function sdk() {
  script = script || new Promise((resolve, reject) => {
    const element = document.createElement("script");
    element.src = page.dataset.script;
    element.onload = resolve;
    element.onerror = () => {
      script = null;
      element.remove();
      reject(new Blocked());
    };
    document.head.append(element);
  });
  return script;
}

/* How the window ended: `{imp_uid?}` to look up, or `{cancelled}`, or `{message}`. */
function ended(result) {
  const told = result || {};
  const failed = api === "v2" ? Boolean(told.code) : !["true", true].includes(told.success);
  if (!failed) return api === "v2" ? {} : { imp_uid: told.imp_uid };
  const message = told.message || told.error_msg || "";
  return { cancelled: /cancel/i.test(told.code || told.error_code || "") || /취소|닫/.test(message), message };
}

function openWindow(kit) {
  if (kit.api === "v2") {
    return window.PortOne.requestIdentityVerification({
      storeId: kit.store_id,
      channelKey: kit.channel_key,
      identityVerificationId: kit.identity_verification_id,
      windowType: { pc: "POPUP", mobile: "REDIRECTION" },
      redirectUrl: RETURN,
    });
  }
  return new Promise((resolve) => {
    window.IMP.init(kit.customer_code);
    const params = { channelKey: kit.channel_key, merchant_uid: kit.merchant_uid, popup: false, m_redirect_url: RETURN };
    if (kit.company) params.company = kit.company;
    if (kit.min_age) params.min_age = kit.min_age;
    window.IMP.certification(params, resolve);
  });
}

async function start() {
  const mine = (run += 1);
  show("opening");
  let started;
  try {
    [started] = await Promise.all([post("/v1/identity-verifications", { purpose }), sdk()]);
  } catch (error) {
    if (mine === run) explain(error);
    return;
  }
  if (mine !== run) return;
  show("waiting");
  let result;
  try {
    result = await openWindow(started.sdk);
  } catch (error) {
    if (mine === run) await finish(mine, ended(error), null);
    return;
  }
  if (mine !== run || (api === "v2" && result === undefined)) return;
  const path = `/v1/identity-verifications/${started.id}/complete`;
  await finish(mine, ended(result), (more) => post(path, { token: started.token, ...more }));
}

async function finish(mine, { cancelled, message, ...more }, take) {
  if (cancelled) return show("cancelled");
  if (message !== undefined || !take) {
    if (/팝업|pop-?up/i.test(message || "")) return show("blocked");
    return fail(message || FAILED);
  }
  show("checking");
  try {
    const completed = await take(more);
    if (mine === run) done(completed);
  } catch (error) {
    if (mine === run) explain(error, () => finish(mine, more, take));
  }
  return undefined;
}

function done(completed) {
  const heard = tell(completed.identity_proof);
  for (const part of page.querySelectorAll("[data-told]")) part.hidden = !heard;
  page.querySelector("[data-alone]").hidden = heard;
  const who = page.querySelector("[data-who]");
  who.textContent = completed.name || "";
  who.hidden = !completed.name;
  show("done");
}

/* Hands the proof to the page that opened this one; a page of another origin than the server let through does not
   get it. Whether somebody is there to get it. */
function tell(proof) {
  if (!window.opener || window.opener.closed) return false;
  window.opener.postMessage({ type: "bonin-identity", identity_proof: proof }, target || location.origin);
  return true;
}

/* Back from the provider on a phone: what stands in the address is only a hint. */
function come() {
  const query = new URLSearchParams(location.search);
  const told = Object.fromEntries(query);
  history.replaceState(null, "", location.pathname);
  const here = api === "v2" ? query.has("identityVerificationId") : query.has("imp_uid") || query.has("success");
  if (!here) return show("ready");
  // Some windows come back with the name alone: the server finds out how it went.
  const result = told.imp_uid && told.success === undefined ? { ...told, success: "true" } : told;
  const mine = (run += 1);
  return finish(mine, ended(result), (more) => post("/identity/complete", more));
}

page.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (!button) return;
  if (button.dataset.do === "start") start();
  if (button.dataset.do === "check" && repeat) repeat();
  if (button.dataset.do === "close") window.close();
});

sdk().catch(() => {});
if (page.dataset.returned === "true") come();
else show("ready");
