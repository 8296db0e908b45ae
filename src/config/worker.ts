/** The environment of the worker and the starter → one typed, validated value. That of the trigger is in `trigger/read-config.ts`. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { loadClientConnectConfig } from '@temporalio/envconfig';
import { z } from 'zod';

import type { CallBackSettings } from '../activities/call-back.ts';
import { dnsProviderChoices } from '../contract/names/vocabulary.ts';
import type { Timings } from '../decisions/timings.ts';
import type { DnsProviderChoice } from '../contract/names/vocabulary.ts';
import { parseNameServerOverrides, parseResolvers } from '../dns/resolve/name-server-overrides.ts';
import type { NameServerOverrides } from '../dns/resolve/name-server-overrides.ts';
import type { Rfc2136Config } from '../dns/providers/rfc2136/rfc2136-provider.ts';
import { parseSocketAddress } from '../dns/wire/socket-address.ts';
import type { SocketAddress } from '../dns/wire/socket-address.ts';
import { ConfigError, readChoice, readParsed, readPositiveNumber, set } from '../environment/variables.ts';
import type { Environment } from '../environment/variables.ts';
import { isLoopback } from '../environment/loopback.ts';
import { readTimings } from './timings.ts';
import { parseOrigins, parseSecrets } from '../environment/webhook-secrets.ts';

export type TemporalConnectionOptions = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

export interface TemporalConfig {
  connectionOptions: TemporalConnectionOptions;
  /** `host:port`, for messages. */
  address: string;
  namespace: string;
}

const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface WorkerConfig {
  temporal: TemporalConfig;
  cloudflare: {
    baseUrl: string;
    /** Asked before each call, so that a token rotated in its file is picked up without a restart. */
    readToken: (signal: AbortSignal) => Promise<string>;
    /** Ceiling over all workers: the token's budget is shared with whatever else uses the token. */
    activitiesPerSecond: number;
  };
  dns: LookUpConfig & {
    defaultProvider: DnsProviderChoice;
    /** `null`: the worker is not configured for it. */
    rfc2136: Rfc2136Config | null;
  };
  /** `null`: none are sent. */
  callBacks: CallBackSettings | null;
  timings: Timings;
  logLevel: LogLevel;
  /** `host:port` to serve Prometheus metrics on; `null`: not served. */
  metricsAddress: string | null;
}

/** How DNS is looked at. */
export interface LookUpConfig {
  nameServers: NameServerOverrides;
  resolvers: SocketAddress[] | 'default';
}

export interface StarterConfig {
  temporal: TemporalConfig;
  /** The default of `--account`. */
  accountId: string | null;
}

const dnsPort = 53;
const defaultBaseUrl = 'https://api.cloudflare.com/client/v4';

/** @throws {ConfigError} that lists every problem */
export function readWorkerConfig(environment: Environment): WorkerConfig {
  const problems: string[] = [];
  const config: WorkerConfig = {
    temporal: readTemporal(environment, problems),
    cloudflare: {
      baseUrl: readBaseUrl(environment, problems),
      readToken: readTokenSource(environment, problems),
      activitiesPerSecond: readPositiveNumber(environment, 'CLOUDFLARE_ACTIVITIES_PER_SECOND', 3, problems),
    },
    dns: {
      defaultProvider: readChoice(environment, 'DNS_PROVIDER', dnsProviderChoices, 'cloudflare', problems),
      ...readLookUps(environment, problems),
      rfc2136: readRfc2136(environment, problems),
    },
    callBacks: readCallBacks(environment, problems),
    timings: readTimings(environment, problems),
    logLevel: readLogLevel(environment, problems),
    metricsAddress: readMetricsAddress(environment, problems),
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** @throws {ConfigError} that lists every problem */
export function readStarterConfig(environment: Environment): StarterConfig {
  const problems: string[] = [];
  const config = {
    temporal: readTemporal(environment, problems),
    accountId: set(environment, 'CLOUDFLARE_ACCOUNT_ID') ?? null,
  };
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

/** @throws {ConfigError} that lists every problem */
export function readLookUpConfig(environment: Environment): LookUpConfig {
  const problems: string[] = [];
  const config = readLookUps(environment, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return config;
}

function readLookUps(environment: Environment, problems: string[]): LookUpConfig {
  return {
    nameServers: readParsed(environment, 'DNS_NAMESERVERS', parseNameServerOverrides, { kind: 'none' }, problems),
    resolvers: readParsed<SocketAddress[] | 'default'>(
      environment,
      'DNS_RESOLVERS',
      parseResolvers,
      'default',
      problems,
    ),
  };
}

function readRfc2136(environment: Environment, problems: string[]): Rfc2136Config | null {
  const server = readParsed<SocketAddress | null>(environment, 'RFC2136_SERVER', parsePrimary, null, problems);
  const keyFile = set(environment, 'RFC2136_TSIG_KEY_FILE');
  const isGss = readChoice(environment, 'RFC2136_GSS_TSIG', ['true', 'false'], 'false', problems) === 'true';
  if (keyFile !== undefined && isGss) {
    problems.push('RFC2136_TSIG_KEY_FILE, RFC2136_GSS_TSIG: set one of them, not both');
  } else if (keyFile !== undefined) {
    try {
      accessSync(keyFile, constants.R_OK);
    } catch (error) {
      problems.push(`RFC2136_TSIG_KEY_FILE: ${error instanceof Error ? error.message : String(error)}`);
    }
    return { server, authentication: { kind: 'tsig', keyFile } };
  } else if (isGss) {
    return { server, authentication: { kind: 'gss-tsig' } };
  } else if (server !== null || set(environment, 'DNS_PROVIDER') === 'rfc2136') {
    problems.push(
      'RFC2136_TSIG_KEY_FILE: not set; name the file that holds the TSIG key, or set RFC2136_GSS_TSIG=true to use Kerberos',
    );
  }
  return null;
}

function parsePrimary(text: string): SocketAddress {
  return parseSocketAddress(text, dnsPort);
}

/** As Temporal's own environment configuration says; what is wrong with it is added to `problems`. */
export function readTemporal(environment: Environment, problems: string[]): TemporalConfig {
  const present = Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim()));
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(present) });
    return {
      connectionOptions,
      address: connectionOptions.address ?? 'localhost:7233',
      namespace: namespace ?? 'default',
    };
  } catch (error) {
    problems.push(`TEMPORAL_* or temporal.toml: ${explainTemporalConfig(error)}`);
    return { connectionOptions: {}, address: '', namespace: '' };
  }
}

