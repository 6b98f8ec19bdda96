// The session of a user at an application in the browser, on a phone, or on Node.

/** What the client keeps. */
export interface Tokens {
  access: string;
  refresh: string;
  /** In milliseconds since 1970. */
  expiresAt: number;
}

/** Where the client keeps it. All tabs share it; `null` is logged out. */
export interface TokenStorage {
  load(): Promise<Tokens | null>;
  save(tokens: Tokens | null): Promise<void>;
}

/** Runs one function at a time, of all tabs. In a browser:
 * `(run) => navigator.locks.request("session", run)`. */
export type Lock = <T>(run: () => Promise<T>) => Promise<T>;

/** The session has ended: show the login. */
export class LoggedOut extends Error {}

/** The server cannot respond now. The session is intact: try again later. */
export class Unavailable extends Error {}

export class Session {
  #refreshing: Promise<string> | null = null;

  constructor(
    private readonly tokenUrl: string,
    private readonly clientId: string,
    private readonly storage: TokenStorage,
    private readonly lock: Lock,
    private readonly sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms)),
  ) {}

  /** Calls an API with the access token, and once more if the API does not accept it. */
  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const access = await this.accessToken();
    const response = await this.#call(url, init, access);
    if (response.status !== 401) return response;
    return this.#call(url, init, await this.refresh(access));
  }

  /** Returns an access token that is valid for a while. */
  async accessToken(): Promise<string> {
    const tokens = await this.storage.load();
    if (tokens === null) throw new LoggedOut();
    if (Date.now() < tokens.expiresAt - 30_000) return tokens.access;
    return this.refresh(tokens.access);
  }

  /** Replaces the access token `stale`. Calls at the same time share one request. */
  refresh(stale: string): Promise<string> {
    this.#refreshing ??= this.lock(() => this.#exchange(stale)).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #exchange(stale: string): Promise<string> {
    const tokens = await this.storage.load();
    if (tokens === null) throw new LoggedOut();
    // Another tab was faster.
    if (tokens.access !== stale) return tokens.access;
    for (let attempt = 0; attempt < 4; attempt++) {
      const response = await this.#request(tokens.refresh);
      if (response?.ok) {
        const body = await response.json();
        const next: Tokens = {
          access: body.access_token,
          // A server that does not rotate may return none: the old one stays.
          refresh: body.refresh_token ?? tokens.refresh,
          expiresAt: Date.now() + body.expires_in * 1000,
        };
        // Before anybody uses it.
        await this.storage.save(next);
        return next.access;
      }
      if (response && response.status !== 503 && response.status !== 429) {
        const { error } = await response.json();
        if (error !== "invalid_grant") throw new Error(`the server responds with ${error}`);
        await this.storage.save(null);
        throw new LoggedOut();
      }
      // The response is lost, or the server has changed nothing: the same token again, soon.
      const seconds = Number(response?.headers.get("retry-after") ?? 0);
      await this.sleep(Math.max(seconds * 1000, 250 * 2 ** attempt * (1 + Math.random())));
    }
    throw new Unavailable();
  }

  async #request(refresh: string): Promise<Response | null> {
    const body = new URLSearchParams({
      grant_type: "refresh_token",
      client_id: this.clientId,
      refresh_token: refresh,
    });
    try {
      const signal = AbortSignal.timeout(10_000);
      return await fetch(this.tokenUrl, { method: "POST", body, signal });
    } catch {
      return null;
    }
  }

  #call(url: string, init: RequestInit, access: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("authorization", `Bearer ${access}`);
    return fetch(url, { ...init, headers });
  }
}
