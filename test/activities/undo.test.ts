import { describe, expect, test, vi } from 'vitest';

import { createUndoActivities } from '../../src/activities/undo.ts';
import type { DeleteConnectorRequest } from '../../src/activities/undo.ts';
import type { Connector } from '../../src/contract/schemas/connector.ts';
import type { Creation } from '../../src/decisions/undo.ts';
import { cloudflareAt } from '../cloudflare/clients.ts';
import { startScriptedServer, success } from '../cloudflare/scripted-server.ts';
import type { ScriptedAnswer } from '../cloudflare/scripted-server.ts';
import { startAccount } from '../cloudflare/simulated-account.ts';
import { failureOfActivity, runActivity, retry } from './run-activity.ts';

const accountId = '0123456789abcdef0123456789abcdef';
const emailDomain = 'example.com';

/** For `vi.waitFor`: long enough for a busy machine. */
const waitOptions = { timeout: 30_000, interval: 10 };

/** What a failure looks like that the server tries again. */
const triedAgain = (type: string) => ({ type, nonRetryable: false });

const documented = {
  id: 'one',
  created_on: '2026-03-01T09:00:01.000Z',
  email_domain: emailDomain,
  enabled: false,
  verification: { code: 'cloudflare_dashboard_sso=abc', status: 'verified' },
};
const shownEnabled = { ...documented, enabled: true };

/** The undo of a run that began just now, in an account that is ready. */
async function startUndo() {
  const simulator = await startAccount({ secondConnector: 'allowed' });
  const readAt = new Date().toISOString();
  const { connectors } = simulator.account;
  const { disableConnector, deleteConnector } = createUndoActivities(cloudflareAt(simulator), retry);
  const create = (changes: Parameters<typeof connectors.change>[1] = {}, domain = emailDomain) => {
    const fields = { emailDomain: domain, beginVerification: false, useFedrampLanguage: false };
    return connectors.change(connectors.create(fields).id, changes);
  };
  return {
    simulator,
    connectors,
    create,
    disable: async (connectorId: string) => await runActivity(disableConnector, { accountId, connectorId }),
    remove: async (creation: Partial<Creation>) => await runActivity(deleteConnector, requestFrom(readAt, creation)),
    ids: () => connectors.list().map(({ id }) => id),
    writes: () => simulator.log.list().flatMap(({ method }) => (method === 'GET' ? [] : [method])),
    calls: () => simulator.log.list().map(({ method }) => method),
  };
}

/** A create that reported none, with every answer come, by default. */
function requestFrom(readAt: string, changes: Partial<Creation>): DeleteConnectorRequest {
  const before = { connectors: [], readAt };
  const creation = {
    createdId: null,
    inUseId: null,
    before,
    certain: true,
    useFedrampLanguage: undefined,
    lastPossibleAt: null,
  };
  return { accountId, emailDomain, creation: { ...creation, ...changes } };
}

/** The same against answers that a simulated account has no way to give. */
async function startScriptedUndo(...answers: ScriptedAnswer[]) {
  const peer = await startScriptedServer(...answers);
  return { ...createUndoActivities(cloudflareAt(peer), retry), calls: () => peer.seen.map(({ method }) => method) };
}

/** A connector of the simulator as the API showed it at the first read. */
function seen({ id }: { id: string }): Connector {
  return {
    id,
    emailDomain,
    enabled: false,
    useFedrampLanguage: false,
    verificationCode: 'cloudflare_dashboard_sso=abc',
    verificationStatus: 'awaiting',
    createdAt: null,
  };
}

