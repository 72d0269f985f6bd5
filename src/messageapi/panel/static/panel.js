// What the panel's pages do beyond links and forms. Every page works without this file; nothing here asks another server.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // Copying
  const copy = async (button) => {
    await navigator.clipboard.writeText(button.dataset.copies);
    const words = button.querySelector("span");
    const before = words && words.textContent;
    if (words) words.textContent = root.dataset.copied || "Copied";
    button.classList.add("copied");
    setTimeout(() => { button.classList.remove("copied"); if (words) words.textContent = before; }, 1600);
  };

  // Passwords
  const reveal = (button) => {
    const field = document.getElementById(button.dataset.reveals);
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  };

  // Dialogs: `data-opens` names one on the page, `data-dialog` on a link loads the page it leads to into the shared one.
  const open = (id) => { const dialog = document.getElementById(id); if (!dialog.open) dialog.showModal(); };
  const load = async (link) => {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    const away = answer.headers.get("HX-Redirect");
    if (away || !answer.ok) { location.href = away || link.href; return; }
    const dialog = document.getElementById("dialog");
    dialog.innerHTML = await answer.text();
    all("[data-cancel]", dialog).forEach((each) => { each.dataset.closes = ""; });
    window.htmx?.process(dialog);
    prepare(dialog);
    open("dialog");
  };

  // Tabs: one choice for all samples of a page and of the pages after it.
  const choose = (tabs, wanted, focus) => {
    const buttons = all("[data-tab]", tabs);
    const chosen = buttons.find((each) => each.dataset.tab === wanted);
    if (!chosen) return;
    for (const button of buttons) {
      const here = button === chosen;
      button.setAttribute("aria-selected", String(here));
      button.tabIndex = here ? 0 : -1;
      const panel = document.getElementById(button.getAttribute("aria-controls"));
      panel.toggleAttribute("data-later", !here);
    }
    if (focus) chosen.focus();
  };
  const remember = (name, value) => { try { localStorage.setItem(name, value); } catch { /* private browsing */ } };
  const remembered = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const chooseEverywhere = (tab) => {
    const name = tab.closest("[data-tabs]").dataset.tabs;
    remember(`tab:${name}`, tab.dataset.tab);
    all(`[data-tabs="${name}"]`).forEach((tabs) => choose(tabs, tab.dataset.tab));
  };
  const walk = (tab, step) => {
    const buttons = all("[data-tab]", tab.parentElement);
    const next = buttons[(buttons.indexOf(tab) + step + buttons.length) % buttons.length];
    chooseEverywhere(next);
    next.focus();
  };

  // The theme: at once here, and in a cookie so that the next page is drawn in it.
  const theme = (button) => {
    const wanted = button.value;
    document.cookie = `theme=${wanted}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    if (wanted === "system") delete root.dataset.theme; else root.dataset.theme = wanted;
    all("button", button.parentElement).forEach((each) => each.setAttribute("aria-pressed", String(each === button)));
    document.dispatchEvent(new Event("themed"));
  };

  // Times stay true while the page is open.
  const spans = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const words = new Intl.RelativeTimeFormat(root.lang, { numeric: "always" });
  const age = (element) => {
    const seconds = (new Date(element.dateTime) - Date.now()) / 1000;
    const away = Math.abs(seconds);
    if (away >= 7 * 86400) return;
    const [unit, length] = spans.find(([, each]) => away >= each) || ["second", 1];
    const text = words.format(Math.trunc(seconds / length), unit);
    if (element.textContent !== text) element.textContent = text;
  };

  // A dangerous button waits until the name of what it destroys is typed.
  const confirmTyped = (field) => {
    const button = field.form.querySelector("[data-waits]");
    button.disabled = field.value.trim() !== field.dataset.types;
  };

  // What is far down the page gets its scripts when somebody comes near it.
  const near = new IntersectionObserver((seen) => seen.filter((each) => each.isIntersecting).forEach(({ target }) => {
    near.unobserve(target);
    for (const address of target.dataset.needs.split(" ")) {
      const script = document.createElement("script");
      script.src = address;
      script.async = false;
      document.head.append(script);
    }
  }), { rootMargin: "240px" });

  const prepare = (within) => {
    all("[data-needs]", within).forEach((each) => near.observe(each));
    all("[data-tabs]", within).forEach((tabs) => choose(tabs, remembered(`tab:${tabs.dataset.tabs}`)));
    all("[data-types]", within).forEach(confirmTyped);
    all("[data-ago]", within).forEach(age);
    all("[data-zone]", within).forEach((field) => { field.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone; });
    within.querySelector("[data-focus]")?.focus();
  };

  // Keys
  let before = "";
  let forgetting;
  const typing = (target) => target.closest("input, textarea, select, [contenteditable]");
  const pressed = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector("dialog[open]")) return;
    const led = before === "g";
    before = event.key;
    clearTimeout(forgetting);
    forgetting = setTimeout(() => { before = ""; }, 1200);
    const target = led ? document.querySelector(`[data-goes="${CSS.escape(event.key)}"]`) : {
      "/": document.querySelector("[data-search]"),
      c: document.querySelector("[data-creates]"),
    }[event.key];
    if (event.key === "?" && document.getElementById("shortcuts")) open("shortcuts");
    else if (target) { event.preventDefault(); if (target.matches("input")) target.focus(); else target.click(); }
  };

  document.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    let hit;
    if ((hit = on("[data-copies]"))) copy(hit);
    else if ((hit = on("[data-reveals]"))) reveal(hit);
    else if ((hit = on("[data-opens]"))) { hit.closest("details")?.removeAttribute("open"); open(hit.dataset.opens); }
    else if ((hit = on("[data-closes]"))) { event.preventDefault(); hit.closest("dialog").close(); }
    else if ((hit = on("a[data-dialog]")) && plain) { event.preventDefault(); hit.closest("details")?.removeAttribute("open"); load(hit); }
    else if ((hit = on("[data-dismiss]"))) hit.closest("[data-toast]").remove();
    else if ((hit = on("[data-tab]"))) chooseEverywhere(hit);
    else if ((hit = on("[data-themes] button"))) { event.preventDefault(); theme(hit); }
    else if (event.target.matches("dialog")) event.target.close();
    all("details[data-menu][open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = document.querySelector("details[data-menu][open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    const tab = event.target.closest?.("[data-tab]");
    if (tab && (event.key === "ArrowRight" || event.key === "ArrowLeft")) walk(tab, event.key === "ArrowRight" ? 1 : -1);
    else pressed(event);
  });
  document.addEventListener("focusin", (event) => { if (event.target.matches("[data-selects]")) event.target.select(); });
  document.addEventListener("input", (event) => { if (event.target.matches("[data-types]")) confirmTyped(event.target); });
  // A chosen file: its name goes into the field that wants it, and one that is too large is told of before it is sent.
  const chose = (field) => {
    const [file] = field.files;
    if (field.dataset.names) field.form.elements[field.dataset.names].value = file ? file.name : "";
    field.setCustomValidity(file && file.size > Number(field.dataset.most) ? field.dataset.tooLarge : "");
    if (!field.checkValidity()) field.reportValidity();
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-most]")) chose(event.target);
    if (event.target.matches("[data-sends]")) event.target.form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || !button.matches(".button")) return;
    if (button.classList.contains("busy")) { event.preventDefault(); return; }
    button.classList.add("busy");
    button.setAttribute("aria-busy", "true");
  });
  // A page from the back button is as it was left, its buttons as well.
  addEventListener("pageshow", (event) => { if (event.persisted) all(".busy").forEach((each) => each.classList.remove("busy")); });
  addEventListener("beforeunload", (event) => { if (document.querySelector("[data-unsaved]")) event.preventDefault(); });
  document.addEventListener("click", (event) => { if (event.target.closest("[data-saved]")) all("[data-unsaved]").forEach((each) => each.removeAttribute("data-unsaved")); }, true);
  // The focus stays where it was when a part of the page is drawn anew. What has an id, htmx itself finds again.
  let held = null;
  const named = (element) => {
    if (element.matches("a[href]")) return `a[href="${CSS.escape(element.getAttribute("href"))}"]`;
    const form = element.closest("form[action]");
    return form && `form[action="${CSS.escape(form.getAttribute("action"))}"] ${element.localName}:not([type="hidden"])`;
  };
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const focused = document.activeElement;
    held = !focused.id && detail.target.contains(focused) ? named(focused) : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    prepare(event.target);
    if (held && document.activeElement === document.body) document.querySelector(held)?.focus({ preventScroll: true });
  });
  setInterval(() => all("[data-ago]").forEach(age), 20000);
  prepare(document);
})();
