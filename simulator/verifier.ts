import { setTimeout as sleep } from 'node:timers/promises';
import type { Connector, Connectors } from './connectors.ts';
import { normalizeName } from './domain-name.ts';
import { queryTxt, type ServerAddress } from './txt-query.ts';

/** Real milliseconds that one name server has to answer. */
const QUERY_TIMEOUT_MS = 1000;
/** However fast time runs, the name servers get some rest. */
const SHORTEST_WAIT_MS = 10;

export interface VerifierOptions {
  connectors: Connectors;
  nameServers: readonly ServerAddress[];
  /** In simulated seconds. */
  everySeconds: number;
  timeoutSeconds: number;
  /** Simulated seconds in a real one. */
  timeScale: number;
}

/** Looks for the code of each pending connector in DNS, as Cloudflare does, until it is there or the time is over. */
export class Verifier {
  readonly #options: VerifierOptions;
  readonly #closing = new AbortController();
  readonly #watches = new Set<Promise<void>>();

  constructor(options: VerifierOptions) {
    this.#options = options;
    options.connectors.onVerificationBegun((connector) => {
      const watch = this.#watch(connector).finally(() => this.#watches.delete(watch));
      this.#watches.add(watch);
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#watches);
  }

  async #watch(connector: Connector): Promise<void> {
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
      else await pause(Math.min((everySeconds / timeScale) * 1000, leftMs), signal);
    }
  }

  /** Whether one of the name servers has the code now. */
  async #isPublished({ emailDomain, code }: Connector): Promise<boolean> {
    const answered = new AbortController();
    const signal = AbortSignal.any([this.#closing.signal, answered.signal, AbortSignal.timeout(QUERY_TIMEOUT_MS)]);
    // Undocumented: which servers Cloudflare asks. Here, as everywhere in DNS, one that fails is passed over.
    const asked = this.#options.nameServers.map(async (server) => {
      const values = await queryTxt(server, normalizeName(emailDomain), signal);
      if (!values.includes(code)) throw new Error('the code is not there');
    });
    try {
      await Promise.any(asked);
      return true;
    } catch {
      return false;
    } finally {
      answered.abort();
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(Math.max(ms, SHORTEST_WAIT_MS), undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