describe('disabling a connector', () => {
  test('looks, disables it, and looks again', async () => {
    const { create, disable, calls } = await startUndo();
    const connector = create({ status: 'verified', enabled: true });
    expect(await disable(connector.id)).toEqual({ state: 'undone', note: 'disabled' });
    expect(connector).toMatchObject({ enabled: false, status: 'verified' });
    expect(calls()).toEqual(['GET', 'PATCH', 'GET']);
  });

  test('writes nothing when it is disabled already', async () => {
    const { create, disable, calls } = await startUndo();
    const { id } = create({ status: 'verified' });
    expect(await disable(id)).toEqual({ state: 'undone', note: 'it is disabled' });
    expect(calls()).toEqual(['GET']);
  });

  test('writes nothing when it is gone', async () => {
    const { disable, calls } = await startUndo();
    expect(await disable('f'.repeat(32))).toEqual({ state: 'undone', note: 'the connector is gone' });
    expect(calls()).toEqual(['GET']);
  });

  test('does not take a web page that finds nothing for its absence, and is tried again', async () => {
    const { simulator, create, disable, writes } = await startUndo();
    const { id } = create({ enabled: true });
    simulator.faults.add({ method: 'GET', when: 'before', fault: { html: 404 } });
    expect(await failureOfActivity(disable(id))).toMatchObject(triedAgain('CloudflareUnavailable'));
    expect(writes()).toEqual([]);
  });

  test('after an answer that was lost is tried again, and finds it done', async () => {
    const { simulator, create, disable, writes } = await startUndo();
    const { id } = create({ enabled: true });
    simulator.faults.add({ method: 'PATCH', when: 'after', fault: 'reset' });
    expect(await failureOfActivity(disable(id))).toMatchObject(triedAgain('CloudflareUnreachable'));
    expect(await disable(id)).toEqual({ state: 'undone', note: 'it is disabled' });
    expect(writes()).toEqual(['PATCH']);
  });

  test('that was accepted and is not to be seen is tried again', async () => {
    const scripted = await startScriptedUndo(success(shownEnabled), success(documented), success(shownEnabled));
    const attempt = runActivity(scripted.disableConnector, { accountId, connectorId: 'one' });
    const failure = await failureOfActivity(attempt);
    expect(failure).toMatchObject(triedAgain('CloudflareUnavailable'));
    expect(failure.message).toBe('Cloudflare accepted the change but still reports the connector as enabled');
    expect(scripted.calls()).toEqual(['GET', 'PATCH', 'GET']);
  });

  test('is done when the connector goes before the second look', async () => {
    const { simulator, connectors, create, disable } = await startUndo();
    const { id } = create({ enabled: true });
    simulator.faults.add({ method: 'GET', nth: 2, when: 'before', fault: 'hold' });
    const attempt = disable(id);
    await vi.waitFor(() => expect(simulator.log.list()).toHaveLength(3), waitOptions);
    connectors.remove(id);
    simulator.faults.release();
    expect((await attempt).state).toBe('undone');
  });

  test.each([
    ['refused', { status: 409 }, { type: 'CloudflareRefused', nonRetryable: true }],
    ['throttled', { status: 429, retryAfter: 7 }, { ...triedAgain('CloudflareThrottled'), nextRetryDelay: 7000 }],
    ['not allowed', 'unauthorised', triedAgain('CloudflareUnauthorized')],
  ] as const)('fails when it is %s', async (_, fault, expected) => {
    const { simulator, create, disable } = await startUndo();
    const connector = create({ enabled: true });
    simulator.faults.add({ method: 'PATCH', when: 'before', fault });
    expect(await failureOfActivity(disable(connector.id))).toMatchObject(expected);
    expect(connector.enabled).toBe(true);
  });
});

