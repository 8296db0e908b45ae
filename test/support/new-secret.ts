import { randomBytes } from 'node:crypto';

/** Of Standard Webhooks. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}
