import { labelServer } from '../../messages/problems.ts';
import type { ServerObservation } from './observe-servers.ts';

/** A machine without a route to an address family learns nothing about servers there. */
const noRoute = /\b(?:ENETUNREACH|EADDRNOTAVAIL|EAFNOSUPPORT)\b/;

/** What is wrong with the authoritative servers of a zone, a sentence each. */
export function findServerFaults(apex: string, servers: readonly ServerObservation[]): string[] {
  const hosts = Map.groupBy(servers, ({ name }) => name);
  return [...[...hosts].flatMap(([name, own]) => findFaultsOfHost(apex, name, own)), ...findStaleServers(servers)];
}

function findFaultsOfHost(apex: string, name: string, servers: readonly ServerObservation[]): string[] {
  const listed = `is lame: listed as a name server of ${apex}, but`;
  const faults = servers.flatMap((server) =>
    server.reading.kind === 'lame'
      ? [`${labelServer(server)} ${listed} ${explainLameness(server.reading.detail)}`]
      : [],
  );
  const silent = servers.flatMap((server) =>
    server.reading.kind === 'silent' ? [{ ...server, detail: server.reading.detail }] : [],
  );
  const reachable = silent.filter(({ detail }) => !noRoute.test(detail));
  if (reachable.length === 0) return faults;
  if (silent.length === servers.length) {
    return [...faults, `${name}: no answer (${listReasons(reachable)})`];
  }
  for (const [family, other] of [
    [4, 6],
    [6, 4],
  ] as const) {
    const reasons = reachable.filter((server) => server.family === family);
    if (reasons.length === 0) continue;
    const answers = (wanted: 4 | 6): boolean =>
      servers.some((server) => server.family === wanted && server.reading.kind !== 'silent');
    faults.push(
      answers(family)
        ? `${name}: no answer at one of its addresses (${listReasons(reasons)})`
        : `${name}: no answer over IPv${family} (${listReasons(reasons)})${answers(other) ? `, answers over IPv${other}` : ''}`,
    );
  }
  return faults;
}

function explainLameness(detail: string): string {
  return /^[A-Z0-9]+$/.test(detail) ? `answers ${detail}` : `it ${detail}`;
}

function listReasons(servers: readonly { address: string; detail: string }[]): string {
  return servers.map(({ address, detail }) => (address === '' ? detail : `${address}: ${detail}`)).join(', ');
}

function findStaleServers(servers: readonly ServerObservation[]): string[] {
  const serials = servers.flatMap(({ serial }) => (serial === null ? [] : [serial]));
  if (serials.length === 0) return [];
  const newest = serials.reduce((one, other) => (isNewerSerial(other, one) ? other : one));
  return servers.flatMap((server) =>
    server.serial === null || server.serial === newest
      ? []
      : [`${labelServer(server)} has serial ${server.serial}, others ${newest}: it is behind`],
  );
}

/** Whether `one` is newer than `other`: serial numbers wrap around (RFC 1982 §3.2). */
export function isNewerSerial(one: number, other: number): boolean {
  return ((one - other) | 0) > 0;
}
