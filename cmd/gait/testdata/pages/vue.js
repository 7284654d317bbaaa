import { createApp, h, ref } from "vue";
import { useGaitSession } from "snippet:js vue";

const App = {
  setup() {
    const path = ref(location.pathname);
    const user = ref("");
    const session = useGaitSession(() => user.value);
    setTimeout(() => (user.value = "member-4711"), 200);
    const next = () => {
      history.pushState(null, "", "/vue/two");
      path.value = location.pathname;
    };
    return () =>
      h("main", [h("h1", path.value), h("p", { id: "shown" }, session.value), h("button", { id: "next", type: "button", onClick: next }, "Second route")]);
  },
};

// Mounted long after the script was ready, as an application that waits for its data is.
setTimeout(() => createApp(App).mount("#app"), 500);
