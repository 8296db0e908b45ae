import type { Account } from './account.ts';
import { apiError } from './api-error.ts';
import { type ApiCall, type ApiRoute, parseId } from './api-route.ts';
import { type DnsRecord, parseRecord } from './dns-record.ts';
import { pageResponse, successResponse } from './envelope.ts';
import type { Zone } from './zones.ts';

const recordsPath = '/zones/:zone_id/dns_records';

/** The field that each filter of the record list compares, by the filter's name in the query. */
const recordFilters: Record<string, (record: DnsRecord) => string> = {
  type: (record) => record.type,
  name: (record) => record.name,
  'name.exact': (record) => record.name,
  'content.exact': (record) => record.content,
};

/**
 * https://developers.cloudflare.com/api/resources/zones/
 * https://developers.cloudflare.com/api/resources/dns/subresources/records/
 */
export function zoneRoutes(account: Account): ApiRoute[] {
  const permission = 'dns:write';
  const findZone = (call: ApiCall): Zone => {
    const zone = account.zones.find(parseId(call, 'zone_id'));
    // Undocumented: the status and code for a zone id that does not exist.
    if (zone === undefined) throw apiError(403, 9109, 'Unauthorized to access requested resource');
    return zone;
  };
  return [
    {
      method: 'GET',
      path: '/zones',
      permission: 'zone:read',
      handle({ query }) {
        const [name, accountId] = [query.get('name')?.toLowerCase(), query.get('account.id')?.toLowerCase()];
        const found = account.zones
          .list()
          .filter((zone) => (name ?? zone.name) === zone.name && (accountId ?? zone.accountId) === zone.accountId);
        const result = found.map((zone) => zoneToJson(zone, account));
        return pageResponse(result, query, { default: 20, max: 50 });
      },
    },
    {
      method: 'GET',
      path: recordsPath,
      permission,
      handle(call) {
        const zone = findZone(call);
        const found = zone.records.filter((record) => matchesFilters(record, call.query));
        const result = found.map((record) => recordToJson(record, zone));
        return pageResponse(result, call.query, { default: 100, max: 5_000_000 });
      },
    },
    {
      method: 'POST',
      path: recordsPath,
      permission,
      handle(call) {
        const zone = findZone(call);
        return successResponse(recordToJson(zone.add(parseRecord(zone.name, call.body.parseFields())), zone));
      },
    },
    {
      method: 'DELETE',
      path: `${recordsPath}/:record_id`,
      permission,
      handle(call) {
        const id = parseId(call, 'record_id');
        findZone(call).remove(id);
        return successResponse({ id });
      },
    },
  ];
}

/** Filters ignore case; `match=any` needs one of them to match, otherwise all must. */
function matchesFilters(record: DnsRecord, query: URLSearchParams): boolean {
  const outcomes = Object.entries(recordFilters).flatMap(([name, read]) => {
    const wanted = query.get(name);
    return wanted === null ? [] : [read(record).toLowerCase() === wanted.toLowerCase()];
  });
  if (outcomes.length === 0) return true;
  return query.get('match') === 'any' ? outcomes.includes(true) : !outcomes.includes(false);
}

function zoneToJson(zone: Zone, account: Account) {
  return {
    id: zone.id,
    name: zone.name,
    status: zone.status,
    type: zone.type,
    name_servers: zone.nameServers,
    account: { id: zone.accountId, name: zone.accountId === account.id ? account.name : 'Another account' },
  };
}

/** A record in the API's format. */
export function recordToJson(record: DnsRecord, zone: Zone) {
  return {
    id: record.id,
    zone_id: zone.id,
    zone_name: zone.name,
    name: record.name,
    type: record.type,
    content: record.content,
    ...(record.priority === null ? {} : { priority: record.priority }),
    proxiable: false,
    proxied: false,
    ttl: record.ttl,
    settings: {},
    meta: {},
    comment: record.comment,
    tags: [],
    created_on: record.createdOn,
    modified_on: record.modifiedOn,
  };
}
