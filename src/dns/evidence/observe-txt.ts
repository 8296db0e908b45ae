import type { ServerVerdict } from '../../contract/names/vocabulary.ts';
import type { DnsEvidence } from '../../contract/schemas/dns.ts';
import type { DnsSettings } from '../resolve/settings.ts';
import { surveyTxt } from './survey-txt.ts';
import type { Comparison } from './survey-txt.ts';
import type { ServerObservation, TxtQuestion } from './observe-servers.ts';
import { verdictOn } from './txt-verdict.ts';

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
  const { agreed: _agreed, ...evidence } = await surveyTxt(settings, asked, (servers) => searchFor(value, servers));
  return evidence;
}

/** They agree when at least one server answered, and every one that did has the value. */
export function searchFor(value: string, servers: readonly ServerObservation[]): Comparison<ServerVerdict> {
  const verdicts = new Set(servers.map(({ reading }) => verdictOn(reading, value).verdict));
  return {
    agreed: verdicts.has('has-value') && !verdicts.has('lacks-value'),
    judge: (reading) => verdictOn(reading, value),
  };
}
