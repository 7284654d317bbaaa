import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import { useGaitSession } from "snippet:jsx react";

function App() {
  const [path, setPath] = useState(location.pathname);
  const session = useGaitSession("member-4711");
  const next = () => {
    history.pushState(null, "", "/react/two");
    setPath(location.pathname);
  };
  return (
    <main>
      <h1>{path}</h1>
      <p id="shown">{session}</p>
      <button id="next" type="button" onClick={next}>Second route</button>
    </main>
  );
}

createRoot(document.getElementById("app")).render(<StrictMode><App /></StrictMode>);
