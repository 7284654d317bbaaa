// The numbers of docs/wire.md. `const enum` leaves nothing of this file in the
// built script but the numbers where they are used.

export const VERSION = "0.1.0";

export const enum Flag {
  Untrusted = 1,
  Touch = 2,
  Pen = 4,
  NoPointer = 8,
  Repeat = 16,
  Composing = 32,
  Autofilled = 64,
  Hidden = 128,
  Framed = 256,
  Smooth = 512,
  Replaced = 1024,
  Focusing = 2048,
}

export const enum Life {
  PageHide,
  PageShow,
  Hidden,
  Shown,
  WindowBlur,
  WindowFocus,
  PointerLeft,
  PointerEntered,
}

export const enum Nav {
  Other,
  Push,
  Replace,
  Traverse,
  Hash,
}

export const enum KeyClass {
  Letter,
  Digit,
  Space,
  Punctuation,
  Erase,
  Enter,
  Tab,
  Arrow,
  Modifier,
  Shortcut,
  Other,
}

export const enum InputCode {
  Other,
  Insert,
  Delete,
  Paste,
  Drop,
  Replacement,
  Composition,
  History,
  Untyped,
  Change,
}

export const enum TargetCode {
  Other,
  Button,
  Link,
  Text,
  Area,
  Edit,
  Select,
  Check,
  Label,
  Secret,
  Form,
  Picker,
}

export const enum Purpose {
  None,
  Username,
  Email,
  Password,
  OneTimeCode,
  Address,
  Card,
  Phone,
  Name,
}

export const enum Most {
  KeySlots = 8,
  Target = 65_535,
}

// The bytes that a text may have.
export const enum Bytes {
  URL = 2048,
  Describe = 240,
  Trait = 512,
  User = 1024,
  Tags = 1024,
  Identity = 1024,
  Log = 256,
}
