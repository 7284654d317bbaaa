import { copyButtons } from "./copy";
import { setText } from "./dom";
import { form } from "./form";
import { watch } from "./live";
import { Panel } from "./panel";

for (const slot of document.querySelectorAll('[data-fill="base"]')) setText(slot, location.origin);
form();
copyButtons();
watch(new Panel());
