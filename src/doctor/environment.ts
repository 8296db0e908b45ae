/** The worker's environment, part by part, so that one wrong variable does not hide what the others lead to. */
import { join } from 'node:path';

import { readLookUpConfig, readStarterConfig, readWorkerConfig } from '../config/worker.ts';
import type { LookUpConfig, TemporalConfig, WorkerConfig } from '../config/worker.ts';
import { ConfigError, set } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { notOk, ok } from './check.ts';
import type { Check } from './check.ts';

/** `null`: a variable of that part cannot be used. */
export interface ReadEnvironment {
  checks: Check[];
  temporal: TemporalConfig | null;
  cloudflare: WorkerConfig['cloudflare'] | null;
  lookUps: LookUpConfig | null;
  publishing: Pick<WorkerConfig['dns'], 'defaultProvider' | 'rfc2136'> | null;
  /** Whether the worker is meant to send dynamic updates, well configured or not. */
  wantsUpdates: boolean;
  /** The default account; `null`: none is set. */
  accountId: string | null;
}

/** A part is read without the others: with no file for Temporal, which is as good as an empty one, and a token for nothing. */
const withoutTemporal = { TEMPORAL_CONFIG_FILE: join(import.meta.dirname, 'no-temporal.toml') };
const withoutCloudflare = { CLOUDFLARE_API_TOKEN: 'none' };

export function readEnvironment(environment: Environment): ReadEnvironment {
  const pick = (names: RegExp): Environment =>
    Object.fromEntries(Object.entries(environment).filter(([name]) => names.test(name)));
  const cloudflare = { ...pick(/^CLOUDFLARE_(?:API_TOKEN|BASE_URL)/u), ...withoutTemporal };
  const publishing = { ...pick(/^(?:DNS_PROVIDER$|RFC2136_)/u), ...withoutTemporal, ...withoutCloudflare };
  return {
    checks: judgeVariables(problemsOf(() => readWorkerConfig(environment))),
    temporal: tryTo(() => readStarterConfig(environment).temporal),
    cloudflare: tryTo(() => readWorkerConfig(cloudflare).cloudflare),
    lookUps: tryTo(() => readLookUpConfig(environment)),
    publishing: tryTo(() => readWorkerConfig(publishing).dns),
    wantsUpdates:
      set(environment, 'DNS_PROVIDER') === 'rfc2136' ||
      Object.keys(pick(/^RFC2136_/u)).some((name) => set(environment, name) !== undefined),
    accountId: set(environment, 'CLOUDFLARE_ACCOUNT_ID') ?? null,
  };
}

/** Each problem of a `ConfigError` begins with its variable. */
function judgeVariables(problems: readonly string[]): Check[] {
  if (problems.length === 0) return [ok('environment', 'every variable can be used')];
  return problems.map((problem) => {
    const [variable = '', ...rest] = problem.split(': ');
    return notOk(variable, rest.join(': '), 'set it right where the worker runs; the README describes each variable');
  });
}

function problemsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function tryTo<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}
