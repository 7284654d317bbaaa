// What the server has of a session.

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
  events: eventWithTime[];
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

  // The workspace is what a signed-in browser has to name.
  constructor(
    private readonly session: string,
    private readonly workspace: string,
  ) {}

  private async ask(of: Record<string, string>): Promise<Answer> {
    const query = new URLSearchParams({ ...(this.workspace && { workspace: this.workspace }), ...of });
    let response: Response;
    try {
      response = await fetch(`/api/v1/sessions/${this.session}/replay?${query}`, {
        headers: this.key ? { Authorization: `Bearer ${this.key}` } : {},
        credentials: "same-origin",
      });
    } catch {
      throw new Failure(0, "The server does not answer.");
    }
    const body = (await response.json().catch(() => ({}))) as Answer & { error?: { message?: string } };
    if (!response.ok) throw new Failure(response.status, body.error?.message ?? `The server answered with ${response.status}.`);
    return body;
  }

  async pages(): Promise<Page[]> {
    return (await this.ask({})).pages;
  }

  // All events of a page. told is called with how many of its chunks are here.
  async events(page: Page, told: (chunks: number) => void): Promise<eventWithTime[]> {
    const events: eventWithTime[] = [];
    let from = 0;
    do {
      const answer = await this.ask({ page: page.page, from: String(from) });
      for (const event of answer.events) events.push(event);
      from = answer.next ?? 0;
      told(from || page.chunks);
    } while (from > 0);
    return events;
  }
}
