// Passkeys: the browser's WebAuthn, with the server's JSON on both sides. Binary
// values travel as base64url, as PublicKeyCredential.toJSON has them.

import { post } from "./api";
import type { Account, Passkey } from "./types";

export const canPasskey = (): boolean => isSecureContext && "PublicKeyCredential" in window;

type Options = { publicKey: Record<string, unknown> };

function bytes(text: string): ArrayBuffer {
  const raw = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out.buffer;
}

function text(buffer: ArrayBuffer | null | undefined): string | undefined {
  if (!buffer) return undefined;
  let raw = "";
  for (const b of new Uint8Array(buffer)) raw += String.fromCharCode(b);
  return btoa(raw).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

type Descriptor = { id: string; [k: string]: unknown };

const descriptors = (list: unknown): unknown => (list as Descriptor[] | undefined)?.map((d) => ({ ...d, id: bytes(d.id) }));

/** Fails with a DOMException if the person declines. */
export async function addPasskey(name: string): Promise<Passkey> {
  const { publicKey: o } = await post<Options>("/account/passkeys/begin");
  const user = o["user"] as Descriptor;
  const made = (await navigator.credentials.create({
    publicKey: {
      ...o,
      challenge: bytes(o["challenge"] as string),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: descriptors(o["excludeCredentials"]),
    } as unknown as PublicKeyCredentialCreationOptions,
  })) as PublicKeyCredential;
  const r = made.response as AuthenticatorAttestationResponse;
  return post<Passkey>("/account/passkeys", {
    name,
    credential: {
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      authenticatorAttachment: made.authenticatorAttachment ?? undefined,
      clientExtensionResults: made.getClientExtensionResults(),
      response: { clientDataJSON: text(r.clientDataJSON), attestationObject: text(r.attestationObject), transports: r.getTransports?.() },
    },
  });
}

/** The browser asks which passkey; the passkey says who. */
export const signInWithPasskey = (): Promise<Account> => show<Account>("/account/passkey");

/** Shows that whoever is signed in has one of their passkeys. */
export const confirmWithPasskey = (): Promise<void> => show<void>("/account/confirm/passkey");

async function show<T>(path: string): Promise<T> {
  const { publicKey: o } = await post<Options>(`${path}/begin`);
  const got = (await navigator.credentials.get({
    publicKey: {
      ...o,
      challenge: bytes(o["challenge"] as string),
      allowCredentials: descriptors(o["allowCredentials"]),
    } as unknown as PublicKeyCredentialRequestOptions,
  })) as PublicKeyCredential;
  const r = got.response as AuthenticatorAssertionResponse;
  return post<T>(path, {
    credential: {
      id: got.id,
      rawId: text(got.rawId),
      type: got.type,
      authenticatorAttachment: got.authenticatorAttachment ?? undefined,
      clientExtensionResults: got.getClientExtensionResults(),
      response: {
        clientDataJSON: text(r.clientDataJSON),
        authenticatorData: text(r.authenticatorData),
        signature: text(r.signature),
        userHandle: text(r.userHandle),
      },
    },
  });
}
