/** The worker's environment as one typed, validated value. */
import { readOrThrow, readVariables } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';
import { callBackVariables, readCallBacks } from './call-backs.ts';
import { cloudflareVariables, readCloudflare } from './cloudflare.ts';
import { readDnsServers } from './dns-servers.ts';
import { dnsVariables, providerVariables, readPublishing } from './publishing.ts';
import { logLevel, metricsAddress, telemetryVariables } from './telemetry.ts';
import { readTemporal, temporalVariables } from './temporal.ts';
import { readTimings, timingVariables } from './timings.ts';

export type WorkerConfig = ReturnType<typeof readWorker>;

/** Every variable of the worker and the starter, in the order of the documentation. */
export const variableGroups: readonly VariableGroup[] = [
  temporalVariables,
  cloudflareVariables,
  dnsVariables,
  ...providerVariables,
  callBackVariables,
  timingVariables,
  telemetryVariables,
];

/** @throws {ConfigError} that lists every problem */
export function readWorkerConfig(environment: Environment): WorkerConfig {
  return readOrThrow((problems) => readWorker(environment, problems));
}

/** What is wrong is added to `problems`. */
export function readWorker(environment: Environment, problems: string[]) {
  return {
    temporal: readTemporal(environment, problems),
    cloudflare: readCloudflare(environment, problems),
    dns: { ...readPublishing(environment, problems), ...readDnsServers(environment, problems) },
    callBacks: readCallBacks(environment, problems),
    timings: readTimings(environment, problems),
    ...readVariables(environment, { logLevel, metricsAddress }, problems),
  };
}
