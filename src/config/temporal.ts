/** How the worker, the starter and the trigger reach Temporal. */
import { loadClientConnectConfig } from '@temporalio/envconfig';

import { declareVariable } from '../environment/variables.ts';
import type { Environment, VariableGroup } from '../environment/variables.ts';

export interface TemporalConfig {
  connectionOptions: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
  /** `host:port`, for messages. */
  address: string;
  namespace: string;
}

const readBy = ['worker', 'starter', 'trigger'] as const;

/** Read by `@temporalio/envconfig`. https://docs.temporal.io/develop/environment-configuration */
export const temporalVariables: VariableGroup = {
  title: 'Temporal',
  variables: [
    declareVariable({
      name: 'TEMPORAL_ADDRESS',
      meaning: "The address of Temporal's frontend.",
      readBy,
      default: 'localhost:7233',
      accepts: 'host:port',
      example: '127.0.0.1:7233',
      usual: true,
    }),
    declareVariable({
      name: 'TEMPORAL_NAMESPACE',
      meaning:
        'The namespace to work in. It needs the search attributes SsoEmailDomain, SsoAccountId and SsoPhase (Keyword).',
      readBy,
      default: 'default',
      usual: true,
    }),
    declareVariable({
      name: 'TEMPORAL_API_KEY',
      meaning: 'The API key of Temporal Cloud, or of another server that requires one. It turns TLS on.',
      readBy,
      secret: true,
    }),
    declareVariable({
      name: 'TEMPORAL_CONFIG_FILE',
      meaning:
        "A TOML file of Temporal's client settings, TLS included. The other variables of Temporal's environment " +
        'configuration (TEMPORAL_PROFILE, TEMPORAL_TLS, TEMPORAL_TLS_CLIENT_CERT_PATH …) are read as well.',
      readBy,
      whenUnset: "temporal.toml in the user's configuration folder, if there is one",
      example: '/etc/cloudflare-sso-onboarding/temporal.toml',
    }),
  ],
};

/** What is wrong is added to `problems`. */
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
    problems.push(`TEMPORAL_* or temporal.toml: ${explain(error)}`);
    return { connectionOptions: {}, address: '', namespace: '' };
  }
}

/** The parser's message quotes the file, API key included; only the line and column are safe to repeat. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'cannot be read';
  if ('line' in error && 'column' in error)
    return `not valid TOML at line ${String(error.line)}, column ${String(error.column)}`;
  if (error instanceof TypeError) return 'a part of it has the wrong form; see the example in the documentation';
  return error.message.split('\n')[0] ?? error.name;
}
