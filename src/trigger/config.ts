/** The trigger's environment → one typed, validated value. */
import { readLogLevel, readTemporal } from '../config/worker.ts';
import type { LogLevel, TemporalConfig } from '../config/worker.ts';
import { ConfigError, readParsed, set } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { parseCallers } from './callers.ts';
import type { Caller } from './callers.ts';

export interface TriggerConfig {
  temporal: TemporalConfig;
  /** Where to listen; port 0 lets the system choose. */
  listen: { host: string; port: number };
  callers: readonly Caller[];
  logLevel: LogLevel;
}

/** @throws {ConfigError} that lists every problem */
export function readTriggerConfig(environment: Environment): TriggerConfig {
  const problems: string[] = [];
  const config = {
    temporal: readTemporal(environment, problems),
    listen: readParsed(environment, 'TRIGGER_ADDRESS', parseListenAddress, { host: '127.0.0.1', port: 8081 }, problems),
    callers: readParsed(environment, 'TRIGGER_CALLERS_FILE', parseCallers, [], problems),
    logLevel: readLogLevel(environment, problems),
  };
  if (set(environment, 'TRIGGER_CALLERS_FILE') === undefined)
    problems.push('TRIGGER_CALLERS_FILE: not set; name the JSON file that says who may call, and what for');
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** `host:port`, IPv6 in brackets. */
function parseListenAddress(text: string): TriggerConfig['listen'] {
  const [, host, port] = /^(.+):(\d{1,5})$/u.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new TypeError(`"${text}" is not host:port`);
  return { host: host.replace(/^\[(.*)\]$/u, '$1'), port: Number(port) };
}
