/** Logs and metrics. */
import { declareChoice, declareParsed } from '../environment/variables.ts';
import type { VariableGroup } from '../environment/variables.ts';

const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

export const logLevel = declareChoice(
  {
    name: 'LOG_LEVEL',
    meaning: 'Which log messages are written: this level and those above it.',
    readBy: ['worker', 'trigger'],
    default: 'INFO',
    choices: logLevels,
  },
  (text) => text.toUpperCase(),
);

export const metricsAddress = declareParsed(
  {
    name: 'METRICS_ADDRESS',
    meaning: 'Where the worker serves metrics for Prometheus.',
    whenUnset: 'no metrics',
    accepts: 'host:port',
    example: '127.0.0.1:9464',
  },
  (text) => {
    const port = /^.+:(\d{1,5})$/u.exec(text)?.[1];
    if (port === undefined || Number(port) === 0 || Number(port) > 65_535)
      throw new TypeError(`"${text}" is not host:port, with a port from 1 to 65535`);
    return text;
  },
);

export const telemetryVariables: VariableGroup = { title: 'Logs and metrics', variables: [logLevel, metricsAddress] };
