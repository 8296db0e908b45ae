import { type ApiError, type ApiMessage, refusal } from './api-error.ts';

/** An answer before it is sent. */
export interface ApiAnswer {
  status: number;
  headers?: Record<string, string>;
  body: Envelope;
}

export interface Envelope {
  success: boolean;
  errors: ApiMessage[];
  messages: { code: number; message: string; type: null }[];
  /** Missing, not `null`, where an operation documents no result. */
  result?: unknown;
  result_info?: { page: number; per_page: number; count: number; total_count: number; total_pages: number };
}

/** Success with a result. */
export function answer(result: unknown): ApiAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

/** Success without a `result` key. */
export function answerNothing(): ApiAnswer {
  return { status: 200, body: { success: true, errors: [], messages: [] } };
}

export function answerError(error: ApiError): ApiAnswer {
  return { status: error.status, body: { success: false, errors: error.errors, messages: [], result: null } };
}

/** One page of a list, as `page` (from 1) and `per_page` in the query ask for it. Throws an `ApiError` (400). */
export function answerPage(
  items: readonly unknown[],
  query: URLSearchParams,
  limits: { default: number; max: number },
): ApiAnswer {
  const page = parseCount(query, 'page', 1, Number.MAX_SAFE_INTEGER);
  const perPage = parseCount(query, 'per_page', limits.default, limits.max);
  const result = items.slice((page - 1) * perPage, page * perPage);
  const { status, body } = answer(result);
  const info = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / perPage),
  };
  return { status, body: { ...body, result_info: info } };
}

function parseCount(query: URLSearchParams, name: string, standard: number, max: number): number {
  const text = query.get(name);
  if (text === null) return standard;
  const count = Number(text);
  // Undocumented: the code of this refusal.
  if (!/^\d+$/.test(text) || count < 1 || count > max) throw refusal(400, 1101, `${name} must be from 1 to ${max}`);
  return count;
}
