// What the server has of a session.

import { harmless } from "./harmless";
import type { eventWithTime } from "@rrweb/types";

export interface Page {
  page: string;
  url?: string;
  started: number; // Unix ms, by the server's clock
  ended: number;
  offset_ms: number; // added to the times of events
  chunks: number;
}

export interface Answer {
  pages: Page[];
  page: string;
  next?: number;
  events: unknown[];
}

// What went wrong, as the server's status; 0 when there was no answer.
export class Failure extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export class Source {
  // A secret key, where the visitor of this page is not signed in. It is kept nowhere.
  key = "";

  private first: Answer | undefined;

  // The workspace is what a signed-in browser has to name.
  constructor(
    private readonly session: string,
    readonly workspace: string,
  ) {}

  private async get<T>(what: string, of: Record<string, string> = {}): Promise<T> {
    const query = new URLSearchParams({ ...(this.workspace && { workspace: this.workspace }), ...of });
    let response: Response;
    try {
      response = await fetch(`/api/v1/sessions/${this.session}/${what}?${query}`, {
        headers: this.key ? { Authorization: `Bearer ${this.key}` } : {},
        credentials: "same-origin",
      });
    } catch {
      throw new Failure(0, "The server does not answer.");
    }
    const body = (await response.json().catch(() => ({}))) as T & { error?: { message?: string } };
    if (!response.ok) throw new Failure(response.status, body.error?.message ?? `The server answered with ${response.status}.`);
    return body;
  }

  private ask(of: Record<string, string>): Promise<Answer> {
    return this.get<Answer>("replay", of);
  }

  // What the session was judged by, as the API tells it.
  evidence<T>(): Promise<T> {
    return this.get<T>("evidence");
  }

  // All pages, and the first part of the events of the first one with them.
  async pages(): Promise<Page[]> {
    const answer = await this.ask({});
    this.first = answer;
    return answer.pages;
  }

  // All events of a page. told is called with how many of its chunks are here.
  async events(page: Page, told: (chunks: number) => void): Promise<eventWithTime[]> {
    const events: eventWithTime[] = [];
    const clean = harmless();
    let from = 0;
    do {
      const had = from === 0 && this.first?.page === page.page ? this.first : undefined;
      const answer = had ?? (await this.ask({ page: page.page, from: String(from) }));
      this.first = undefined;
      for (const event of answer.events) {
        const safe = clean(event);
        if (safe) events.push(safe);
      }
      from = answer.next ?? 0;
      told(from || page.chunks);
    } while (from > 0);
    return events;
  }
}
