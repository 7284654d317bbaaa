"use strict";(()=>{var w=Object.defineProperty;var S=(i,t,e)=>t in i?w(i,t,{enumerable:!0,configurable:!0,writable:!0,value:e}):i[t]=e;var n=(i,t,e)=>S(i,typeof t!="symbol"?t+"":t,e);var v=/^(\d{1,4}(?:\.\d{1,3})?)(px|em|rem|%|vw)?$/,b=`
:host { all: initial; display: block; max-width: 100%; }
:host([hidden]) { display: none; }
.card {
  box-sizing: border-box; position: relative; overflow: hidden;
  display: flex; align-items: center; gap: 12px;
  width: 100%; min-height: 56px; padding: 8px 14px;
  color: #111; background: #fff; color-scheme: only light;
  border: 1px solid #c4c7cc; border-radius: 10px;
  font: 13px/1.35 system-ui, sans-serif; text-align: start;
}
svg { flex: none; width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 3; stroke-linecap: round; stroke-linejoin: round; }
p { margin: 0; min-width: 0; overflow-wrap: anywhere; }
b { display: block; font-size: 15px; font-weight: 650; letter-spacing: .01em; }
i { display: none; position: absolute; inset: auto 0 0; height: 3px; background: #e3e5e9; }
i::before { content: ""; display: block; width: 40%; height: 100%; background: #111; }
.fail svg { stroke: #c62828; }
.loading i { display: block; }
.loading svg { animation: turn .9s linear infinite; }
.loading i::before { animation: run 1.6s ease-in-out infinite; }
@keyframes turn { to { transform: rotate(1turn); } }
@keyframes run { from { transform: translateX(-100%); } to { transform: translateX(250%); } }
@media (prefers-reduced-motion: reduce) {
  .loading svg, .loading i::before { animation: none; }
}
@media (forced-colors: active) {
  i::before { background: CanvasText; }
}`;function h(i){let t=new CSSStyleSheet;return t.replaceSync(i),t}var l,p=()=>l??(l=h(b));function f(i){let[,t="231",e="px"]=v.exec(i.trim())??[];return h(`:host { width: ${t}${e}; }`)}var u="http://www.w3.org/2000/svg",y={loading:["Gait","Connecting \u2026"],pass:["Gait","Protection is active"],fail:["Gait","Protection is not active"]},x={loading:"M12 3a9 9 0 0 1 9 9",pass:"M4 12.5l5.5 5.5L20 6.5",fail:"M5 5l14 14M19 5L5 19"};function s(i,t,...e){let o=document.createElement(i);return o.className=t,o.append(...e),o}var d=class{constructor(t){n(this,"host",t);n(this,"state");n(this,"width");n(this,"root");n(this,"path",document.createElementNS(u,"path"));n(this,"title",s("b",""));n(this,"text",s("span",""));n(this,"card");this.root=t.attachShadow({mode:"open"});let e=document.createElementNS(u,"svg");e.setAttribute("viewBox","0 0 24 24"),e.setAttribute("aria-hidden","true"),e.append(this.path);let o=s("i","");o.setAttribute("aria-hidden","true");let r=s("p","",this.title," ",this.text);r.setAttribute("role","status"),this.card=s("div","card",e,r,o),this.root.append(this.card)}show(t){this.state!==t&&(this.state=t,this.card.className=`card ${t}`,this.path.setAttribute("d",x[t]),[this.title.textContent,this.text.textContent]=y[t])}resize(){let t=this.host.getAttribute("width")??"";this.width!==t&&(this.width=t,this.root.adoptedStyleSheets&&(this.root.adoptedStyleSheets=[p(),f(t)]))}};var c=class{constructor(){n(this,"made",new WeakMap);n(this,"shown",[]);n(this,"state","loading");n(this,"hosts",document.getElementsByClassName("roundtable-badge"))}fill(){let t=[];for(let e of this.hosts){let o=this.cardOf(e);o&&(o.show(this.state),o.resize(),t.push(o))}this.shown=t}show(t){this.state=t;for(let e of this.shown)e.show(t)}cardOf(t){if(!this.made.has(t)){let e;try{e=new d(t)}catch{}this.made.set(t,e)}return this.made.get(t)}};var E="/v1/batch";function m(i){let t="loading",e=0;function o(a){clearTimeout(e),a==="loading"&&(e=setTimeout(()=>o("fail"),15e3)),a!==t&&i(a),t=a}let r=()=>{t!=="pass"&&o("loading")};i(t),o(C()?"pass":"loading"),addEventListener("gait:ack",()=>o("pass")),addEventListener("roundtable:ready",r),addEventListener("pageshow",({persisted:a})=>a&&r()),document.addEventListener("prerenderingchange",r)}function C(){return performance.getEntriesByType("resource").some(({name:t,responseStatus:e})=>e===200&&t.endsWith(E))}var g=Symbol.for("gait.badge");function k(){let i=new c;m(t=>i.show(t)),i.fill(),new MutationObserver(()=>i.fill()).observe(document,{childList:!0,subtree:!0,attributeFilter:["class","width"]}),addEventListener("pageshow",()=>i.fill())}try{g in window||(Object.defineProperty(window,g,{value:!0}),k())}catch(i){console.debug("gait",i)}})();
