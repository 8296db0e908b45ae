import { describe, expect, test } from 'vitest';

import type { RecordSeed } from '../../../../simulator/seeds.ts';
import { createCloudflareProvider } from '../../../../src/dns/providers/cloudflare/provider.ts';
import { cloudflareAt, patient } from '../../../cloudflare/clients.ts';
import { errorOf } from '../../../cloudflare/errors.ts';
import { refusal, startScriptedServer, success } from '../../../cloudflare/scripted-server.ts';
import { startAccount } from '../../../cloudflare/simulated-account.ts';

const runId = 'e7a1c1d2-6f1b-4c58-9e2d-7a41b8d06c35';
const otherRunId = '0b7e4f1a-93c2-4d6e-8a15-c2f0de984b77';
const value = 'cloudflare_dashboard_sso=Zk3rW0q7XcVbN5mLp1sT9yHf';

/** How a record says which run added it; runs of days meet newer code, so it has to stay as it is. */
const markOf = (run: string) => `cloudflare-sso-onboarding run ${run}`;

/** A provider for `example.com` in an account that also holds these TXT records at the domain. */
async function startZone(...contents: (string | { content: string; comment: string })[]) {
  const simulator = await startAccount();
  const [zone] = simulator.account.zones.list();
  if (zone === undefined) throw new Error('The account has no zone');
  const added = contents.map((content): RecordSeed => {
    const fields = typeof content === 'string' ? { content } : content;
    return { type: 'TXT', name: 'example.com', ttl: 600, ...fields };
  });
  /** What somebody does with another client; a record whose content stays keeps its id. */
  const edit = (change: (records: RecordSeed[]) => RecordSeed[]) => {
    const records = zone.records.map(({ priority, comment, ...record }): RecordSeed => ({
      ...record,
      ...(priority === null ? {} : { priority }),
      ...(comment === null ? {} : { comment }),
    }));
    simulator.account.patch({ zones: [{ name: 'example.com', records: change(records) }] });
  };
  if (added.length > 0) edit((records) => [...records, ...added]);
  const provider = createCloudflareProvider(cloudflareAt(simulator));
  const target = { zone: { apex: 'example.com', zoneId: zone.id }, shown: null, name: 'example.com', value, runId };
  const published = (recordId: string | null) => ({ ...target, recordId });
  const writes = () => simulator.log.list().filter(({ method }) => method !== 'GET');
  const idOf = (content: string) => zone.records.find((record) => record.content === content)?.id;
  return { simulator, zone, edit, provider, target, published, writes, idOf };
}

