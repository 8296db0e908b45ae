import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector, Connectors } from './connectors.ts';
import { normaliseName } from './domain-name.ts';
import { queryTxt, type ServerAddress } from './txt-query.ts';

/** Real time that a name server has to respond. */
const queryTimeoutMs = 1000;
/** Shortest real time between two polls: a large time scale must not flood the name servers with queries. */
const minPollIntervalMs = 10;

export interface VerifierOptions {
  connectors: Connectors;
  nameServers: readonly ServerAddress[];
  /** Simulated seconds between two polls. */
  everySeconds: number;
  /** Simulated seconds after which verification fails. */
  timeoutSeconds: number;
  /** Simulated seconds per real second. */
  timeScale: number;
}

/**
 * Cloudflare's verification: polls DNS for the code of each pending connector until the code is found or the time limit
 * is reached. https://developers.cloudflare.com/api/resources/iam/subresources/sso/
 */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #closing = new AbortController();
  readonly #polls = new Set<Promise<void>>();

  constructor(options: VerifierOptions) {
    this.#options = options;
    options.connectors.onVerificationBegun((connector) => {
      const poll = this.#poll(connector).finally(() => this.#polls.delete(poll));
      this.#polls.add(poll);
    });
  }

  /** Stops polling for all connectors; their status does not change. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#polls);
  }

  async #poll(connector: Connector): Promise<void> {
    const { connectors, everySeconds, timeoutSeconds, timeScale } = this.#options;
    const { signal } = this.#closing;
    const endsAt = performance.now() + (timeoutSeconds / timeScale) * 1000;
    const run = connector.verificationRun;
    const isOver = () =>
      signal.aborted ||
      connector.status !== 'pending' ||
      connector.verificationRun !== run ||
      !connectors.has(connector);
    while (!isOver()) {
      const isPublished = await this.#isPublished(connector);
      const leftMs = endsAt - performance.now();
      if (isOver()) return;
      if (isPublished) connectors.change(connector.id, { status: 'verified' });
      else if (leftMs <= 0) connectors.change(connector.id, { status: 'failed' });
      else await waitFor(Math.min((everySeconds / timeScale) * 1000, leftMs), signal);
    }
  }

  /** Whether at least one name server serves the code now. */
  async #isPublished({ emailDomain, code }: Connector): Promise<boolean> {
    const done = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, done.signal, AbortSignal.timeout(queryTimeoutMs)]);
    // Undocumented: which servers Cloudflare queries. Here all at once; a server that fails counts as one without the code.
    const queries = this.#options.nameServers.map(async (server) => {
      const values = await queryTxt(server, normaliseName(emailDomain), signal);
      if (!values.includes(code)) throw new Error('the server does not serve the code');
    });
    try {
      await Promise.any(queries);
      return true;
    } catch {
      return false;
    } finally {
      done.abort();
    }
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(ms, minPollIntervalMs), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
