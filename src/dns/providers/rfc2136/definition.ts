import type { ProviderDefinition } from '../../publishing/definition.ts';
import { checkNsupdate } from './nsupdate.ts';
import { findPrimary } from './primary.ts';
import { createRfc2136Provider } from './provider.ts';
import type { Rfc2136Config } from './provider.ts';
import { readRfc2136Config, rfc2136Variables } from './variables.ts';

export const rfc2136Definition = {
  name: 'rfc2136',
  description: "DNS UPDATE (RFC 2136) at the zone's primary server, signed with a TSIG key or Kerberos",
  variables: rfc2136Variables,
  permissions: ["allow-update or update-policy: the key may change TXT records at the domain's name"],
  readConfig: readRfc2136Config,
  create: (config, { dns }) =>
    createRfc2136Provider(
      config,
      async ({ withinMilliseconds, ...request }) => await findPrimary(dns.settingsWithin(withinMilliseconds), request),
    ),
  checkMachine: checkNsupdate,
} as const satisfies ProviderDefinition<Rfc2136Config | null>;
