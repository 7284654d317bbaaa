// The DevTools protocol by hand, for browsers that were started without any automation:
// what no domain was enabled for leaves nothing behind in the page.
import WebSocket from 'ws';
import { pause } from './time.mjs';

/** Connects to the first tab of the browser on that port, within ten seconds. */
export async function connect(port) {
  let address;
  for (let tries = 0; !address; tries++) {
    try {
      address = (await (await fetch(`http://127.0.0.1:${port}/json/version`)).json()).webSocketDebuggerUrl;
    } catch (error) {
      if (tries === 100) throw error;
      await pause(100);
    }
  }
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const waiting = new Map();
  let last = 0;
  socket.on('message', (data) => {
    const { id, result, error } = JSON.parse(data);
    const asked = waiting.get(id);
    waiting.delete(id);
    if (error) asked?.reject(new Error(`${asked.method}: ${error.message}`));
    else asked?.resolve(result);
  });
  socket.on('close', () => waiting.forEach(({ reject }) => reject(new Error('the browser is gone'))));
  const send = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject, method });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });

  let tab;
  for (let tries = 0; !tab && tries < 100; tries++) {
    const { targetInfos } = await send('Target.getTargets');
    tab = targetInfos.find(({ type }) => type === 'page');
    if (!tab) await pause(100);
  }
  const { sessionId } = await send('Target.attachToTarget', { targetId: tab.targetId, flatten: true });
  const call = (method, params) => send(method, params, sessionId);

  /** Runs a function in the page's document, in a world of its own unless it says main. */
  const evaluate = async (fn, args = [], { main = false } = {}) => {
    const { frameTree } = await call('Page.getFrameTree');
    const world = main ? {} : { contextId: (await call('Page.createIsolatedWorld', { frameId: frameTree.frame.id })).executionContextId };
    const { result, exceptionDetails } = await call('Runtime.evaluate', {
      expression: `(${fn})(...${JSON.stringify(args)})`, returnByValue: true, awaitPromise: true, ...world,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
  return { call, evaluate, close: () => socket.close() };
}
