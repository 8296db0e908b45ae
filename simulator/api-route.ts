import { apiError, noRouteError } from './api-error.ts';
import type { ApiResponse } from './envelope.ts';
import { isId } from './identifiers.ts';
import type { Permission, Token } from './seeds.ts';

/** An authenticated API call, as a route's handler gets it. `path` is below the base path, without the query. */
export interface ApiCall {
  path: string;
  params: Readonly<Record<string, string>>;
  query: URLSearchParams;
  body: RequestBody;
  token: Token;
}

/** One operation of the API. */
export interface ApiRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below the base path, with parameters as `:name`. */
  path: string;
  /** What the token needs; `null`: any token will do. */
  permission: Permission | null;
  /**
   * Synchronous, so that a call takes effect as a whole.
   *
   * @throws {ApiError}
   */
  handle(call: ApiCall): ApiResponse;
}

/** A request's body as text, parsed on demand. */
export class RequestBody {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The body for the call log: the JSON value, or the text if it is not JSON; `null` for an empty body. */
  toLog(): unknown {
    if (this.#text === '') return null;
    try {
      return JSON.parse(this.#text) as unknown;
    } catch {
      return this.#text;
    }
  }

  /**
   * The fields of the JSON object in the body.
   *
   * @throws {ApiError} (400) when the body is anything else
   */
  parseFields(): Record<string, unknown> {
    let value: unknown;
    try {
      value = JSON.parse(this.#text);
    } catch {
      value = null;
    }
    if (isObject(value)) return value;
    // Undocumented: the code for JSON that is not an object.
    throw apiError(400, 6007, 'Malformed JSON in request body');
  }
}

/**
 * The identifier in a path parameter, in lower case.
 *
 * @throws {ApiError} (400) when it is malformed
 */
export function parseId({ params, path }: ApiCall, name: string): string {
  const id = params[name] ?? '';
  if (!isId(id)) throw noRouteError(400, path);
  return id.toLowerCase();
}

/**
 * An optional boolean field.
 *
 * @throws {ApiError} (400) with a pointer to the field when it is not a boolean
 */
export function parseBoolean(fields: Record<string, unknown>, name: string): boolean | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === 'boolean') return value;
  // Undocumented: the code of this error.
  throw apiError(400, 1001, `${name} must be a boolean`, `/${name}`);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
