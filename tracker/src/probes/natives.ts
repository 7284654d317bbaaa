// Functions that are often replaced to hide automation, held against those of a fresh
// frame. Extensions replace some of them, too: it is an observation.

import { inFreshFrame, type Probe, type Realm } from "./probe";

const FUNCTIONS: [interfaceName: string, ...members: string[]][] = [
  ["Navigator", "webdriver", "userAgent", "platform", "plugins", "languages", "hardwareConcurrency", "deviceMemory", "vendor"],
  ["Screen", "width", "availWidth"],
  ["Permissions", "query"],
  ["HTMLCanvasElement", "toDataURL", "getContext"],
  ["WebGLRenderingContext", "getParameter"],
  ["HTMLIFrameElement", "contentWindow"],
  ["HTMLMediaElement", "canPlayType"],
  ["Element", "attachShadow"],
  ["Function", "toString"],
];

type AnyFunction = (...args: never[]) => unknown;

// What calling it on an object of another kind ends in: the error, and the place from
// which it came. All are called from this one line, so that originals give the same.
function misuse(f: AnyFunction): [end: string, place?: string | undefined] {
  try {
    const result = f.call({});
    if (result instanceof Object && "then" in result) (result as Promise<unknown>).then(undefined, () => {});
    return [typeof result];
  } catch (error) {
    const { name, message, stack } = error as Error;
    return [`${name} ${message}`, String(stack).split("\n").find((line) => /:\d+:\d+/.test(line))];
  }
}

// Runs without the page's own way of putting stacks into words: some scripts leave one.
function plainly<T>(run: () => T): T {
  const kept = Object.getOwnPropertyDescriptor(Error, "prepareStackTrace");
  if (kept) Reflect.deleteProperty(Error, "prepareStackTrace");
  try {
    return run();
  } finally {
    if (kept) Reflect.defineProperty(Error, "prepareStackTrace", kept);
  }
}

const keysOf = (f: AnyFunction): string => Reflect.ownKeys(f).map(String).sort().join();

// Letters for what is odd about it, by itself or beside the frame's, which may have
// been changed in the same way: m missing in one, d its descriptor, t its text, k its
// own properties, c what misuse ends in.
function oddities(owner: string, member: string, realm: Realm, place: string | undefined): string {
  const describe = (of: Realm): PropertyDescriptor | undefined => {
    const holder = (of as unknown as Record<string, { prototype: object } | undefined>)[owner];
    return holder && Object.getOwnPropertyDescriptor(holder.prototype, member);
  };
  const here = describe(window as Realm);
  const there = describe(realm);
  if (!here || !there) return here === there ? "" : "m";
  const mine = (here.get ?? here.value) as AnyFunction;
  const original = (there.get ?? there.value) as AnyFunction;
  const shape = ({ get, set, enumerable, configurable, writable }: PropertyDescriptor): string =>
    [!get, !set, enumerable, configurable, writable].join();
  const text = new RegExp(`^function (get )?${member}\\(\\) \\{\\s*\\[native code\\]\\s*\\}$`);
  const [end, from] = misuse(mine);
  return [
    shape(here) === shape(there) ? "" : "d",
    text.test(Function.prototype.toString.call(mine)) && text.test(realm.Function.prototype.toString.call(mine)) ? "" : "t",
    keysOf(mine) === "length,name" && mine.length === original.length ? "" : "k",
    end === misuse(original)[0] && (!from || from === place) ? "" : "c",
  ].join("");
}

export const natives: Probe = (say) => {
  const found = inFreshFrame((realm) =>
    plainly(() => {
      // One that nobody has a reason to replace.
      const [, place] = misuse(realm.Node.prototype.isEqualNode);
      return FUNCTIONS.flatMap(([owner, ...members]) =>
        members.map((member) => [`${owner}.${member}`, oddities(owner, member, realm, place)] as const).filter(([, letters]) => letters),
      );
    }),
  );
  say("natives", found.map((pair) => pair.join("=")).join() || "same");
};
