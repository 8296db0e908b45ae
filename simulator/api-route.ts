import { refusal } from './api-error.ts';
import type { ApiAnswer } from './envelope.ts';
import type { Permission, Token } from './seeds.ts';

/** A call that has passed authentication, for a route's handler. */
export interface ApiCall {
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: RequestBody;
  token: Token;
}

/** One operation of the API. Its handler answers, or throws an `ApiError`, without waiting for anything. */
export interface ApiRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the API's base, parameters as `:name`. */
  path: string;
  permission: Permission | null;
  handle(call: ApiCall): ApiAnswer;
}

/** A request's body as it came. */
export class RequestBody {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The body for the log: the JSON value, else the text; `null` for none. */
  toLog(): unknown {
    if (this.#text === '') return null;
    try {
      return JSON.parse(this.#text) as unknown;
    } catch {
      return this.#text;
    }
  }

  /** The fields of a JSON object. Throws an `ApiError` (400) for anything else. */
  fields(): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(this.#text);
    } catch {
      value = null;
    }
    if (isFields(value)) return value;
    // Undocumented: the code for a body that is JSON but no object.
    throw refusal(400, 6007, 'Malformed JSON in request body');
  }
}

/** A field that must be true or false where it is given. Throws an `ApiError` (400) that points at it. */
export function parseFlag(fields: Record<string, unknown>, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'boolean') return value;
  // Undocumented: the code of this refusal.
  throw refusal(400, 1001, `${name} must be a boolean`, `/${name}`);
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
