import { ProviderError } from '../../publishing/provider-error.ts';
import type { ProviderErrorKind } from '../../publishing/provider-error.ts';
import { formatSocketAddress } from '../../wire/socket-address.ts';
import type { SocketAddress } from '../../wire/socket-address.ts';

/** What was asked for when it was refused. */
export interface RefusedUpdate {
  primary: SocketAddress;
  /** The apex. */
  zone: string;
  name: string;
}

type Explanation = [kind: ProviderErrorKind, problem: string, remedy: string];

const useThePrimary = 'set RFC2136_SERVER to the address of the primary of the zone';
const tryAgain = 'it is tried again; the log of the primary says more';

/**
 * Puts into plain words what nsupdate said on standard error. Quotes of it only what cannot be a secret: a key that is
 * malformed it would repeat.
 */
export function explainRefusal(said: string, update: RefusedUpdate): ProviderError {
  const primary = formatSocketAddress(update.primary);
  const [kind, problem, remedy] = explain(said, update);
  return new ProviderError(kind, `the primary ${primary} ${problem}`, remedy);
}

function explain(said: string, update: RefusedUpdate): Explanation {
  const [, kerberos] = /^(?:tkey query failed|response to GSS-TSIG query was unsuccessful)(.*)$/imu.exec(said) ?? [];
  if (kerberos !== undefined) return explainKerberos(kerberos);
  if (/^could not (?:read|create) key|^unknown key type/mu.test(said)) {
    return [
      'unauthorised',
      'was not asked, because the key in RFC2136_TSIG_KEY_FILE cannot be used',
      'put one key there as tsig-keygen writes it',
    ];
  }
  const [, code, detail] = /^update failed: (\w+)(?:\((\w+)\))?$/mu.exec(said) ?? [];
  if (code !== undefined) return explainCode(code, detail, update);
  const [, silence] = /^; Communication with \S+ failed: ([a-z ]+)$/mu.exec(said) ?? [];
  if (silence !== undefined) return explainSilence(silence);
  if (/^; TSIG error with server/mu.test(said)) {
    // Without a refusal beside it: the update may have been carried out, and only the answer cannot be trusted.
    return [
      'unavailable',
      'sent an answer that the key in RFC2136_TSIG_KEY_FILE did not sign',
      'give both the same key, and look who answers at this address',
    ];
  }
  return ['unavailable', 'could not be sent the update, and nsupdate did not say why', tryAgain];
}

/** https://www.iana.org/assignments/dns-parameters/dns-parameters.xhtml#dns-parameters-6 */
function explainCode(code: string, detail: string | undefined, { zone, name }: RefusedUpdate): Explanation {
  switch (code === 'NOTAUTH' ? (detail ?? code) : code) {
    case 'REFUSED':
      return [
        'unauthorised',
        `does not let this key change TXT records at ${name} (REFUSED)`,
        `allow it in allow-update or update-policy of ${zone} at the primary`,
      ];
    case 'BADKEY':
      return [
        'unauthorised',
        'does not know the key in RFC2136_TSIG_KEY_FILE (BADKEY)',
        'give both the same key: name, algorithm and secret',
      ];
    case 'BADSIG':
      return [
        'unauthorised',
        'knows the key in RFC2136_TSIG_KEY_FILE with another secret (BADSIG)',
        'give both the same key: name, algorithm and secret',
      ];
    case 'BADTIME':
      return [
        'unauthorised',
        "does not accept the time in the signature (BADTIME): its clock and the worker's differ",
        'synchronise both clocks',
      ];
    case 'NOTAUTH':
      return ['refused', `is not the primary of ${zone} (NOTAUTH)`, useThePrimary];
    case 'NOTZONE':
      return ['refused', `does not hold ${name} in ${zone} (NOTZONE)`, useThePrimary];
    case 'NOTIMP':
      return ['refused', 'takes no updates (NOTIMP)', `${useThePrimary}, or publish another way`];
    case 'YXRRSET':
      return [
        'refused',
        `has a CNAME at ${name}, beside which no TXT value can stand`,
        'replace the CNAME by records of its own, or publish another way',
      ];
    case 'FORMERR':
      return ['refused', 'does not understand the update (FORMERR)', 'publish another way'];
    case 'SERVFAIL':
      return ['unavailable', `could not change ${zone} (SERVFAIL)`, tryAgain];
    default:
      return ['unavailable', `answered ${detail === undefined ? code : `${code} (${detail})`}`, tryAgain];
  }
}

function explainSilence(silence: string): Explanation {
  // "operation canceled" is what nsupdate makes of a connection that was refused.
  const why = silence === 'operation canceled' ? 'no connection' : silence;
  return ['unavailable', `cannot be reached over TCP (${why})`, 'it is tried again; open its port to the worker'];
}

function explainKerberos(why: string): Explanation {
  const detail = why.replace(/^[:\s]+/u, '').trim();
  return [
    'unauthorised',
    `was not given a Kerberos ticket that it accepts${detail === '' ? '' : `: ${detail}`}`,
    "get a ticket for the worker's principal (kinit), name its cache in KRB5CCNAME, and look that DNS/ and the host in the zone's SOA is a principal",
  ];
}
