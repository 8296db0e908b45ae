/** Secrets and origins of signed webhooks, as files and variables contain them. */
import { z } from 'zod';

/**
 * A secret as Standard Webhooks requires it: `whsec_` and 24 to 64 bytes in base64.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const webhookSecret = z.string().refine(
  (text) => {
    const bytes = /^whsec_(?<base64>[A-Za-z0-9+/]+={0,2})$/u.exec(text)?.groups?.['base64'];
    if (bytes === undefined || bytes.length % 4 !== 0) return false;
    const { length } = Buffer.from(bytes, 'base64');
    return length >= 24 && length <= 64;
  },
  { error: 'must be whsec_ and 24 to 64 bytes in base64' },
);

/**
 * One secret a line; empty lines are skipped.
 * @throws {TypeError} that does not quote the text
 */
export function parseSecrets(text: string): string[] {
  const secrets = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (secrets.length === 0) throw new TypeError('it contains no secret');
  const wrong = secrets.findIndex((secret) => !webhookSecret.safeParse(secret).success);
  if (wrong !== -1) throw new TypeError(`secret ${wrong + 1} must be whsec_ and 24 to 64 bytes in base64`);
  return secrets;
}

/**
 * `https://host[:port],…`; plain http on this machine only, because an event names the domain and its account.
 * @throws {TypeError}
 */
export function parseOrigins(text: string): string[] {
  return text.split(',').map((part) => {
    const origin = part.trim();
    const url = URL.canParse(origin) ? new URL(origin) : null;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (url === null || !isSafe || (origin !== url.origin && origin !== `${url.origin}/`)) {
      throw new TypeError(`"${origin}" is not an origin such as https://itsm.example.com`);
    }
    return url.origin;
  });
}

/** Whether nothing that is sent to this host leaves the machine. @param hostname as `URL` gives it */
export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|\[::1\]|127(?:\.\d+){3})$/u.test(hostname);
}
