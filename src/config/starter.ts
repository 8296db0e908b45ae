/** The starter's environment. It never reads the API token. */
import { readOrThrow, readVariable } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { accountIdVariable } from './cloudflare.ts';
import { readTemporal } from './temporal.ts';

/** @throws {ConfigError} that lists every problem */
export function readStarterConfig(environment: Environment) {
  return readOrThrow((problems) => ({
    temporal: readTemporal(environment, problems),
    /** The default of `--account`. */
    accountId: readVariable(environment, accountIdVariable, problems),
  }));
}
