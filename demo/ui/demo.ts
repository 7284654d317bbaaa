import { copyButtons } from "./copy";
import { setText } from "./dom";
import { form } from "./form";
import { watch } from "./live";
import { Panel } from "./panel";
import { survey } from "./survey";

for (const slot of document.querySelectorAll('[data-fill="base"]')) setText(slot, location.origin);
if (document.querySelector("#signup")) form();
survey();
copyButtons();
watch(new Panel());
