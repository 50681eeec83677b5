"use strict";

/* Comfort for the pages of the messaging app. Every page does its work without it. */

(() => {
  /** Bytes that a picture may have. */
  const LARGEST_PICTURE = 200000;

  /** How long a page asks what became of its message, in milliseconds. */
  const LONGEST = 10 * 60 * 1000;

  const byId = (id) => document.getElementById(id);

  /** The characters that Korean carriers have besides ASCII: all that two bytes of their encoding stand for. */
  const carriersCharacters = () => {
    const bytes = new Uint8Array(126 * 190 * 2);
    let place = 0;
    for (let lead = 0x81; lead <= 0xfe; lead += 1) {
      for (let trail = 0x41; trail <= 0xfe; trail += 1) {
        bytes[place] = lead;
        bytes[place + 1] = trail;
        place += 2;
      }
    }
    const known = new Set(new TextDecoder("euc-kr").decode(bytes));
    known.delete("\ufffd");
    return known;
  };

  /** Counts as the server does: composed, line breaks of one byte, ASCII one byte, everything else two. */
  const measure = (typed, known) => {
    const text = typed.replace(/\r\n?/g, "\n").normalize("NFC");
    let bytes = 0;
    const lacking = new Set();
    for (const character of text) {
      const isAscii = character <= "\x7f";
      bytes += isAscii ? 1 : 2;
      if (!isAscii && !known.has(character)) {
        lacking.add(character);
      }
    }
    return { bytes, lacking: [...lacking].slice(0, 10) };
  };

  /** A character as people see it; one that shows nothing by its number. */
  const visible = (character) =>
    /[\p{Cf}\p{Mn}\s]/u.test(character)
      ? `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`
      : character;

  /** The numbers of a list in one spelling each, and how many stand there once more. */
  const recipients = (typed) => {
    const seen = new Set();
    let repeated = 0;
    for (const entry of typed.split(/[,;\n\r，；、]/)) {
      let number = entry.normalize("NFKC").replace(/[\s\-().\u2010-\u2015\u2212]/g, "");
      number = number.replace(/^(\+|00)820?/, "0");
      if (!number) {
        continue;
      }
      if (seen.has(number)) {
        repeated += 1;
      }
      seen.add(number);
    }
    return { count: seen.size, repeated };
  };

  const writing = (form) => {
    const words = form.dataset;
    const fields = form.elements;
    const known = carriersCharacters();
    const bubble = byId("preview-text");
    const picture = byId("preview-image");
    const lacks = byId("unsendable");
    byId("preview-button").hidden = true;

    const chosen = () => (fields.image && fields.image.files && fields.image.files[0]) || null;
    const isTooLarge = () => Boolean(chosen()) && chosen().size > LARGEST_PICTURE;

    /* Counters change at each key; what is read aloud is only that a message becomes another kind, or too much. */
    let said = null;
    const tell = (now) => {
      const news = [];
      if (said && said.kind !== now.kind) {
        news.push(words.goesAs.replace("{}", now.kind));
      }
      if (said && now.isLong && !said.isLong) {
        news.push(words.tooLong);
      }
      if (said && now.isMany && !said.isMany) {
        news.push(words.tooMany);
      }
      if (news.length > 0) {
        byId("told").textContent = news.join(". ");
      }
      said = now;
    };

    const show = () => {
      const text = measure(fields.text.value, known);
      const subject = measure(fields.subject.value.trim(), known);
      /* A picture that was chosen before the form came back counts, as it does for the server. */
      const hasImage = Boolean(chosen() || fields.had_image);
      const kind = hasImage ? "MMS" : subject.bytes > 0 || text.bytes > 90 ? "LMS" : "SMS";
      const limit = kind === "SMS" ? 90 : 2000;
      const state = text.bytes > limit ? "long" : text.bytes * 10 >= limit * 9 ? "near" : "ok";
      const counter = byId("text-count");
      counter.textContent = `${kind} · ${text.bytes}/${limit}${spaced(words.bytes)}`;
      counter.dataset.state = state;
      const subjectCounter = byId("subject-count");
      const most = Number(subjectCounter.dataset.limit);
      subjectCounter.textContent = `${subject.bytes}/${most}${spaced(words.bytes)}`;
      subjectCounter.dataset.state = subject.bytes > most ? "long" : "ok";
      const lacking = [...new Set([...subject.lacking, ...text.lacking])];
      lacks.hidden = lacking.length === 0 || Boolean(byId("text-error"));
      lacks.textContent = lacking.length === 0 ? "" : `${words.unsendable} ${lacking.map(visible).join(" ")}`;

      const to = recipients(fields.to.value);
      const toCounter = byId("to-count");
      toCounter.textContent = `${to.count}${spaced(words.people)}${to.repeated ? ` · ${words.repeated}` : ""}`;
      toCounter.dataset.state = to.count > Math.min(Number(words.most), Number(words.left)) ? "long" : "ok";

      tell({ kind, isLong: state === "long", isMany: toCounter.dataset.state === "long" });

      byId("preview-kind").textContent = kind;
      byId("preview-from").textContent = fields.from.value;
      const isEmpty = !fields.text.value.trim() && !fields.subject.value.trim();
      bubble.classList.toggle("is-empty", isEmpty);
      bubble.replaceChildren();
      if (fields.subject.value.trim()) {
        const title = document.createElement("strong");
        title.textContent = fields.subject.value.trim();
        bubble.append(title);
      }
      bubble.append(isEmpty ? words.empty : fields.text.value);
    };

    /* What the server said of a field counts no more once it is changed. */
    const forget = (event) => {
      const fault = byId(`${event.target.id}-error`);
      if (fault) {
        fault.remove();
        event.target.removeAttribute("aria-invalid");
      }
      show();
    };

    /* Korean words follow a figure without a blank. */
    const spaced = (word) => (document.documentElement.lang === "ko" ? word : ` ${word}`);

    const showPicture = () => {
      const file = chosen();
      picture.hidden = true;
      byId("image-size").hidden = !isTooLarge();
      if (file && file.type === "image/jpeg" && !isTooLarge()) {
        const reader = new FileReader();
        reader.addEventListener("load", () => {
          picture.src = reader.result;
          picture.hidden = false;
        });
        reader.readAsDataURL(file);
      }
      show();
    };

    /* Left out of this submission alone: where the page stays after all, the picture is still chosen for the next one. */
    const leaveOutPicture = (isRemembered) => {
      const leaveOut = ({ formData }) => {
        formData.delete("image");
        if (isRemembered) {
          formData.set("had_image", "1");
        }
      };
      form.addEventListener("formdata", leaveOut, { once: true });
    };

    form.addEventListener("input", forget);
    if (fields.image && fields.image.files) {
      fields.image.addEventListener("change", showPicture);
    }
    form.addEventListener("submit", (event) => {
      const pressed = event.submitter;
      if (pressed && ["clear", "without_image"].includes(pressed.name)) {
        leaveOutPicture(false);
        return;
      }
      /* The page comes back without the picture: no browser keeps it, but that there was one is remembered. */
      if (pressed && pressed.id === "language-button") {
        leaveOutPicture(Boolean(chosen()));
        return;
      }
      if (isTooLarge()) {
        event.preventDefault();
        fields.image.focus();
        return;
      }
      if (!pressed || !["send-button", "enter-button"].includes(pressed.id)) {
        return;
      }
      const button = byId("send-button");
      /* A second press sends the same form, which is sent once; this only says that it is under way. */
      button.setAttribute("aria-busy", "true");
      button.textContent = words.busy;
    });
    /* Coming back by the browser's button: the page stands there as it was left. */
    const label = byId("send-button").textContent;
    window.addEventListener("pageshow", () => {
      const button = byId("send-button");
      button.removeAttribute("aria-busy");
      button.textContent = label;
      show();
    });
    show();
  };

  const setBadge = (badge, state) => {
    badge.className = `badge ${state.class}`;
    badge.textContent = state.word;
  };

  const following = (page) => {
    let failures = 0;
    const began = Date.now();
    const refresh = byId("refresh");

    const show = (state) => {
      setBadge(byId("send-state"), state);
      for (const name of ["delivered", "failed", "waiting", "charged", "earned"]) {
        const place = byId(name);
        if (place.textContent !== String(state[name])) {
          place.textContent = state[name];
        }
      }
      for (const message of state.messages) {
        const row = byId(`m-${message.id}`);
        if (row) {
          setBadge(row.querySelector(".badge"), message);
          row.querySelector(".reason").textContent = message.reason;
        }
      }
    };

    const askLater = () => setTimeout(ask, 3000 * (failures + 1));

    const ask = async () => {
      /* Nobody looks: the page asks again once somebody does. Nobody waits so long: the link is still there. */
      if (document.hidden) {
        document.addEventListener("visibilitychange", askLater, { once: true });
        return;
      }
      if (Date.now() - began > LONGEST) {
        return;
      }
      try {
        const answer = await fetch(page.dataset.stateUrl, { redirect: "error", cache: "no-store" });
        if (!answer.ok) {
          throw new Error(String(answer.status));
        }
        const state = await answer.json();
        failures = 0;
        if (state.buttons !== page.dataset.buttons) {
          /* Its notice and buttons are others now. The link is the page itself, also where this answered a form. */
          location.replace(refresh.href);
          return;
        }
        show(state);
        if (!state.follows) {
          refresh.hidden = true;
          return;
        }
      } catch {
        failures += 1;
      }
      /* Somebody who is logged out, or a server that is away: the link is still there. */
      if (failures < 5) {
        askLater();
      }
    };
    askLater();
  };

  const form = byId("message");
  if (form) {
    writing(form);
  }
  const sent = byId("sent");
  if (sent && sent.dataset.stateUrl) {
    following(sent);
  }
  const faults = byId("faults");
  if (faults) {
    faults.focus();
  }
})();
