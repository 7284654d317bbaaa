// The parts that are easier to test alone, run in the browser by the scenario "unit".

import { fit, redactName, redactURL } from "../../src/redact";
import { css, declared, inline, rule } from "../../src/replay/css";
import { blocks } from "../../src/replay/mask";
import { attributes } from "../../src/replay/nodes";
import { classOf } from "../../src/sources/keys";

const key = (key: string, more: KeyboardEventInit = {}) => classOf(new KeyboardEvent("keydown", { key, ...more }));

// Pairs of what is had and what is wanted.
const cases: [unknown, unknown][] = [
  [redactURL(new URL("https://example.org/a/b?c=d#e")), "https://example.org/a/b"],
  [redactURL(new URL("https://user:pass@example.org:8443/")), "https://example.org:8443/"],
  [redactURL(new URL("https://example.org/u/jane%40example.org/x")), "https://example.org/u/…/x"],
  [redactURL(new URL("https://example.org/order/1234567")), "https://example.org/order/…"],
  [redactURL(new URL("https://example.org/order/12345")), "https://example.org/order/12345"],
  [redactURL(new URL("https://example.org/t/550e8400-e29b-41d4-a716-446655440000")), "https://example.org/t/…"],
  [redactURL(new URL("https://example.org/t/abcdefab-cdef-abcd-efab-cdefabcdefab")), "https://example.org/t/…"],
  [redactURL(new URL("https://example.org/d/1a2b3c4d5e")), "https://example.org/d/1a2b3c4d5e"],
  [redactURL(new URL("https://example.org/reset/a8Fk29dLq0ZpX71mNb5Yc")), "https://example.org/reset/…"],
  [redactURL(new URL("https://example.org/how-to-build-a-bird-house-in-10-steps")), "https://example.org/how-to-build-a-bird-house-in-10-steps"],
  [redactURL(new URL("https://example.org/p;jsessionid=0A1B2C3D4E5F6A7B8C9D0E1F")), "https://example.org/…"],
  [redactURL(new URL("https://example.org/%E0%A4%A")), "https://example.org/%E0%A4%A"],
  [redactURL(new URL("https://example.org/@jane/posts")), "https://example.org/@jane/posts"],
  [redactURL(new URL("file:///home/jane/a.html")), "file:"],
  [redactURL(new URL("about:blank")), "about:"],
  [redactName("  Update \n\t credit card "), "Update credit card"],
  [redactName("Call +49 (30) 123-45 67 now"), "Call … now"],
  [redactName("Write to jane.doe@example.org, please"), "Write to … please"],
  [redactName("Card 4111 1111 1111 1111"), "Card …"],
  [redactName("Room 12345"), "Room 12345"],
  [redactName("Key sk-A1b2C3d4E5f6A7b8C9d0E1f2"), "Key …"],
  [redactName("Donaudampfschifffahrtsgesellschaft"), "Donaudampfschifffahrtsgesellschaft"],
  [fit(redactName("a\u0000b\u0085c\u009f"), 100), "a b c "],
  [redactName("x".repeat(80)).length, 60],
  [[...redactName("😀".repeat(80))].length, 60],
  [redactName("٠١٢٣٤٥٦٧"), "…"],
  [fit("a\ud800b", 100), "a\ufffdb"],
  [fit("ééé", 5), "éé"],
  [fit("éé\ud83d\ude00", 6), "éé"],
  [fit("abc", 3), "abc"],
  [key("a"), 0],
  [key("É"), 0],
  [key("ж"), 0],
  [key("漢"), 0],
  [key("7"), 1],
  [key("٣"), 1],
  [key(" "), 2],
  [key("."), 3],
  [key("€"), 3],
  [key("😀"), 3],
  [key("Backspace"), 4],
  [key("Delete"), 4],
  [key("Enter"), 5],
  [key("Tab"), 6],
  [key("ArrowLeft"), 7],
  [key("PageDown"), 7],
  [key("Shift"), 8],
  [key("Control", { ctrlKey: true }), 8],
  [key("AltGraph"), 8],
  [key("c", { ctrlKey: true }), 9],
  [key("Enter", { metaKey: true }), 9],
  [key("@", { ctrlKey: true, altKey: true, modifierAltGraph: true }), 3],
  [key("A", { shiftKey: true }), 0],
  [key("F5"), 10],
  [key("Escape"), 10],
  [key("Dead"), 10],
  [key("Process"), 10],
  [key("constructor"), 10],
  [blocks("Ab c\n\u{1f600}"), "■■ ■\n■"],
  [css("a{b:url(x.png)}"), "a{b:none}"],
  [css("a{b:url( 'x)y.png' ) c}"), "a{b:none c}"],
  [css("a{b:URL(\"x\\\"y\")}"), "a{b:none}"],
  [css("a{b:url(x"), "a{b:none"],
  [css("a{fill:url(#red)}"), "a{fill:url(#red)}"],
  [css("a{fill:url(#jane@example.org)}"), "a{fill:none}"],
  [css("a{b:image-set('x.png' 1x)}"), "a{b:image-set(\"■■■■■\" 1x)}"],
  [css("a{content:'Jane Doe'}"), 'a{content:"■■■■ ■■■"}'],
  [css("a{content:'Jane"), 'a{content:"■■■"'],
  [css("a{content:'x\\'y; color: red'}"), 'a{content:"■■■■■ ■■■■■■ ■■■"}'],
  [css("a{content:'\\f101'}"), "a{content:'\\f101'}"],
  [css("a{font-family:'Segoe UI',Arial}"), "a{font-family:'Segoe UI',Arial}"],
  [css("a{font:12px/1 'Segoe UI'}"), "a{font:12px/1 'Segoe UI'}"],
  [css("a[type='text']{}"), "a[type='text']{}"],
  [css("a[title='Jane Doe']{}"), 'a[title="■■■■ ■■■"]{}'],
  [css("/* Jane */a{}/* rr_split */b{}/* Doe"), "/**/a{}/* rr_split */b{}/**/"],
  [css("a{b:u/* Jane */rl(https://example.org/)}"), "a{b:u/**/rl(https://example.org/)}"], // one word only without the comment
  [css("@import 'x.css';@import url(y.css) print;a{}"), "@layer gait-none;@layer gait-none;a{}"],
  [rule("@import 'x.css'"), "@layer gait-none;"],
  [rule(7), "@layer gait-none;"],
  [declared("color", "red"), "red"],
  [declared("--a", "Jane"), undefined],
  [declared("--a", "12.5px"), "12.5px"],
  [declared("--a", "#abcdef"), "#abcdef"],
  [declared("b", "url(x)"), "none"],
  [declared("jane@example.org", "1px"), undefined],
  [inline("color: red; --a: Jane; background: url(x.png); nonsense; content: 'Jane; --b: 1px'"), 'color: red;background: none;content: "■■■■■ ■■■■ ■■■"'],
  [JSON.stringify(attributes("a", { href: "/x", title: "t", class: "a jane@example.org b", onclick: "x" }, null)), '{"href":"#","class":"a b"}'],
  [JSON.stringify(attributes("use", { href: "#icon", "xlink:href": "x.svg#a" }, null)), '{"href":"#icon"}'],
  [JSON.stringify(attributes("img", { class: undefined, rr_width: "10px", rr_height: "javascript" }, null)), '{"class":"gait-box","rr_width":"10px"}'],
  [JSON.stringify(attributes("p", { hidden: "secret", width: "10; x=<b>", "aria-hidden": "yes", title: null, style: null }, null)), '{"hidden":"","style":null}'],
];

declare global {
  interface Window {
    unit: () => string[];
  }
}

window.unit = () =>
  cases.flatMap(([have, want], i) => (have === want ? [] : [`case ${i}: have ${JSON.stringify(have)}, want ${JSON.stringify(want)}`]));
