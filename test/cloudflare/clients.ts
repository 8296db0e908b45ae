import { createClient } from '../../src/cloudflare/client.ts';
import type { Client, ClientOptions } from '../../src/cloudflare/client.ts';
import { createCloudflare } from '../../src/cloudflare/cloudflare.ts';
import type { Cloudflare } from '../../src/cloudflare/cloudflare.ts';

/** Recognisable, so that a test can search for it where it must not be. */
export const token = 'the-token-that-must-never-be-seen-anywhere';

interface Peer {
  baseUrl: string;
}

export function cloudflareAt(peer: Peer, options: Partial<ClientOptions> = {}): Cloudflare {
  return createCloudflare({ baseUrl: peer.baseUrl, readToken: async () => await Promise.resolve(token), ...options });
}

export function clientAt(peer: Peer, options: Partial<ClientOptions> = {}): Client {
  return createClient({ baseUrl: peer.baseUrl, readToken: async () => await Promise.resolve(token), ...options });
}

/** A first attempt, with room for a slow machine: only a peer that never answers makes a call take this long. */
export const patient = {
  signal: new AbortController().signal,
  timeoutMilliseconds: 30_000,
  mayHaveWritten: false,
  aboutToWrite: () => undefined,
};
