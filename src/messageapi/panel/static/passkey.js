// Asks the browser for a passkey: to log in (the form has data-passkey, the address that gives the question) or to add
// one (data-passkey-new holds the question itself). The answer goes into the form's field `code`, and the form is sent.
(() => {
  "use strict";
  const form = document.querySelector("[data-passkey], [data-passkey-new]");
  if (!form) return;
  const told = form.querySelector("[data-told]");
  const tell = (words) => { told.textContent = words; told.hidden = false; };
  const able = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;
  if (!able) { tell(form.dataset.unable); return; }

  const question = async () => {
    if (form.dataset.passkeyNew) return JSON.parse(form.dataset.passkeyNew);
    const answer = await fetch(form.dataset.passkey, { method: "POST", headers: { "X-CSRF-Token": form.elements.csrf.value } });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  };
  const asked = async () => {
    const options = await question();
    if (form.dataset.passkeyNew) {
      return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
    }
    return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  };
  form.addEventListener("submit", async (event) => {
    if (form.elements.code.value) return;
    event.preventDefault();
    const button = event.submitter;
    told.hidden = true;
    try {
      form.elements.code.value = JSON.stringify((await asked()).toJSON());
      form.requestSubmit();
    } catch {
      button?.classList.remove("busy");
      tell(form.dataset.failed);
    }
  });
})();
