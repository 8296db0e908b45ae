import { accessSync, constants } from 'node:fs';

import { declareChoice, declareParsed, isSet, readVariable } from '../../../environment/variables.ts';
import type { Environment } from '../../../environment/variables.ts';
import type { ProviderDefinition } from '../../publishing/definition.ts';
import { parseSocketAddress } from '../../wire/socket-address.ts';
import { checkNsupdate } from './nsupdate.ts';
import { findPrimary } from './primary.ts';
import { createRfc2136Provider } from './provider.ts';
import type { Rfc2136Config } from './provider.ts';

const tsigKeyFile = declareParsed(
  {
    name: 'RFC2136_TSIG_KEY_FILE',
    meaning: 'The file of the TSIG key that signs the updates, as tsig-keygen writes it.',
    whenUnset: 'updates are signed with Kerberos if RFC2136_GSS_TSIG says so; else the provider is off',
    example: '/etc/cloudflare-sso-onboarding/tsig.key',
  },
  (path) => {
    accessSync(path, constants.R_OK);
    return path;
  },
);

const gssTsig = declareChoice({
  name: 'RFC2136_GSS_TSIG',
  meaning: "Sign with Kerberos (GSS-TSIG) instead of a key, with the ticket in the worker's credential cache.",
  default: 'false',
  choices: ['true', 'false'],
});

const server = declareParsed(
  {
    name: 'RFC2136_SERVER',
    meaning: 'The primary server that takes the updates.',
    whenUnset: "the one that the zone's SOA record names",
    accepts: 'ip[:port]',
    example: '192.0.2.53',
  },
  (text) => parseSocketAddress(text, 53),
);

export const rfc2136Definition = {
  name: 'rfc2136',
  description: "DNS UPDATE (RFC 2136) at the zone's primary server, signed with a TSIG key or Kerberos",
  variables: [tsigKeyFile, gssTsig, server],
  permissions: ["allow-update or update-policy: the key may change TXT records at the domain's name"],
  readConfig,
  create: (config, { dns }) =>
    createRfc2136Provider(
      config,
      async ({ withinMilliseconds, ...request }) => await findPrimary(dns.settingsWithin(withinMilliseconds), request),
    ),
  checkMachine: checkNsupdate,
} as const satisfies ProviderDefinition<Rfc2136Config | null>;

/**
 * What is wrong is added to `problems`.
 * @returns `null`: the worker is not configured for it
 */
function readConfig(environment: Environment, isDefault: boolean, problems: string[]): Rfc2136Config | null {
  const primary = readVariable(environment, server, problems);
  const isGss = readVariable(environment, gssTsig, problems) === 'true';
  if (isSet(environment, tsigKeyFile) && isGss) {
    problems.push(`${tsigKeyFile.name}, ${gssTsig.name}: set one of them, not both`);
  } else if (isSet(environment, tsigKeyFile)) {
    const keyFile = readVariable(environment, tsigKeyFile, problems);
    return keyFile === null ? null : { server: primary, authentication: { kind: 'tsig', keyFile } };
  } else if (isGss) {
    return { server: primary, authentication: { kind: 'gss-tsig' } };
  } else if (primary !== null || isDefault) {
    problems.push(
      `${tsigKeyFile.name}: not set; name the file that holds the TSIG key, or set ${gssTsig.name}=true to use Kerberos`,
    );
  }
  return null;
}
