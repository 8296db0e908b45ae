/** The trigger's environment as one typed, validated value. */
import { logLevel } from '../config/telemetry.ts';
import type { LogLevel } from '../config/telemetry.ts';
import { readTemporal } from '../config/temporal.ts';
import type { TemporalConfig } from '../config/temporal.ts';
import { declareParsed, isSet, readOrThrow, readVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';
import { parseCallers } from './callers.ts';
import type { Callers } from './callers.ts';

interface TriggerConfig {
  temporal: TemporalConfig;
  /** Where to listen; port 0 lets the system choose. */
  listen: { host: string; port: number };
  callers: Callers;
  logLevel: LogLevel;
}

const listenAddress = declareParsed(
  {
    name: 'TRIGGER_ADDRESS',
    meaning: 'Where the trigger listens. In Docker, docker-compose.yml publishes it on this port of the machine alone.',
    readBy: ['trigger'],
    default: '127.0.0.1:8081',
    accepts: 'host:port, IPv6 in brackets; port 0: any free one',
  },
  parseListenAddress,
);

const callersFile = declareParsed(
  {
    name: 'TRIGGER_CALLERS_FILE',
    meaning: 'The JSON file that says who may call the trigger, and what for.',
    readBy: ['trigger'],
    whenUnset: 'the trigger does not start',
    example: '/etc/cloudflare-sso-onboarding/callers.json',
  },
  parseCallers,
);

/** The variables that only the trigger reads. */
export const triggerVariables: VariableGroup = { title: 'HTTP trigger', variables: [listenAddress, callersFile] };

/** @throws {ConfigError} that lists every problem */
export function readTriggerConfig(environment: Environment): TriggerConfig {
  return readOrThrow((problems) => {
    const config = {
      temporal: readTemporal(environment, problems),
      listen: readVariable(environment, listenAddress, problems),
      callers: readVariable(environment, callersFile, problems) ?? { senders: [], bearers: [] },
      logLevel: readVariable(environment, logLevel, problems),
    };
    if (!isSet(environment, callersFile))
      problems.push(`${callersFile.name}: not set; name the JSON file of the callers, see docs/http-trigger.md`);
    return config;
  });
}

/** `host:port`, IPv6 in brackets. */
function parseListenAddress(text: string): TriggerConfig['listen'] {
  const [, host, port] = /^(.+):(\d{1,5})$/u.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new TypeError(`"${text}" is not host:port`);
  return { host: host.replace(/^\[(.*)\]$/u, '$1'), port: Number(port) };
}
