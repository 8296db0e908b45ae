/** Identifies the caller of a request: by the signature of its body (Standard Webhooks), or by its bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import { Webhook, WebhookVerificationError } from 'standardwebhooks';

import type { Bearer, Sender } from './callers.ts';

/** A sender whose signature is valid. */
export interface SignedEvent {
  caller: Sender;
  /** The `webhook-id`. */
  eventId: string;
}

/** Part of a workflow id. Two headers of a name arrive as one, with a comma and a space between them. */
const eventIdPattern = /^[\x21-\x7e]{1,255}$/u;
/** Seconds. The package would accept a number with other text after it. */
const timestampPattern = /^\d{1,12}$/u;

/** `null`: no such sender, or a signature that is not its own, or that is more than five minutes old or in the future. */
export function identifySender(
  senders: readonly Sender[],
  name: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
): SignedEvent | null {
  // A request with both a token and a signature is ambiguous.
  if (headers.authorization !== undefined) return null;
  const signed = readSignatureHeaders(headers);
  const caller = senders.find((sender) => sender.name === name);
  if (signed === null || caller === undefined) return null;
  const isSigned = caller.webhookSecrets.some((secret) => isSignedWith(secret, signed, body));
  return isSigned ? { caller, eventId: signed['webhook-id'] } : null;
}

/** `null`: no caller has this token. */
export function identifyBearer(bearers: readonly Bearer[], { authorization }: IncomingHttpHeaders): Bearer | null {
  const token = /^Bearer +(?<token>[\x21-\x7e]+)$/iu.exec(authorization ?? '')?.groups?.['token'];
  if (token === undefined) return null;
  const digest = createHash('sha256').update(token).digest();
  return bearers.find(({ tokenSha256 }) => timingSafeEqual(tokenSha256, digest)) ?? null;
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

function isSignedWith(secret: string, headers: SignatureHeaders, body: Buffer): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}
