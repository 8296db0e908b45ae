import type { DnsEvidence } from '../../contract/schemas/dns.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { surveyTxt } from './survey-txt.ts';
import type { ServerObservation, TxtQuestion } from './observe-servers.ts';
import { verdictAtResolver, verdictOn } from './txt-verdict.ts';

export interface TxtObservation extends TxtQuestion {
  value: string;
}

/**
 * Queries every authoritative server of the zone, at each of its addresses, for this TXT value; and once all that answered
 * have it, resolvers. A server that does not answer is evidence, not an error.
 *
 * @throws the reason of `signal` once it is aborted
 */
export async function observeTxt(settings: DnsSettings, { value, ...asked }: TxtObservation): Promise<DnsEvidence> {
  const agree = (servers: readonly ServerObservation[]): boolean => allHaveValue(servers, value);
  const { observedAt, servers, resolvers, findings } = await surveyTxt(settings, { ...asked, agree });
  return {
    observedAt,
    servers: servers.map(({ name, address, reading, milliseconds, serial }) => ({
      name,
      address,
      ...verdictOn(reading, value),
      milliseconds,
      serial,
    })),
    resolvers: resolvers.map(({ address, reading }) => ({ address, ...verdictAtResolver(verdictOn(reading, value)) })),
    findings,
  };
}

/** At least one server answered, and every one that did has the value. */
export function allHaveValue(servers: readonly ServerObservation[], value: string): boolean {
  const verdicts = new Set(servers.map(({ reading }) => verdictOn(reading, value).verdict));
  return verdicts.has('has-value') && !verdicts.has('lacks-value');
}
