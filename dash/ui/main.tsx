// The dashboard's program.

import { render } from "preact";
import { App } from "./app/app";
import { interceptLinks } from "./app/router";

const place = document.getElementById("app");
if (place) {
  interceptLinks();
  render(<App />, place);
}
