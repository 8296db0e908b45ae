import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { ApiState } from './cloudflare-api.ts';
import { connectorToJson } from './connector-routes.ts';
import { verificationStatuses } from './connector-rules.ts';
import { nameServerModes } from './dns-message.ts';
import { faultRule } from './faults.ts';
import type { NameServer } from './name-server.ts';
import { accountPatch } from './seeds.ts';
import { joinTxt, parseTxtContent } from './txt-content.ts';
import { recordToJson } from './zone-routes.ts';
import type { Zone } from './zones.ts';

/** Base path of the control API. */
export const controlBasePath = '/simulator';

const connectorPatch = z.strictObject({
  enabled: z.boolean().optional(),
  use_fedramp_language: z.boolean().optional(),
  verification: z
    .strictObject({
      code: z.string().optional(),
      status: z.enum(verificationStatuses).optional(),
    })
    .optional(),
});

const nameServerPatch = z.strictObject({
  lagSeconds: z.number().min(0).optional(),
  mode: z.enum(nameServerModes).optional(),
});

interface WithId {
  Params: { id: string };
}

interface ControlledState extends ApiState {
  nameServers: readonly NameServer[];
}

/**
 * Adds the control API, with which tests and demos read and change the simulator. Its calls need no token, are not
 * logged and get no faults. An invalid body is answered with 400, an unknown id with 404, both as `{ error }`.
 */
export function addControlApi(server: FastifyInstance, state: ControlledState): void {
  const { account, log, faults, nameServers } = state;
  const addRoutes = (control: FastifyInstance, _options: object, done: () => void) => {
    control.setErrorHandler((error, _request, reply) => {
      const isInvalidBody = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof ApiError;
      return reply
        .status(isInvalidBody ? 400 : 500)
        .send({ error: error instanceof z.ZodError ? z.prettifyError(error) : String(error) });
    });

    control.get('/log', () => log.list());
    control.delete('/log', (_request, reply) => {
      log.clear();
      return reply.status(204).send();
    });
    control.get('/state', () => stateToJson(state));

    control.post('/faults', (request) => ({ id: faults.add(faultRule.parse(parseBody(request.body))) }));
    control.delete('/faults', (_request, reply) => {
      faults.removeAll();
      return reply.status(204).send();
    });
    control.delete<WithId>('/faults/:id', (request, reply) => {
      if (faults.remove(request.params.id)) return reply.status(204).send();
      return reply.status(404).send({ error: `No fault rule has the id "${request.params.id}"` });
    });
    control.post('/release', () => ({ released: faults.release() }));

    control.patch<WithId>('/connectors/:id', (request, reply) => {
      const patch = connectorPatch.parse(parseBody(request.body));
      const { id } = request.params;
      if (!account.connectors.list().some((connector) => connector.id === id)) {
        return reply.status(404).send({ error: `No connector has the id "${id}"` });
      }
      const { enabled, use_fedramp_language: useFedrampLanguage, verification } = patch;
      return connectorToJson(account.connectors.change(id, { enabled, useFedrampLanguage, ...verification }));
    });
    control.patch('/account', (request) => {
      account.patch(accountPatch.parse(parseBody(request.body)));
      return stateToJson(state);
    });
    control.put<{ Params: { index: string } }>('/name-servers/:index', (request, reply) => {
      const { lagSeconds, mode } = nameServerPatch.parse(parseBody(request.body));
      const { index } = request.params;
      const nameServer = nameServers[Number(index)];
      if (nameServer === undefined) {
        const error = `No name server has the index "${index}": there are ${nameServers.length}, counted from 0`;
        return reply.status(404).send({ error });
      }
      nameServer.lagSeconds = lagSeconds ?? nameServer.lagSeconds;
      nameServer.mode = mode ?? nameServer.mode;
      return nameServerToJson(nameServer);
    });
    done();
  };
  server.register(addRoutes, { prefix: controlBasePath });
}

function parseBody(body: unknown): unknown {
  return typeof body === 'string' && body !== '' ? JSON.parse(body) : {};
}

/** The account, its connectors and zones, and the name servers; tokens are left out because they are secrets. */
function stateToJson({ account, nameServers }: ControlledState) {
  const { id, name, organization, identityProviders, enabledElsewhere, secondConnector } = account;
  return {
    account: { id, name, organization, identityProviders, enabledElsewhere, secondConnector },
    connectors: account.connectors.list().map(connectorToJson),
    zones: account.zones.list().map(zoneStateToJson),
    nameServers: nameServers.map(nameServerToJson),
  };
}

function zoneStateToJson(zone: Zone) {
  const values: Record<string, string[]> = {};
  for (const record of zone.records.filter(({ type }) => type === 'TXT')) {
    (values[record.name] ??= []).push(joinTxt(parseTxtContent(record.content)));
  }
  return {
    id: zone.id,
    name: zone.name,
    accountId: zone.accountId,
    status: zone.status,
    type: zone.type,
    nameServers: zone.nameServers,
    records: zone.records.map((record) => recordToJson(record, zone)),
    /** TXT values by name, as the account has them; each name server serves them after its lag. */
    txt: values,
  };
}

function nameServerToJson({ name, address, port, lagSeconds, mode }: NameServer) {
  return { name, address, port, lagSeconds, mode };
}