describe('publishing', () => {
  test('adds one record, and leaves every other byte for byte as it was', async () => {
    const { zone, provider, target } = await startZone();
    const before = JSON.stringify(zone.records);
    const { recordId, ours } = await provider.publish(target, patient);
    expect(ours).toBe(true);
    const added = zone.records.filter(({ id }) => id === recordId);
    expect(added).toMatchObject([{ type: 'TXT', name: 'example.com', content: `"${value}"`, ttl: 1 }]);
    expect(JSON.stringify(zone.records.filter(({ id }) => id !== recordId))).toBe(before);
  });

  test('marks the record with the run, in a comment that every plan allows', async () => {
    const { zone, provider, target } = await startZone();
    const { recordId } = await provider.publish(target, patient);
    const comment = zone.records.find(({ id }) => id === recordId)?.comment ?? '';
    expect(comment).toBe(markOf(runId));
    expect(comment.length).toBeLessThanOrEqual(100);
  });

  test('twice makes one record', async () => {
    const { provider, target, writes } = await startZone();
    const first = await provider.publish(target, patient);
    expect(first.ours).toBe(true);
    expect(await provider.publish(target, patient)).toEqual(first);
    expect(writes()).toHaveLength(1);
  });

  test('again after an answer that was lost makes one record, which is its own', async () => {
    const { simulator, zone, provider, target } = await startZone();
    simulator.faults.add({ method: 'POST', when: 'after', fault: 'reset' });
    expect(await errorOf(provider.publish(target, patient))).toMatchObject({ kind: 'network', method: 'POST' });
    const { recordId, ours } = await provider.publish(target, patient);
    expect(ours).toBe(true);
    expect(zone.records.filter(({ content }) => content.includes(value)).map(({ id }) => id)).toEqual([recordId]);
  });

  test.each([
    ['quoted', `"${value}"`],
    ['unquoted', value],
    ['in two strings', `"${value.slice(0, 10)}" "${value.slice(10)}"`],
  ])('writes nothing when somebody has the value there already, %s', async (_, content) => {
    const { provider, target, writes, idOf } = await startZone(content);
    expect(await provider.publish(target, patient)).toEqual({ recordId: idOf(content), changeId: null, ours: false });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['of this run', markOf(runId), true],
    ['of another run', markOf(otherRunId), false],
    ['of this run with more around it', `see ${markOf(runId)}`, false],
    ['of nobody', '', false],
  ])('finds the value there with the mark %s', async (_, comment, ours) => {
    const { provider, target, writes, idOf } = await startZone({ content: value, comment });
    expect(await provider.publish(target, patient)).toEqual({ recordId: idOf(value), changeId: null, ours });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['before', 0],
    ['after', 1],
  ])('takes its own record for the one that counts when somebody else has the value %s it', async (_, position) => {
    const [own, other] = [`"${value}"`, value];
    const contents = [{ content: own, comment: markOf(runId) }];
    const { provider, target, writes, idOf } = await startZone(
      ...contents.toSpliced(position === 0 ? 0 : 1, 0, { content: other, comment: '' }),
    );
    expect(await provider.publish(target, patient)).toEqual({ recordId: idOf(own), changeId: null, ours: true });
    expect(await provider.find(target, patient)).toEqual({ recordId: idOf(own) });
    expect(writes()).toEqual([]);
  });

  test.each([
    ['in capitals', `"${value.toUpperCase()}"`],
    ['with more at its end', `"${value}x"`],
    ['with less at its end', `"${value.slice(0, -1)}"`],
    ['from an earlier verification', '"cloudflare_dashboard_sso=older"'],
  ])('adds the value beside one like it: %s', async (_, content) => {
    const { zone, provider, target, idOf } = await startZone(content);
    const { recordId, ours } = await provider.publish(target, patient);
    expect(ours).toBe(true);
    expect(recordId).not.toBe(idOf(content));
    expect(zone.records.map((record) => record.content)).toEqual(expect.arrayContaining([content, `"${value}"`]));
  });

  test.each([
    ['quotes and backslashes', 'say "hello"; a\\b \\065', String.raw`"say \"hello\"; a\\b \\065"`],
    ['semicolons and spaces', 'a; b  c', '"a; b  c"'],
    ['letters beyond ASCII', 'société=été', '"société=été"'],
    ['more than one string holds', 'x'.repeat(300), `"${'x'.repeat(255)}" "${'x'.repeat(45)}"`],
  ])('quotes a value with %s, and finds it again', async (_, special, content) => {
    const { zone, provider, target } = await startZone();
    const { recordId } = await provider.publish({ ...target, value: special }, patient);
    expect(zone.records.find(({ id }) => id === recordId)?.content).toBe(content);
    expect(await provider.find({ ...target, value: special }, patient)).toEqual({ recordId });
    expect(await provider.publish({ ...target, value: special }, patient)).toEqual({
      recordId,
      changeId: null,
      ours: true,
    });
  });

  describe('when an identical record appears after the query', () => {
    const target = { zone: { apex: 'example.com', zoneId: 'zone' }, shown: null, name: 'example.com', value, runId };
    const late = { id: 'late', name: 'example.com', content: `"${value}"`, comment: null };
    const publishAt = async (peer: { baseUrl: string }) =>
      await createCloudflareProvider(cloudflareAt(peer)).publish(target, patient);

    test.each([
      [81_057, 'its own by its mark', markOf(runId), true],
      [81_058, 'its own by its mark', markOf(runId), true],
      [81_057, "somebody else's without a mark", null, false],
      [81_058, "somebody else's by another mark", markOf(otherRunId), false],
    ])('uses that record after error code %d, and takes it for %s', async (code, _, comment, ours) => {
      const other = { ...late, id: 'other', content: '"v=spf1 -all"' };
      const peer = await startScriptedServer(
        success([other]),
        refusal(400, { code }),
        success([other, { ...late, comment }]),
      );
      expect(await publishAt(peer)).toEqual({ recordId: 'late', changeId: null, ours });
      expect(peer.seen.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    });

    test.each([
      ['before', ['other', 'late']],
      ['after', ['late', 'other']],
    ])("uses its own when somebody else's lands %s it", async (_, ids) => {
      const landed = ids.map((id) => ({ ...late, id, comment: id === 'late' ? markOf(runId) : null }));
      const peer = await startScriptedServer(success([]), refusal(400, { code: 81_058 }), success(landed));
      expect(await publishAt(peer)).toEqual({ recordId: 'late', changeId: null, ours: true });
    });

    test('fails as it was refused when the record is not to be seen', async () => {
      const identical = { code: 81_058, message: 'An identical record already exists.' };
      const peer = await startScriptedServer(success([]), refusal(400, identical), success([]));
      const error = await errorOf(publishAt(peer));
      expect(error).toMatchObject({ kind: 'refused', method: 'POST', status: 400, codes: [81_058] });
    });

    test('does not query again when it was refused for another reason', async () => {
      const peer = await startScriptedServer(success([]), refusal(400, { code: 9005 }), success([late]));
      expect(await errorOf(publishAt(peer))).toMatchObject({ method: 'POST', status: 400, codes: [9005] });
      expect(peer.seen.map(({ method }) => method)).toEqual(['GET', 'POST']);
    });
  });

  test('works at a name below the apex', async () => {
    const { zone, provider, target } = await startZone();
    const { recordId } = await provider.publish({ ...target, name: 'team.example.com' }, patient);
    expect(zone.records.find(({ id }) => id === recordId)).toMatchObject({ name: 'team.example.com' });
    expect(await provider.find(target, patient)).toBeNull();
  });
});

describe('finding', () => {
  test('sees that the value is not there', async () => {
    const { provider, target } = await startZone();
    expect(await provider.find(target, patient)).toBeNull();
  });

  test.each([
    ['quoted', `"${value}"`],
    ['unquoted', value],
    ['in two strings', `"${value.slice(0, 10)}" "${value.slice(10)}"`],
    ['with an escape in decimal', `"\\099${value.slice(1)}"`],
  ])('sees a value that is stored %s', async (_, content) => {
    const { provider, target, idOf } = await startZone(content);
    expect(await provider.find(target, patient)).toEqual({ recordId: idOf(content) });
  });

  test('writes nothing', async () => {
    const { provider, target, writes } = await startZone(value);
    await provider.find(target, patient);
    expect(writes()).toEqual([]);
  });
});

describe('removing', () => {
  test('takes away the record of this run and nothing else', async () => {
    const { zone, provider, target, published } = await startZone('"cloudflare_dashboard_sso=older"');
    const before = JSON.stringify(zone.records);
    const { recordId } = await provider.publish(target, patient);
    expect(await provider.remove(published(recordId), patient)).toBe('removed');
    expect(JSON.stringify(zone.records)).toBe(before);
  });

  test('knows the record by its mark when the publishing never reported back', async () => {
    const { simulator, zone, provider, target, published } = await startZone();
    const before = JSON.stringify(zone.records);
    simulator.faults.add({ method: 'POST', when: 'after', fault: 'reset' });
    await errorOf(provider.publish(target, patient));
    expect(await provider.remove(published(null), patient)).toBe('removed');
    expect(JSON.stringify(zone.records)).toBe(before);
  });

  test('knows the record by its id when somebody has changed its comment', async () => {
    const { zone, edit, provider, target, published } = await startZone();
    const before = zone.records.map(({ id }) => id);
    const { recordId } = await provider.publish(target, patient);
    edit((records) => records.map((record) => ({ ...record, comment: 'do not touch' })));
    expect(await provider.remove(published(recordId), patient)).toBe('removed');
    expect(zone.records.map(({ id }) => id)).toEqual(before);
  });

  test('takes away a second record that a late attempt of this run has made', async () => {
    const { provider, published, writes, idOf } = await startZone(value, {
      content: `"${value}"`,
      comment: markOf(runId),
    });
    expect(await provider.remove(published(idOf(value) ?? null), patient)).toBe('removed');
    expect([idOf(value), idOf(`"${value}"`)]).toEqual([undefined, undefined]);
    expect(writes().map(({ method }) => method)).toEqual(['DELETE', 'DELETE']);
  });

  test('is done when the record has gone already', async () => {
    const { provider, target, published, writes } = await startZone();
    const { recordId } = await provider.publish(target, patient);
    expect(await provider.remove(published(recordId), patient)).toBe('removed');
    expect(await provider.remove(published(recordId), patient)).toBe('absent');
    expect(writes().map(({ method }) => method)).toEqual(['POST', 'DELETE']);
  });

  test('is done when nothing was ever published', async () => {
    const { provider, published, writes } = await startZone();
    expect(await provider.remove(published(null), patient)).toBe('absent');
    expect(writes()).toEqual([]);
  });

  test('is done when the record is deleted between the query and the deletion', async () => {
    const { simulator, provider, target, published } = await startZone();
    const { recordId } = await provider.publish(target, patient);
    simulator.faults.add({ method: 'DELETE', when: 'after', fault: { status: 404 } });
    expect(await provider.remove(published(recordId), patient)).toBe('removed');
  });

  test('is not done when Cloudflare is in trouble', async () => {
    const { simulator, provider, target, published } = await startZone();
    const { recordId } = await provider.publish(target, patient);
    simulator.faults.add({ method: 'DELETE', when: 'before', fault: { status: 503 } });
    expect(await errorOf(provider.remove(published(recordId), patient))).toMatchObject({ status: 503 });
  });

  test('is not done when a web page says that nothing is found', async () => {
    const { simulator, zone, provider, target, published } = await startZone();
    const { recordId } = await provider.publish(target, patient);
    simulator.faults.add({ method: 'DELETE', when: 'before', fault: { html: 404 } });
    const error = await errorOf(provider.remove(published(recordId), patient));
    expect(error).toMatchObject({ kind: 'malformed', status: 404 });
    expect(zone.records.map(({ id }) => id)).toContain(recordId);
  });

  test.each([
    ['without a mark', ''],
    ['marked by another run', markOf(otherRunId)],
    ['whose comment only speaks of this run', `kept after ${markOf(runId)}`],
    ['whose comment names the run alone', runId],
  ])('leaves the same value in a record of somebody else, %s', async (_, comment) => {
    const { zone, provider, published, writes } = await startZone({ content: value, comment });
    const before = JSON.stringify(zone.records);
    expect(await provider.remove(published('f'.repeat(32)), patient)).toBe('not-ours');
    expect(await provider.remove(published(null), patient)).toBe('not-ours');
    expect(JSON.stringify(zone.records)).toBe(before);
    expect(writes()).toEqual([]);
  });

  test("leaves somebody else's record beside its own, and finds it there the next time", async () => {
    const [own, other] = [`"${value}"`, value];
    const { provider, published, idOf } = await startZone(other, { content: own, comment: markOf(runId) });
    expect(await provider.remove(published(null), patient)).toBe('removed');
    expect(idOf(own)).toBeUndefined();
    expect(idOf(other)).toBeDefined();
    expect(await provider.remove(published(null), patient)).toBe('not-ours');
    expect(idOf(other)).toBeDefined();
  });

  test.each([
    ['by id', 'one', null],
    ['by mark', null, markOf(runId)],
    ['by both', 'one', markOf(runId)],
  ])('leaves a record known %s whose content has changed meanwhile', async (_, recordId, comment) => {
    const changed = { id: 'one', name: 'example.com', content: '"v=spf1 -all"', comment };
    const peer = await startScriptedServer(success([changed]));
    const { remove } = createCloudflareProvider(cloudflareAt(peer));
    const zone = { apex: 'example.com', zoneId: 'zone' };
    expect(await remove({ zone, shown: null, name: 'example.com', value, runId, recordId }, patient)).toBe('absent');
    expect(peer.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  test('leaves the value that this run added at another name', async () => {
    const { provider, target, published } = await startZone();
    const elsewhere = { ...target, name: 'team.example.com' };
    const { recordId } = await provider.publish(elsewhere, patient);
    expect(await provider.remove(published(recordId), patient)).toBe('absent');
    expect(await provider.find(elsewhere, patient)).toEqual({ recordId });
  });
});
