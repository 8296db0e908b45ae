/** Who sends a request: by the signature of its body (Standard Webhooks), or by a bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { Webhook, WebhookVerificationError } from 'standardwebhooks';

import type { Caller } from './callers.ts';

export interface Identity {
  caller: Caller;
  /** The `webhook-id` of a signed event; `null` for a bearer. */
  eventId: string | null;
}

/** Part of a workflow id. Two headers of a name arrive as one, with a comma and a space between them. */
const eventIdPattern = /^[\x21-\x7e]{1,255}$/u;
/** Seconds. The package would read the beginning of a text as a number. */
const timestampPattern = /^\d{1,12}$/u;

/** `null`: nobody we know, or nobody who can prove it: a signature that is wrong, or five minutes too old or too new. */
export function identify(callers: readonly Caller[], headers: IncomingHttpHeaders, body: Buffer): Identity | null {
  if (headers.authorization !== undefined) return identifyBearer(callers, headers.authorization);
  const signed = readSignatureHeaders(headers);
  if (signed === null) return null;
  const caller = callers.find(({ webhookSecrets }) => webhookSecrets.some((secret) => isSigned(secret, signed, body)));
  return caller === undefined ? null : { caller, eventId: signed['webhook-id'] };
}

function identifyBearer(callers: readonly Caller[], authorization: string): Identity | null {
  const token = /^Bearer +(?<token>[\x21-\x7e]+)$/iu.exec(authorization)?.groups?.['token'];
  if (token === undefined) return null;
  const digest = createHash('sha256').update(token).digest();
  const caller = callers.find(({ bearerSha256 }) => bearerSha256 !== null && timingSafeEqual(bearerSha256, digest));
  return caller === undefined ? null : { caller, eventId: null };
}

type SignatureHeaders = Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>;

function readSignatureHeaders(headers: IncomingHttpHeaders): SignatureHeaders | null {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signature = headers['webhook-signature'];
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') return null;
  if (!eventIdPattern.test(id) || !timestampPattern.test(timestamp)) return null;
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature };
}

function isSigned(secret: string, headers: SignatureHeaders, body: Buffer): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
