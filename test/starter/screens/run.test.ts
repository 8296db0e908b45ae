import { describe, expect, it } from 'vitest';

import { renderProgress, renderView } from '../../../src/starter/screens/run.ts';
import { noColours } from '../../../src/starter/terminal/colours.ts';
import { cancelled, now, offboardingView, status, view } from './views.ts';

const confirmation = { until: '2026-01-01T00:20:00.000Z', confirmed: null };

describe('the status', () => {
  it('has the command that helps without a worker, in lines, while it waits for confirmation', () => {
    const waiting = { ...view, status: { ...status, phase: 'waiting-for-confirmation' as const, confirmation } };
    const lines = renderView(waiting, now);
    const first = lines.indexOf('break-glass   curl -X PATCH \\');
    expect(lines[first + 1]).toMatch(/^ {14}https:.*\/sso_connectors\/c{32} \\$/u);
    expect(lines[first + 4]).toBe(`              --data '{"enabled":false}'`);
    const over = { ...view, status: { ...status, confirmation, undo: { ...status.undo, cause: cancelled } } };
    const ended = renderView(over, now).join('\n');
    expect(ended).toContain('requested until 2026-01-01T00:20:00.000Z, not given');
    expect(ended).not.toContain('break-glass');
  });

  it('would undo nothing once the connector is enabled', () => {
    const lines = renderView({ ...view, status: { ...status, phase: 'enabled' } }, now);
    expect(lines.join('\n')).not.toContain('would undo');
  });

  it('has everything that is known', () => {
    expect(`\n${renderView(view, now).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      onboarding    example.com in account 0123456789abcdef0123456789abcdef
      run           running, started 10 min ago
      phase         waiting-for-verification
      reason        Cloudflare is looking for the TXT value
      next check    in 20 s
      connector     cccccccccccccccccccccccccccccccc (created, pending)
      zone          example.com, delegated to ada.ns.test, bob.ns.test
      DNS provider  cloudflare: the request or the DNS_PROVIDER of the worker names it
      TXT           example.com "cloudflare_dashboard_sso=abc" (cloudflare)
      DNS           queried 5 min 1 s ago
                    name server  address           answer                                     took   serial
                    ada.ns.test  192.0.2.1:53      has it: 3 TXT values, this one among them  12 ms  7
                    bob.ns.test  [2001:db8::2]:53  unreachable: no answer within 3 s          -      -
                    resolver       answer
                    192.0.2.53:53  lacks it: 2 TXT values, not this one
      finding       ns2 (192.0.2.2:53) is lame: REFUSED
      caches        the value is expected everywhere by 2026-01-01T01:04:59.000Z (caches may hold the old values for 1 h)
      verification  begun 2026-01-01T00:05:00.000Z, checked 7 ×, begun again 1 ×
      deadline      2026-01-08T00:00:00.000Z
      undo          a failure or cancellation would undo: delete-connector
      "
    `);
  });

  it('gives each answer a line of its own on a terminal too narrow for the table', () => {
    const lines = renderView(view, now, noColours, 80);
    const first = lines.indexOf('              name server  address           took   serial');
    expect(lines.slice(first + 1, first + 5)).toEqual([
      '              ada.ns.test  192.0.2.1:53      12 ms  7',
      '                has it: 3 TXT values, this one among them',
      '              bob.ns.test  [2001:db8::2]:53  -      -',
      '                unreachable: no answer within 3 s',
    ]);
    expect(renderView(view, now, noColours, 110)).toEqual(renderView(view, now));
  });

  it('has what the server knows when no worker answers', () => {
    const lines = renderView({ ...view, status: null }, now);
    expect(lines).toContain('phase         waiting-for-verification');
    expect(lines).toContain('reason        no worker answered; this is what the server knows');
  });
});

describe('a line of progress', () => {
  it('has the phase and the reason', () => {
    expect(renderProgress(view)).toBe('waiting-for-verification: Cloudflare is looking for the TXT value');
  });

  it('adds what keeps failing', () => {
    const pending = [{ activity: 'getConnector', attempt: 4, nextAttemptAt: null, lastError: 'HTTP 500' }];
    expect(renderProgress({ ...view, pending })).toContain('; getConnector failed 3 times, last: HTTP 500');
  });

  it('ends with the failure', () => {
    const failure = { type: 'DeadlinePassed', message: 'too late', details: [] };
    expect(renderProgress({ ...view, state: 'failed', failure })).toBe('failed: DeadlinePassed: too late');
  });
});

describe('the status of an off-boarding', () => {
  it('has its steps, and no row of an onboarding', () => {
    expect(`\n${renderView(offboardingView, now).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      off-boarding  example.com in account 0123456789abcdef0123456789abcdef
      run           running, started 10 min ago
      phase         waiting-for-approval
      reason        Somebody has to approve before the connector is disabled
      next check    in 23 h 50 min
      connector     cccccccccccccccccccccccccccccccc (verified, enabled)
      TXT           example.com "cloudflare_dashboard_sso=abc" (cloudflare)
      approval      requested at 2026-01-01T00:00:04.000Z, reminded 0 ×, expires at 2026-01-08T00:00:04.000Z: "approve" or "reject"
      step          disable-connector cccccccccccccccccccccccccccccccc: to-do
      step          remove-txt-value example.com: left, it was there before
      "
    `);
  });

  it('asks for no answer once the run has ended', () => {
    const closed = { ...offboardingView, state: 'cancelled', closedAt: '2026-01-01T00:05:00.000Z' };
    const lines = renderView(closed, now).join('\n');
    expect(lines).toContain('approval      requested at 2026-01-01T00:00:04.000Z, reminded 0 ×, not answered');
    expect(lines).not.toContain('"approve"');
  });
});
