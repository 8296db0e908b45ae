import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiError } from './api-error.ts';
import type { ApiParts } from './cloudflare-api.ts';
import { toJson } from './connector-routes.ts';
import { nameServerModes } from './dns-message.ts';
import { faultRule } from './faults.ts';
import type { NameServer } from './name-server.ts';
import { accountPatch } from './seeds.ts';
import { joinTxt, parseTxtContent } from './txt-content.ts';
import { recordToJson } from './zone-routes.ts';
import type { Zone } from './zones.ts';

/** Where the simulator's own controls begin. */
export const CONTROL_BASE = '/simulator';

const connectorPatch = z.strictObject({
  enabled: z.boolean().optional(),
  use_fedramp_language: z.boolean().optional(),
  verification: z
    .strictObject({
      code: z.string().optional(),
      status: z.enum(['awaiting', 'pending', 'failed', 'verified']).optional(),
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

/**
 * Adds the controls for tests and demonstrations: they need no token, are not logged, and no fault strikes them.
 * A wrong body is answered 400, something that is not there 404, both as `{ error }`.
 */
export function addControlApi(server: FastifyInstance, parts: ApiParts & { nameServers: readonly NameServer[] }): void {
  const { account, log, faults, nameServers } = parts;
  const addRoutes = (control: FastifyInstance, _options: object, done: () => void) => {
    control.setErrorHandler((error, _request, reply) => {
      const isWrongInput = error instanceof z.ZodError || error instanceof SyntaxError || error instanceof ApiError;
      return reply
        .status(isWrongInput ? 400 : 500)
        .send({ error: error instanceof z.ZodError ? z.prettifyError(error) : String(error) });
    });

    control.get('/log', () => log.list());
    control.delete('/log', (_request, reply) => {
      log.clear();
      return reply.status(204).send();
    });
    control.get('/state', () => showState(parts));

    control.post('/faults', (request) => ({ id: faults.add(faultRule.parse(parseBody(request.body))) }));
    control.delete('/faults', (_request, reply) => {
      faults.liftAll();
      return reply.status(204).send();
    });
    control.delete<WithId>('/faults/:id', (request, reply) => {
      if (faults.lift(request.params.id)) return reply.status(204).send();
      return reply.status(404).send({ error: `There is no fault ${request.params.id}` });
    });
    control.post('/release', () => ({ released: faults.release() }));

    control.patch<WithId>('/connectors/:id', (request, reply) => {
      const patch = connectorPatch.parse(parseBody(request.body));
      const { id } = request.params;
      if (!account.connectors.list().some((connector) => connector.id === id)) {
        return reply.status(404).send({ error: `There is no connector ${id}` });
      }
      const { enabled, use_fedramp_language: useFedrampLanguage, verification } = patch;
      return toJson(account.connectors.change(id, { enabled, useFedrampLanguage, ...verification }));
    });
    control.patch('/account', (request) => {
      account.patch(accountPatch.parse(parseBody(request.body)));
      return showState(parts);
    });
    control.put<{ Params: { index: string } }>('/name-servers/:index', (request, reply) => {
      const { lagSeconds, mode } = nameServerPatch.parse(parseBody(request.body));
      const nameServer = nameServers[Number(request.params.index)];
      if (nameServer === undefined) return reply.status(404).send({ error: 'There is no such name server' });
      nameServer.lagSeconds = lagSeconds ?? nameServer.lagSeconds;
      nameServer.mode = mode ?? nameServer.mode;
      return showNameServer(nameServer);
    });
    done();
  };
  server.register(addRoutes, { prefix: CONTROL_BASE });
}

function parseBody(body: unknown): unknown {
  return typeof body === 'string' && body !== '' ? JSON.parse(body) : {};
}

/** Everything but the tokens. */
function showState({ account, nameServers }: ApiParts & { nameServers: readonly NameServer[] }) {
  const { id, name, organization, identityProviders, enabledElsewhere, secondConnector } = account;
  return {
    account: { id, name, organization, identityProviders, enabledElsewhere, secondConnector },
    connectors: account.connectors.list().map(toJson),
    zones: account.zones.list().map(showZone),
    nameServers: nameServers.map(showNameServer),
  };
}

function showZone(zone: Zone) {
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
    /** TXT values by name, as the account has them; each name server shows them after its lag. */
    txt: values,
  };
}

function showNameServer({ name, address, port, lagSeconds, mode }: NameServer) {
  return { name, address, port, lagSeconds, mode };
}
