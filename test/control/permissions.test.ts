import { cancelRun, listRuns, pauseRun, resumeRun, retryRun, startRun, type Caller } from '@bfm/service';
import { expect, describe, it } from 'vitest';
import { ANN, orderFor } from '../support/control-world.ts';
import { useControl } from '../support/use-control.ts';

const VIC: Caller = { ...ANN, name: 'vic', tokenId: 'tokenvic', role: 'viewer' };
const PAGE = { limit: 100, after: null };

describe('permissions of use cases', async () => {
  const stage = await useControl(18);

  it('S13, S28 a viewer starts, cancels, pauses, resumes and retries nothing, whichever way they come; the tries are in the audit', async () => {
    const { control, state } = (await stage.open()).world;
    const run = await startRun(orderFor({}), ANN, control);
    const forbidden = { code: 'auth.forbidden' };
    await expect(startRun(orderFor({}), VIC, control)).rejects.toMatchObject(forbidden);
    await expect(cancelRun(run.id, VIC, control)).rejects.toMatchObject(forbidden);
    await expect(retryRun(run.id, VIC, control)).rejects.toMatchObject(forbidden);
    await expect(pauseRun(run.id, VIC, control)).rejects.toMatchObject(forbidden);
    await expect(resumeRun(run.id, VIC, control)).rejects.toMatchObject(forbidden);
    const filter = { status: null, actor: null, method: null };
    expect((await listRuns(filter, PAGE, control)).items).toMatchObject([{ id: run.id, status: 'queued' }]);
    const audit = await state.read((reads) =>
      reads.audit.list({ actor: 'vic', action: null, object: null }, PAGE),
    );
    expect(audit.items.map(({ action, object, result }) => [action, object, result])).toEqual([
      ['run.resume', `run/${run.id}`, 'refused'],
      ['run.pause', `run/${run.id}`, 'refused'],
      ['run.retry', `run/${run.id}`, 'refused'],
      ['run.cancel', `run/${run.id}`, 'refused'],
      ['run.start', 'run', 'refused'],
    ]);
    expect(audit.items[0]?.actor).toMatchObject({ tokenId: 'tokenvic', ip: '127.0.0.1' });
  });
});
