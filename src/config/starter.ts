/** The starter's environment. It never reads the API token. */
import { readOrThrow, readVariable } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { accountId } from './cloudflare.ts';
import { readTemporal } from './temporal.ts';
import type { TemporalConfig } from './temporal.ts';

export interface StarterConfig {
  temporal: TemporalConfig;
  /** The default of `--account`. */
  accountId: string | null;
}

/** @throws {ConfigError} that lists every problem */
export function readStarterConfig(environment: Environment): StarterConfig {
  return readOrThrow((problems) => ({
    temporal: readTemporal(environment, problems),
    accountId: readVariable(environment, accountId, problems),
  }));
}