/** A parser's message quotes the file, API key included; only the places it names are safe to repeat. */
function explainTemporalConfig(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read';
  if ('line' in error && 'column' in error)
    return `not valid TOML at line ${String(error.line)}, column ${String(error.column)}`;
  if (error instanceof TypeError) return 'a part of it has the wrong form; see the example in the documentation';
  return error.message.split('\n')[0] ?? error.name;
}

function readBaseUrl(environment: Environment, problems: string[]): string {
  const text = set(environment, 'CLOUDFLARE_BASE_URL') ?? defaultBaseUrl;
  const url = z.url({ protocol: /^https?$/u }).safeParse(text);
  if (!url.success) {
    problems.push(`CLOUDFLARE_BASE_URL: "${text}" is not an http(s) address such as ${defaultBaseUrl}`);
  } else if (new URL(text).protocol === 'http:' && !isLoopback(new URL(text).hostname)) {
    problems.push('CLOUDFLARE_BASE_URL: plain http would send the API token unencrypted; use https');
  }
  return text;
}

function readTokenSource(environment: Environment, problems: string[]): WorkerConfig['cloudflare']['readToken'] {
  const token = set(environment, 'CLOUDFLARE_API_TOKEN');
  const file = set(environment, 'CLOUDFLARE_API_TOKEN_FILE');
  if (token !== undefined && file !== undefined) {
    problems.push('CLOUDFLARE_API_TOKEN, CLOUDFLARE_API_TOKEN_FILE: set one of them, not both');
  } else if (token !== undefined) {
    checkToken(token, 'CLOUDFLARE_API_TOKEN', problems);
    return async () => await Promise.resolve(token);
  } else if (file !== undefined) {
    try {
      checkToken(readFileSync(file, 'utf8').trim(), 'CLOUDFLARE_API_TOKEN_FILE', problems);
    } catch (error) {
      problems.push(`CLOUDFLARE_API_TOKEN_FILE: ${error instanceof Error ? error.message : String(error)}`);
    }
    return async (signal) => (await readFile(file, { encoding: 'utf8', signal })).trim();
  } else {
    problems.push(
      'CLOUDFLARE_API_TOKEN: not set; put an API token there, or the path of a file that holds one in CLOUDFLARE_API_TOKEN_FILE',
    );
  }
  return async () => await Promise.reject(new Error('No API token is configured'));
}

/** A header cannot carry white space or control characters; the message must not repeat the token. */
function checkToken(token: string, variable: string, problems: string[]): void {
  if (token === '') problems.push(`${variable}: the token is empty`);
  else if (!/^[\x21-\x7e]+$/u.test(token)) {
    problems.push(`${variable}: the token holds white space or characters that are not ASCII; copy it again`);
  }
}

function readCallBacks(environment: Environment, problems: string[]): CallBackSettings | null {
  const origins = readParsed<string[] | null>(environment, 'CALLBACK_ORIGINS', parseOrigins, null, problems);
  const file = set(environment, 'CALLBACK_SECRETS_FILE');
  if ((set(environment, 'CALLBACK_ORIGINS') === undefined) !== (file === undefined))
    problems.push('CALLBACK_ORIGINS, CALLBACK_SECRETS_FILE: call-backs need both');
  readParsed(environment, 'CALLBACK_SECRETS_FILE', (path) => parseSecrets(readFileSync(path, 'utf8')), [], problems);
  if (origins === null || file === undefined) return null;
  return { origins, readSecrets: async () => parseSecrets(await readFile(file, 'utf8')) };
}

/** What is wrong with it is added to `problems`. */
export function readLogLevel(environment: Environment, problems: string[]): LogLevel {
  return readChoice(environment, 'LOG_LEVEL', logLevels, 'INFO', problems, (text) => text.toUpperCase());
}

function readMetricsAddress(environment: Environment, problems: string[]): string | null {
  const text = set(environment, 'METRICS_ADDRESS');
  if (text === undefined) return null;
  const port = /^.+:(\d{1,5})$/u.exec(text)?.[1];
  if (port === undefined || Number(port) === 0 || Number(port) > 65_535)
    problems.push(`METRICS_ADDRESS: "${text}" is not host:port, with a port from 1 to 65535`);
  return text;
}
