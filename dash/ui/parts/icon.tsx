// Every picture that is a sign: 16 by 16, drawn with lines in the text's colour.

import type { JSX } from "preact";

const paths = {
  overview: "M2.5 13.5v-4h3v4zM6.5 13.5v-8h3v8zM10.5 13.5v-11h3v11z",
  sessions: "M2.5 4h11M2.5 8h11M2.5 12h7",
  tag: "M2.5 8.2V3.5a1 1 0 0 1 1-1h4.7l5.3 5.3-5.7 5.7zM5.6 5.6h.01",
  user: "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM2.8 13.6c.5-2.4 2.6-3.6 5.2-3.6s4.7 1.2 5.2 3.6",
  route: "M4 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM5.5 12H10a2 2 0 0 0 0-4H6a2 2 0 0 1 0-4h4.5",
  policy: "M2.5 4.5h5M11 4.5h2.5M2.5 11.5h2.5M8.5 11.5h5M9.2 6.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4zM6.7 13.2a1.7 1.7 0 1 0 0-3.4 1.7 1.7 0 0 0 0 3.4z",
  settings: "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6l1.4 1.4M11 11l1.4 1.4M3.6 12.4l1.4-1.4M11 5l1.4-1.4",
  key: "M5.5 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM7.7 8.3l5.8-5.8M11 5l2 2M9.3 6.7l1.2 1.2",
  install: "M5.5 4.5l-3.5 3.5 3.5 3.5M10.5 4.5l3.5 3.5-3.5 3.5",
  members: "M6 7.5a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6zM1.8 13c.3-2.2 2-3.3 4.2-3.3s3.9 1.1 4.2 3.3M10.3 3.1a2.3 2.3 0 0 1 0 4.2M12 9.9c1.3.5 2.1 1.5 2.3 3.1",
  audit: "M4 2.5h8v11H4zM6.2 5.5h3.6M6.2 8h3.6M6.2 10.5h2",
  search: "M7.2 11.7a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.5 10.5l3 3",
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "M3 8.5l3.2 3.2L13 4.8",
  copy: "M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z",
  down: "M4 6l4 4 4-4",
  right: "M6 4l4 4-4 4",
  left: "M10 4L6 8l4 4",
  up: "M4 10l4-4 4 4",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  sun: "M8 10.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9",
  moon: "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",
  screen: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
  link: "M6.8 9.2l2.4-2.4M7.5 4.8l1.3-1.3a2.6 2.6 0 0 1 3.7 3.7l-1.3 1.3M8.5 11.2l-1.3 1.3a2.6 2.6 0 0 1-3.7-3.7l1.3-1.3",
  out: "M9 2.5h4.5V7M13.5 2.5L7.5 8.5M11.5 9.5v4h-9v-9h4",
  download: "M8 2.5v8M4.5 7.5L8 11l3.5-3.5M2.5 13.5h11",
  filter: "M2.5 3.5h11l-4.3 5v4.5l-2.4-1.3V8.5z",
  replay: "M5.5 3.5v9l7-4.5z",
  live: "M8 9.3a1.3 1.3 0 1 0 0-2.6 1.3 1.3 0 0 0 0 2.6zM4.8 11.2a4.5 4.5 0 0 1 0-6.4M11.2 4.8a4.5 4.5 0 0 1 0 6.4",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2.5v2.8h-2.8",
  keyboard: "M1.5 4.5h13v7h-13zM4 7h.01M6.5 7h.01M9 7h.01M11.5 7h.01M5 9.3h6",
  lock: "M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2",
  trash: "M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9",
  more: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  bell: "M4 11V7a4 4 0 0 1 8 0v4l1 1.2H3zM7 14h2",
  leave: "M6.5 2.5h-4v11h4M10 5l3 3-3 3M13 8H6",
  desktop: "M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3",
  phone: "M5 2h6v12H5zM7.5 12h1",
  tablet: "M3.5 2.5h9v11h-9zM7.5 11.5h1",
  globe: "M8 13.7A5.7 5.7 0 1 0 8 2.3a5.7 5.7 0 0 0 0 11.4zM2.3 8h11.4M8 2.3c3.5 3.5 3.5 7.9 0 11.4M8 2.3c-3.5 3.5-3.5 7.9 0 11.4",
  history: "M3 8a5 5 0 1 0 1.5-3.6M3 2.5v2.8h2.8M8 5.2V8l2 1.3",
} as const;

/** Those that stand for a verdict or a band: filled, each of its own shape. */
const solid = {
  accept: ["M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z", "M5.2 8.3l2 2 3.7-4.3"],
  monitor: ["M4 2.2h8a1.8 1.8 0 0 1 1.8 1.8v8a1.8 1.8 0 0 1-1.8 1.8H4A1.8 1.8 0 0 1 2.2 12V4A1.8 1.8 0 0 1 4 2.2z", "M5.3 8h5.4"],
  review: ["M8 1.7l6.6 11.9a.6.6 0 0 1-.5.9H1.9a.6.6 0 0 1-.5-.9z", "M8 6.2v3.6M8 12h.01"],
  reject: ["M8 .9l7.1 7.1L8 15.1.9 8z", "M8 4.6v3.9M8 11h.01"],
  fact: ["M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z", "M8 7.5v3.5M8 5.1h.01"],
  alert: ["M8 1.8a6.2 6.2 0 1 1 0 12.4A6.2 6.2 0 0 1 8 1.8z", "M8 4.8v3.7M8 11h.01"],
} as const;

export type IconName = keyof typeof paths | keyof typeof solid | "unknown" | "detected" | "clear";

/** Without a label it is decoration, and hidden from screen readers. */
export function Icon({ name, size = 16, label, class: extra = "" }: { name: IconName; size?: number; label?: string; class?: string }): JSX.Element {
  const about = label ? { role: "img" as const, "aria-label": label } : { "aria-hidden": true as const };
  return (
    <svg class={`icon ${extra}`} width={size} height={size} viewBox="0 0 16 16" fill="none" {...about}>
      {shape(name)}
    </svg>
  );
}

function shape(name: IconName): JSX.Element {
  if (name === "detected") name = "reject";
  if (name === "clear") return line("M8 2.3a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3zM5.4 8.2l1.9 1.9 3.4-3.9");
  if (name === "unknown") {
    return (
      <>
        <path class="line" stroke-dasharray="2 2.1" d="M8 2.3a5.7 5.7 0 1 1 0 11.4A5.7 5.7 0 0 1 8 2.3z" />
        <path class="line" d="M5.8 8h4.4" />
      </>
    );
  }
  if (name in solid) {
    const [body, cut] = solid[name as keyof typeof solid];
    return (
      <>
        <path fill="currentColor" d={body} />
        <path class="knock" d={cut} />
      </>
    );
  }
  return line(paths[name as keyof typeof paths]);
}

const line = (d: string): JSX.Element => <path class="line" d={d} />;
