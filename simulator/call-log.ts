import type { Hit } from './faults.ts';

/** One call to the API; times are ISO 8601. Headers are left out: one of them is the token. */
export interface LoggedCall {
  /** Counts on for as long as the simulator runs. */
  n: number;
  at: string;
  method: string;
  /** Below the API's base, without the query. */
  path: string;
  query: Record<string, string>;
  /** Parsed where it is JSON, else the text; `null` for none. */
  requestBody: unknown;
  /** What the client saw; `null` while or because there was no answer. */
  status: number | null;
  answeredAt: string | null;
  fault?: Hit;
}

/** Every call to the API, in the order of arrival. */
export class CallLog {
  #calls: LoggedCall[] = [];
  #count = 0;

  /** Logs the start of a call. The answer is the entry itself, to be completed later. */
  begin(call: Pick<LoggedCall, 'method' | 'path' | 'query' | 'requestBody'>): LoggedCall {
    this.#count += 1;
    const entry = { n: this.#count, at: new Date().toISOString(), ...call, status: null, answeredAt: null };
    this.#calls.push(entry);
    return entry;
  }

  /** A copy of the log so far. */
  list(): LoggedCall[] {
    return structuredClone(this.#calls);
  }

  clear(): void {
    this.#calls = [];
  }
}
