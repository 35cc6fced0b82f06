import { randomUUID } from 'node:crypto';
import type { SlotAnswer } from '@bfm/engine';
import { POSTGRES_MAJORS, useTestDatabase } from '@bfm/testing';
import { describe, expect, it } from 'vitest';
import { makeStateTables, openTestState } from './support/open-test-state.ts';

const H = 'a'.repeat(64);
describe.each(POSTGRES_MAJORS)('state on PostgreSQL %i', async (major) => {
  const db = await useTestDatabase(major);
  it('keeps runs, steps, keys, tokens, audit and slots as the ports promise', async () => {
    await makeStateTables(db);
    const state = openTestState(db.url);
    try {
      await state.check();
      const who = { name: 'ann', tokenId: null, ip: null, requestId: null };
      const act = { action: 'run.start', object: 'run', result: 'ok', detail: {} } as const;
      const claim = { caller: 'c', route: 'r', key: 'k', requestHash: H, keptMs: 60000, busyMs: 5000 };
      const ids = await Promise.all(
        Array.from({ length: 50 }, () =>
          state.write(who, act, async (s) => {
            const kept = await s.idempotencyKeys.claim(claim);
            if (kept !== null) return kept.runId;
            const run = await s.runs.create({
              id: randomUUID(),
              direction: 'up',
              request: {},
              options: {},
              plan: {},
              planDigest: H,
              actor: 'ann',
              method: 'http',
              context: {},
            });
            await s.idempotencyKeys.answer(claim, { runId: run.id, response: null });
            return run.id;
          }),
        ),
      );
      expect(new Set(ids).size).toBe(1);
      const id = ids[0] ?? '';
      await expect(
        state.write(who, act, (s) => s.idempotencyKeys.claim({ ...claim, requestHash: 'b'.repeat(64) })),
      ).rejects.toMatchObject({ code: 'idempotency.key_reused' });
      const taken = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          state.write(who, act, (s) => s.runs.take({ runId: id, worker: `w${i}`, leaseMs: 1 })),
        ),
      );
      expect(taken.filter((run) => run !== null).length).toBeGreaterThanOrEqual(1);
      const again = await state.write(who, act, (s) =>
        s.runs.take({ runId: id, worker: 'x', leaseMs: 60000 }),
      );
      if (again === null) throw new Error('a run whose lease is over was not taken');
      expect(
        await state.write(who, act, (s) => s.runs.take({ runId: id, worker: 'y', leaseMs: 60000 })),
      ).toBe(null);
      const hold = { runId: id, fence: again.fence };
      expect(await state.heartbeat(hold, 60000)).toEqual({ cancelRequested: false });
      const steps = Array.from(
        { length: 10000 },
        (_, i) =>
          ({
            position: i + 1,
            migrationId: 'm',
            connection: 'core',
            schema: `s${i}`,
            backend: 'postgresql',
            direction: 'up',
            outcome: 'applied',
            attempts: 1,
            durationMs: 1.5,
            error: null,
          }) as const,
      );
      await state.note(async (s) => {
        await s.steps.record(hold, steps);
        expect(
          await s.events.append(hold, [
            { type: 'a', body: {} },
            { type: 'b', body: {} },
          ]),
        ).toBe(2);
      });
      await expect(state.note((s) => s.steps.record({ runId: id, fence: '1' }, steps))).rejects.toMatchObject(
        { code: 'run.fence_lost' },
      );
      const page = await state.read((s) =>
        s.steps.history(
          { migrationId: null, connection: null, schema: null, outcome: null },
          { limit: 10, after: null },
        ),
      );
      expect(page.items.length).toBe(10);
      const p2 = await state.read((s) =>
        s.steps.history(
          { migrationId: 'm', connection: null, schema: null, outcome: null },
          { limit: 10, after: page.next },
        ),
      );
      expect(p2.items[0]?.position).toBe(9990);
      expect(
        (
          await state.read((s) =>
            s.runs.list({ status: null, actor: null, method: null }, { limit: 1, after: null }),
          )
        ).items.length,
      ).toBe(1);
      await state.note((s) =>
        s.projection.rebuild('core', [
          {
            connection: 'core',
            schema: 'a',
            migrationId: 'm',
            backend: 'postgresql',
            status: 'applied',
            checksum: null,
            appliedAt: '2026-01-01T00:00:00Z',
            runId: null,
            error: null,
          },
        ]),
      );
      expect(await state.read((s) => s.projection.counts('m'))).toEqual({ applied: 1 });
      const anywhere = { migrationId: null, schema: null };
      expect(await state.read((s) => s.projection.newest(anywhere, 5))).toMatchObject([
        { schema: 'a', migrationId: 'm', createdAt: '2026-01-01T00:00:00Z' },
      ]);
      expect(await state.read((s) => s.projection.summaries(anywhere))).toEqual([
        { migrationId: 'm', counts: { applied: 1 }, lastAppliedAt: '2026-01-01T00:00:00Z', error: null },
      ]);
      expect(await state.read((s) => s.projection.summaries({ migrationId: 'm', schema: 'b' }))).toEqual([]);
      expect(
        (
          await state.read((s) =>
            s.projection.list(
              { connection: 'core', schema: null, migrationId: null, status: null },
              { limit: 5, after: null },
            ),
          )
        ).items.length,
      ).toBe(1);
      const m = {
        id: '20250101000000_a_postgresql_core',
        version: '20250101000000',
        name: 'a',
        backend: 'postgresql',
        connection: 'core',
        schema: null,
        upText: 'x',
        downText: null,
        dependencies: [],
        tags: [],
      } as const;
      expect(await state.write(who, act, (s) => s.migrations.sync([m]))).toEqual({
        added: [m.id],
        removed: [],
        updated: [],
        total: 1,
      });
      expect(await state.write(who, act, (s) => s.migrations.sync([]))).toEqual({
        added: [],
        removed: [m.id],
        updated: [],
        total: 0,
      });
      expect(
        (await state.read((s) => s.migrations.ofVersions([m.version, 'x']))).map(({ id }) => id),
      ).toEqual([m.id]);
      expect(await state.read((s) => s.projection.tenantCounts())).toEqual({});
      await state.note((s) =>
        s.projection.put(
          ['t1', 't2'].map((schema) => ({
            connection: 'core',
            schema,
            migrationId: m.id,
            backend: 'postgresql',
            status: 'pending',
            checksum: null,
            appliedAt: null,
            runId: null,
            error: null,
          })),
        ),
      );
      expect(await state.read((s) => s.projection.tenantCounts())).toEqual({ core: 2 });
      for (let i = 0; i < 8; i += 1) {
        await state.note((s) =>
          s.skips.record([
            {
              migrationId: 'm',
              connection: 'c',
              schema: 's',
              backend: 'postgresql',
              actor: 'a',
              method: 'http',
              context: {},
            },
          ]),
        );
      }
      expect((await state.read((s) => s.skips.recent('m', 10))).map((x) => x.id)).toEqual([8, 7, 6, 5, 4]);
      const t = {
        id: 'abcdefgh',
        kind: 'api',
        name: 'n',
        role: 'admin',
        secretHash: H,
        lastFour: 'abcd',
        createdBy: 'a',
        lifetimeMs: 1000000,
      } as const;
      await state.write(who, act, (s) => s.tokens.create(t));
      await expect(
        state.write(who, act, (s) => s.tokens.create({ ...t, id: 'abcdefgi', secretHash: 'c'.repeat(64) })),
      ).rejects.toMatchObject({ code: 'token.name_taken' });
      expect((await state.read((s) => s.tokens.forCheck('abcdefgh')))?.isValid).toBe(true);
      await state.write(who, act, (s) => s.tokens.revoke('abcdefgh'));
      const slot = (holder: string): Promise<SlotAnswer> =>
        state.note((s) => s.slots.take({ store: 'S', holder, budget: 2, leaseMs: 60000 }));
      expect([await slot('a'), await slot('b'), await slot('c'), await slot('d')]).toEqual([
        { ok: true, slot: 1 },
        { ok: true, slot: 2 },
        { ok: false, ahead: 0 },
        { ok: false, ahead: 1 },
      ]);
      await state.note((s) => s.slots.release('S', 'a'));
      expect([await slot('e'), await slot('d'), await slot('c')]).toEqual([
        { ok: false, ahead: 2 },
        { ok: false, ahead: 1 },
        { ok: true, slot: 1 },
      ]);
      await state.write(who, act, (s) =>
        s.runs.finish(hold, { status: 'succeeded', error: null, summary: {} }),
      );
      await expect(db.query(`UPDATE bfm_state.run SET status='failed'`)).rejects.toThrow('has ended');
      expect(
        (
          await state.read((s) =>
            s.audit.list({ actor: 'ann', action: null, object: null }, { limit: 5, after: null }),
          )
        ).items.length,
      ).toBe(5);
      await expect(db.query('DELETE FROM bfm_state.audit')).rejects.toThrow('never');
    } finally {
      await state.close();
    }
  });
});
