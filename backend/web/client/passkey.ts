/** Passkeys: used to sign in, and added to an account. Without them, or without scripts, a code does the same. */

import { all } from "@pages/_dom";

interface Ceremony {
  ticket: string;
  options: Record<string, unknown>;
}

type Described = { id: string; type: PublicKeyCredentialType };

function bytes(text: string): ArrayBuffer {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (c) => c.charCodeAt(0)).buffer;
}

function text(value: ArrayBuffer | null): string | null {
  if (!value) return null;
  const plain = String.fromCharCode(...new Uint8Array(value));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

class Refused extends Error {
  constructor(readonly problem: string) {
    super(problem);
  }
}

async function post<T>(url: string, body: unknown): Promise<T> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as T & { type?: string };
  if (!response.ok) throw new Refused(answer.type ?? "");
  return answer;
}

function described(list: unknown): PublicKeyCredentialDescriptor[] {
  return ((list as Described[] | undefined) ?? []).map((one) => ({ id: bytes(one.id), type: one.type }));
}

async function use(box: HTMLElement): Promise<void> {
  const { ticket, options } = await post<Ceremony>("/api/v1/sign-in/passkey/options", {});
  const publicKey = {
    ...options,
    challenge: bytes(String(options.challenge)),
    allowCredentials: described(options.allowCredentials),
  } as PublicKeyCredentialRequestOptions;
  const found = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential;
  const answer = found.response as AuthenticatorAssertionResponse;
  const credential = {
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response: {
      clientDataJSON: text(answer.clientDataJSON),
      authenticatorData: text(answer.authenticatorData),
      signature: text(answer.signature),
      userHandle: text(answer.userHandle),
    },
  };
  const done = await post<{ second_factor: string }>("/api/v1/sign-in/passkey", { ticket, credential, kind: "cookie" });
  location.assign((done.second_factor === "none" ? box.dataset.next : box.dataset.secondStep) ?? "/");
}

async function add(box: HTMLElement): Promise<void> {
  const { ticket, options } = await post<Ceremony>("/api/v1/me/passkeys/options", {});
  const user = options.user as { id: string };
  const publicKey = {
    ...options,
    challenge: bytes(String(options.challenge)),
    user: { ...user, id: bytes(user.id) },
    excludeCredentials: described(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential;
  const answer = made.response as AuthenticatorAttestationResponse;
  const credential = {
    id: made.id,
    rawId: text(made.rawId),
    type: made.type,
    response: { clientDataJSON: text(answer.clientDataJSON), attestationObject: text(answer.attestationObject) },
  };
  await post("/api/v1/me/passkeys", { ticket, credential });
  location.assign(box.dataset.done ?? location.href);
}

function offer(box: HTMLElement, act: (box: HTMLElement) => Promise<void>): void {
  const status = box.querySelector<HTMLElement>("[role=status]");
  box.hidden = false;
  box.querySelector("button")?.addEventListener("click", () => {
    act(box).catch((error: unknown) => {
      if (error instanceof Refused && error.problem.endsWith("proof-needed") && box.dataset.prove) {
        location.assign(box.dataset.prove);
      } else if (status) status.textContent = status.dataset.wordsFailed ?? "";
    });
  });
}

if ("PublicKeyCredential" in window) {
  all("[data-passkey]").forEach((box) => offer(box, use));
  all("[data-passkey-new]").forEach((box) => offer(box, add));
}
