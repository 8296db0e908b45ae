import type { Fault } from '../../../simulator/faults.ts';

/** Every way in which a call can fail. */
export const faults: { name: string; fault: Fault }[] = [
  { name: '500', fault: { status: 500 } },
  { name: '502 with a web page', fault: { html: 502 } },
  { name: '429 with Retry-After', fault: { status: 429, retryAfter: 1 } },
  { name: '429 without Retry-After', fault: { status: 429 } },
  { name: 'connection reset', fault: 'reset' },
  { name: 'no answer', fault: 'no-answer' },
  { name: 'malformed JSON', fault: 'malformed' },
  { name: 'success: false', fault: 'not-success' },
  { name: '401', fault: 'unauthorised' },
];
