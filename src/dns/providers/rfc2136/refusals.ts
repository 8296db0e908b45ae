import { ProviderError } from '../../publishing/provider-error.ts';
import type { ProviderErrorKind } from '../../publishing/provider-error.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';

/** Where an update changes something. */
export interface UpdateTarget {
  primary: SocketAddress;
  /** The apex. */
  zone: string;
  /** The owner name that changes. */
  name: string;
}

type Explanation = [kind: ProviderErrorKind, problem: string, remedy: string];

const useThePrimary = 'set RFC2136_SERVER to the address of the primary of the zone';
const useTheSameKey = 'configure the same key at the worker and the primary: name, algorithm and secret';
export const replaceCname = 'replace the CNAME with the records of its target';
const retried = 'it is retried; the log of the primary says more';

/**
 * Explains what nsupdate wrote to standard error, which may repeat a malformed key: quotes only parts that cannot be secret.
 */
export function explainRefusal(stderr: string, update: UpdateTarget): ProviderError {
  return primaryError(update.primary, ...explain(stderr, update));
}

/** An error of the primary. @param problem continues a sentence that begins with its name */
export function primaryError(primary: SocketAddress, ...[kind, problem, remedy]: Explanation): ProviderError {
  return new ProviderError(kind, `the primary ${formatSocketAddress(primary)} ${problem}`, remedy);
}

function explain(stderr: string, update: UpdateTarget): Explanation {
  const [, kerberos] = /^(?:tkey query failed|response to GSS-TSIG query was unsuccessful)(.*)$/imu.exec(stderr) ?? [];
  if (kerberos !== undefined) return explainKerberos(kerberos);
  if (/^could not (?:read|create) key|^unknown key type/mu.test(stderr)) {
    return [
      'unauthorised',
      'was not queried, because the key in RFC2136_TSIG_KEY_FILE cannot be used',
      'put one key there as tsig-keygen writes it',
    ];
  }
  const [, code, detail] = /^update failed: (\w+)(?:\((\w+)\))?$/mu.exec(stderr) ?? [];
  if (code !== undefined) return explainCode(code, detail, update);
  const [, fault] = /^; Communication with \S+ failed: ([a-z ]+)$/mu.exec(stderr) ?? [];
  if (fault !== undefined) return explainNoAnswer(fault);
  if (/^; TSIG error with server/mu.test(stderr)) {
    // Without a refusal as well: the update may have been made, and only the answer cannot be trusted.
    return [
      'unavailable',
      'sent an answer that the key in RFC2136_TSIG_KEY_FILE did not sign',
      'configure the same key at both, and find out which server answers at this address',
    ];
  }
  return ['unavailable', 'did not confirm the update, and nsupdate gave no reason', retried];
}

/** https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
function explainCode(code: string, detail: string | undefined, { zone, name }: UpdateTarget): Explanation {
  const explanations: Record<string, Explanation | undefined> = {
    REFUSED: [
      'unauthorised',
      `does not let this key change TXT records at ${name} (REFUSED)`,
      `allow it in allow-update or update-policy of ${zone} at the primary`,
    ],
    BADKEY: ['unauthorised', 'does not know the key in RFC2136_TSIG_KEY_FILE (BADKEY)', useTheSameKey],
    BADSIG: ['unauthorised', 'knows the key in RFC2136_TSIG_KEY_FILE with another secret (BADSIG)', useTheSameKey],
    BADTIME: [
      'unauthorised',
      "does not accept the time in the signature (BADTIME): its clock and the worker's differ",
      'synchronise both clocks',
    ],
    NOTAUTH: ['refused', `is not the primary of ${zone} (NOTAUTH)`, useThePrimary],
    NOTZONE: ['refused', `does not hold ${name} in ${zone} (NOTZONE)`, useThePrimary],
    NOTIMP: ['refused', 'does not support updates (NOTIMP)', `${useThePrimary}, or use another DNS provider`],
    YXRRSET: ['refused', `has a CNAME at ${name}, and a name with a CNAME can have no TXT value`, replaceCname],
    FORMERR: ['refused', 'does not understand the update (FORMERR)', 'use another DNS provider'],
    SERVFAIL: ['unavailable', `could not change ${zone} (SERVFAIL)`, retried],
  };
  const known = explanations[code === 'NOTAUTH' ? (detail ?? code) : code];
  return known ?? ['unavailable', `answered ${detail === undefined ? code : `${code} (${detail})`}`, retried];
}

function explainNoAnswer(fault: string): Explanation {
  // nsupdate says "operation canceled" of a connection that was refused.
  const why = fault === 'operation canceled' ? 'no connection' : fault;
  return ['unavailable', `cannot be reached over TCP (${why})`, 'it is retried; open its port to the worker'];
}

function explainKerberos(why: string): Explanation {
  const detail = why.replace(/^[:\s]+/u, '').trim();
  return [
    'unauthorised',
    `got no Kerberos ticket that it accepts${detail === '' ? '' : `: ${detail}`}`,
    "get a ticket for the worker's principal (kinit), name its cache in KRB5CCNAME, and check that DNS/<host in the zone's SOA> is a principal",
  ];
}
