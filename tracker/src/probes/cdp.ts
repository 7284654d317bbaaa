// Whether somebody reads the console by the DevTools protocol, as open developer tools
// and some drivers do: only then is the stack of an error that is logged put into words.
// A frame's own console and errors are used, so that nothing of the page's is touched,
// and a message that the console does not show.

import { inFreshFrame, type Probe } from "./probe";

export const cdp: Probe = (say) => {
  let read = 0;
  inFreshFrame(({ Error: FrameError, console: frameConsole }) => {
    (FrameError as { prepareStackTrace?: () => string }).prepareStackTrace = () => {
      read++;
      return "";
    };
    (frameConsole.groupEnd as (error: Error) => void)(new FrameError());
  });
  say("console", read ? "read" : "unread");
};