describe('deleting the connector of this run', () => {
  test.each(['awaiting', 'pending', 'failed', 'verified'] as const)('deletes it when it is %s', async (status) => {
    const { create, remove, ids, calls } = await startUndo();
    const { id } = create({ status });
    expect(await remove({ createdId: id })).toEqual({ state: 'undone', note: `connector ${id} deleted` });
    expect(ids()).toEqual([]);
    expect(calls()).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('has nothing to do when it is gone already', async () => {
    const { remove, writes } = await startUndo();
    expect(await remove({ createdId: 'f'.repeat(32) })).toEqual({ state: 'undone', note: 'there is none' });
    expect(writes()).toEqual([]);
  });

  test('is done when it goes between the look and the deletion', async () => {
    const { simulator, create, remove, ids } = await startUndo();
    const { id } = create();
    simulator.faults.add({ method: 'DELETE', when: 'after', fault: { status: 404 } });
    expect((await remove({ createdId: id })).state).toBe('undone');
    expect(ids()).toEqual([]);
  });

  test('is not done when a web page says that nothing is found', async () => {
    const { simulator, create, remove, ids } = await startUndo();
    const { id } = create();
    simulator.faults.add({ method: 'DELETE', when: 'before', fault: { html: 404 } });
    expect(await failureOfActivity(remove({ createdId: id }))).toMatchObject(triedAgain('CloudflareUnavailable'));
    expect(ids()).toEqual([id]);
  });

  test('after an answer that was lost is tried again, and finds it done', async () => {
    const { simulator, create, remove, writes } = await startUndo();
    const { id } = create();
    simulator.faults.add({ method: 'DELETE', when: 'after', fault: 'reset' });
    expect(await failureOfActivity(remove({ createdId: id }))).toMatchObject(triedAgain('CloudflareUnreachable'));
    expect(await remove({ createdId: id })).toEqual({ state: 'undone', note: 'there is none' });
    expect(writes()).toEqual(['DELETE']);
  });

  test('that was accepted and is not to be seen is tried again', async () => {
    const scripted = await startScriptedUndo(success([documented]), success(null), success([documented]));
    const own = requestFrom('2026-03-01T09:00:00.000Z', { createdId: 'one' });
    const failure = await failureOfActivity(runActivity(scripted.deleteConnector, own));
    expect(failure).toMatchObject(triedAgain('CloudflareUnavailable'));
    expect(failure.message).toBe('connector one still exists');
    expect(scripted.calls()).toEqual(['GET', 'DELETE', 'GET']);
  });

  test('leaves it to whoever has enabled it', async () => {
    const { create, remove, ids, writes } = await startUndo();
    const { id } = create({ status: 'verified', enabled: true });
    const note = `connector ${id} is enabled, by somebody else`;
    expect(await remove({ createdId: id })).toEqual({ state: 'left', note });
    expect(ids()).toEqual([id]);
    expect(writes()).toEqual([]);
  });

  test('leaves it to whoever enables it between the look and the deletion, for Cloudflare refuses that', async () => {
    const { simulator, connectors, create, remove, ids } = await startUndo();
    const { id } = create({ status: 'verified' });
    simulator.faults.add({ method: 'DELETE', when: 'before', fault: 'hold' });
    const attempt = failureOfActivity(remove({ createdId: id }));
    await vi.waitFor(() => expect(simulator.log.list()).toHaveLength(2), waitOptions);
    connectors.change(id, { enabled: true });
    simulator.faults.release();
    const failure = await attempt;
    expect(failure).toMatchObject({ type: 'CloudflareRefused', nonRetryable: true, details: [{ status: 409 }] });
    expect((await remove({ createdId: id })).state).toBe('left');
    expect(ids()).toEqual([id]);
  });

  test('is tried again when whoever had enabled it disables it before the second look', async () => {
    const scripted = await startScriptedUndo(success([shownEnabled]), success([documented]));
    const own = requestFrom('2026-03-01T09:00:00.000Z', { createdId: 'one' });
    const failure = await failureOfActivity(runActivity(scripted.deleteConnector, own));
    expect(failure).toMatchObject(triedAgain('CloudflareUnavailable'));
    expect(failure.message).toBe('connector one still exists');
    expect(scripted.calls()).toEqual(['GET', 'GET']);
  });

  test('finds one that came of an answer that was lost, however Cloudflare spells its domain', async () => {
    const { create, remove, ids } = await startUndo();
    const { id } = create({}, 'Example.COM.');
    expect(await remove({ certain: false })).toEqual({ state: 'undone', note: `connector ${id} deleted` });
    expect(ids()).toEqual([]);
  });

  test('deletes both the reported one and a late one', async () => {
    const { create, remove, ids } = await startUndo();
    const [own, late] = [create({ status: 'verified' }), create()];
    const note = `connector ${own.id} deleted; connector ${late.id} deleted`;
    expect(await remove({ createdId: own.id, certain: false })).toEqual({ state: 'undone', note });
    expect(ids()).toEqual([]);
  });

  test('deletes the reported one beside one that somebody has gone on with', async () => {
    const { create, remove, ids } = await startUndo();
    const [own, other] = [create({ status: 'verified' }), create({ status: 'pending' })];
    const left = `connector ${other.id} was created meanwhile, and somebody uses it`;
    const note = `connector ${own.id} deleted; ${left}`;
    expect(await remove({ createdId: own.id, certain: false })).toEqual({ state: 'left', note });
    expect(ids()).toEqual([other.id]);
  });

  test('deletes a late one beside the one that the run goes on with', async () => {
    const { create, remove, ids } = await startUndo();
    const [inUse, late] = [create(), create()];
    const note = `connector ${late.id} deleted`;
    expect(await remove({ inUseId: inUse.id, certain: false })).toEqual({ state: 'undone', note });
    expect(ids()).toEqual([inUse.id]);
  });

  test('deletes a late one beside the reported one that it has to leave', async () => {
    const { create, remove, ids } = await startUndo();
    const [own, late] = [create({ enabled: true }), create()];
    const note = `connector ${own.id} is enabled, by somebody else; connector ${late.id} deleted`;
    expect(await remove({ createdId: own.id, certain: false })).toEqual({ state: 'left', note });
    expect(ids()).toEqual([own.id]);
  });
});

describe("somebody else's connector is never deleted", () => {
  test('when it is as new as one of ours, and every answer came', async () => {
    const { create, remove, ids, writes } = await startUndo();
    const { id } = create();
    expect(await remove({ certain: true })).toEqual({ state: 'undone', note: 'there is none' });
    expect(ids()).toEqual([id]);
    expect(writes()).toEqual([]);
  });

  test('when it was there before, so that this run adopted it', async () => {
    const { create, remove, ids, writes } = await startUndo();
    const adopted = create();
    const before = { connectors: [seen(adopted)], readAt: new Date().toISOString() };
    expect((await remove({ before, certain: false })).note).toBe('there is none');
    expect((await remove({ before, certain: true })).note).toBe('there is none');
    expect(ids()).toEqual([adopted.id]);
    expect(writes()).toEqual([]);
  });

  test.each([
    ['has begun its verification', { status: 'pending' }],
    ['has seen its verification fail', { status: 'failed' }],
    ['has verified it', { status: 'verified' }],
    ['has enabled it', { enabled: true }],
  ] as const)('when somebody %s, though an answer was lost; the result says so', async (_, changes) => {
    const { create, remove, ids, writes } = await startUndo();
    const { id } = create(changes);
    const note = `connector ${id} was created meanwhile, and somebody uses it`;
    expect(await remove({ certain: false })).toEqual({ state: 'left', note });
    expect(ids()).toEqual([id]);
    expect(writes()).toEqual([]);
  });

  test('when it was made after the last moment at which an answer can have been lost', async () => {
    const { create, remove, ids, writes } = await startUndo();
    const { id } = create();
    const now = Date.now();
    const span = (from: number, to: number) => ({
      before: { connectors: [], readAt: new Date(now - from).toISOString() },
      lastPossibleAt: new Date(now - to).toISOString(),
      certain: false,
    });
    expect(await remove(span(7_200_000, 3_600_000))).toEqual({ state: 'undone', note: 'there is none' });
    expect(ids()).toEqual([id]);
    expect(writes()).toEqual([]);
    expect((await remove(span(7_200_000, 0))).note).toBe(`connector ${id} deleted`);
  });

  test('when it was created long before the read', async () => {
    const { create, remove, ids } = await startUndo();
    const { id } = create();
    const readAt = new Date(Date.now() + 3_600_000).toISOString();
    expect((await remove({ before: { connectors: [], readAt }, certain: false })).note).toBe('there is none');
    expect(ids()).toEqual([id]);
  });

  test('when it is for another domain', async () => {
    const { create, remove, ids } = await startUndo();
    const { id } = create({}, 'team.example.com');
    expect((await remove({ certain: false })).note).toBe('there is none');
    expect(ids()).toEqual([id]);
  });
});
