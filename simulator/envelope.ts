import { type ApiError, apiError, type ApiMessage } from './api-error.ts';

/** A response to an API call. */
export interface ApiResponse {
  status: number;
  headers?: Record<string, string>;
  body: Envelope;
}

/** The object that every JSON response of the API is. */
export interface Envelope {
  success: boolean;
  errors: ApiMessage[];
  messages: { code: number; message: string; type: null }[];
  /** Missing, not `null`, where the operation is documented without a result. */
  result?: unknown;
  result_info?: { page: number; per_page: number; count: number; total_count: number; total_pages: number };
}

export function successResponse(result: unknown): ApiResponse {
  return { status: 200, body: { success: true, errors: [], messages: [], result } };
}

/** A success without a `result` key. */
export function successWithoutResult(): ApiResponse {
  return { status: 200, body: { success: true, errors: [], messages: [] } };
}

export function errorResponse(error: ApiError): ApiResponse {
  return { status: error.status, body: { success: false, errors: error.errors, messages: [], result: null } };
}

/**
 * The page of a list that `page` (from 1) and `per_page` in the query select. A page past the last one is empty.
 * Undocumented for SSO connectors: `total_pages`.
 *
 * @throws {ApiError} (400) when `page` or `per_page` is out of range
 */
export function pageResponse(
  items: readonly unknown[],
  query: URLSearchParams,
  perPageLimits: { default: number; max: number },
): ApiResponse {
  const page = parseCount(query, 'page', 1, Number.MAX_SAFE_INTEGER);
  const perPage = parseCount(query, 'per_page', perPageLimits.default, perPageLimits.max);
  const result = items.slice((page - 1) * perPage, page * perPage);
  const { status, body } = successResponse(result);
  const info = {
    page,
    per_page: perPage,
    count: result.length,
    total_count: items.length,
    total_pages: Math.ceil(items.length / perPage),
  };
  return { status, body: { ...body, result_info: info } };
}

function parseCount(query: URLSearchParams, name: string, defaultCount: number, max: number): number {
  const text = query.get(name);
  if (text === null) return defaultCount;
  const count = Number(text);
  // Undocumented: the code of this error.
  if (!/^\d+$/.test(text) || count < 1 || count > max) throw apiError(400, 1101, `${name} must be from 1 to ${max}`);
  return count;
}
