import type { AppliedFault } from './faults.ts';

/** One call to the API; times are ISO 8601. Headers are not logged, because one of them holds the token. */
export interface LoggedCall {
  /** 1 for the first call since the simulator started; clearing the log does not reset it. */
  n: number;
  at: string;
  method: string;
  /** Below the base path, without the query. */
  path: string;
  query: Record<string, string>;
  /** The JSON value, or the text if it is not JSON; `null` for an empty body. */
  requestBody: unknown;
  /** The status that the client received; `null` until a response is sent, and for good if none is. */
  status: number | null;
  answeredAt: string | null;
  fault?: AppliedFault;
}

/** All calls to the API, in the order they arrived. */
export class CallLog {
  #calls: LoggedCall[] = [];
  #count = 0;

  /** Logs a call that has arrived. Returns the entry itself, for the caller to complete with the response. */
  add(call: Pick<LoggedCall, 'method' | 'path' | 'query' | 'requestBody'>): LoggedCall {
    this.#count += 1;
    const entry = { n: this.#count, at: new Date().toISOString(), ...call, status: null, answeredAt: null };
    this.#calls.push(entry);
    return entry;
  }

  /** A copy of all entries. */
  list(): LoggedCall[] {
    return structuredClone(this.#calls);
  }

  clear(): void {
    this.#calls = [];
  }
}
