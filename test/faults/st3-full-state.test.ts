import { join } from 'node:path';
import type { SchemaName } from '@bfm/core';
import { findRun, startRun } from '@bfm/service';
import { POSTGRES_MAJORS, until } from '@bfm/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANN, orderFor } from '../support/control-world.ts';
import { useControl, work } from '../support/use-control.ts';
import { fillUp } from './support/full-disk.ts';

const ORDER = orderFor({ schemas: ['one' as SchemaName] });

describe.each(POSTGRES_MAJORS)('a state without room, PostgreSQL %i', async (major) => {
  const stage = await useControl(major);

  /** Leaves no room in the file of a table that is empty still. @returns makes room again */
  async function fill(table: string): Promise<() => Promise<void>> {
    await stage.state.query('CHECKPOINT');
    const [found] = await stage.state.query(
      `SELECT current_setting('data_directory') AS folder, pg_relation_filepath('bfm_state.${table}') AS file`,
    );
    const makeRoom = fillUp(join(String(found?.['folder']), String(found?.['file'])));
    let isFull = true;
    const once = (): void => {
      if (isFull) makeRoom();
      isFull = false;
    };
    onTestFinished(once);
    return async () => {
      once();
      // Sessions keep the file that was put in its place open; those of a disk that was full would see the room.
      await stage.state.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'bfm-state' AND datname = current_database()`,
      );
    };
  }

  const applied = async (): Promise<number> => {
    const [there] = await stage.target.query(`SELECT to_regclass('bfm.ledger') IS NOT NULL AS found`);
    if (there?.['found'] !== true) return 0;
    const [row] = await stage.target.query(
      `SELECT count(*)::int AS n FROM bfm.ledger WHERE status = 'applied'`,
    );
    return Number(row?.['n']);
  };

  it.each(['run', 'audit'])(
    'ST3 in its table %s: nothing is begun, and with room it goes on by itself',
    async (table) => {
      const { world, findUnsound } = await stage.open();
      const makeRoom = await fill(table);
      const refused = startRun(ORDER, ANN, world.control);
      await expect(refused).rejects.toMatchObject({
        code: 'state.unavailable',
        details: { sqlState: '53100' },
      });
      const rows = await stage.target.query(`SELECT to_regclass('bfm.ledger') AS ledger`);
      expect(rows).toEqual([{ ledger: null }]);
      await makeRoom();
      await until(
        () =>
          world.state.check().then(
            () => true,
            () => false,
          ),
        { what: 'the state to be there again' },
      );
      const run = await startRun(ORDER, ANN, world.control);
      await work(run.id, world);
      expect(await findRun(run.id, world.control)).toMatchObject({ status: 'succeeded' });
      expect(await findUnsound()).toEqual([]);
    },
  );

  it('ST3 while a run is at work: what is applied stays applied, and with room it ends by itself', async () => {
    const { world, findUnsound } = await stage.open();
    const run = await startRun(ORDER, ANN, world.control);
    const makeRoom = await fill('step');
    const ending = work(run.id, world);
    await until(async () => (await applied()) > 0, { what: 'something to be applied' });
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'running' });
    await makeRoom();
    expect(await ending).toBe('ended');
    expect(await findRun(run.id, world.control)).toMatchObject({ status: 'succeeded' });
    expect(await findUnsound()).toEqual([]);
  });
});
