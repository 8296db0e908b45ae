import type { Fault } from './faults.ts';

/** A response as it is sent; the body can be something other than a valid envelope. */
export interface RawResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The response that a fault sends in place of the real one. */
export function faultResponse(fault: Exclude<Fault, 'reset' | 'no-answer' | 'hold'>): RawResponse {
  // Undocumented: the codes and messages of these responses, apart from those for 401 and 429.
  if (fault === 'malformed') return json(200, '{"success":true,"errors":[],"messages":[],"result":{"id":"');
  if (fault === 'not-success') return json(200, envelope(1100, 'The request could not be completed'));
  if (fault === 'unauthorised') return json(401, envelope(10000, 'Authentication error'));
  if ('html' in fault) {
    const body = `<!DOCTYPE html>\n<html><head><title>${fault.html}</title></head><body><h1>Error ${fault.html}</h1></body></html>\n`;
    return { status: fault.html, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
  }
  const body =
    fault.status === 429
      ? envelope(971, 'Please wait and consider throttling your request speed')
      : envelope(1100, 'The request could not be completed');
  return json(fault.status, body, fault.retryAfter === undefined ? {} : { 'retry-after': `${fault.retryAfter}` });
}

function json(status: number, body: string, headers: Record<string, string> = {}): RawResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

function envelope(code: number, message: string): string {
  return JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
}
