import { toFailpoints } from '@bfm/runtime';
import { RunWorker } from '@bfm/server';
import { openControlWorld } from './control-world.ts';

/** A worker as a process of its own: `node worker-process.ts NAME STATE_URL TARGET_URL SFM LEASE_MS`. */
const [name = '', stateUrl = '', targetUrl = '', sfm = '', leaseMs = '2000'] = process.argv.slice(2);
const world = await openControlWorld({ stateUrl, targetUrl, sfm, failpoints: toFailpoints(process.env) });
const worker = new RunWorker(
  {
    worker: name,
    concurrency: Number(process.env['WORKER_CONCURRENCY'] ?? '4'),
    leaseMs: Number(leaseMs),
    lossesMax: Number(process.env['WORKER_LOSSES_MAX'] ?? '5'),
    turnMs: 30_000,
    sweepMs: 200,
    report: (error, runId) => {
      console.error(`worker ${name}: ${runId ?? 'no run'}:`, error);
    },
  },
  world.control,
);
world.onWake = () => {
  worker.wake();
};
worker.start();
console.log('working');
process.on('SIGTERM', () => {
  void worker.drain(Number(process.env['WORKER_GRACE_MS'] ?? '10000')).then(async () => {
    await world[Symbol.asyncDispose]();
    console.log('drained');
  });
});
// Timers of a worker that sleeps are all that keeps the process alive.
