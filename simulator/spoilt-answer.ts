import type { Fault } from './faults.ts';

/** What goes over the wire in place of the real answer. */
export interface SpoiltAnswer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** The wrong answer of a fault that answers at all. */
export function spoil(fault: Exclude<Fault, 'reset' | 'no-answer' | 'hold'>): SpoiltAnswer {
  // Undocumented: the codes and texts of all these answers but that of a 429.
  if (fault === 'malformed') return json(200, '{"success":true,"errors":[],"messages":[],"result":{"id":"');
  if (fault === 'not-success') return json(200, failure(1100, 'The request could not be completed'));
  if (fault === 'unauthorised') return json(401, failure(10000, 'Authentication error'));
  if ('html' in fault) {
    const body = `<!DOCTYPE html>\n<html><head><title>${fault.html}</title></head><body><h1>Error ${fault.html}</h1></body></html>\n`;
    return { status: fault.html, headers: { 'content-type': 'text/html; charset=UTF-8' }, body };
  }
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'retry-after': `${fault.retryAfter}` };
  const body =
    fault.status === 429
      ? failure(971, 'Please wait and consider throttling your request speed')
      : failure(1100, 'The request could not be completed');
  const answer = json(fault.status, body);
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

function json(status: number, body: string): SpoiltAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body };
}

function failure(code: number, message: string): string {
  return JSON.stringify({ success: false, errors: [{ code, message }], messages: [], result: null });
}
