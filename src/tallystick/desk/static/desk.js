// The desk works without this file. With it, a search finds while one types: the form marked `data-live` is sent a moment
// after the last key, and only the part of the answer that is named there changes. And security keys can be used: a form
// marked `data-key` asks the browser for one, with the options it holds, and is sent with the answer. And what is under way
// shows how far it is without the page being loaded anew. And no form that changes something is sent twice by a double click.
"use strict";

for (const form of document.querySelectorAll("form[data-live]")) {
  const place = form.dataset.live;
  let timer = 0;
  let asked = null;

  const refresh = async () => {
    asked?.abort();
    asked = new AbortController();
    const query = new URLSearchParams(new FormData(form));
    const path = `${form.getAttribute("action")}?${query}`;
    try {
      const answer = await fetch(path, { headers: { accept: "text/html" }, signal: asked.signal });
      if (!answer.ok || answer.redirected) {
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.getElementById(place).replaceWith(page.getElementById(place));
      history.replaceState(null, "", path);
    } catch (error) {
      if (error.name !== "AbortError") {
        throw error;
      }
    }
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, 200);
  });
}

// What changes something is sent once: pressed again while it is on its way, a form stays where it is.
const PATIENCE_MS = 5000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) {
    return;
  }
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  setTimeout(() => delete form.dataset.sent, PATIENCE_MS);
});

const bytesOf = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const textOf = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const named = (keys) => (keys ?? []).map((each) => ({ ...each, id: bytesOf(each.id) }));

const asked = {
  create: async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytesOf(options.challenge),
        user: { ...options.user, id: bytesOf(options.user.id) },
        excludeCredentials: named(options.excludeCredentials),
      },
    });
    return { made, response: { attestationObject: textOf(made.response.attestationObject) } };
  },
  get: async (options) => {
    const made = await navigator.credentials.get({
      publicKey: { ...options, challenge: bytesOf(options.challenge), allowCredentials: named(options.allowCredentials) },
    });
    const { authenticatorData, signature } = made.response;
    return { made, response: { authenticatorData: textOf(authenticatorData), signature: textOf(signature) } };
  },
};

for (const form of document.querySelectorAll("form[data-key]")) {
  const said = form.querySelector("[data-key-said]");
  if (!window.PublicKeyCredential) {
    continue;
  }
  said.textContent = "";
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { made, response } = await asked[form.dataset.key](JSON.parse(form.dataset.options));
      const answer = {
        id: made.id,
        rawId: textOf(made.rawId),
        type: made.type,
        response: { ...response, clientDataJSON: textOf(made.response.clientDataJSON) },
      };
      form.elements.answer.value = JSON.stringify(answer);
      form.submit();
    } catch (error) {
      said.textContent = `${error.name}: ${error.message}`;
    }
  });
}

// A part marked `data-refresh` is fetched again after so many seconds, until it says no more that it should be.
const refreshed = (part) => {
  setTimeout(async () => {
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!answer.ok || answer.redirected) {
        location.reload();
        return;
      }
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById(part.id);
      part.replaceWith(next);
      if (next.dataset.refresh) {
        refreshed(next);
      }
    } catch {
      refreshed(part);
    }
  }, 1000 * Number(part.dataset.refresh));
};
for (const part of document.querySelectorAll("[data-refresh]")) {
  refreshed(part);
}
