// What goes into pages, as docs/install.md has it; a test keeps the two equal. The
// server's address and the site key are put in when they are shown.

/** The address and the key that stand in the texts below. */
const sample = { origin: "https://gait.example.org", script: "/v1/rt.js", key: "pub-…" };

export interface Snippet {
  key: string;
  name: string;
  text: string;
  about: string;
}

export const snippets: Snippet[] = [
  {
    key: "form",
    name: "Form",
    about: "Your server asks for the report, so it needs the session's id: send it along with the form.",
    text: `<input type="hidden" name="gait_session" id="gait-session">
<script>
  function keepSession() {
    document.getElementById("gait-session").value = window.getRoundtableSessionId?.() ?? "";
  }
  keepSession();
  addEventListener("roundtable:ready", keepSession);
</script>`,
  },
  {
    key: "react",
    name: "React",
    about: "Leave the script tag in the HTML, outside of React. Routes need nothing.",
    text: `import { useEffect, useState } from "react";

/** The session's id, "" until there is one. Tells Gait who the user is as soon as both are known. */
export function useGaitSession(userID) {
  const [session, setSession] = useState("");

  useEffect(() => {
    const take = () => setSession(window.getRoundtableSessionId?.() ?? "");
    take(); // it may be there already
    window.addEventListener("roundtable:ready", take);
    return () => window.removeEventListener("roundtable:ready", take);
  }, []);

  useEffect(() => {
    if (session && userID) window.setRoundtableUserId(userID);
  }, [session, userID]);

  return session;
}`,
  },
  {
    key: "vue",
    name: "Vue",
    about: "Leave the script tag in the HTML. userID is a function, so that it may come later.",
    text: `import { onMounted, onUnmounted, ref, watchEffect } from "vue";

/** The session's id, "" until there is one. userID is a function, so that it may come later. */
export function useGaitSession(userID) {
  const session = ref("");
  const take = () => (session.value = window.getRoundtableSessionId?.() ?? "");
  onMounted(() => {
    take();
    window.addEventListener("roundtable:ready", take);
  });
  onUnmounted(() => window.removeEventListener("roundtable:ready", take));
  watchEffect(() => {
    if (session.value && userID()) window.setRoundtableUserId(userID());
  });
  return session;
}`,
  },
  {
    key: "manager",
    name: "Tag manager",
    about: "A tag of your own HTML, on every page, as early as the tool allows.",
    text: `<script>
  (function () {
    var script = document.createElement("script");
    script.src = "https://gait.example.org/v1/rt.js";
    script.setAttribute("data-site-key", "pub-…");
    script.setAttribute("data-tags", "signup,autumn");
    document.head.appendChild(script);
  })();
</script>`,
  },
  {
    key: "survey",
    name: "Survey",
    about: "In the survey's header. Make the field gait_session in the survey's flow first; it is exported with the answers.",
    text: `<script>
  (function () {
    function keep() {
      var id = window.getRoundtableSessionId && window.getRoundtableSessionId();
      var engine = window.Qualtrics && window.Qualtrics.SurveyEngine;
      if (!id || !engine) return;
      if (engine.setJSEmbeddedData) engine.setJSEmbeddedData("gait_session", id);
      else engine.setEmbeddedData("gait_session", id);
    }
    window.addEventListener("roundtable:ready", keep);
    var script = document.createElement("script");
    script.src = "https://gait.example.org/v1/rt.js";
    script.setAttribute("data-site-key", "pub-…");
    script.setAttribute("data-tags", "signup,autumn");
    script.onload = keep;
    document.head.appendChild(script);
  })();
</script>`,
  },
  {
    key: "module",
    name: "Module",
    about: "Modules run late and have no address of their own, which is why this one says where to send.",
    text: `<script type="module" data-site-key="pub-…" data-endpoint="https://gait.example.org" data-tags="signup,autumn">
  import "https://gait.example.org/v1/rt.js";
</script>`,
  },
  {
    key: "policy",
    name: "CSP",
    about: "If your pages send a Content-Security-Policy, two directives name Gait. Nothing is inline.",
    text: `Content-Security-Policy: script-src 'self' https://gait.example.org; connect-src 'self' https://gait.example.org`,
  },
  {
    key: "consent",
    name: "Consent",
    about: "Collects, stores and sends nothing until the page says that the visitor agreed. gaitConsent(false) takes it back.",
    text: `<script src="https://gait.example.org/v1/rt.js" data-site-key="pub-…" data-tags="signup,autumn" data-consent="required"></script>
<button id="agree" type="button">Agree</button>
<script>
  document.getElementById("agree").addEventListener("click", function () {
    gaitConsent(true);
  });
</script>`,
  },
];

/** A snippet with the script's address and the site key of a workspace. */
export function filled(text: string, script: string, key: string): string {
  return text
    .replaceAll(sample.origin + sample.script, script)
    .replaceAll(sample.origin, new URL(script).origin)
    .replaceAll(sample.key, key);
}

/** The script tag by itself. */
export function tag(script: string, key: string, consent: boolean): string {
  return `<script src="${script}" data-site-key="${key}"${consent ? ' data-consent="required"' : ""}></script>`;
}

/** Where pages load the script from: the document says it, relative to here if need be. */
export function scriptAddress(): string {
  const said = document.querySelector<HTMLMetaElement>('meta[name="gait-script"]')?.content || sample.script;
  return new URL(said, location.origin).href;
}
